"""Start Django: the embedded database where none is named, then the settings."""

from __future__ import annotations

import os

from upline.foundation import environment


def start() -> None:
    """Make the database and Django ready for a command. Repeating it changes nothing.

    In development without DATABASE_URL the embedded server of UPLINE_HOME is started, or adopted
    if it runs. Raises SettingsRefused.
    """
    found = environment.read()
    if not found.database_url and found.stage == "development":
        from upline.foundation.postgres import start as serve  # noqa: PLC0415 - only where used

        os.environ["DATABASE_URL"] = serve(found.home / "postgres").url
    start_without_database()


def start_without_database() -> None:
    """Make Django ready for a command that touches no database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upline.config.settings")
    import django  # noqa: PLC0415 - slow to import, and absent where only the engine is installed

    django.setup()
