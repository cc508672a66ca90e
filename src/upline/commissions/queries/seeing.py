"""Who may see what, and in which words: what all queries of screens begin with."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import F

from upline.commissions.calendars import calendar_named
from upline.commissions.errors import StatementUnknown
from upline.commissions.models import Calendar, Period, Run, State
from upline.commissions.queries.facts import Refusal
from upline.compensation.explain.wording import Wording
from upline.foundation import clock
from upline.foundation.errors import every_kind
from upline.network import queries as network
from upline.network.errors import MemberUnknown
from upline.network.models import Member
from upline.plans import queries as plans

FOR_MEMBERS = (State.APPROVED, State.POSTING, State.POSTED, State.SEALED)
FOR_STAFF = (State.CALCULATED, *FOR_MEMBERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads, found out once for a page that asks for several things."""

    outlook: network.Outlook
    is_staff: bool
    # Runs that were asked for already: a page shows a statement and its lines.
    runs: dict[tuple[str, str], Run | None] = field(default_factory=dict)

    @property
    def states(self) -> tuple[str, ...]:
        """Give the states in which statements are seen: by members what is approved."""
        return FOR_STAFF if self.is_staff else FOR_MEMBERS

    def member(self, code: str) -> network.TeamMember:
        """Give a member whom the reader sees. Raises MemberUnknown."""
        return self.outlook.tree.at(self.outlook.place_of_code(code))

    def names_of(self, codes: Collection[str]) -> dict[str, str]:
        """Give the names of those whom the reader sees, by code."""
        found = {}
        for code in codes:
            with suppress(MemberUnknown):
                found[code] = self.member(code).name
        return found

    def codes_of(self, member_ids: Collection[int]) -> dict[int, str]:
        """Give codes by id, from memory, and from the database for who is not of today."""
        known = {key: one.code for key, one in self.outlook.tree.names_of(member_ids).items()}
        others = set(member_ids) - known.keys()
        if others:
            known |= dict(Member.objects.filter(pk__in=others).values_list("id", "code"))
        return known


def reader(viewer: Any, *, outlook: network.Outlook | None = None) -> Reader:
    """Find out what a login sees; every query takes it in place of the login.

    A page that asks for several things does it once, by the outlook that it has already.
    """
    if isinstance(viewer, Reader):
        return viewer
    return Reader(
        outlook=outlook or network.outlook(viewer), is_staff=bool(viewer.has_perm("periods.see"))
    )


def run_of(by: Reader, calendar: str, label: str) -> Run | None:
    """Give the run of a period that a reader sees, or None."""
    key = (calendar, label)
    if key not in by.runs:
        found = Run.objects.filter(
            period__calendar__name=calendar,
            period__label=label,
            period__state__in=by.states,
            fence=F("period__fence"),
        )
        lean = found.select_related("period__calendar").defer("receipt", "summary")
        by.runs[key] = lean.first()
    return by.runs[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The first and the last day of a period, and how far its close is."""

    first_on: date
    last_on: date
    state: str


def span_of(calendar: str, label: str) -> Span | None:
    """Give the days of a period that is written down, or None."""
    found = Period.objects.filter(calendar__name=calendar, label=label).first()
    if found is None:
        return None
    last = found.ends_on - timedelta(days=1)
    return Span(first_on=found.starts_on, last_on=last, state=found.state)


def seen_run(by: Reader, calendar: str, label: str) -> Run:
    """Give the run of a period that a reader sees. Raises StatementUnknown."""
    run = run_of(by, calendar, label)
    if run is None:
        raise StatementUnknown(calendar=calendar, label=label)
    return run


def first_calendar(name: str | None) -> Calendar:
    """Give a calendar, or the company's first where none is named. Raises CalendarUnknown."""
    found = None if name else Calendar.objects.order_by("id").first()
    return found or calendar_named(name or "")


def has_days_until(period: Period) -> bool:
    """Say whether the last day of a period has not passed."""
    return clock.today(period.calendar.time_zone) < period.ends_on


@lru_cache(maxsize=64)
def words_of(version_id: int, language: str) -> Wording:
    """Give the words of a plan version in a language, prepared once: its text never changes."""
    plan = plans.loaded(plans.version(version_id))
    return Wording.of_screens(plan, language)


def refusal_of(kept: dict[str, Any] | None) -> Refusal | None:
    """Give a refusal that was kept as data in the reader's language."""
    if kept is None:
        return None
    for kind in every_kind():
        if kind.code == kept["code"]:
            error = kind(**kept["facts"])
            return Refusal(code=kind.code, text=error.problem, remedy=error.advice)
    return Refusal(code=kept["code"], text=kept["problem"], remedy=kept["remedy"])
