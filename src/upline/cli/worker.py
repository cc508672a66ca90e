"""`upline worker` and `upline outbox`: background work, and its dead letters."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

import click

P = ParamSpec("P")


def on_the_platform(command: Callable[P, None]) -> Callable[P, None]:
    """Start database and Django before a command, and print a refusal as a sentence."""

    @functools.wraps(command)
    def started(*args: P.args, **kwargs: P.kwargs) -> None:
        from upline.foundation.errors import DomainError

        name = click.get_current_context().command_path.partition(" ")[2]
        try:
            reach_database()
            _require_migrations()
            from upline.foundation import context

            with context.working(actor=f"command:{name}"):
                command(*args, **kwargs)
        except DomainError as refused:
            click.echo(str(refused), err=True)
            raise SystemExit(1) from None

    return started


def reach_database() -> None:
    """Start Django, and the database where it is our own; say it well where it cannot be reached."""
    from upline.foundation import start

    start.start()
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise click.ClickException(
            f"The database cannot be reached: {str(error).strip()}\n"
            "Look whether its server runs, and whether DATABASE_URL names it rightly."
        ) from None


def _require_migrations() -> None:
    # Importable only when Django has been started.
    from upline.foundation.health import require_migrations

    require_migrations()


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
