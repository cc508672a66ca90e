"""Messages between parts of the system that could not be delivered: looked at, sent again, given up."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from upline.foundation import outbox
from upline.foundation.models import Delivery
from upline.web.office import filters, words
from upline.web.office.acts import Act, Doing
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Words, facts, only
from upline.web.office.site import site
from upline.web.office.trail import trail_of


def _is_dead(delivery: Delivery) -> bool:
    return bool(delivery.state == Delivery.State.DEAD)


def _again(doing: Doing) -> Words:
    outbox.redeliver(number=doing.subject.pk, reason=doing.reason)
    return _("The message is sent again.")


def _drop(doing: Doing) -> Words:
    outbox.drop(number=doing.subject.pk, reason=doing.reason)
    return _("The message is given up.")


@admin.register(Delivery, site=site)
class Deliveries(OfficeAdmin):
    """Messages on their way, and those that failed."""

    sees = "outbox.mend"
    address = "messages"
    heading = _("Messages between parts")
    explains = _(
        "A message that failed eight times waits here for somebody; those behind it wait as well."
    )
    empty = _("Nothing failed, nothing waits.")
    ordering = ("-id",)
    list_display = ("message", "state", "attempts", "due", "failure")
    list_select_related = ("message",)
    list_filter = (filters.choice("state", _("State"), words.choices(words.DELIVERY)),)
    acts = (
        Act(
            name="again",
            label=_("Send again"),
            right="outbox.mend",
            does=_again,
            fits=_is_dead,
            is_main=True,
        ),
        Act(
            name="drop",
            label=_("Give up"),
            right="outbox.mend",
            does=_drop,
            fits=_is_dead,
            is_grave=True,
            explains=_("What the message tells will never reach the part that it was meant for."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: QuerySet = super().get_queryset(request).select_related("message")
        if "state" in request.GET or request.resolver_match.kwargs.get("key"):
            return rows
        # What is done is not what anybody looks for here.
        return rows.filter(state__in=[Delivery.State.WAITING, Delivery.State.DEAD])

    @column(_("Message"))
    def message(self, row: Delivery) -> Cell:
        return Cell(row.message.name, note=row.handler, is_code=True, href=self.address_of(row))

    @column(_("State"))
    def state(self, row: Delivery) -> Cell:
        return words.status(words.DELIVERY, row.state)

    @column(_("Attempts"), is_figure=True)
    def attempts(self, row: Delivery) -> Cell:
        return Cell(row.attempts)

    @column(_("Due"))
    def due(self, row: Delivery) -> Cell:
        return Cell(row.due_at)

    @column(_("Failure"))
    def failure(self, row: Delivery) -> Cell:
        return Cell(row.failure, is_code=True)

    def card(self, request: HttpRequest, subject: Any) -> Card:  # noqa: ARG002
        return Card(
            title=subject.message.name,
            status=self.state(subject),
            tabs=only(
                facts(
                    _("Message"),
                    (_("Recorded"), subject.message.recorded_at),
                    (_("For"), Cell(subject.handler, is_code=True)),
                    (_("Topic"), Cell(subject.topic, is_code=True)),
                    (_("Attempts"), subject.attempts),
                    (_("Due"), subject.due_at),
                    (_("Failure"), Cell(subject.failure, is_code=True)),
                ),
                trail_of([f"delivery:{subject.pk}"]),
            ),
        )
