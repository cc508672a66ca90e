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
# What becomes of a connection that is being made when a process of the server dies: it ends all.
_CUT_OFF = ("closed the connection unexpectedly", "terminating connection")
CUT_OFF_SECONDS = 30


def ensure_database(layout: Layout, *, place: str, password: str, database: str) -> None:
    """Make the database where it is missing. Raises Unreachable, DriverMissing."""
    try:
        import psycopg  # noqa: PLC0415 - slow to import, and absent where only the engine is
        from psycopg import sql  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise DriverMissing from error
    began = time.monotonic()
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
            if time.monotonic() - began >= _patience(str(error)):
                pid = (lock_file(layout.data) or ["?"])[0]
                raise Unreachable(
                    path=layout.folder, pid=pid, said=str(error).strip(), log=layout.log
                ) from error
            time.sleep(0.05)


def _patience(said: str) -> float:
    """Give for how many seconds a refusal is waited out: none for one that does not pass."""
    if any(words in said for words in _PASSING):
        return RECOVERY_SECONDS
    return CUT_OFF_SECONDS if any(words in said for words in _CUT_OFF) else 0
