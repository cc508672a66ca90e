"""`upline corrections`: pay and volume corrected by hand, by two persons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from upline.cli.on_platform import actor_of, on_the_platform

if TYPE_CHECKING:
    from upline.commissions.models import CorrectionSheet

_actor = click.option(
    "--as", "email", required=True, help="The e-mail of the login that answers for it."
)
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_key = click.option(
    "--key", required=True, help="A name for this table; the same key again is the same one."
)


@click.group()
def corrections() -> None:
    """Correct pay and volume by hand: one person enters, another approves."""


@corrections.command()
@_file
@click.option("--calendar", default="monthly", show_default=True, help="On whose statements.")
@_key
@_actor
@on_the_platform
def pay(file: Path, calendar: str, key: str, email: str) -> None:
    """Enter what members are paid besides, from a CSV (member, amount, currency, reason)."""
    from upline.commissions import services
    from upline.foundation import context

    with context.working(actor=actor_of(email, "ledger.correct")):
        _entered(services.enter_pay_table(key=key, calendar=calendar, text=_text(file)))


@corrections.command()
@_file
@_key
@_actor
@on_the_platform
def volume(file: Path, key: str, email: str) -> None:
    """Enter volume by hand, from a CSV (member, figure, volume, counts_on, reason)."""
    from upline.commissions import services
    from upline.foundation import context

    with context.working(actor=actor_of(email, "ledger.correct")):
        _entered(services.enter_volume_table(key=key, text=_text(file)))


@corrections.command()
@click.argument("number", type=int)
@click.option("--digest", required=True, help="Of the sheet, as entering it printed it.")
@click.option("--remark", default="", help="The audit keeps it.")
@_actor
@on_the_platform
def approve(number: int, digest: str, remark: str, email: str) -> None:
    """Book corrections: pay is owed at once, volume counts for its day."""
    from upline.commissions import services
    from upline.foundation import context

    with context.working(actor=actor_of(email, "periods.approve")):
        found = services.approve_corrections(number=number, digest=digest, reason=remark)
    where = f" in {found.booked_in} on {found.effective_on}" if found.booked_in else ""
    click.echo(f"Sheet {found.pk} is booked{where}.")


@corrections.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def reject(number: int, reason: str, email: str) -> None:
    """Put corrections aside before they are booked; they never count."""
    from upline.commissions import services
    from upline.foundation import context

    with context.working(actor=actor_of(email, "periods.approve")):
        services.reject_corrections(number=number, reason=reason)
    click.echo(f"Sheet {number} is rejected.")


@corrections.command("list")
@click.option("--waiting", is_flag=True, help="Only those that wait for approval.")
@on_the_platform
def list_corrections(waiting: bool) -> None:
    """List sheets of corrections, the latest first."""
    from upline.commissions.models import CorrectionSheet

    found = CorrectionSheet.objects.order_by("-pk")
    for sheet in found.filter(state=CorrectionSheet.State.ENTERED) if waiting else found:
        click.echo(f"{sheet.pk}\t{sheet.state}\t{sheet.what}\t{sheet.count} rows\t{sheet.digest}")


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8-sig", errors="replace")


def _entered(sheet: CorrectionSheet) -> None:
    click.echo(f"Sheet {sheet.pk}: {sheet.count} rows of {sheet.what}, digest {sheet.digest}")
    click.echo("A second person approves it:")
    click.echo(f"  upline corrections approve {sheet.pk} --as E-MAIL --digest {sheet.digest}")
