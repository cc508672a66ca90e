"""A told fact reaches each handler once, in order, after the commit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from tests.flows import outbox_events
from tests.flows.outbox_events import ANSWER, NEVER_ANSWERS, WRITE_DOWN, Line, Noted, NotedBack
from upline.foundation import clock, context, outbox
from upline.foundation.models import AuditEntry, Delivery, Message

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def test_wiring(settings, monkeypatch):
    settings.OUTBOX_WIRING = "tests.flows.outbox_events.WIRING"
    monkeypatch.setattr(outbox_events, "trouble", {})


def wire(monkeypatch, **wiring):
    named = {f"tests.{name}": handlers for name, handlers in wiring.items()}
    monkeypatch.setattr(outbox_events, "WIRING", {**outbox_events.WIRING, **named})


def tell(*events):
    with transaction.atomic():
        return outbox.append_all(events)


def notes():
    return list(AuditEntry.objects.order_by("id").values_list("act", "subject", "reason"))


def test_an_event_is_stored_as_it_was_told_and_read_back_equal():
    told = Noted(note="Әлия", number=2**60, lines=(Line(product="tea", amount_minor=1_250),))

    with context.working(request_id="r-1"):
        (number,) = tell(told)

    message = Message.objects.get(pk=number)
    assert message.body == {
        "note": "Әлия",
        "number": 2**60,
        "lines": [{"product": "tea", "amount_minor": 1250}],
    }
    assert (message.topic, message.request_id) == ("note:Әлия", "r-1")
    assert outbox.events.read(name="tests.noted", version=1, body=message.body) == told


def test_each_handler_gets_each_event_once():
    tell(Noted(note="a", number=1), Noted(note="b", number=2))

    assert outbox.drain().delivered == 4
    assert outbox.drain().delivered == 0
    assert sorted(notes()) == [
        ("tests.note", "note:a", "1"),
        ("tests.note", "note:b", "2"),
        ("tests.note_too", "note:a", "1"),
        ("tests.note_too", "note:b", "2"),
    ]


def test_a_rolled_back_fact_is_never_told():
    with transaction.atomic():
        outbox.append(Noted(note="a", number=1))
        transaction.set_rollback(True)

    assert Message.objects.count() == 0
    assert Delivery.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_telling_outside_a_transaction_is_a_bug():
    with pytest.raises(RuntimeError, match="open one"):
        outbox.append(Noted(note="a", number=1))

    assert Message.objects.count() == 0


def test_an_amount_that_is_no_whole_number_is_refused_when_told():
    with pytest.raises(ValueError, match="number"):
        tell(Noted(note="a", number=1.5))

    assert Message.objects.count() == 0


def test_an_event_without_a_line_in_the_wiring_is_refused_when_told(monkeypatch):
    monkeypatch.setattr(outbox_events, "WIRING", {})

    with pytest.raises(outbox.EventNotWired, match=r"tests\.noted"):
        tell(Noted(note="a", number=1))

    assert Message.objects.count() == 0


def test_an_undeclared_event_is_refused():
    with pytest.raises(outbox.EventNotRegistered, match="Line"):
        tell(Line(product="tea", amount_minor=1))


def test_a_stored_event_that_no_longer_fits_its_class_is_named():
    with pytest.raises(outbox.EventUnreadable, match=r"number: int_type"):
        outbox.events.read(
            name="tests.noted", version=1, body={"note": "a", "number": "1"}, message=7
        )


def test_a_failing_handler_leaves_nothing_pauses_and_then_works():
    outbox_events.trouble["a"] = LookupError("not yet")
    tell(Noted(note="a", number=1))

    with clock.stopped_at(clock.now() + timedelta(seconds=1)) as moment:
        assert outbox.deliver_next() is False
        assert notes() == []
        delivery = Delivery.objects.get(handler=WRITE_DOWN)
        assert (delivery.state, delivery.attempts) == ("waiting", 1)
        assert delivery.failure == "LookupError"
        assert delivery.due_at == moment + timedelta(seconds=2)

        # The other handler goes on meanwhile; this one is not due.
        assert outbox.deliver_next() is True
        assert outbox.deliver_next() is None
    outbox_events.trouble.clear()
    with clock.stopped_at(moment + timedelta(seconds=2)):
        assert outbox.deliver_next() is True

    assert [act for act, _, _ in notes()] == ["tests.note_too", "tests.note"]


def test_nothing_overtakes_within_a_topic_but_other_topics_go_on():
    outbox_events.trouble["a"] = LookupError("not yet")
    tell(Noted(note="a", number=1), Noted(note="a", number=2), Noted(note="b", number=3))
    while outbox.deliver_next() is not None:
        pass

    assert [one for one in notes() if one[0] == "tests.note"] == [("tests.note", "note:b", "3")]

    outbox_events.trouble.clear()
    outbox.drain()
    assert [one for one in notes() if one[0] == "tests.note"] == [
        ("tests.note", "note:b", "3"),
        ("tests.note", "note:a", "1"),
        ("tests.note", "note:a", "2"),
    ]


def kill_off(note):
    outbox_events.trouble[note] = LookupError("for ever")
    moment = clock.now()
    while not outbox.dead_letters():
        moment += timedelta(hours=1)
        with clock.stopped_at(moment):
            outbox.deliver_next()


def test_a_handler_that_always_fails_ends_as_a_dead_letter_that_blocks_its_topic():
    tell(Noted(note="a", number=1), Noted(note="a", number=2))
    kill_off("a")

    (dead,) = outbox.dead_letters()
    assert (dead.attempts, dead.failure) == (10, "LookupError")
    with pytest.raises(outbox.OutboxBlocked, match=r"tests.noted 1 #\d+ to .*write_down"):
        outbox.drain()
    assert [one for one in notes() if one[0] == "tests.note"] == []


def test_a_dead_letter_is_delivered_again_and_the_audit_says_why():
    tell(Noted(note="a", number=1), Noted(note="a", number=2))
    kill_off("a")
    outbox_events.trouble.clear()

    outbox.redeliver(number=outbox.dead_letters()[0].pk, reason="the rate was entered")
    outbox.drain()

    assert outbox.dead_letters() == []
    assert [one for one in notes() if one[0] == "tests.note"] == [
        ("tests.note", "note:a", "1"),
        ("tests.note", "note:a", "2"),
    ]
    assert AuditEntry.objects.get(act="foundation.redeliver").reason == "the rate was entered"


def test_a_dropped_letter_lets_those_behind_it_go_on():
    tell(Noted(note="a", number=1), Noted(note="a", number=2))
    kill_off("a")
    outbox_events.trouble.clear()

    outbox.drop(number=outbox.dead_letters()[0].pk, reason="entered by hand")
    outbox.drain()

    assert [one for one in notes() if one[0] == "tests.note"] == [("tests.note", "note:a", "2")]


def test_only_the_dead_are_redelivered():
    tell(Noted(note="a", number=1))
    alive = Delivery.objects.first()

    with pytest.raises(outbox.DeliveryNotDead, match=str(alive.pk)):
        outbox.redeliver(number=alive.pk, reason="why not")

    assert AuditEntry.objects.count() == 0


def test_draining_delivers_what_handlers_tell_in_turn(monkeypatch):
    wire(monkeypatch, noted=(ANSWER,), noted_back=(WRITE_DOWN.replace("write_down", "write_back"),))
    monkeypatch.setattr(outbox_events, "write_back", lambda _: None, raising=False)
    tell(Noted(note="a", number=1))

    assert outbox.drain().delivered == 2


def test_draining_up_to_a_message_and_for_some_handlers_leaves_the_rest():
    first, second = tell(Noted(note="a", number=1), Noted(note="b", number=2))

    assert outbox.drain(until=first, handlers=[WRITE_DOWN]).delivered == 1
    assert notes() == [("tests.note", "note:a", "1")]
    assert outbox.drain(until=second, handlers=[WRITE_DOWN]).delivered == 1


def test_draining_refuses_when_a_handler_fails_and_keeps_private_text_out(monkeypatch):
    wire(monkeypatch, noted_back=(NEVER_ANSWERS,))
    tell(NotedBack(note="a"))

    with pytest.raises(outbox.OutboxBlocked) as refused:
        outbox.drain()

    assert "LookupError" in str(refused.value)
    assert "private text" not in str(refused.value)
    assert Delivery.objects.get().failure == "LookupError"
