"""What was done to one thing, the latest first: the part of the audit log that cards show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from upline.foundation.models import AuditEntry
from upline.web.office.act_words import ACTS
from upline.web.office.audit import actors_of
from upline.web.office.cells import Cell, Rows, Tab
from upline.web.office.reason_words import reason_in_words
from upline.web.office.rights import may
from upline.web.office.site import site

_SHOWN_AT_MOST = 100


def trail_of(subjects: Sequence[str]) -> Rows:
    """Give the acts of the audit log about some subjects; two queries."""
    entries = list(
        AuditEntry.objects.filter(subject__in=list(subjects)).order_by("-id")[:_SHOWN_AT_MOST]
    )
    named = actors_of([one.actor for one in entries])
    log = site.get_model_admin(AuditEntry)
    return Rows(
        title=_("What was done"),
        heads=[_("Moment"), _("Act"), _("Who"), _("Reason")],
        rows=[
            [
                Cell(one.recorded_at),
                Cell(ACTS.get(one.act, one.act), href=log.address_of(one)),
                Cell(named[one.actor]),
                Cell(reason_in_words(one.reason)),
            ]
            for one in entries
        ],
        empty=_("Nothing was done that somebody answers for."),
    )


def trail_tabs(request: HttpRequest, subjects: Callable[[], Sequence[str]]) -> list[Tab]:
    """Give the tab of the audit log of a card, to those who may read the log."""
    if not may(request, "audit.see"):
        return []
    return [Tab(name="trail", label=_("Audit log"), sections=lambda: [trail_of(subjects())])]
