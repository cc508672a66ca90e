"""Logs are lines of JSON without personal data."""

from __future__ import annotations

import io
import json
import logging

import pytest

from upline.foundation import context, logs
from upline.foundation.outbox import EventNotWired

PERSONAL = [
    ("email", "aiman.seitova+shop@mail.example.kz"),
    ("iban", "PL61 1090 1014 0000 0712 1981 2874"),
    ("iban", "KZ86125KZT5004100100"),
    ("phone", "+7 (701) 123-45-67"),
    ("phone", "+359 88 123 4567"),
    ("phone", "+48601234567"),
]


@pytest.fixture
def lines():
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(logs.LinesOfJson())
    logger = logging.getLogger("tests.logs")
    logger.setLevel("INFO")
    logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in output.getvalue().splitlines()]
    logger.removeHandler(handler)


@pytest.mark.parametrize(("kind", "value"), PERSONAL)
def test_addresses_of_mail_bank_and_telephone_are_replaced_wherever_they_stand(lines, kind, value):
    ours = logs.get("tests.logs")

    ours.info(f"sent to {value}.", note=f"again {value}", nested={"deep": [value]})
    logging.getLogger("tests.logs").info("theirs: %s", value)

    first, second = lines()
    assert first["event"].startswith(f"sent to <{kind}>")
    assert first["note"] == f"again <{kind}>"
    assert first["nested"] == {"deep": [f"<{kind}>"]}
    assert second["event"] == f"theirs: <{kind}>"


def test_named_fields_are_replaced_also_where_no_pattern_could_know(lines):
    logs.get("tests.logs").info(
        "joined",
        given_name="Әлия",
        name="Anna Kowalska",
        sponsor_email="x",
        person={"family_name": "Иванов", "member": 7},
        password="secret",
        member=7,
        message_name="orders.paid",
    )

    (line,) = lines()
    assert line["given_name"] == "<given_name>"
    assert line["name"] == "<name>"
    assert line["sponsor_email"] == "<sponsor_email>"
    assert line["person"] == {"family_name": "<family_name>", "member": 7}
    assert line["password"] == "<password>"
    assert (line["member"], line["message_name"]) == (7, "orders.paid")


def test_of_a_failure_kind_code_and_places_are_told_but_not_its_text(lines):
    def find(name):
        try:
            {}[name]
        except KeyError as cause:
            raise EventNotWired(name=name) from cause

    try:
        find("Anna Kowalska")
    except EventNotWired:
        logs.get("tests.logs").exception("it failed")
        logging.getLogger("tests.logs").exception("theirs failed")

    for line in lines():
        assert [one["kind"] for one in line["failure"]] == ["EventNotWired", "KeyError"]
        assert line["failure"][0]["code"] == "foundation.event_not_wired"
        assert "test_logs.py" in line["failure"][0]["places"][0]
        assert "Kowalska" not in json.dumps(line)


def test_an_object_does_not_print_itself(lines):
    class Person:
        def __repr__(self):
            return "Anna Kowalska"

    logs.get("tests.logs").info("seen", who=Person())

    assert lines()[0]["who"] == "<Person>"


def test_each_line_says_for_whom_and_on_which_request_it_was_written(lines):
    with context.working(actor="login:7", request_id="request-7", job_id="12"):
        logs.get("tests.logs").info("worked")

    (line,) = lines()
    assert (line["actor"], line["request_id"], line["job_id"]) == ("login:7", "request-7", "12")
    assert line["at"].endswith("+00:00")
    assert line["level"] == "info"


def test_figures_and_moments_stay_readable(lines):
    logs.get("tests.logs").info("2026-11-22 08:26:47 posted 1234567890 entries in 12.5 s, run 42")

    assert lines()[0]["event"] == "2026-11-22 08:26:47 posted 1234567890 entries in 12.5 s, run 42"
