"""Each difference of an adjustment: chosen by bonus, cause, member or order, on pages and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from upline.commissions import queries as commissions
from upline.network.models import Member
from upline.orders.models import Order
from upline.web.office import words
from upline.web.office.acts import in_head
from upline.web.office.cells import Cell, Part, Rows, Section, Words
from upline.web.office.screens import guarded
from upline.web.office.site import site
from upline.web.shared import files, formats
from upline.web.shared.templatetags.formats import exact_money

_SEES = "periods.see"
_ON_A_PAGE = 100


def urls(admin: Any) -> Sequence[URLPattern]:
    """Give the addresses below an adjustment's card."""
    return (
        path("<str:key>/lines/", guarded(_page(admin), _SEES), name=admin.name_of("lines")),
        path(
            "<str:key>/lines.<str:form>",
            guarded(_file(admin), _SEES),
            name=admin.name_of("lines_file"),
        ),
    )


def _page(admin: Any) -> Any:
    def view(request: HttpRequest, key: str) -> HttpResponse:
        subject = admin.found(request, key)
        found = _differences(subject.pk)
        wanted = _wanted(request, 0)
        page = Paginator(range(found.total(wanted)), _ON_A_PAGE).get_page(request.GET.get("page"))
        rows = found.rows(_wanted(request, max(page.start_index() - 1, 0)))
        query = request.GET.urlencode()
        shown: HttpResponse = admin.page(
            request,
            "office/statement.html",
            title=_("Differences of adjustment %(number)s") % {"number": subject.pk},
            back=(_("Adjustment %(number)s") % {"number": subject.pk}, admin.address_of(subject)),
            offered=in_head(
                [
                    {
                        "label": form.upper(),
                        "href": f"{admin.address_at('lines_file', subject.pk, form)}?{query}",
                    }
                    for form in files.FORMATS
                ]
            ),
            sections=[_choosing(found, wanted), _table(rows)],
            numbers=page,
        )
        return shown

    return view


def _file(admin: Any) -> Any:
    def view(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
        subject = admin.found(request, key)
        if form not in files.FORMATS:
            raise Http404
        rows = _rows_of_file(_differences(subject.pk), _wanted(request, 0))
        heads = [str(one) for one in (*_heads(), _("Currency"))]
        return files.as_file(form, name=f"adjustment-{subject.pk}", heads=heads, rows=rows)

    return view


def _differences(number: int) -> commissions.Differences:
    return commissions.Differences(number=number, language=get_language() or "en")


def _wanted(request: HttpRequest, first: int) -> commissions.DifferenceFilter:
    cause = request.GET.get("cause", "")
    return commissions.DifferenceFilter(
        bonus=request.GET.get("bonus", ""),
        cause=cause if cause in commissions.CAUSES else "",
        search=request.GET.get("q", ""),
        first=first,
        most=_ON_A_PAGE,
    )


def _choosing(found: commissions.Differences, wanted: commissions.DifferenceFilter) -> Section:
    return Part(
        title=_("Which differences"),
        template="office/parts/choose_differences.html",
        content={
            "search": wanted.search,
            "choices": (
                ("bonus", _("Bonus"), found.bonuses(), wanted.bonus),
                (
                    "cause",
                    pgettext_lazy("of a difference", "Cause"),
                    words.choices(words.CAUSE),
                    wanted.cause,
                ),
            ),
        },
    )


def _heads() -> list[Words]:
    return [
        _("Period"),
        _("Member"),
        _("Bonus"),
        _("Level"),
        _("Order"),
        _("Buyer"),
        pgettext_lazy("of a difference", "Cause"),
        pgettext_lazy("of a difference", "Was"),
        pgettext_lazy("of a difference", "Is now"),
        pgettext_lazy("difference", "Change"),
    ]


def _table(rows: Sequence[commissions.DifferenceRow]) -> Section:
    members, orders = site.get_model_admin(Member), site.get_model_admin(Order)
    language = get_language() or "en"
    return Rows(
        title=_("Differences"),
        heads=_heads(),
        rows=[
            [
                Cell(formats.period(one.first_on, one.last_on, language)),
                Cell(one.member, is_code=True, href=members.address_at("card", one.member)),
                Cell(one.title),
                Cell(one.level),
                Cell(
                    one.order,
                    is_code=True,
                    href=orders.address_at("card", one.order) if one.order else "",
                ),
                Cell(one.buyer, is_code=True),
                Cell(words.word(words.CAUSE, one.cause)),
                Cell(exact_money(one.before, one.currency)),
                Cell(exact_money(one.now, one.currency)),
                Cell(exact_money(one.change, one.currency)),
            ]
            for one in rows
        ],
        figures=(3, 7, 8, 9),
        empty=_("No difference is like that."),
    )


def _rows_of_file(
    found: commissions.Differences, wanted: commissions.DifferenceFilter
) -> Iterator[list[object]]:
    for one in found.every_row(wanted):
        named = [one.label, one.member, one.title, one.level, one.order or "", one.buyer or ""]
        cause = str(words.word(words.CAUSE, one.cause))
        yield [*named, cause, one.before, one.now, one.change, one.currency]
