"""`upline manage`: the management commands of Django, on our settings and our database."""

from __future__ import annotations

import sys

import click

# Commands that read the code alone; starting a server for them would be a waste.
WITHOUT_DATABASE = {"check", "diffsettings", "makemigrations", "help", "version"}


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run a management command of Django: migrate, shell, createsuperuser ..."""
    from django.core.management import execute_from_command_line

    from upline.foundation import start
    from upline.foundation.errors import DomainError

    try:
        if set(arguments[:1]) <= WITHOUT_DATABASE:
            start.start_without_database()
        else:
            start.start()
    except DomainError as refused:
        click.echo(str(refused), err=True)
        raise SystemExit(1) from None
    execute_from_command_line([f"{sys.argv[0]} manage", *arguments])
