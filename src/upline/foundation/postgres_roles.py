"""The least that site and worker need in the database: a role that owns nothing.

`upline_owner` owns the tables and runs migrations; `upline_app` reads and writes rows, and cannot
change what is append-only, nor make, alter or drop anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from upline.foundation.errors import DomainError


class RolesNotGranted(DomainError):
    """The database user may not create roles or hand tables over."""

    code = "foundation.roles_not_granted"
    text = "The database user %(user)s may not create roles and hand tables over."
    remedy = "Name a superuser of the database in DATABASE_URL for this one command."


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How the two roles are called."""

    owner: str = "upline_owner"
    app: str = "upline_app"


APPEND_ONLY = """
SELECT DISTINCT relname FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND (tgname = 'append_only' OR tgname LIKE 'pgtrigger_append_only%')
  AND relnamespace = 'public'::regnamespace
ORDER BY relname
"""

# Tables with their sequences, partitions among them, and our functions; not those of extensions.
OWNED = """
SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
       quote_ident(relname)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
UNION ALL
SELECT 'ROUTINE', quote_ident(proname) || '(' || pg_get_function_identity_arguments(oid) || ')'
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
UNION ALL
SELECT 'TYPE', quote_ident(typname) FROM pg_type
WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'
"""


def grant(*, app_password: str, names: Names | None = None) -> tuple[str, ...]:
    """Create both roles, hand the tables over, grant the least; give the append-only tables.

    Repeat it after migrations: new tables get their rights then. Raises RolesNotGranted.
    """
    names = names or Names()
    _require_superuser()
    with transaction.atomic(), connection.cursor() as cursor:
        _create(cursor, names.owner, None)
        _create(cursor, names.app, app_password)
        cursor.execute(OWNED)
        for kind, name in cursor.fetchall():
            _run(cursor, f"ALTER {kind} public.{name} OWNER TO {{owner}}", names)
        for statement in _STATEMENTS:
            _run(cursor, statement, names)
        cursor.execute(APPEND_ONLY)
        tables = tuple(name for (name,) in cursor.fetchall())
        for table in (*tables, "django_migrations"):
            _run(cursor, "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {app}", names, table)
        _run(cursor, "REVOKE INSERT ON {table} FROM {app}", names, "django_migrations")
    return tables


_STATEMENTS = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT CREATE, USAGE ON SCHEMA public TO {owner}",
    "GRANT USAGE ON SCHEMA public TO {app}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
    "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO {app}",
)


def _require_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        user, is_superuser = cursor.fetchone()
    if not is_superuser:
        raise RolesNotGranted(user=user)


def _create(cursor: Any, name: str, password: str | None) -> None:
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [name])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
    login = sql.SQL("ALTER ROLE {} WITH NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS LOGIN")
    statement = login.format(sql.Identifier(name))
    if password is not None:
        statement += sql.SQL(" PASSWORD {}").format(sql.Literal(password))
    cursor.execute(statement)


def _run(cursor: Any, statement: str, names: Names, table: str = "") -> None:
    composed = sql.SQL(statement).format(
        owner=sql.Identifier(names.owner),
        app=sql.Identifier(names.app),
        table=sql.Identifier(table),
    )
    cursor.execute(composed)
