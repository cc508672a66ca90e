"""The logins of the demo, for whoever wants to look around."""

from __future__ import annotations

import time

from rich import box
from rich.console import Console
from rich.table import Table

from upline.cli.own_name import our_name

# As long as a code of the second factor is the present one.
CODE_SECONDS = 30


def print_logins() -> None:
    """Print who may sign in by what, and the code of the second factor that is asked for now."""
    from upline.foundation import start

    start.start_without_database()
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    from upline.demo.services import TOTP_SECRET, logins

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Who", "E-mail", "Password", "Second factor"):
        table.add_column(heading, no_wrap=True)
    for one in logins():
        table.add_row(one.who, one.email, one.password, "code" if one.needs_code else "")
    # Never cut to the width of a terminal: the lines are there to be copied.
    console = Console(highlight=False, width=max(Console().width, 100))
    console.print(table)
    counter = int(time.time()) // CODE_SECONDS
    now, then = (format_hotp_value(hotp_value(TOTP_SECRET, counter + ahead)) for ahead in (0, 1))
    until = time.strftime("%H:%M:%S", time.localtime((counter + 1) * CODE_SECONDS))
    console.print(
        f"Code of the second factor: {now} until {until}, then {then}.\n"
        f"Later ones: {our_name()} demo logins; or an app that is given {TOTP_SECRET}.\n",
        soft_wrap=True,
    )
