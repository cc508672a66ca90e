"""`upline payouts`: rules of payouts, stops, and the wallets of members."""

from __future__ import annotations

from datetime import datetime

import click

from upline.cli import payout_batches, payout_taxes
from upline.cli.on_platform import actor_of, on_the_platform

_actor = click.option(
    "--as", "email", required=True, help="The e-mail of the login that answers for it."
)


@click.group()
def payouts() -> None:
    """Set the rules of payouts, settle wallets, prepare, approve and send batches, stop them."""


for _command in (*payout_batches.COMMANDS, *payout_taxes.COMMANDS):
    payouts.add_command(_command)


@payouts.command()
@click.argument("name")
@click.argument("value", type=int)
@click.option(
    "--from", "starts", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day."
)
@click.option("--currency", default="", help="Of which currency; amounts are in minor units.")
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def rule(name: str, value: int, starts: datetime, currency: str, reason: str, email: str) -> None:
    """Let a figure hold from a day on, as: payout_fee_minor 100 --currency EUR --from 2026-01-01."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "company.configure")):
        services.set_rule(
            name=name, value=value, starts_on=starts.date(), reason=reason, currency=currency
        )
    click.echo(f"{name} is {value} {currency} from {starts.date()}.".replace("  ", " "))


@payouts.command()
@on_the_platform
def rules() -> None:
    """List the figures with the days on which they hold."""
    from upline.payouts.models import DatedRule
    from upline.payouts.rules import currencies_of, spans

    for name in DatedRule.Name.values:
        currencies = currencies_of(name)
        for currency in currencies:
            for span in spans(name, currency=currency):
                click.echo(f"{name:<24} {currency:<3} {span.value:>8}  from {span.since}")
        if not currencies:
            click.echo(f"{name:<24}  not set")


@payouts.command()
@on_the_platform
def settle() -> None:
    """Make available what is past its return window, and recover what is owed."""
    from upline.payouts import services

    done = services.settle_wallets(say=lambda text: click.echo(text, err=True))
    click.echo(f"{done.matured} wallets were credited, {done.recovered} debts taken back.")


@payouts.command()
@on_the_platform
def stops() -> None:
    """List what stops payouts; ends with 1 if anything does."""
    from upline.payouts import switch

    found = list(switch.in_force())
    for one in found:
        asked = f"; {one.asked_by} asks to lift it: {one.ask_reason}" if one.asked_by else ""
        recount = f" (recount {one.recount_id})" if one.recount_id else ""
        click.echo(
            f"{one.pk}\t{one.stopped_at:%Y-%m-%d %H:%M}\t{one.stopped_by}\t{one.reason}{recount}{asked}"
        )
    if found:
        raise SystemExit(1)
    click.echo("Nothing stops payouts.")


@payouts.command()
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def stop(reason: str, email: str) -> None:
    """Stop all payouts at once, until two persons lift it."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "payouts.approve")):
        made = services.stop_payouts(reason=reason)
    click.echo(f"Payouts are stopped (stop {made.pk}).")


@payouts.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def lift(number: int, reason: str, email: str) -> None:
    """Lift a stop: one person asks by this command, another agrees by it."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "payouts.approve")):
        found = services.lift_stop(number=number, reason=reason)
    did = "is lifted" if found.lifted_by else "is asked to be lifted; another person has to agree"
    click.echo(f"Stop {number} {did}.")


@payouts.command()
@click.argument("member")
@_actor
@on_the_platform
def wallet(member: str, email: str) -> None:
    """Print what a member has, by currency."""
    from upline.payouts import queries
    from upline.people.models import Login

    viewer = Login.objects.get(pk=int(actor_of(email, queries.SEES_ALL).partition(":")[2]))
    found = queries.wallet(viewer=viewer, member=member)
    for one in found.balances:
        for title in ("accrued", "available", "reserved", "owed"):
            click.echo(f"{title:<10} {getattr(one, title)!s:>20}")
        for part in one.maturing:
            click.echo(f"  available from {part.on or 'a day not set'}: {part.amount}")
    if not found.balances:
        click.echo("Nothing was earned yet.")
