"""How a refusal is shown: every fault, then what became of the work, and the exit code."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

import click

P = ParamSpec("P")


def shows_refusals(outcome: str = "") -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Print every fault of a refusal with its place and remedy, and end with exit code 1.

    `outcome` says what became of the work, as in "nothing was written".
    """

    def decorated(command: Callable[P, None]) -> Callable[P, None]:
        @functools.wraps(command)
        def shown(*args: P.args, **kwargs: P.kwargs) -> None:
            from upline.compensation.errors import Refused

            try:
                command(*args, **kwargs)
            except Refused as refused:
                for fault in refused.faults:
                    click.echo(str(fault), err=True)
                count = len(refused.faults)
                faults = "1 fault" if count == 1 else f"{count} faults"
                click.echo(f"{faults}; {outcome}." if outcome else f"{faults}.", err=True)
                raise SystemExit(1) from None

        return shown

    return decorated
