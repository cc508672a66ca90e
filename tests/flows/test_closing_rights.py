"""A close needs no more than the role that owns nothing."""

from __future__ import annotations

import psycopg
import pytest
from django.db import DatabaseError, connection, connections

from tests import closing
from tests.closing import BORIS, CELINA, OCTOBER
from upline.commissions import queries
from upline.foundation import postgres_roles
from upline.foundation.postgres_roles import Names
from upline.money import Money

pytestmark = pytest.mark.django_db(transaction=True)

BY = {"calendar": "monthly", "label": OCTOBER}
LINES = ("commissions_begin_lines", "commissions_end_lines")


@pytest.fixture
def names(worker_id):
    """Two roles of this worker alone: roles belong to the whole server."""
    return Names(owner=f"closing_owner_{worker_id}", app=f"closing_app_{worker_id}")


@pytest.fixture
def granted(names):
    """Hand the tables over for the time of a test, and take them back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (superuser,) = cursor.fetchone()
    postgres_roles.grant(app_password="of-the-test", names=names)
    yield
    connections["default"].close()
    with connection.cursor() as cursor:
        cursor.execute(f'REASSIGN OWNED BY {names.owner} TO "{superuser}"')
        cursor.execute(f"DROP OWNED BY {names.owner}, {names.app}")
        cursor.execute(f"DROP ROLE {names.owner}, {names.app}")
        cursor.execute("GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC")


@pytest.fixture
def as_app(granted, names):
    """Connect as the site does."""
    settings = connection.settings_dict
    before = {name: settings[name] for name in ("USER", "PASSWORD")}
    connection.close()
    settings.update(USER=names.app, PASSWORD="of-the-test")
    yield
    connection.close()
    settings.update(before)


def refused(statement):
    with connection.cursor() as cursor, pytest.raises(DatabaseError) as failure:
        cursor.execute(statement)
    return failure.value.__cause__


def test_a_period_is_closed_by_the_role_that_owns_nothing(as_app):
    closing.bought(closing.opened()[CELINA], "A-1", "200.00")
    closing.computed()
    closing.reopened()

    closing.closed()

    assert queries.statement(**BY, member=BORIS).pay == Money(2000, "EUR")
    assert len(queries.lines(**BY, member=BORIS)) == 1
    run = queries.run_of(**BY)
    for statement in (
        f"INSERT INTO commissions_line_{run.pk} SELECT * FROM commissions_line",
        f"DELETE FROM commissions_line_{run.pk}",
        f"DROP TABLE commissions_line_{run.pk}",
        "UPDATE commissions_line SET amount_units = 0",
        "TRUNCATE commissions_statement CASCADE",
        "DELETE FROM commissions_volumefact",
        "CREATE TABLE mine (number int)",
    ):
        assert isinstance(refused(statement), psycopg.errors.InsufficientPrivilege)


def test_lines_are_written_by_no_table_of_the_callers(as_app):
    closing.bought(closing.opened()[CELINA], "A-1", "200.00")
    with connection.cursor() as cursor:
        # A name that stands before ours where a search path is not fixed.
        cursor.execute("CREATE TEMP TABLE commissions_line (mine int)")

    run = closing.computed()

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM public.commissions_line_{run.pk}")
        assert cursor.fetchone() == (2,)


def test_the_functions_that_write_for_their_owner_are_granted_to_the_site_alone(granted, names):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT proname, prosecdef, proowner::regrole::text,
                   array(SELECT coalesce(nullif(grantee, 0)::regrole::text, 'public')
                         FROM aclexplode(proacl) WHERE privilege_type = 'EXECUTE' ORDER BY 1),
                   proconfig
            FROM pg_proc WHERE proname = ANY(%s) ORDER BY proname
            """,
            [list(LINES)],
        )
        found = cursor.fetchall()

    fixed = ["search_path=public, pg_temp"]
    who = [names.app, names.owner]
    assert found == [(name, True, names.owner, who, fixed) for name in LINES]


def test_before_any_grant_nobody_but_the_owner_may_call_them():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_proc, aclexplode(proacl) WHERE proname = ANY(%s) AND grantee = 0",
            [list(LINES)],
        )
        assert cursor.fetchone() == (0,)
