"""The audit is appended and never changed; tracked tables keep who, why and on which request."""

from __future__ import annotations

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.utils import DatabaseError
from psycopg import sql

from upline.foundation import audit, context, postgres_roles
from upline.foundation.models import AuditEntry
from upline.people.models import RoleGrant

pytestmark = pytest.mark.django_db


def test_an_act_is_recorded_with_actor_reason_request_and_both_states():
    with context.working(actor="login:7", request_id="request-7"):
        audit.record(
            act="orders.cancel",
            subject="order:A-17",
            before={"status": "placed"},
            after={"status": "cancelled"},
            reason="doubled by mistake",
        )

    entry = AuditEntry.objects.values(
        "actor", "act", "subject", "before", "after", "reason", "request_id"
    ).get()
    assert entry == {
        "actor": "login:7",
        "act": "orders.cancel",
        "subject": "order:A-17",
        "before": {"status": "placed"},
        "after": {"status": "cancelled"},
        "reason": "doubled by mistake",
        "request_id": "request-7",
    }


def test_an_act_without_a_reason_is_refused():
    with pytest.raises(audit.ReasonMissing, match="no reason was given"):
        audit.record(act="orders.cancel", subject="order:A-17", reason="  ")

    assert AuditEntry.objects.count() == 0


def test_the_reason_of_the_present_work_counts():
    with context.working(reason="monthly close"):
        audit.record(act="periods.freeze", subject="period:2026-11")

    assert AuditEntry.objects.get().reason == "monthly close"


@pytest.mark.parametrize(
    "statement",
    ["UPDATE foundation_auditentry SET reason = 'other'", "DELETE FROM foundation_auditentry"],
)
def test_the_database_refuses_to_change_or_delete_what_was_recorded(statement):
    audit.record(act="orders.cancel", subject="order:A-17", reason="doubled")

    with (
        pytest.raises((IntegrityError, InternalError, DatabaseError), match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert AuditEntry.objects.get().reason == "doubled"


def test_a_tracked_row_keeps_every_version_with_the_work_beside_it():
    login = get_user_model().objects.create_user("aiman@example.com")
    grant = RoleGrant.objects.create(login=login, role="finance", reason="new accountant")
    with context.working(actor="login:1", reason="left the company", request_id="request-9"):
        RoleGrant.objects.filter(pk=grant.pk).update(role="auditor")

    first, second = grant.events.order_by("pgh_id")

    assert (first.role, second.role) == ("finance", "auditor")
    assert second.pgh_context.metadata == {
        "actor": "login:1",
        "reason": "left the company",
        "request_id": "request-9",
    }
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        grant.events.update(role="owner")


def test_composed_statements_run_in_named_work():
    query = sql.SQL("SELECT {}").format(sql.Literal("100 %"))

    with context.working(actor="login:1"), connection.cursor() as cursor:
        cursor.execute(query)

        assert cursor.fetchone() == ("100 %",)


def test_passwords_and_addresses_are_not_kept_by_the_history():
    fields = {field.name for field in get_user_model().pgh_event_models.popitem()[1]._meta.fields}

    assert not fields & {"password", "email", "last_login"}
    assert "is_active" in fields


@pytest.fixture
def app_role(transactional_db, worker_id):
    """A connection under a role that was given the least; the role is removed again."""
    names = postgres_roles.Names(owner=f"owner_{worker_id}", app=f"app_{worker_id}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        superuser = cursor.fetchone()[0]
    with context.working(actor="command:grants"):
        tables = postgres_roles.grant(app_password="a'b\"c", names=names)
    parameters = connection.get_connection_params()
    for ours in ("cursor_factory", "context"):
        parameters.pop(ours, None)
    parameters.update(user=names.app, password="a'b\"c")
    with psycopg.connect(**parameters, autocommit=True) as app:
        yield app, tables
    with connection.cursor() as cursor:
        cursor.execute(f'REASSIGN OWNED BY "{names.owner}" TO "{superuser}"')
        for role in (names.owner, names.app):
            cursor.execute(f'DROP OWNED BY "{role}"')
            cursor.execute(f'DROP ROLE "{role}"')


@pytest.mark.django_db(transaction=True)
def test_the_role_of_the_site_works_and_can_neither_change_the_past_nor_the_tables(app_role):
    app, tables = app_role
    app.execute(
        "INSERT INTO foundation_auditentry (recorded_at, actor, act, subject, reason, request_id)"
        " VALUES (now(), 'login:1', 'orders.cancel', 'order:1', 'doubled', '')"
    )
    app.execute(
        "INSERT INTO foundation_company (id, name, time_zone, currency, set_up_at)"
        " VALUES (1, 'A', 'UTC', 'EUR', now())"
    )
    app.execute("UPDATE foundation_company SET name = 'B'")
    app.execute("DELETE FROM foundation_company")

    assert {"foundation_auditentry", "people_loginevent"} <= set(tables)
    for statement in (
        "UPDATE foundation_auditentry SET reason = 'other'",
        "DELETE FROM foundation_auditentry",
        "TRUNCATE foundation_auditentry",
        "TRUNCATE people_person CASCADE",
        "UPDATE people_loginevent SET is_staff = true",
        "ALTER TABLE foundation_auditentry DISABLE TRIGGER append_only",
        "DROP TABLE people_person CASCADE",
        "CREATE TABLE mine (id int)",
        (
            "CREATE OR REPLACE FUNCTION upline_refuse_change() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NEW; END'"
        ),
        "DELETE FROM django_migrations",
        "SET ROLE " + tables_owner(app),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)


def tables_owner(app):
    found = app.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'people_person'")
    return found.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_granting_twice_changes_nothing(app_role, worker_id):
    _, tables = app_role
    names = postgres_roles.Names(owner=f"owner_{worker_id}", app=f"app_{worker_id}")

    assert postgres_roles.grant(app_password="a'b\"c", names=names) == tables
