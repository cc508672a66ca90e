"""Automatic closing: by which rule each calendar is closed, what is due next, what is late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from upline.commissions import calendars, scheduling, services
from upline.commissions.alarms import Alarm, present_alarms
from upline.commissions.models import Calendar, ClosingRule, Period, Progress
from upline.web.office import words
from upline.web.office.acts import Act, Doing, Reasoned
from upline.web.office.audit import actors_of
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Rows, Section, Tab, Words, facts
from upline.web.office.fields import DayField
from upline.web.office.reason_words import reason_in_words
from upline.web.office.site import site
from upline.web.office.trail import trail_of

_SHOWN = 100


class Scheduling(Reasoned):
    """From when on, how many days after the end, and at which hour."""

    starts_on = DayField(label=_("Holds for periods that begin on this day or later"))
    days_after = forms.IntegerField(
        label=_("Days after the end"),
        min_value=0,
        max_value=90,
        initial=2,
        help_text=_("0 is the day that follows the last one."),
    )
    hour = forms.IntegerField(
        label=_("Hour"),
        min_value=0,
        max_value=23,
        initial=6,
        help_text=_("By the clocks of the calendar, from 0 to 23."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = calendars.at_work(self.subject).starts_on


def _set(doing: Doing) -> Words:
    services.set_closing_rule(
        calendar=doing.subject.name,
        starts_on=doing.entries["starts_on"],
        days_after=doing.entries["days_after"],
        hour=doing.entries["hour"],
        reason=doing.reason,
    )
    return _("From now on this calendar is closed by itself.")


def _stop(doing: Doing) -> Words:
    services.stop_closing(calendar=doing.subject.name, reason=doing.reason)
    return _("This calendar is closed when somebody asks for it.")


def _present(calendar: Calendar) -> tuple[Period, ClosingRule | None]:
    period = calendars.at_work(calendar)
    return period, scheduling.rule_of(period)


def _is_on(calendar: Calendar) -> bool:
    return _present(calendar)[1] is not None


@admin.register(Calendar, site=site)
class Closing(OfficeAdmin):
    """Calendars, each with its rule."""

    sees = "periods.see"
    address = "closing"
    heading = _("Automatic closing")
    explains = _(
        "A rule closes periods by itself. What a standing approval does not cover waits for a"
        " person."
    )
    empty = _("No calendar is open yet.")
    lookup = "name"
    ordering = ("name",)
    list_display = ("calendar", "closes", "period", "next_at", "alarm")
    acts = (
        Act(
            name="schedule",
            label=_("Close by itself"),
            right="periods.close",
            form=Scheduling,
            does=_set,
            is_main=True,
            explains=_(
                "The worker freezes and computes each period when it is due. Within the limits of a"
                " standing approval it is also approved, posted and sealed."
            ),
        ),
        Act(
            name="stop",
            label=_("Stop automatic closing"),
            right="periods.close",
            does=_stop,
            fits=_is_on,
            is_grave=True,
            explains=_("Periods are closed when somebody asks for it. What is under way goes on."),
        ),
    )

    def prepare(self, request: HttpRequest, rows: Sequence[Calendar]) -> None:  # noqa: ARG002
        alarmed = {one.period.calendar_id: one for one in present_alarms()}
        for row in rows:
            row.at_work, row.rule = _present(row)
            row.alarmed = alarmed.get(row.pk)

    @column(_("Calendar"))
    def calendar(self, row: Calendar) -> Cell:
        return Cell(words.word(words.LENGTH, row.every), note=row.time_zone)

    @column(_("Automatic closing"))
    def closes(self, row: Calendar) -> Cell:
        return words.status(words.CLOSING, "on" if row.rule is not None else "off")

    @column(_("Next period"))
    def period(self, row: Calendar) -> Cell:
        return Cell(words.period(row.at_work.starts_on, row.at_work.ends_on))

    @column(_("Next run"))
    def next_at(self, row: Calendar) -> Cell:
        return Cell(_due(row) or "")

    @column(_("Alarm"))
    def alarm(self, row: Calendar) -> Cell:
        return alarm_cell(row.alarmed)

    def card(self, request: HttpRequest, subject: Any) -> Card:
        self.prepare(request, [subject])
        return Card(
            title=words.word(words.LENGTH, subject.every),
            subtitle=_("Automatic closing"),
            status=self.closes(subject),
            notices=_notices(subject.alarmed),
            tabs=(
                Tab(
                    name="", label=_("Schedule"), sections=lambda: [_now(subject), _rules(subject)]
                ),
                Tab(name="closes", label=_("Closes"), sections=lambda: [_closes(subject)]),
                Tab(
                    name="history",
                    label=_("History"),
                    sections=lambda: [trail_of([f"calendar:{subject.pk}"])],
                ),
            ),
        )


def alarm_cell(alarm: Alarm | None) -> Cell:
    """Give an alarm as a badge, nothing where there is none."""
    return Cell("") if alarm is None else words.status(words.ALARM, alarm.kind)


def _due(calendar: Any) -> datetime | None:
    return None if calendar.rule is None else scheduling.due_at(calendar.rule, calendar.at_work)


def _notices(alarm: Alarm | None) -> list[tuple[str, Words]]:
    if alarm is None:
        return []
    said = {
        "late": _("The period should be closed by now. Is the worker running?"),
        "refused": _("The close was refused. The page of the period says what stands in the way."),
        "waits": _("The period is computed and waits for a person."),
    }
    return [("warning", said[alarm.kind])]


def _now(calendar: Any) -> Section:
    period = calendar.at_work
    periods = site.get_model_admin(Period)
    href = periods.address_of(period) if period.pk is not None else ""
    rule = calendar.rule
    return facts(
        _("Next run"),
        (_("Period"), Cell(words.period(period.starts_on, period.ends_on), href=href)),
        (_("State"), words.status(words.PERIOD, period.state)),
        (_("Next run"), _due(calendar) or ""),
        (_("Days after the end"), "" if rule is None else rule.days_after),
        (_("Hour"), "" if rule is None else f"{rule.hour:02}:00"),
        (_("Time zone"), Cell(calendar.time_zone, is_code=True)),
        (_("Alarm"), alarm_cell(calendar.alarmed)),
        note="" if rule is not None else _("No period is closed by itself."),
    )


def _rules(calendar: Calendar) -> Section:
    rules = list(calendar.closing_rules.order_by("-id")[:_SHOWN])
    named = actors_of([one.set_by for one in rules])
    return Rows(
        title=_("Rules"),
        heads=[
            _("From"),
            _("Automatic closing"),
            _("Days after the end"),
            _("Hour"),
            _("Who"),
            _("Reason"),
        ],
        rows=[
            [
                Cell(one.starts_on),
                words.status(words.CLOSING, "on" if one.is_on else "off"),
                Cell(one.days_after if one.is_on else ""),
                Cell(f"{one.hour:02}:00" if one.is_on else ""),
                Cell(named[one.set_by], note=one.set_at),
                Cell(reason_in_words(one.reason)),
            ]
            for one in rules
        ],
        figures=(2, 3),
        note=_("The newest rule that fits a period holds for it."),
        empty=_("No rule was set yet."),
    )


def _closes(calendar: Calendar) -> Section:
    found = Progress.objects.filter(
        period__calendar=calendar, asked_by__startswith=scheduling.SCHEDULE
    )
    periods = site.get_model_admin(Period)
    return Rows(
        title=_("Closes by schedule"),
        heads=[_("Period"), _("Act"), _("Begun"), _("Ended"), _("Outcome")],
        rows=[
            [
                Cell(
                    words.period(one.period.starts_on, one.period.ends_on),
                    href=periods.address_of(one.period),
                ),
                Cell(words.word(words.PROGRESS_ACT, one.act)),
                Cell(one.started_at),
                Cell(one.changed_at if one.state in ("done", "refused") else ""),
                words.status(words.PROGRESS, one.state),
            ]
            for one in found.select_related("period__calendar").order_by("-id")[:_SHOWN]
        ],
        empty=_("No period was closed by schedule yet."),
    )
