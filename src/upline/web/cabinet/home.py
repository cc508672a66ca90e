"""What a member looks for first: what the period would give, the rank, the team, the last pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from upline.commissions import queries as commissions
from upline.commissions.errors import CalendarUnknown
from upline.foundation import access
from upline.money import Money
from upline.web.cabinet.statements_chart import pay_chart
from upline.web.cabinet.statements_places import reader_at
from upline.web.cabinet.team import Sight, sight, summary_of

# So many of the last statements stand on the first page.
STATEMENTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one bonus adds to a sum, and how much of it that is."""

    title: str
    amount: Money
    percent: int


@access.needs("cabinet.use")
def home(request: HttpRequest) -> HttpResponse:
    """Show what a member looks for first."""
    seen = sight(request)
    if seen is None:
        return render(request, "cabinet/nobody.html")
    language = get_language() or "en"
    viewer = reader_at(request, seen.here)
    code = seen.here.position.code
    listed = commissions.statements(
        viewer=viewer, member=code, language=language, first=0, most=STATEMENTS
    )
    estimate = _estimate(viewer, code, language)
    return render(
        request,
        "cabinet/home.html",
        {
            **_of_team(seen),
            "estimate": estimate,
            "shares": _shares(estimate.bonuses) if estimate else [],
            # Periods before one's first pay and first rank tell a new member nothing.
            "statements": [row for row in listed.rows if row.pay is not None or row.rank],
            "chart": pay_chart(listed.series, language),
            "name": seen.here.tree.at(seen.here.top).name,
        },
    )


def _estimate(
    viewer: commissions.Reader, code: str, language: str
) -> commissions.MemberEstimate | None:
    """Give the estimate, or None for a company that has opened no calendar yet."""
    try:
        return commissions.estimate(viewer=viewer, member=code, language=language)
    except CalendarUnknown:
        return None


def _of_team(seen: Sight) -> dict[str, object]:
    found = summary_of(seen)
    return {key: found[key] for key in ("here", "summary", "active", "since")}


def _shares(bonuses: Sequence[commissions.BonusSum]) -> list[Share]:
    """Give each bonus with its part of what is paid; deductions have none."""
    paid = sum(max(each.amount.minor, 0) for each in bonuses)
    return [
        Share(
            title=each.title,
            amount=each.amount,
            percent=round(max(each.amount.minor, 0) * 100 / paid) if paid else 0,
        )
        for each in sorted(bonuses, key=lambda each: -each.amount.minor)
    ]
