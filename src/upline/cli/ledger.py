"""`upline ledger`: read the books, enter and approve rates of exchange."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upline.cli.on_platform import actor_of, on_the_platform

if TYPE_CHECKING:
    from upline.ledger.queries import AccountBalance
    from upline.money import Money

_on = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="At the end of this day; else by now."
)
_actor = click.option(
    "--as", "email", required=True, help="The e-mail of the login that answers for it."
)


@click.group()
def ledger() -> None:
    """Read the books, enter rates of exchange."""


@ledger.command()
@click.argument("account", required=False)
@click.option("--currency", help="Only this one, as EUR.")
@_on
@on_the_platform
def balance(account: str | None, currency: str | None, on: datetime | None) -> None:
    """Print the balance of an account with those below it, or of all: the trial balance."""
    from upline.ledger import accounts, queries

    day = on.date() if on else None
    if account:
        accounts.kind_of(account)
    rows = [
        one
        for one in queries.trial_balance(on=day)
        if (currency is None or one.balance.currency == currency)
        and (account is None or one.account == account or one.account.startswith(f"{account}:"))
    ]
    _print_balances(rows)


@ledger.command()
@click.argument("key")
@on_the_platform
def journal(key: str) -> None:
    """Print a journal, by its key or its number."""
    from upline.ledger import queries
    from upline.ledger.errors import JournalUnknown

    try:
        found = queries.journal_by_key(key)
    except JournalUnknown:
        if not key.isdecimal():
            raise
        found = queries.journal(int(key))
    click.echo(f"Journal {found.id}  {found.key}  {found.kind}  {found.reference}".rstrip())
    click.echo(
        f"Effective on {found.effective_on}, posted at {found.posted_at:%Y-%m-%d %H:%M} UTC."
    )
    if found.memo:
        click.echo(found.memo)
    for other, words in ((found.reverses, "Reverses"), (found.reversed_by, "Reversed by")):
        if other:
            click.echo(f"{words} journal {other}.")
    for entry in found.entries:
        click.echo(f"{entry.line:>4}  {entry.account:<44} {_written(entry.amount):>20}")


@ledger.command()
@click.option(
    "--format", "form", type=click.Choice(["beancount", "hledger"]), required=True, help="For whom."
)
@click.option(
    "--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="A file; else printed."
)
@_on
@on_the_platform
def export(form: str, target: Path | None, on: datetime | None) -> None:
    """Write the books as a journal of plain-text accounting, with every balance stated at the end."""
    from upline.ledger.export import books

    pieces = books(form, on=on.date() if on else None)
    if target is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    with target.open("w", encoding="utf-8", newline="\n") as file:
        for piece in pieces:
            file.write(piece)
    click.echo(f"The books are in {target}.", err=True)


@ledger.command("close-days")
@click.option("--through", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day.")
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def close_days(through: datetime, reason: str, email: str) -> None:
    """Close the books through a day: nothing can be posted with effect on it or before."""
    from upline.ledger import services

    actor = actor_of(email, "ledger.correct")
    services.close_days(through=through.date(), by=actor, reason=reason)
    click.echo(f"The books are closed through {through.date()}.")


@ledger.group()
def rates() -> None:
    """Enter, approve and list rates of exchange."""


@rates.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Whose rates they are, as ecb.")
@click.option("--reason", default="", help="Why approved rates are corrected.")
@_actor
@on_the_platform
def import_rates(file: Path, source: str, reason: str, email: str) -> None:
    """Enter rates from a CSV (rate_on, base, quote, rate); another person approves them."""
    from upline.ledger import rates as services

    actor = actor_of(email, "rates.enter")
    text = file.read_bytes().decode("utf-8-sig", errors="replace")
    sheet = services.import_rates(text=text, source=source, by=actor, reason=reason, name=str(file))
    click.echo(f"Sheet {sheet}. Approve it: upline ledger rates approve {sheet} --as ...")


@rates.command()
@click.argument("sheet", type=int)
@_actor
@on_the_platform
def approve(sheet: int, email: str) -> None:
    """Let the rates of a sheet count; not by who entered it."""
    from upline.ledger import rates as services

    services.approve(sheet_id=sheet, by=actor_of(email, "rates.approve"))
    click.echo(f"The rates of sheet {sheet} count.")


@rates.command()
@click.argument("sheet", type=int)
@_actor
@on_the_platform
def reject(sheet: int, email: str) -> None:
    """Put a sheet of rates aside."""
    from upline.ledger import rates as services

    services.reject(sheet_id=sheet, by=actor_of(email, "rates.approve"))
    click.echo(f"Sheet {sheet} is rejected.")


@rates.command("list")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Print the rates of this day.")
@click.option("--source", help="Of this source.")
@on_the_platform
def list_rates(on: datetime | None, source: str | None) -> None:
    """List the sheets of rates, or the approved rates of a day."""
    from upline.ledger import queries

    if on and source:
        for (base, quote), rate in sorted(queries.rates(on=on.date(), source=source).items()):
            click.echo(f"{base}/{quote}\t{rate.normalize():f}")
        return
    for one in queries.sheets():
        if source in {None, one.source}:
            span = _span(one.first_on, one.last_on)
            click.echo(f"{one.id}\t{one.source}\t{one.state}\t{one.rate_count} rates\t{span}")


def _print_balances(rows: list[AccountBalance]) -> None:
    for one in rows:
        click.echo(f"{one.account:<48} {one.kind:<10} {_written(one.balance):>22}")
    for currency in sorted({one.balance.currency for one in rows}):
        of_it = [one.balance.minor for one in rows if one.balance.currency == currency]
        total = _written(type(rows[0].balance)(sum(of_it), currency))
        click.echo(f"{f'{len(of_it)} accounts in {currency}':<59} {total:>22}")
    if not rows:
        click.echo("Nothing is posted there.")


def _written(amount: Money) -> str:
    """Write an amount in whole units, debits positive."""
    from upline.money import currency_places

    places = currency_places(amount.currency)
    whole, part = divmod(abs(amount.minor), 10**places)
    decimals = f".{part:0{places}}" if places else ""
    return f"{'-' if amount.minor < 0 else ''}{whole:,}{decimals} {amount.currency}"


def _span(first: date, last: date) -> str:
    return f"{first}" if first == last else f"{first} to {last}"
