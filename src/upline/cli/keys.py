"""`upline keys` and `upline grants`: secrets of the database, and who may what in it."""

from __future__ import annotations

import click

from upline.cli.on_platform import on_the_platform


@click.group()
def keys() -> None:
    """Make keys for encrypted fields; seal everything anew with the present one."""


@keys.command()
def new() -> None:
    """Print a new key. Put it first in UPLINE_ENCRYPTION_KEYS, as name:key."""
    from upline.foundation.secrets import new_key

    click.echo(new_key())


@keys.command()
@on_the_platform
def rotate() -> None:
    """Seal every encrypted value with the first key; may be stopped and repeated."""
    from upline.foundation import audit, secrets
    from upline.people import second_factor

    audit.record(act="foundation.rotate_keys", subject="keys", reason="asked for by command")
    click.echo(f"{secrets.rotate() + second_factor.reseal()} values sealed anew.")


@click.command()
@click.option(
    "--password",
    envvar="UPLINE_APP_PASSWORD",
    required=True,
    help="Password of upline_app; better given in UPLINE_APP_PASSWORD.",
)
@on_the_platform
def grants(password: str) -> None:
    """Create the database roles of owner and site, and give the site the least that it needs."""
    from upline.foundation import postgres_roles

    tables = postgres_roles.grant(app_password=password)
    click.echo(f"upline_app may not change: {', '.join(tables)}.")
    click.echo("Give upline_app to site and worker in DATABASE_URL; migrate as upline_owner.")
