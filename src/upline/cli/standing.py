"""`upline periods standing`: limits within which closes are approved without a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from upline.cli.on_platform import actor_of, on_the_platform

if TYPE_CHECKING:
    from upline.commissions.models import StandingApproval

_actor = click.option(
    "--as", "email", required=True, help="The e-mail of the login that answers for it."
)
_day = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def standing() -> None:
    """See, give and end standing approvals."""


@standing.command("list")
@on_the_platform
def list_standing() -> None:
    """List the standing approvals, the latest first."""
    from upline.commissions.models import StandingApproval

    for one in StandingApproval.objects.select_related("calendar").order_by("-id"):
        _show(one)


@standing.command()
@click.option("--calendar", default="monthly", show_default=True, help="Its name.")
@click.option("--from", "first", type=_day, required=True, help="The first day.")
@click.option("--to", "last", type=_day, required=True, help="The last day.")
@click.option("--currency", required=True, help="Of the plan, as EUR.")
@click.option("--ratio", required=True, type=int, help="Paid of turnover at most: 4500 is 45 %.")
@click.option("--change", required=True, type=int, help="Change of a bonus at most: 2000 is 20 %.")
@click.option(
    "--change-from", default=0, type=int, help="Changes up to so many cents are passed over."
)
@click.option("--largest", required=True, type=int, help="Largest sum to one member, in cents.")
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def propose(
    calendar: str,
    first: datetime,
    last: datetime,
    currency: str,
    ratio: int,
    change: int,
    change_from: int,
    largest: int,
    reason: str,
    email: str,
) -> None:
    """Propose a standing approval. It counts when another person has agreed."""
    from upline.commissions import services
    from upline.commissions.limits import Terms
    from upline.foundation import context

    terms = Terms(
        currency=currency,
        ratio_hundredths=ratio,
        change_hundredths=change,
        change_from_minor=change_from,
        largest_minor=largest,
    )
    with context.working(actor=actor_of(email, "periods.approve")):
        found = services.propose_standing(
            calendar=calendar,
            starts_on=first.date(),
            ends_on=last.date() + timedelta(days=1),
            terms=terms,
            reason=reason,
        )
    _show(found)
    click.echo("A second person agrees:")
    click.echo(f"  upline periods standing agree {found.pk} --as E-MAIL")


@standing.command()
@click.argument("number", type=int)
@_actor
@on_the_platform
def agree(number: int, email: str) -> None:
    """Agree to a proposed standing approval, as another person."""
    from upline.commissions import services
    from upline.foundation import context

    with context.working(actor=actor_of(email, "periods.approve")):
        _show(services.agree_standing(number=number))


@standing.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def end(number: int, reason: str, email: str) -> None:
    """End a standing approval, alone: from now on it covers nothing."""
    from upline.commissions import services
    from upline.foundation import context

    with context.working(actor=actor_of(email, "periods.approve")):
        _show(services.end_standing(number=number, reason=reason))


def _show(one: StandingApproval) -> None:
    state = "ended" if one.ended_by else "agreed" if one.agreed_by else "proposed"
    last_day = one.ends_on - timedelta(days=1)
    click.echo(
        f"{one.pk}\t{state}\t{one.calendar.name}\t{one.starts_on} to {last_day}\t"
        f"ratio {one.ratio_hundredths}, change {one.change_hundredths} from"
        f" {one.change_from_minor}, largest {one.largest_minor} {one.currency}"
    )
