"""The `upline` command: its groups and how they are found."""

import click

from upline import __version__


@click.group()
@click.version_option(__version__, prog_name="upline")
def main() -> None:
    """Compute, explain and verify the pay of a network."""
