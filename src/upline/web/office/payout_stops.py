"""Stops of payouts: thrown by one person or a recount, lifted by two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from upline.payouts import services
from upline.payouts.models import Recount, Stop
from upline.web.office import filters, words
from upline.web.office.acts import Act, Doing
from upline.web.office.audit import actors_of
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Rows, Section, Words, facts, only
from upline.web.office.reason_words import reason_in_words
from upline.web.office.site import site


def _stop(doing: Doing) -> Words:
    services.stop_payouts(reason=doing.reason)
    return _("Payouts are stopped. Two persons lift the stop.")


def _lift(doing: Doing) -> Words:
    found = services.lift_stop(number=doing.subject.pk, reason=doing.reason)
    if found.lifted_by:
        return _("The stop is lifted.")
    return _("It is noted. The stop is lifted when another person agrees.")


def state_of(stop: Stop) -> str:
    """Give the code of a stop's state."""
    if stop.lifted_by:
        return "lifted"
    return "asked" if stop.asked_by else "in_force"


def _in_state(rows: QuerySet, value: str) -> QuerySet:
    if value == "lifted":
        return rows.exclude(lifted_by="")
    rows = rows.filter(lifted_by="")
    return rows.exclude(asked_by="") if value == "asked" else rows.filter(asked_by="")


def findings_of(recount: Recount) -> Rows:
    """Give what a recount found, each with its code."""
    return Rows(
        title=_("What the recount found"),
        heads=[_("Finding"), _("Code")],
        rows=[[Cell(one["problem"]), Cell(one["code"], is_code=True)] for one in recount.findings],
        empty=_("All is in order."),
    )


@admin.register(Stop, site=site)
class Stops(OfficeAdmin):
    """What stops payouts, and what did."""

    sees = "payouts.see"
    address = "payout-stops"
    heading = _("Stops of payouts")
    explains = _("While a stop is in force no payout leaves. One person stops, two persons lift.")
    empty = _("Payouts were never stopped.")
    ordering = ("-id",)
    list_display = ("stop", "state", "reason", "since", "asked", "lifted")
    list_filter = (filters.choice("state", _("State"), words.choices(words.STOP), _in_state),)
    acts = (
        Act(
            name="stop",
            label=_("Stop all payouts"),
            right="payouts.approve",
            does=_stop,
            of_list=True,
            is_main=True,
            is_grave=True,
            explains=_("No payout leaves from this moment. What is on its way is not called back."),
        ),
        Act(
            name="lift",
            label=_("Lift this stop"),
            right="payouts.approve",
            does=_lift,
            fits=lambda stop: not stop.lifted_by,
            is_main=True,
            explains=_(
                "Two persons lift a stop: the first asks, the second agrees. Say what was found out."
            ),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("recount")

    def prepare(self, request: HttpRequest, rows: Sequence[Stop]) -> None:  # noqa: ARG002
        named = actors_of(
            [one for row in rows for one in (row.stopped_by, row.asked_by, row.lifted_by) if one]
        )
        for row in rows:
            row.said = {
                name: named.get(getattr(row, f"{name}_by"), "")
                for name in ("stopped", "asked", "lifted")
            }

    @column(_("Stop"))
    def stop(self, row: Stop) -> Cell:
        return Cell(row.pk, href=self.address_of(row))

    @column(_("State"))
    def state(self, row: Stop) -> Cell:
        return words.status(words.STOP, state_of(row))

    @column(_("Reason"))
    def reason(self, row: Stop) -> Cell:
        return Cell(reason_in_words(row.reason))

    @column(_("Stopped"))
    def since(self, row: Stop) -> Cell:
        return Cell(row.said["stopped"], note=row.stopped_at)

    @column(_("Asked to lift"))
    def asked(self, row: Stop) -> Cell:
        return Cell(row.said["asked"], note=row.asked_at or "")

    @column(_("Lifted"))
    def lifted(self, row: Stop) -> Cell:
        return Cell(row.said["lifted"], note=row.lifted_at or "")

    def card(self, request: HttpRequest, subject: Any) -> Card:
        self.prepare(request, [subject])
        sections: list[Section] = [
            facts(
                _("Stop"),
                (_("Reason"), reason_in_words(subject.reason)),
                (_("Stopped"), self.since(subject)),
                (_("Asked to lift"), self.asked(subject)),
                (_("What was found out"), subject.ask_reason),
                (_("Lifted"), self.lifted(subject)),
            )
        ]
        if subject.recount is not None:
            sections.append(findings_of(subject.recount))
        return Card(
            title=_("Stop %(number)s of payouts") % {"number": subject.pk},
            status=self.state(subject),
            tabs=only(*sections),
        )
