"""The load of the demo company: tables first, then the company, each step shown."""

from __future__ import annotations

from datetime import date

from upline.cli.demo_home import Wanted
from upline.cli.load_bar import LoadBar


def load_company(wanted: Wanted, *, today: date | None = None) -> None:
    """Bring the tables up to date and see that the company is complete. Repeatable.

    The company is as of `today`, the present day unless another is named. The database is the one that DATABASE_URL names. Raises what `load_demo` raises.
    """
    from upline.foundation import context, start

    start.start_without_database()
    from upline.demo.services import load_demo

    with LoadBar() as bar:
        # Outside any context: its notes would be added to the statements of the migrations.
        _migrate(bar)
        with context.working(actor="command:demo"):
            load_demo(
                members=wanted.members,
                seed=wanted.seed,
                today=today,
                say=bar.step,
                percent=bar.percent,
            )


def _migrate(bar: LoadBar) -> None:
    from django.core.management import call_command

    from upline.foundation.health import missing_migrations

    if missing_migrations():
        bar.step("Making the tables")
        call_command("migrate", verbosity=0, interactive=False)
