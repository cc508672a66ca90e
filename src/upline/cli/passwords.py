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
    if not sys.stdin.isatty():
        raise click.ClickException(
            f"There is no password for {email}, and no terminal to ask at. Give --password-file, or"
            f" set {VARIABLE}."
        )
    return str(click.prompt(f"Password for {email}", hide_input=True, confirmation_prompt=True))
