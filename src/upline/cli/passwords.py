"""A password for a new login: from a file, the environment or a terminal; never on a command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

VARIABLE = "UPLINE_NEW_PASSWORD"

password_file = click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    help=f"Its first line is the password; left out, {VARIABLE} of the environment, or it is asked for.",
)


def at_terminal() -> bool:
    """Say whether somebody is there who can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def new_password(email: str, path: Path | None) -> str:
    """Give the password of a new login."""
    if path is not None:
        try:
            with path.open(encoding="utf-8") as file:
                return file.readline().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise click.ClickException(
                f"{path} cannot be read: {error}. Write the password on its first line, in UTF-8."
            ) from error
    if os.environ.get(VARIABLE):
        return os.environ[VARIABLE]
    if not at_terminal():
        raise click.ClickException(
            f"There is no password for {email}, and no terminal to ask at. Give --password-file, or"
            f" set {VARIABLE}."
        )
    return _asked(email)


def _asked(email: str) -> str:
    """Ask at the terminal, and again while the answer is easy to guess."""
    from upline.people.logins import PasswordRefused, check_password

    while True:
        text = f"Password for {email}"
        given = str(click.prompt(text, hide_input=True, confirmation_prompt=True))
        try:
            check_password(email=email, password=given)
        except PasswordRefused as refused:
            click.echo(str(refused), err=True)
            continue
        return given
