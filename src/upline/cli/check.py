"""`upline check`: everything that money rests on, looked over from the rows up."""

from __future__ import annotations

import click

from upline.cli.on_platform import on_the_platform


@click.group()
def check() -> None:
    """Look over what money rests on."""


@check.command()
@on_the_platform
def books() -> None:
    """Count books, trees, closed periods and wallets anew; ends with 1 if anything is off.

    Balances against entries, every journal and its digest, reversals, the guarding triggers; trees
    against their history; lines, totals and statements against each other and against the ledger,
    the digests of what was frozen, the chain of seals; wallets against all of it. The result is
    kept, and a new difference stops payouts. Nothing is repaired.
    """
    from upline.payouts import services

    kept = services.recount_books(say=lambda text: click.echo(text, err=True))
    counted = f"{kept.journals:,} journals, {kept.entries:,} entries"
    for finding in kept.findings:
        click.echo(f"{finding['code']}: {finding['problem']}", err=True)
    if kept.findings:
        count = len(kept.findings)
        many = "1 finding" if count == 1 else f"{count} findings"
        click.echo(f"Recount {kept.pk}: {many} in {counted}.", err=True)
        for stop in kept.stops.all():
            click.echo(f"Payouts are stopped (stop {stop.pk}).", err=True)
        raise SystemExit(1)
    click.echo(f"Recount {kept.pk}: all is in order: {counted}.")
