"""`upline payouts`: payouts one by one and in batches."""

from __future__ import annotations

import click

from upline.cli.on_platform import actor_of, on_the_platform

_actor = click.option(
    "--as", "email", required=True, help="The e-mail of the login that answers for it."
)
_reason = click.option("--reason", required=True, help="Why; the audit keeps it.")


@click.command("list")
@click.option("--state", default="", help="Only those in this state.")
@on_the_platform
def list_payouts(state: str) -> None:
    """List the last hundred payouts."""
    from upline.payouts import moving
    from upline.payouts.models import Payout

    rows = Payout.objects.select_related("member").order_by("-pk")
    for one in (rows.filter(state=state) if state else rows)[:100]:
        where = f"{one.state} ({one.held_for})" if one.held_for else one.state
        batch = f"batch {one.batch_id}" if one.batch_id else ""
        click.echo(
            f"{one.pk}\t{one.member.code}\t{moving.amount_of(one)}\t{where}\t{one.due_on}\t{batch}"
        )


@click.command()
@click.argument("number", type=int)
@on_the_platform
def show(number: int) -> None:
    """Print a payout and each step that it took."""
    from upline.payouts import moving
    from upline.payouts.errors import PayoutUnknown
    from upline.payouts.models import Payout

    found = Payout.objects.select_related("member", "method").filter(pk=number).first()
    if found is None:
        raise PayoutUnknown(payout=number)
    click.echo(f"{moving.amount_of(found)} of {found.member.code}, to {found.method.shown}")
    click.echo(f"arrives: {moving.arriving(found)}  key: {found.key or 'none yet'}")
    for one in found.steps.all():
        held = f" for {one.held_for}" if one.held_for else ""
        click.echo(f"{one.at:%Y-%m-%d %H:%M:%S}  {one.state}{held}  {one.by}  {one.reason}")


@click.command()
@click.argument("person", type=int)
@click.option("--confirmed/--refused", required=True, help="What was found.")
@_reason
@_actor
@on_the_platform
def review(person: int, confirmed: bool, reason: str, email: str) -> None:
    """Keep that staff looked who a person is; without it nothing is paid."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "payouts.prepare")):
        services.review_identity(person_id=person, is_confirmed=confirmed, reason=reason)
    click.echo(f"Person {person} is {'confirmed' if confirmed else 'refused'}.")


@click.command()
@click.argument("number", type=int)
@_reason
@_actor
@on_the_platform
def hold(number: int, reason: str, email: str) -> None:
    """Hold a payout that is not on its way."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "payouts.prepare")):
        services.hold(payout_id=number, reason=reason)
    click.echo(f"Payout {number} is held.")


@click.command("let-go")
@click.argument("number", type=int)
@_reason
@_actor
@on_the_platform
def let_go(number: int, reason: str, email: str) -> None:
    """Let a payout go that staff held."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "payouts.prepare")):
        services.let_go(payout_id=number, reason=reason)
    click.echo(f"Payout {number} is let go.")


@click.command()
@on_the_platform
def due() -> None:
    """Ask for all that is available in wallets that reached the threshold of their currency."""
    from upline.payouts import services

    click.echo(f"{services.request_due()} payouts were asked for.")


@click.command()
@click.argument("provider")
@_actor
@on_the_platform
def prepare(provider: str, email: str) -> None:
    """Put what is ready into a batch for a provider: bank or fake."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "payouts.prepare")):
        number = services.prepare_batch(provider=provider)
    click.echo(f"Batch {number} is prepared.")


@click.command()
@click.argument("number", type=int)
@on_the_platform
def batch(number: int) -> None:
    """Print a batch: its sums, its payouts, its digest."""
    from upline.payouts import batches, moving

    found = batches.contents(number)
    for share in found.shares:
        click.echo(
            f"{share.currency} {share.kind}: {share.count} payouts, {share.amount},"
            f" of which {share.arriving} arrive"
        )
    for one in found.payouts:
        click.echo(f"{one.pk}\t{one.member.code}\t{moving.amount_of(one)}\t{one.state}")
    click.echo(f"digest {found.digest}")


@click.command()
@click.argument("number", type=int)
@click.argument("digest")
@_actor
@on_the_platform
def approve(number: int, digest: str, email: str) -> None:
    """Approve a batch by its digest; who prepared it cannot."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "payouts.approve")):
        services.approve_batch(batch_id=number, digest=digest)
    click.echo(f"Batch {number} is approved.")


@click.command()
@click.argument("payout", type=int)
@_reason
@_actor
@on_the_platform
def remove(payout: int, reason: str, email: str) -> None:
    """Take a payout out of a batch that nobody approved yet."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "payouts.prepare")):
        services.remove_from_batch(payout_id=payout, reason=reason)
    click.echo(f"Payout {payout} is in no batch.")


@click.command()
@click.argument("number", type=int)
@_reason
@_actor
@on_the_platform
def dissolve(number: int, reason: str, email: str) -> None:
    """Give up a batch that nobody approved; its payouts wait for another."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "payouts.prepare")):
        services.dissolve_batch(batch_id=number, reason=reason)
    click.echo(f"Batch {number} is dissolved.")


@click.command()
@click.argument("number", type=int)
@_actor
@on_the_platform
def submit(number: int, email: str) -> None:
    """Let the payouts of an approved batch leave: the worker hands them over."""
    from upline.foundation import context
    from upline.payouts import services

    with context.working(actor=actor_of(email, "payouts.submit")):
        count = services.queue_batch(batch_id=number)
    click.echo(f"{count} payouts are queued.")


@click.command()
@on_the_platform
def send() -> None:
    """Hand over what is queued, and ask what became of what was handed over."""
    from upline.payouts import services

    count = services.send_queued()
    click.echo(f"{count} payouts were handed over, {services.ask_about()} others settled.")


@click.command()
@click.argument("number", type=int)
@click.argument("told", type=click.Choice(["paid", "failed", "returned"]))
@_reason
@_actor
@on_the_platform
def record(number: int, told: str, reason: str, email: str) -> None:
    """Record what a bank says of a payout; who prepared its batch cannot."""
    from upline.foundation import context
    from upline.payouts import services
    from upline.payouts.providers import Told

    with context.working(actor=actor_of(email, "payouts.approve")):
        services.settle_by_hand(payout_id=number, told=Told(told), reason=reason)
    click.echo(f"Payout {number} is {told}.")


COMMANDS = (
    list_payouts,
    show,
    review,
    hold,
    let_go,
    due,
    prepare,
    batch,
    approve,
    remove,
    dissolve,
    submit,
    send,
    record,
)
