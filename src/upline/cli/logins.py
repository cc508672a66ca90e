"""`upline logins`: who may sign in, and with which roles."""

from __future__ import annotations

from pathlib import Path

import click

from upline.cli.on_platform import actor_of, on_the_platform
from upline.cli.passwords import new_password, password_file


@click.group()
def logins() -> None:
    """See and make logins, and grant them roles."""


@logins.command("list")
@on_the_platform
def list_logins() -> None:
    """List the logins with their roles."""
    from upline.people.models import Login

    for login in Login.objects.order_by("email"):
        state = "" if login.is_active else "\tmay not sign in"
        click.echo(f"{login.email}\t{', '.join(sorted(login.roles)) or 'no role'}{state}")


_actor = click.option("--as", "by", required=True, help="The e-mail of the owner who grants it.")
_reason = click.option("--reason", default="granted by the owner", help="Why; the audit keeps it.")


@logins.command()
@click.argument("email")
@click.option("--role", "roles", multiple=True, required=True, help="One, or several times.")
@_actor
@_reason
@password_file
@on_the_platform
def add(
    email: str, roles: tuple[str, ...], by: str, reason: str, password_file: Path | None
) -> None:
    """Make a login with its roles: owner, finance, support, logistics, marketing, content, auditor."""
    from upline.foundation import context
    from upline.people import logins as people

    owner = _owner(by)
    with context.working(actor=f"login:{owner}"):
        people.open_login(
            email=email,
            password=new_password(email, password_file),
            roles=roles,
            reason=reason,
            granted_by=owner,
        )
    click.echo(f"{email} may sign in: {', '.join(roles)}.")


@logins.command()
@click.argument("email")
@click.option("--role", required=True)
@_actor
@_reason
@on_the_platform
def grant(email: str, role: str, by: str, reason: str) -> None:
    """Grant a login a role; one that it has stays."""
    from upline.foundation import context
    from upline.people import logins as people

    owner = _owner(by)
    with context.working(actor=f"login:{owner}"):
        login = people.login_of(email)
        people.grant_role(login_id=login.pk, role=role, reason=reason, granted_by=owner)
    click.echo(f"{login.email}: {', '.join(sorted(login.roles))}.")


@logins.command()
@click.argument("email")
@_actor
@click.option("--reason", required=True, help="What became of it; the audit keeps it.")
@on_the_platform
def reset(email: str, by: str, reason: str) -> None:
    """Take a lost second factor away; staff set one up anew when they sign in next."""
    from upline.foundation import context
    from upline.people import logins as people
    from upline.people import second_factor

    owner = _owner(by)
    with context.working(actor=f"login:{owner}"):
        login = people.login_of(email)
        count = second_factor.forget_second_factor(login_id=login.pk, reason=reason)
    click.echo(f"{login.email}: {count} factors taken away, sessions ended.")


def _owner(email: str) -> int:
    return int(actor_of(email, "roles.grant").removeprefix("login:"))
