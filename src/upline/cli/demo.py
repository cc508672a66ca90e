"""`upline demo`: the demo company with everything that shows it, kept running until Ctrl-C."""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

import click

from upline.cli.demo_home import MARK, DemoHome, Wanted

P = ParamSpec("P")

USUAL = Wanted(members=2000, seed=7)
USUAL_PORT = 8000
HOME = Path("build/demo")

_members = click.option(
    "--members",
    type=click.IntRange(60, 1_000_000),
    help=f"How many members; {USUAL.members} unless named.",
)
_seed = click.option(
    "--seed", type=int, help=f"Another number, another company; {USUAL.seed} unless named."
)


def _refusing(command: Callable[P, None]) -> Callable[P, None]:
    """Print a refusal as a sentence, with exit code 1; an interrupt ends without a word."""

    @functools.wraps(command)
    def shown(*args: P.args, **kwargs: P.kwargs) -> None:
        from upline.foundation.errors import DomainError

        # A hang-up or a kill ends everything in order, as Ctrl-C does.
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)
        try:
            command(*args, **kwargs)
        except DomainError as refused:
            click.echo(str(refused), err=True)
            raise SystemExit(1) from None
        except KeyboardInterrupt:
            raise SystemExit(130) from None

    return shown


@click.group(invoke_without_command=True)
@_members
@_seed
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help=f"Where the site answers; {USUAL_PORT} or the next free one unless named.",
)
@click.option("--reset", is_flag=True, help="Remove the company first and make it anew; asks.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
@_refusing
def demo(
    ctx: click.Context,
    members: int | None,
    seed: int | None,
    port: int | None,
    reset: bool,
    yes: bool,
) -> None:
    """Show a demo company: its database, site and background work run until Ctrl-C.

    Everything is kept in UPLINE_HOME, or else in build/demo, and is there again at the next start.
    """
    if ctx.invoked_subcommand:
        return
    from upline.cli.demo_run import Demo, show

    home = _home()
    with home.taken():
        if reset:
            _remove(home, is_agreed=yes)
        wanted = home.choose(members, seed, USUAL)
        show(Demo(home=home, wanted=wanted, port=port or USUAL_PORT, is_port_fixed=bool(port)))


@demo.command()
@_members
@_seed
@_refusing
def load(members: int | None, seed: int | None) -> None:
    """Make the demo company, or see that it is complete, and start nothing else.

    A load that was killed goes on where it was.
    """
    from upline.cli.demo_load import load_company

    # What it does is shown as it goes; its log would run through the bar.
    os.environ.setdefault("UPLINE_LOG_LEVEL", "WARNING")
    home = _home()
    if os.environ.get(MARK) == str(home.path):
        # Begun by a demo that has the folder and its server.
        load_company(home.choose(members, seed, USUAL))
        return
    from upline.foundation import postgres

    with home.taken():
        wanted = home.choose(members, seed, USUAL)
        home.keep_note(wanted)
        with postgres.start(home.postgres) as server:
            os.environ["DATABASE_URL"] = server.url
            load_company(wanted)


@demo.command()
@_refusing
def logins() -> None:
    """Print the logins with their passwords, and the code that the second factor asks for now."""
    from upline.cli.demo_logins import print_logins

    _home()
    print_logins()


def _home() -> DemoHome:
    """Give the folder of the demo, and make this process one of a demo there."""
    if os.environ.get("UPLINE_ENV", "development") != "development":
        problem = "The demo is for development: its passwords are public. Unset UPLINE_ENV."
        raise click.UsageError(problem)
    home = DemoHome(Path(os.environ.get("UPLINE_HOME") or HOME).expanduser().resolve())
    if os.environ.get(MARK) != str(home.path) and "DATABASE_URL" in os.environ:
        del os.environ["DATABASE_URL"]
        click.echo("DATABASE_URL is set; the demo leaves that server alone and uses its own.")
    os.environ.update(UPLINE_ENV="development", UPLINE_HOME=str(home.path), UPLINE_DEMO="1")
    return home


def _remove(home: DemoHome, *, is_agreed: bool) -> None:
    from upline.foundation import postgres

    home.refuse_strangers()
    found = home.company()
    if found and not is_agreed:
        if not sys.stdin.isatty():
            problem = "Nobody is here to be asked; add --yes to --reset."
            raise click.UsageError(problem)
        click.confirm(
            f"Remove the demo company of {found.members} members in {home.path}?", abort=True
        )
    postgres.stop(home.postgres)
    home.remove_company()
