"""`upline payouts`: contracts, and the rules of the tax that is kept."""

from __future__ import annotations

from datetime import datetime

import click

from upline.cli.on_platform import actor_of, on_the_platform

_actor = click.option(
    "--as", "email", required=True, help="The e-mail of the login that answers for it."
)
_reason = click.option("--reason", required=True, help="Why; the audit keeps it.")


@click.command()
@click.argument("person", type=int)
@click.argument("kind")
@click.option("--country", required=True, help="The country of the tax, as PL.")
@click.option(
    "--from", "starts", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day."
)
@_reason
@_actor
@on_the_platform
def contract(
    person: int, kind: str, country: str, starts: datetime, reason: str, email: str
) -> None:
    """Record by which kind of contract a person is paid, as: 17 civil --country PL."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "payouts.approve")):
        services.record_contract(
            person_id=person, country=country, kind=kind, starts_on=starts.date(), reason=reason
        )
    click.echo(f"Person {person} is paid by {kind} in {country} from {starts.date()}.")


@click.command("tax-rules")
@on_the_platform
def tax_rules() -> None:
    """List the rules of tax, their laws, and what the company has to confirm."""
    from upline.payouts import contracts, taxes

    confirmed = contracts.confirmed_rules()
    for one in taxes.packaged():
        click.echo(f"{one.id:<22} from {one.since}  {one.law}")
        if one.needs:
            done = "confirmed" if one.id in confirmed else "to be confirmed"
            click.echo(f"  {done}: {one.needs}")


@click.command("confirm-tax")
@click.argument("rule")
@_reason
@_actor
@on_the_platform
def confirm_tax(rule: str, reason: str, email: str) -> None:
    """Confirm that the company looked at what a rule of tax needs."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "payouts.approve")):
        services.confirm_tax(rule=rule, reason=reason)
    click.echo(f"The rule {rule} is confirmed.")


COMMANDS = (contract, tax_rules, confirm_tax)
