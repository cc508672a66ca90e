"""The first connection to a server: it proves that the server answers, and makes the database."""

from __future__ import annotations

import time

from upline.foundation.postgres.errors import DriverMissing, Unreachable
from upline.foundation.postgres.layout import PORT, USER, Layout
from upline.foundation.postgres.processes import lock_file

# What a server says that recovers from the death of one of its processes; the language of its
# messages is set when its data are made.
_PASSING = ("starting up", "recovery mode", "not yet accepting", "shutting down")
RECOVERY_SECONDS = 600


def ensure_database(layout: Layout, *, place: str, password: str, database: str) -> None:
    """Make the database where it is missing. Raises Unreachable, DriverMissing."""
    try:
        import psycopg  # noqa: PLC0415 - slow to import, and absent where only the engine is
        from psycopg import sql  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise DriverMissing from error
    deadline = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            with psycopg.connect(
                host=place,
                port=PORT,
                user=USER,
                password=password,
                dbname="postgres",
                connect_timeout=30,
                autocommit=True,
            ) as connection:
                known = connection.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", [database]
                ).fetchone()
                if not known:
                    connection.execute(
                        sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
                    )
            return
        except psycopg.OperationalError as error:
            passing = any(words in str(error) for words in _PASSING)
            if not passing or time.monotonic() >= deadline:
                pid = (lock_file(layout.data) or ["?"])[0]
                raise Unreachable(
                    path=layout.folder, pid=pid, said=str(error).strip(), log=layout.log
                ) from error
            time.sleep(0.05)
