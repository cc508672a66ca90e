"""Tell cheaply whether anything changed since a moment, for those who keep a copy in memory.

Statement triggers note the transaction that changed a table of a topic; a reader keeps the snapshot
under which it read. Numbers of transactions are compared with that snapshot, so one that began
before and committed later is seen, which no counter and no last id can promise.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, migrations

TABLE = "foundation_change"
FUNCTION = "upline_note_change"
TRIGGER = "note_change"

CREATE = f"""
CREATE TABLE {TABLE} (
    topic varchar(30) NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (topic, xid)
);
CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO {TABLE} (topic) VALUES (TG_ARGV[0]) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
"""  # noqa: S608 - our own names
DROP = f"DROP FUNCTION {FUNCTION}(); DROP TABLE {TABLE};"

# A backup restored elsewhere brings numbers that were not given out there yet: they do not count.
# What this very transaction wrote is nobody else's yet, and may be taken back.
_SIGHT = f"""
SELECT pg_current_snapshot()::text, EXISTS (
    SELECT FROM {TABLE} WHERE topic = %(topic)s AND xid = pg_current_xact_id_if_assigned()
)
"""  # noqa: S608 - our own names
_CHANGED = f"""
SELECT EXISTS (
    SELECT FROM {TABLE} WHERE topic = %(topic)s
        AND xid >= pg_snapshot_xmin(%(snapshot)s::pg_snapshot)
        AND NOT pg_visible_in_snapshot(xid, %(snapshot)s::pg_snapshot)
        AND (xid < pg_snapshot_xmax(pg_current_snapshot())
            OR xid = pg_current_xact_id_if_assigned())
)
"""  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was committed when somebody looked, and whether he saw more: his own, uncommitted."""

    snapshot: str
    is_private: bool


def sight(topic: str) -> Sight:
    """Give what is seen now; to be taken before the tables of the topic are read."""
    with connection.cursor() as cursor:
        cursor.execute(_SIGHT, {"topic": topic})
        snapshot, is_private = cursor.fetchone()
    return Sight(snapshot=snapshot, is_private=is_private)


def is_changed(topic: str, *, since: Sight) -> bool:
    """Say whether anything of a topic was committed since, or is written by this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"topic": topic, "snapshot": since.snapshot})
        return bool(cursor.fetchone()[0])


def note(topic: str) -> None:
    """Note a change in the present transaction, where triggers are set aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (topic) VALUES (%s) ON CONFLICT DO NOTHING",  # noqa: S608
            [topic],
        )


def noted(table: str, *, topic: str) -> migrations.RunSQL:
    """Let changes of a table be noted; depends on `("foundation", "0003_changes")`."""
    return migrations.RunSQL(
        f'CREATE TRIGGER {TRIGGER}_{topic} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}"'
        f" FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}('{topic}')",
        f'DROP TRIGGER {TRIGGER}_{topic} ON "{table}"',
    )
