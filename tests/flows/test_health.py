"""Health and metrics say what is so."""

from __future__ import annotations

import io
import json
import logging
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.flows.outbox_events import Noted
from upline.foundation import clock, health, logs, outbox
from upline.foundation.models import Heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def beating():
    now = clock.now()
    return Heartbeat.objects.create(name="worker:test:1", started_at=now, beat_at=now)


def bad_checks(answer):
    return [name for name, check in answer.json()["checks"].items() if not check["is_good"]]


def test_the_process_lives_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/health/live")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_all_is_ready_while_a_worker_beats(client, beating):
    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json()["is_ready"] is True
    assert list(answer.json()["checks"]) == ["database", "migrations", "worker", "outbox"]


def test_without_a_worker_or_with_a_silent_one_it_is_not_ready(client):
    assert bad_checks(client.get("/health/ready")) == ["worker"]

    old = clock.now() - timedelta(seconds=31)
    Heartbeat.objects.create(name="worker:test:1", started_at=old, beat_at=old)
    answer = client.get("/health/ready")

    assert (answer.status_code, bad_checks(answer)) == (503, ["worker"])
    assert answer.json()["checks"]["worker"]["says"] == "Last sign of life 31 s ago."


def test_a_missing_migration_is_named(client, beating):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'people'")

    answer = client.get("/health/ready")

    assert bad_checks(answer) == ["migrations"]
    assert "people.0001" in answer.json()["checks"]["migrations"]["says"]
    with pytest.raises(health.MigrationsMissing, match=r"first is people\.0001"):
        health.require_migrations()


def test_an_outbox_that_lags_is_not_ready_and_is_measured(client, beating, settings):
    settings.OUTBOX_WIRING = "tests.flows.outbox_events.WIRING"
    with (
        clock.stopped_at(clock.now() - timedelta(minutes=6)),
        transaction.atomic(),
    ):
        outbox.append(Noted(note="a", number=1))

    answer = client.get("/health/ready")
    figures = client.get("/metrics").content.decode()

    assert bad_checks(answer) == ["outbox"]
    assert "upline_outbox_waiting 2.0" in figures
    lag = next(line for line in figures.splitlines() if line.startswith("upline_outbox_lag_"))
    assert 360 <= float(lag.split()[-1]) < 420
    assert "upline_database_up 1.0" in figures


@pytest.mark.parametrize("address", ["/metrics", "/health/ready"])
def test_other_machines_and_what_a_proxy_passes_on_need_the_token(address, settings, monkeypatch):
    from dataclasses import replace

    client = Client()
    assert client.get(address, REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.get(address, headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, metrics_token="let-me-in")
    with_token = {"Authorization": "Bearer let-me-in"}
    assert client.get(address, REMOTE_ADDR="192.0.2.7", headers=with_token).status_code != 403
    wrong = {"Authorization": "Bearer let-me-on"}
    assert client.get(address, REMOTE_ADDR="192.0.2.7", headers=wrong).status_code == 403


def test_requests_are_counted_by_route_and_carry_an_id(client):
    answer = client.get("/health/live", headers={"X-Request-ID": "trace-0001"})
    odd = client.get("/health/live", headers={"X-Request-ID": "<script>"})

    assert answer["X-Request-ID"] == "trace-0001"
    assert odd["X-Request-ID"] != "<script>"
    figures = client.get("/metrics").content.decode()
    assert 'upline_requests_total{method="GET",route="health/live",status="200"}' in figures


def test_the_log_tells_the_route_and_the_status_but_not_the_address(client):
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(logs.LinesOfJson())
    logging.getLogger().addHandler(handler)

    client.get("/persons/anna-kowalska", headers={"X-Request-ID": "trace-0002"})
    logging.getLogger().removeHandler(handler)

    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["request", "Not Found"]
    assert (lines[0]["status"], lines[0]["request_id"]) == (404, "trace-0002")
    assert "kowalska" not in output.getvalue()
