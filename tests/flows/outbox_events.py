"""Events and handlers that the tests of the outbox tell and wire."""

from __future__ import annotations

from dataclasses import dataclass

from upline.foundation import audit, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    product: str
    amount_minor: int


@outbox.event("tests.noted", version=1, topic="note:{note}")
@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    note: str
    number: int
    lines: tuple[Line, ...] = ()


@outbox.event("tests.noted_back", version=1, topic="note:{note}")
@dataclass(frozen=True, slots=True, kw_only=True)
class NotedBack:
    note: str


# What the handlers do beside their work, set by a test.
trouble: dict[str, Exception] = {}


def write_down(event: Noted) -> None:
    audit.record(act="tests.note", subject=f"note:{event.note}", reason=str(event.number))
    if event.note in trouble:
        raise trouble[event.note]


def write_down_too(event: Noted) -> None:
    audit.record(act="tests.note_too", subject=f"note:{event.note}", reason=str(event.number))


def answer(event: Noted) -> None:
    outbox.append(NotedBack(note=event.note))


def never_answers(event: NotedBack) -> None:
    raise LookupError(f"{event.note}: private text")


HERE = "tests.flows.outbox_events"
WRITE_DOWN = f"{HERE}:write_down"
WRITE_DOWN_TOO = f"{HERE}:write_down_too"
ANSWER = f"{HERE}:answer"
NEVER_ANSWERS = f"{HERE}:never_answers"

WIRING: dict[str, tuple[str, ...]] = {
    "tests.noted": (WRITE_DOWN, WRITE_DOWN_TOO),
    "tests.noted_back": (),
}
