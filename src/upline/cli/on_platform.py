"""What commands on the platform share: database and Django started, refusals shown, who answers."""

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


def actor_of(email: str, right: str) -> str:
    """Give the login behind an e-mail as an actor, if it has the right."""
    from upline.people.models import Login

    login = Login.objects.filter(email=email.strip().lower()).first()
    if login is None:
        raise click.ClickException(f"There is no login {email}; 'upline logins add' makes one.")
    if not login.has_perm(right):
        raise click.ClickException(f"{email} lacks the right '{right}'; the owner grants roles.")
    return f"login:{login.pk}"
