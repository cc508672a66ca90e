"""A member's statement as staff read it, and why each line is what it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from upline.commissions import queries as commissions
from upline.foundation.errors import DomainError
from upline.orders.models import Order
from upline.web.office import words
from upline.web.office.acts import in_head
from upline.web.office.cells import Cell, Part, Rows, Section, Words, facts
from upline.web.office.screens import guarded
from upline.web.office.site import site
from upline.web.shared import formats
from upline.web.shared.templatetags.formats import exact_money

_LINES_ON_A_PAGE = 100
_SEES = "periods.see"


def urls(admin: Any) -> Sequence[URLPattern]:
    """Give the addresses below a member's card."""
    return (
        path(
            "<str:key>/statements/<str:period>/",
            guarded(_view(admin, _statement), _SEES),
            name=admin.name_of("statement"),
        ),
        path(
            "<str:key>/statements/<str:period>/why-not/",
            guarded(_view(admin, _why_not), _SEES),
            name=admin.name_of("why_not"),
        ),
        path(
            "<str:key>/statements/<str:period>/<int:line>/",
            guarded(_view(admin, _why), _SEES),
            name=admin.name_of("why"),
        ),
    )


def _view(admin: Any, shows: Callable[..., dict[str, Any]]) -> Any:
    def view(request: HttpRequest, key: str, period: str, line: int = 0) -> HttpResponse:
        calendar, between, label = period.partition(":")
        member = admin.found(request, key)
        if not between:
            raise Http404
        named = {
            "viewer": commissions.reader(request.user),
            "language": get_language() or "en",
            "member": member.code,
            "calendar": calendar,
            "label": label,
        }
        try:
            shown = shows(admin, request, named, line)
        except DomainError as refused:
            raise Http404 from refused
        page: HttpResponse = admin.page(request, "office/statement.html", **shown)
        return page

    return view


def _key(named: dict[str, Any]) -> str:
    return f"{named['calendar']}:{named['label']}"


def _of(named: dict[str, Any]) -> commissions.StatementKey:
    return commissions.StatementKey(
        member=named["member"], calendar=named["calendar"], label=named["label"]
    )


def _statement(
    admin: Any, request: HttpRequest, named: dict[str, Any], _line: int
) -> dict[str, Any]:
    found = commissions.statement_page(**named)
    page = max(_number(request.GET.get("page", "1")), 1)
    lines = commissions.statement_lines(
        viewer=named["viewer"],
        language=named["language"],
        of=_of(named),
        wanted=commissions.LineFilter(first=(page - 1) * _LINES_ON_A_PAGE, most=_LINES_ON_A_PAGE),
    )
    sections: list[Section] = [
        facts(
            _("Statement"),
            (_("Pay"), found.row.pay),
            (_("Change to the period before"), found.row.change),
            (_("Rank"), found.row.rank),
            (_("State"), words.status(words.PERIOD, found.row.state)),
            (
                _("Exactly, in the currency of the plan"),
                exact_money(found.exact_total, found.plan_currency),
            ),
            (_("Rate of exchange"), found.rate),
            (_("From rounding"), found.rounding),
        ),
        Rows(
            title=_("By bonus"),
            heads=[_("Bonus"), _("Pay"), _("Previous period")],
            rows=[[Cell(one.title), Cell(one.amount), Cell(one.before)] for one in found.bonuses],
            figures=(1, 2),
            empty=_("No bonus paid anything."),
        ),
        _lines(admin, named, lines.rows),
    ]
    numbers = Paginator(range(lines.total), _LINES_ON_A_PAGE)
    return {
        "title": _title(named),
        "subtitle": named["member"],
        "back": (named["member"], admin.address_at("card", named["member"]) + "?tab=pay"),
        "offered": in_head(
            [
                {
                    "label": _("Why not more?"),
                    "href": admin.address_at("why_not", named["member"], _key(named)),
                }
            ]
        ),
        "sections": sections,
        "numbers": numbers.get_page(page),
    }


def _title(named: dict[str, Any]) -> Words:
    span = commissions.span_of(named["calendar"], named["label"])
    if span is None:
        raise Http404
    return _("Statement: %(period)s") % {
        "period": formats.period(span.first_on, span.last_on, named["language"])
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _lines(admin: Any, named: dict[str, Any], lines: Sequence[Any]) -> Section:
    orders, key = site.get_model_admin(Order), _key(named)
    return Rows(
        title=_("Lines"),
        heads=[_("Bonus"), _("Level"), _("Order"), _("Buyer"), _("Base"), _("Rate"), _("Amount")],
        rows=[
            [
                Cell(one.title, href=admin.address_at("why", named["member"], key, one.number)),
                Cell(one.level),
                Cell(one.order, is_code=True, href=_order(orders, one.order)),
                Cell(one.buyer, is_code=True, href=_member(admin, one.buyer)),
                Cell(one.base),
                Cell(one.rate),
                Cell(exact_money(one.amount, one.currency)),
            ]
            for one in lines
        ],
        figures=(1, 4, 5, 6),
        note=_("Each line says why, when it is opened."),
        empty=_("There is no line."),
    )


def _order(orders: Any, found: str | None) -> str:
    return str(orders.address_at("card", found)) if found else ""


def _member(admin: Any, code: str | None) -> str:
    return str(admin.address_at("card", code)) if code else ""


def _why(admin: Any, _request: HttpRequest, named: dict[str, Any], line: int) -> dict[str, Any]:
    found = commissions.why_line(
        viewer=named["viewer"], of=_of(named), number=line, language=named["language"]
    )
    back = admin.address_at("statement", named["member"], _key(named))
    return {
        "title": _("Why this sum"),
        "subtitle": exact_money(found.line.amount, found.line.currency),
        "back": (_title(named), back),
        "sections": [
            facts(_("Factors"), *((one.title, one.text) for one in found.factors)),
            Part(
                title=_("In words"),
                template="office/parts/sentences.html",
                content=found.sentences,
            ),
            Part(
                title=_("Where the plan says it"),
                template="office/parts/sentences.html",
                content=[one.origin for one in found.factors if one.origin],
            ),
            Rows(
                title=_("From the buyer up"),
                heads=[_("Member"), _("Level"), _("What happened")],
                rows=[
                    [
                        Cell(
                            one.name or one.member,
                            note=one.member,
                            href=_member(admin, one.member),
                        ),
                        Cell(one.level),
                        Cell(one.why or one.took, tone=_tone(one)),
                    ]
                    for one in found.path
                ],
                figures=(1,),
            ),
        ],
    }


def _tone(node: Any) -> str:
    if node.is_receiver:
        return "success"
    return "neutral" if node.is_passed_over else ""


def _why_not(
    admin: Any, _request: HttpRequest, named: dict[str, Any], _line: int
) -> dict[str, Any]:
    found = commissions.why_not(**named)
    back = admin.address_at("statement", named["member"], _key(named))
    return {
        "title": _("Why not more?"),
        "subtitle": named["member"],
        "back": (_title(named), back),
        "sections": [
            Part(
                title=one.title,
                template="office/parts/sentences.html",
                content=one.sentences,
            )
            for one in found.bonuses
            if one.sentences
        ],
    }
