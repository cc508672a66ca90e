"""Operations for migrations: what the database itself has to refuse."""

from __future__ import annotations

from django.db import migrations

FUNCTION = "upline_refuse_change"

CREATE_FUNCTION = f"""
CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: its rows are neither changed nor deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation',
              HINT = 'Record the opposite, or a correction, as a new row.';
END
$$
"""


def append_only_function() -> migrations.RunSQL:
    """Create the function that append-only tables share; the foundation's first migration does."""
    return migrations.RunSQL(CREATE_FUNCTION, f"DROP FUNCTION {FUNCTION}()")


def append_only(table: str) -> migrations.RunSQL:
    """Make a table append-only: the database refuses UPDATE and DELETE, whoever asks.

    The migration must depend on `("foundation", "0001_outbox_audit_heartbeats")`. The role under
    which site and worker connect loses the rights too, see `upline.foundation.postgres_roles`.
    TRUNCATE stays with the owner of the tables, whom neither site nor worker is.
    """
    return migrations.RunSQL(
        f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()",
        f'DROP TRIGGER append_only ON "{table}"',
    )
