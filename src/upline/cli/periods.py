"""`upline periods`: closing periods, and what they pay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from upline.cli.on_platform import actor_of, on_the_platform
from upline.cli.standing import standing
from upline.languages import LANGUAGES

if TYPE_CHECKING:
    from datetime import datetime

    from upline.commissions.models import Judgement, Run

_calendar = click.option("--calendar", default="monthly", show_default=True, help="Its name.")
_actor = click.option(
    "--as", "email", required=True, help="The e-mail of the login that answers for it."
)


@click.group()
def periods() -> None:
    """See, close, approve and export periods."""


periods.add_command(standing)


@periods.command("list")
@_calendar
@on_the_platform
def list_periods(calendar: str) -> None:
    """List the periods of a calendar, the latest first, and what waits."""
    from datetime import timedelta

    from upline.commissions import queries

    for period in queries.periods(calendar):
        last_day = period.ends_on - timedelta(days=1)
        click.echo(f"{period.label}\t{period.state}\t{period.starts_on} to {last_day}")
    late = queries.late_facts(calendar=calendar, most=1000)
    if late:
        more = " or more" if len(late) == 1000 else ""
        waiting = "late order waits" if len(late) == 1 else "late orders wait"
        click.echo(f"{len(late)}{more} {waiting} for an adjustment.")


@periods.command()
@on_the_platform
def estimate() -> None:
    """Compute what open periods would give if they closed now, where anything changed."""
    from upline.cli.progress import Steps
    from upline.commissions import estimating

    with Steps() as steps:
        count = estimating.refresh_estimates(say=steps)
    click.echo(f"{count} {'estimate' if count == 1 else 'estimates'} computed.")


@periods.command()
@_calendar
@click.option("--from", "first", type=click.DateTime(formats=["%Y-%m-%d"]), required=True)
@click.option("--days", default=0, show_default=True, help="Days after the last one is over.")
@click.option("--hour", default=6, show_default=True, help="By the calendar's clocks.")
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def schedule(calendar: str, first: datetime, days: int, hour: int, reason: str, email: str) -> None:
    """Close periods that begin on a day or later by themselves. A limit passed waits for a person."""
    from upline.commissions import services
    from upline.foundation import context

    with context.working(actor=actor_of(email, "periods.close")):
        rule = services.set_closing_rule(
            calendar=calendar, starts_on=first.date(), days_after=days, hour=hour, reason=reason
        )
    click.echo(f"Rule {rule.pk}: {rule.calendar} is closed {days} days after its end at {hour}:00.")


@periods.command()
@_calendar
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def unschedule(calendar: str, reason: str, email: str) -> None:
    """Close nothing by schedule any more."""
    from upline.commissions import services
    from upline.foundation import context

    with context.working(actor=actor_of(email, "periods.close")):
        rule = services.stop_closing(calendar=calendar, reason=reason)
    click.echo(f"Rule {rule.pk}: {rule.calendar} is closed when somebody asks for it.")


@periods.command()
@on_the_platform
def alarms() -> None:
    """List closes that are late, were refused or wait for a person; end with 1 where there are any."""
    from upline.commissions.alarms import present_alarms

    found = present_alarms()
    for one in found:
        why = (
            f" ({one.code})" if one.code else f" ({one.passed} limits passed)" if one.passed else ""
        )
        click.echo(f"{one.period}\t{one.kind}{why}\tsince {one.since:%Y-%m-%d %H:%M %Z}")
    if found:
        raise SystemExit(1)
    click.echo("No close is late or waits.")


@periods.command()
@click.argument("label")
@_calendar
@_actor
@on_the_platform
def close(label: str, calendar: str, email: str) -> None:
    """Freeze and compute a period. Another person then approves it."""
    from upline.cli.progress import Steps
    from upline.commissions import services
    from upline.foundation import context

    actor = actor_of(email, "periods.close")
    with context.working(actor=actor), Steps() as steps:
        steps(f"Freezing {label}")
        services.freeze_period(calendar=calendar, label=label)
        run = services.compute_period(calendar=calendar, label=label, say=steps)
        judged = services.cover_period(calendar=calendar, label=label)
    _show(run)
    if judged is not None and judged.standing_id is not None:
        _show_judgement(judged)
    if judged is not None and judged.is_covered:
        click.echo("It is approved. To post and seal it:")
    else:
        click.echo("A second person approves it:")
    click.echo(
        f"  upline periods approve {label} --calendar {calendar} --as E-MAIL --digest {run.digest}"
    )


@periods.command()
@click.argument("label")
@_calendar
@click.option("--digest", required=True, help="Of the run, as 'close' printed it.")
@click.option("--remark", default="", help="Kept with the period; needed past a limit.")
@_actor
@on_the_platform
def approve(label: str, calendar: str, digest: str, remark: str, email: str) -> None:
    """Approve what was computed, post it to the ledger and seal the period."""
    from upline.cli.progress import Steps
    from upline.commissions import services
    from upline.foundation import context

    actor = actor_of(email, "periods.approve")
    with context.working(actor=actor), Steps() as steps:
        services.approve_period(calendar=calendar, label=label, digest=digest, reason=remark)
        steps("Posting")
        services.post_period(calendar=calendar, label=label, say=steps)
        period = services.seal_period(calendar=calendar, label=label)
    click.echo(f"{period} is sealed: {period.sealed_digest}")


@periods.command()
@click.argument("label")
@_calendar
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def reopen(label: str, calendar: str, reason: str, email: str) -> None:
    """Take a freeze or a computation back, before it is approved: two people do it, each once."""
    from upline.commissions import services
    from upline.foundation import context

    with context.working(actor=actor_of(email, "periods.close")):
        period = services.reopen_period(calendar=calendar, label=label, reason=reason)
    if period.state == "open":
        click.echo(f"{period} is open again.")
    else:
        click.echo(f"{period} is {period.state} until a second person agrees by the same command.")


@periods.command()
@_calendar
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def adjust(calendar: str, reason: str, email: str) -> None:
    """Compute what late orders and refunds change in closed periods. Another person then approves it."""
    from upline.cli.progress import Steps
    from upline.commissions import services
    from upline.foundation import context

    with context.working(actor=actor_of(email, "periods.close")), Steps() as steps:
        found = services.adjust_periods(calendar=calendar, reason=reason, say=steps)
    _show_adjustment(found.pk)
    click.echo("A second person approves it:")
    click.echo(f"  upline periods settle {found.pk} --as E-MAIL --digest {found.digest}")


@periods.command()
@click.argument("number", type=int)
@click.option("--digest", required=True, help="Of the adjustment, as 'adjust' printed it.")
@_actor
@on_the_platform
def settle(number: int, digest: str, email: str) -> None:
    """Approve an adjustment and post its differences to the ledger."""
    from upline.commissions import services
    from upline.foundation import context

    with context.working(actor=actor_of(email, "periods.approve")):
        services.approve_adjustment(number=number, digest=digest)
        found = services.post_adjustment(number=number)
    click.echo(f"Adjustment {found.pk} is posted in {found.posted_in} on {found.effective_on}.")


@periods.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def discard(number: int, reason: str, email: str) -> None:
    """Discard an adjustment before it is approved: what it counted is late again."""
    from upline.commissions import services
    from upline.foundation import context

    with context.working(actor=actor_of(email, "periods.close")):
        services.discard_adjustment(number=number, reason=reason)
    click.echo(f"Adjustment {number} is discarded.")


@periods.command()
@_calendar
@on_the_platform
def adjustments(calendar: str) -> None:
    """List the adjustments of a calendar, the latest first, and what each changes."""
    from upline.commissions import queries

    for found in queries.adjustments(calendar=calendar):
        _show_adjustment(found.number)


@periods.command()
@click.argument("label")
@_calendar
@click.option("--member", required=True, help="The member's code.")
@click.option("--why", is_flag=True, help="Say why, and why not more.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
@on_the_platform
def statement(label: str, calendar: str, member: str, why: bool, lang: str) -> None:
    """Show what a period gives a member."""
    from upline.commissions import queries

    found = queries.statement(calendar=calendar, label=label, member=member)
    if found is None:
        raise click.ClickException(f"{label} is not computed yet.")
    for total in found.totals:
        click.echo(f"{total.bonus}\t{total.amount}\t{total.posted}")
    click.echo(f"To be paid\t{found.pay or 'nothing'}")
    for ladder, (rank, _) in found.ranks.items():
        click.echo(f"{ladder}\t{rank}")
    if why:
        wanted = {"calendar": calendar, "label": label, "member": member}
        for sentence in queries.why(**wanted, language=lang):
            click.echo(sentence)


@periods.command()
@click.argument("label")
@_calendar
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder.")
@on_the_platform
def export(label: str, calendar: str, out: Path) -> None:
    """Write what a period was computed from, for 'upline compute' anywhere."""
    from upline.commissions.exporting import export_period
    from upline.runs.tables import write_table

    found = export_period(calendar=calendar, label=label)
    try:
        out.mkdir(parents=True)
    except FileExistsError:
        raise click.ClickException(f"{out} is there already; name a new folder.") from None
    (out / "plan.yaml").write_text(found.plan, encoding="utf-8")
    options = [f"--plan {out}/plan.yaml", f"--period {found.first_and_last_day}"]
    for name, table in found.tables.items():
        write_table(table, out / f"{name}.csv")
        options.append(f"--{name.replace('_', '-')} {out}/{name}.csv")
    click.echo("Compute it again with:")
    click.echo(f"  upline compute {' '.join(options)} --out {out}/run")


def _show(run: Run) -> None:
    from upline.commissions import queries

    click.echo(f"{run.period}: computed under {run.plan}, digest {run.digest}")
    for row in queries.totals_of(run):
        click.echo(f"  {row.bonus}\t{row.amount} {run.currency}\t{row.members:,} members")


def _show_judgement(judged: Judgement) -> None:
    outcome = "approved by" if judged.is_covered else "waits for a person: past a limit of"
    click.echo(f"{judged.run.period}: {outcome} standing approval {judged.standing_id}")
    for one in judged.limits:
        state = "passed" if one["is_passed"] else "kept"
        named = f"{one['name']} {one['of']}".strip()
        click.echo(f"  {named}\t{state}\tallowed {one['allowed']}\tfound {one['found']}")


def _show_adjustment(number: int) -> None:
    from upline.commissions import queries

    found = queries.adjustment(number=number)
    click.echo(
        f"Adjustment {found.number}: {found.state}, {found.facts} late, posted in"
        f" {found.posted_in}, digest {found.digest}"
    )
    for row in found.periods:
        click.echo(f"  {row.label}\t{row.amount}\t{row.members:,} members")
