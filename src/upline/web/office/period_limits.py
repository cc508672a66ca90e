"""What a period's page says of the standing approval of its days, and what persons remarked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from upline.commissions.models import Judgement, StandingApproval
from upline.commissions.queries import Limited
from upline.money import Money
from upline.network.models import Member
from upline.web.office import words
from upline.web.office.audit import actors_of
from upline.web.office.cells import Cell, Rows, Section
from upline.web.office.site import site
from upline.web.office.standing import in_percent
from upline.web.shared.templatetags.formats import money

_NAMES = {
    "ratio": _("Paid of the turnover"),
    "change": _("Change against the period before"),
    "largest": _("Largest sum to one member"),
    "currency": _("Currency of the plan"),
    "reopening": _("Reopening was asked for"),
}


def limits(view: Any) -> Sequence[Section]:
    """Give each limit with what was found, where a standing approval judged the run."""
    judged: Judgement | None = view.judgement
    if judged is None or judged.standing is None:
        return ()
    standing: StandingApproval = judged.standing
    return [
        Rows(
            title=_("Limits of the standing approval"),
            heads=[_("Limit"), _("Allowed"), _("Found"), _("Outcome")],
            rows=[_row(one, standing.currency) for one in view.limits],
            figures=(1, 2),
            note=_("Approved by the standing approval, without a person.")
            if judged.is_covered
            else _("It waits for a person. Who approves it all the same says why."),
            more=Cell(
                _("Standing approval %(number)s") % {"number": standing.pk},
                href=site.get_model_admin(StandingApproval).address_of(standing),
            ),
        )
    ]


def _row(limit: Limited, currency: str) -> list[Cell]:
    found: Any = _figure(limit, limit.found, currency)
    note: Any = ""
    if limit.name in ("ratio", "change") and limit.now_minor is not None:
        note = (
            _("%(part)s of %(whole)s")
            if limit.name == "ratio"
            else _("%(part)s, before: %(whole)s")
        ) % {
            "part": money(Money(limit.now_minor, currency)),
            "whole": "–"
            if limit.before_minor is None
            else money(Money(limit.before_minor, currency)),
        }
    if limit.found is None and limit.name in ("ratio", "change", "largest"):
        found = _("not known")
    href = ""
    if limit.name == "largest" and limit.of:
        href = site.get_model_admin(Member).address_at("card", limit.of)
    return [
        Cell(_NAMES[limit.name], note=limit.title, href=href),
        Cell(_figure(limit, limit.allowed, currency)),
        Cell(found, note=note),
        words.status(words.JUDGED, "passed" if limit.is_passed else "within"),
    ]


def _figure(limit: Limited, value: int | None, currency: str) -> Any:
    if value is None:
        return ""
    return Money(value, currency) if limit.name == "largest" else in_percent(value)


def remarks(view: Any) -> Sequence[Section]:
    """Give what persons remarked on the closes of a period, the latest first."""
    if not view.remarks:
        return ()
    named = actors_of([one.written_by for one in view.remarks])
    return [
        Rows(
            title=_("Remarks"),
            heads=[_("Remark"), _("Who"), _("Moment")],
            rows=[
                [Cell(one.text), Cell(named[one.written_by]), Cell(one.written_at)]
                for one in view.remarks
            ],
        )
    ]
