"""Calendars of every length side by side; days are those of the company's clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests import closing
from tests.closing import BORIS, CELINA
from upline.commissions import errors, queries, services
from upline.commissions.models import Calendar, Period
from upline.foundation import clock, context
from upline.money import Money

pytestmark = pytest.mark.django_db

NEW_YEAR = datetime(2027, 1, 2, 9, tzinfo=UTC)


def opened(every, starts_on, *, zone="Europe/Sofia", name=None):
    """Open a calendar with a plan of its own."""
    plan = closing.PLAN.replace("two-levels", every).replace(
        "calendar: month", f"calendar: {every}"
    )
    if every == "four_weeks":
        plan = plan.replace(
            f"calendar: {every}", f"calendar: {{every: {every}, starts: {starts_on}}}"
        )
    closing.approved(plan.replace("Europe/Sofia", zone))
    return services.open_calendar(
        name=name or every, every=every, starts_on=starts_on, time_zone=zone
    )


def paid(calendar, label, member=BORIS, *, at=NEW_YEAR):
    closing.computed(label, at=at, calendar=calendar)
    return queries.statement(calendar=calendar, label=label, member=member).pay


def test_calendars_of_all_lengths_count_the_same_facts_side_by_side():
    members = closing.opened()
    opened("day", date(2026, 10, 7))
    opened("week", date(2026, 10, 5))
    opened("four_weeks", date(2026, 10, 5))
    opened("quarter", date(2026, 10, 1))
    closing.bought(members[CELINA], "A-1", "100", day=7)
    closing.bought(members[CELINA], "A-2", "10", day=8)
    closing.bought(members[CELINA], "A-3", "1", day=31)
    closing.bought(members[CELINA], "A-4", "1000", day=1, month=12)

    found = {
        "day": paid("day", "2026-10-07"),
        "week": paid("week", "2026-W41"),
        "four_weeks": paid("four_weeks", "2026-10-05..2026-11-01"),
        "month": paid("monthly", "2026-10"),
        "quarter": paid("quarter", "2026-Q4"),
    }

    assert found == {
        "day": Money(1000, "EUR"),
        "week": Money(1100, "EUR"),
        "four_weeks": Money(1110, "EUR"),
        "month": Money(1110, "EUR"),
        "quarter": Money(11110, "EUR"),
    }


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        # Sofia puts its clocks back on 25 October 2026: that day has 25 hours.
        ("2026-10-24T20:59:59.999999+00:00", "2026-10-24"),
        ("2026-10-24T21:00:00+00:00", "2026-10-25"),
        ("2026-10-25T21:59:59.999999+00:00", "2026-10-25"),
        ("2026-10-25T22:00:00+00:00", "2026-10-26"),
    ],
)
def test_a_day_with_25_hours_holds_them_all(moment, day):
    members = closing.opened()
    opened("day", date.fromisoformat(day))
    closing.bought(members[CELINA], "A-1", "100", occurred_at=datetime.fromisoformat(moment))

    assert paid("day", day) == Money(1000, "EUR")


def test_an_hour_that_is_there_twice_at_midnight_belongs_to_its_own_day():
    # The Azores put clocks back from 01:00 to 00:00 on 25 October 2026, so that there are two
    # midnights; the first half hour of the day lies before the second of them.
    members = closing.opened()
    opened("day", date(2026, 10, 24), zone="Atlantic/Azores")
    first_half_hour = datetime(2026, 10, 25, 0, 15, tzinfo=UTC)
    closing.bought(members[CELINA], "A-1", "100", occurred_at=first_half_hour)

    closing.closed("2026-10-24", at=NEW_YEAR, calendar="day")
    assert [fact.key for fact in queries.late_facts(calendar="day")] == []
    closing.closed("2026-10-25", at=NEW_YEAR, calendar="day")

    assert queries.statement(calendar="day", label="2026-10-24", member=BORIS).pay is None
    assert queries.statement(calendar="day", label="2026-10-25", member=BORIS).pay == Money(
        1000, "EUR"
    )


def test_a_second_calendar_of_one_length_would_pay_twice_and_is_refused():
    closing.opened()

    with pytest.raises(errors.CalendarTaken, match="monthly"):
        services.open_calendar(
            name="again", every="month", starts_on=date(2026, 10, 1), time_zone="Europe/Sofia"
        )

    assert Calendar.objects.count() == 1


@pytest.mark.parametrize(
    ("every", "zone"),
    [("month", "Europe/Atlantis"), ("fortnight", "Europe/Sofia"), ("month", "")],
)
def test_a_calendar_that_cannot_be_is_refused(every, zone):
    with pytest.raises(errors.CalendarMalformed):
        services.open_calendar(name="odd", every=every, starts_on=date(2026, 10, 1), time_zone=zone)

    assert not Calendar.objects.exists()


def test_the_same_calendar_again_is_the_same_and_another_by_its_name_is_refused():
    closing.opened()
    same = {"name": "monthly", "every": "month", "starts_on": date(2026, 10, 1)}

    assert services.open_calendar(**same, time_zone="Europe/Sofia") == Calendar.objects.get()
    with pytest.raises(errors.CalendarDiffers):
        services.open_calendar(**same, time_zone="Europe/Warsaw")


@pytest.mark.parametrize("label", ["2026-09", "2026-W41", "2026-10-05", "October", "2026-13"])
def test_a_period_before_the_first_or_of_another_length_is_unknown(label):
    closing.opened()

    with clock.stopped_at(NEW_YEAR), pytest.raises(errors.PeriodUnknown):
        services.freeze_period(calendar="monthly", label=label)

    assert not Period.objects.exists()


def test_reading_writes_no_period():
    closing.opened()
    asked = {"calendar": "monthly", "label": "2027-05"}

    assert queries.run_of(**asked) is None
    assert queries.statement(**asked, member=BORIS) is None
    assert queries.lines(**asked, member=BORIS) == []
    with pytest.raises(errors.PeriodNot, match="open"):
        queries.why(**asked, member=BORIS, language="en")

    assert not Period.objects.exists()


@pytest.mark.parametrize(
    ("written", "other", "fault"),
    [
        ("time_zone: Europe/Sofia", "time_zone: Europe/Warsaw", "Europe/Warsaw"),
        ("point_value: 1 EUR", "point_value: 1 EUR\ngiven_earnings: [events]", "events"),
        (
            "bonuses:",
            "bonuses:\n  pairs: {kind: binary, given_legs: points, cycle: whole, rate: 10 %}",
            "leg volumes",
        ),
    ],
)
def test_a_plan_that_does_not_fit_the_close_is_refused(written, other, fault):
    closing.opened(closing.PLAN.replace(written, other))

    with clock.stopped_at(NEW_YEAR), pytest.raises(errors.PlanFitsNot, match=fault):
        services.freeze_period(calendar="monthly", label="2026-10")

    assert Period.objects.get().state == "open"


def test_weeks_that_begin_on_another_day_than_the_plan_says_are_refused():
    closing.opened()
    plan = closing.PLAN.replace("two-levels", "w").replace(
        "calendar: month", "calendar: {every: week, starts: 2026-10-05}"
    )
    closing.approved(plan)
    services.open_calendar(
        name="weekly", every="week", starts_on=date(2026, 10, 7), time_zone="Europe/Sofia"
    )

    with clock.stopped_at(NEW_YEAR), pytest.raises(errors.PlanFitsNot, match="2026-10-05"):
        services.freeze_period(calendar="weekly", label="2026-10-07..2026-10-13")


def test_the_version_in_force_on_the_first_day_holds_for_the_whole_period():
    members = closing.opened()
    later = closing.PLAN.replace("2026-01-01", "2026-11-15").replace("1: 10 %", "1: 20 %")
    closing.approved(later)
    for month in (10, 11, 12):
        closing.bought(members[CELINA], f"A-{month}", "100", day=20, month=month)

    for label in ("2026-10", "2026-11", "2026-12"):
        closing.closed(label, at=NEW_YEAR)

    pays = [
        queries.statement(calendar="monthly", label=label, member=BORIS).pay.minor
        for label in ("2026-10", "2026-11", "2026-12")
    ]
    assert pays == [1000, 1000, 2000]


def test_a_plan_approved_for_a_closed_period_changes_nothing_of_it():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "100")
    closing.closed()
    before = queries.run_of(calendar="monthly", label="2026-10").digest

    closing.approved(closing.PLAN.replace("2026-01-01", "2026-10-01").replace("10 %", "30 %"))

    assert queries.statement(calendar="monthly", label="2026-10", member=BORIS).pay.minor == 1000
    assert queries.run_of(calendar="monthly", label="2026-10").digest == before
    assert "10" in "\n".join(
        queries.why(calendar="monthly", label="2026-10", member=BORIS, language="en")
    )


def test_without_a_plan_in_force_nothing_is_frozen():
    members = closing.opened(closing.PLAN.replace("2026-01-01", "2026-10-02"))
    closing.bought(members[CELINA], "A-1", "100")

    with (
        clock.stopped_at(NEW_YEAR),
        context.working(actor="login:3"),
        pytest.raises(Exception, match="2026-10-01"),
    ):
        services.freeze_period(calendar="monthly", label="2026-10")

    assert Period.objects.get().state == "open"
