"""Load many rows into tables whose indexes, foreign keys and triggers are set aside meanwhile.

They are built again over the complete tables before the transaction commits: a million rows so
checked by sorting and joining take seconds, looked up one by one minutes. A row that breaks a
constraint stops the building and with it the whole load.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from upline.foundation.copying import count_rows

# Building by sorting wants memory; it is given back with the transaction.
_MEMORY = "256MB"

_CONSTRAINTS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid = ANY(%s::text[]::regclass[]) AND contype IN ('f', 'u', 'x')
ORDER BY contype = 'f', conrelid, conname
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = ANY(%s::text[]::regclass[]) AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
ORDER BY indexrelid
"""


def may_set_aside(tables: Sequence[str]) -> bool:
    """Say whether this connection owns the tables; site and worker do not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class"
            " WHERE oid = ANY(%s::text[]::regclass[])",
            [list(tables)],
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def set_aside(tables: Sequence[str]) -> Iterator[None]:
    """Set indexes, foreign keys and triggers of tables aside inside the present transaction.

    Nobody else reads or writes these tables until it ends. What triggers would have refused is for
    the caller to ask afterwards; checks stay in force.
    """
    names = list(tables)
    _run("SET CONSTRAINTS ALL IMMEDIATE")
    _run(f"SET LOCAL maintenance_work_mem = '{_MEMORY}'")
    _run("LOCK TABLE " + ", ".join(f'"{name}"' for name in names) + " IN ACCESS EXCLUSIVE MODE")
    constraints = _found(_CONSTRAINTS, names)
    indexes = _found(_INDEXES, names)
    for table, name, _ in reversed(constraints):
        _run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        _run(f"DROP INDEX {name}")
    for name in names:
        _run(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
    yield
    count_rows(names)
    for _, definition in indexes:
        _run(definition)
    for table, name, definition in constraints:
        _run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for name in names:
        _run(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
    _run("SET CONSTRAINTS ALL DEFERRED")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _found(query: str, names: list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [names])
        return list(cursor.fetchall())
