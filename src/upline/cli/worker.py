"""`upline worker` and `upline outbox`: background work, and its dead letters."""

from __future__ import annotations

import click

from upline.cli.on_platform import on_the_platform


@click.command()
@on_the_platform
def worker() -> None:
    """Run background jobs and deliver messages until stopped."""
    from upline.foundation.worker import run

    run()


@click.group()
def outbox() -> None:
    """See what waits to be delivered; mend dead letters."""


@outbox.command("list")
@on_the_platform
def list_dead() -> None:
    """List the dead letters, the oldest first."""
    from upline.foundation import outbox as letters

    dead = letters.dead_letters()
    for one in dead:
        click.echo(f"{one.pk}\t{one.message}\t{one.topic}\t{one.handler}\t{one.failure}")
    click.echo(f"{len(dead)} dead letters.")


@outbox.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why it will work now; the audit keeps it.")
@on_the_platform
def redeliver(number: int, reason: str) -> None:
    """Try a dead letter again."""
    from upline.foundation import outbox as letters

    letters.redeliver(number=number, reason=reason)
    click.echo(f"Delivery {number} waits for the worker again.")


@outbox.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why it is given up; the audit keeps it.")
@on_the_platform
def drop(number: int, reason: str) -> None:
    """Give a dead letter up, so that those behind it go on."""
    from upline.foundation import outbox as letters

    letters.drop(number=number, reason=reason)
    click.echo(f"Delivery {number} is dropped.")
