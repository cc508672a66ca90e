"""Who is paid by an order: the periods that count it, one of them in full, and that as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from upline.commissions import queries as commissions
from upline.foundation.errors import DomainError
from upline.network.models import Member
from upline.web.office import words
from upline.web.office.acts import in_head
from upline.web.office.cells import Cell, Part, Rows, Section, Words, facts
from upline.web.office.screens import guarded
from upline.web.office.site import site
from upline.web.shared import files, formats
from upline.web.shared.templatetags.formats import exact_money

SEES = "periods.see"
_ON_A_PAGE = 100


def urls(admin: Any) -> Sequence[URLPattern]:
    """Give the addresses below an order's card."""
    return (
        path("<str:key>/pay/<str:period>/", guarded(_page(admin), SEES), name=admin.name_of("pay")),
        path(
            "<str:key>/pay/<str:period>/export.<str:form>",
            guarded(_file(admin), SEES),
            name=admin.name_of("pay_export"),
        ),
    )


def sections(admin: Any, request: HttpRequest, number: str) -> Sequence[Section]:
    """Give the periods that count an order, each with a way to whom it pays there."""
    language = get_language() or "en"
    try:
        found = commissions.order_periods(viewer=request.user, order=number)
    except DomainError:
        found = ()
    return [
        Rows(
            title=_("Whom it pays"),
            heads=[_("Period"), _("State")],
            rows=[
                [
                    Cell(
                        formats.period(one.first_on, one.last_on, language),
                        href=admin.address_at("pay", number, f"{one.calendar}:{one.label}"),
                    ),
                    words.status(words.PERIOD, one.state),
                ]
                for one in found
            ],
            note=_("Each period says who is paid by this order, and why others are not."),
            empty=_("No period that you see counts it yet."),
        )
    ]


def _asked(admin: Any, request: HttpRequest, key: str, period: str) -> commissions.OrderPay:
    order = admin.found(request, key)
    calendar, between, label = period.partition(":")
    if not between:
        raise Http404
    try:
        return commissions.order_pay(
            viewer=request.user,
            of=commissions.OrderKey(order=order.number, calendar=calendar, label=label),
            language=get_language() or "en",
        )
    except DomainError as refused:
        raise Http404 from refused


def _page(admin: Any) -> Any:
    def view(request: HttpRequest, key: str, period: str) -> HttpResponse:
        found = _asked(admin, request, key, period)
        page = Paginator(found.paid, _ON_A_PAGE).get_page(request.GET.get("page"))
        shown: HttpResponse = admin.page(
            request,
            "office/statement.html",
            title=_title(period),
            subtitle=found.order,
            back=(_("Order %(number)s") % {"number": found.order}, _card(admin, found.order)),
            offered=in_head(
                [
                    {
                        "label": form.upper(),
                        "href": admin.address_at("pay_export", found.order, period, form),
                    }
                    for form in files.FORMATS
                ]
            ),
            sections=_sections(found, list(page), period),
            numbers=page,
        )
        return shown

    return view


def _file(admin: Any) -> Any:
    def view(request: HttpRequest, key: str, period: str, form: str) -> HttpResponseBase:
        if form not in files.FORMATS:
            raise Http404
        found = _asked(admin, request, key, period)
        label = period.partition(":")[2]
        heads = [str(one) for one in _heads()]
        name = f"order-{found.order}-{label}"
        return files.as_file(form, name=name, heads=heads, rows=_rows_of_file(found))

    return view


def _card(admin: Any, number: str) -> str:
    return f"{admin.address_at('card', number)}?tab=pay"


def _title(period: str) -> Words:
    calendar, _between, label = period.partition(":")
    span = commissions.span_of(calendar, label)
    if span is None:
        raise Http404
    said = formats.period(span.first_on, span.last_on, get_language() or "en")
    return _("Whom it pays: %(period)s") % {"period": said}


def _heads() -> list[Words]:
    return [
        _("Bonus"),
        _("Member"),
        _("Name"),
        _("Level"),
        _("Counted from"),
        _("Rate"),
        _("Amount"),
        _("Currency"),
        _("Why not"),
    ]


def _rows_of_file(found: commissions.OrderPay) -> Iterator[list[object]]:
    for one in found.paid:
        figures = [one.base, one.rate, one.amount, found.currency]
        yield [one.title, one.member, one.name, one.level, *figures, ""]
    for other in found.unpaid:
        nothing = [None, None, None, None]
        yield [other.title, other.member, other.name, other.level, *nothing, other.why]
    for silent in found.silent:
        yield [silent.title, "", "", None, None, None, None, None, " ".join(silent.sentences)]


def _sections(
    found: commissions.OrderPay, paid: list[commissions.OrderPaid], period: str
) -> list[Section]:
    return [
        facts(_("Paid on this order"), *_of_all(found)),
        Rows(
            title=_("Who is paid"),
            heads=[_("Bonus"), _("Member"), _("Level"), _("What it is made of"), _("Amount")],
            rows=[
                [
                    Cell(one.title, href=_why(one, period)),
                    Cell(one.name or one.member, note=one.member, href=_member(one.member)),
                    Cell(one.level),
                    Cell(one.said),
                    Cell(exact_money(one.amount, found.currency)),
                ]
                for one in paid
            ],
            figures=(2, 4),
            note=_("Each line says why, when it is opened."),
            empty=_("Nobody is paid by this order."),
        ),
        Rows(
            title=_("Who is passed over"),
            heads=[_("Bonus"), _("Member"), _("Level"), _("Why")],
            rows=[
                [
                    Cell(one.title),
                    Cell(one.name or one.member, note=one.member, href=_member(one.member)),
                    Cell(one.level),
                    Cell(one.why),
                ]
                for one in found.unpaid
            ],
            figures=(2,),
            empty=_("Nobody is passed over."),
        ),
        *(
            Part(title=one.title, template="office/parts/sentences.html", content=one.sentences)
            for one in found.silent
        ),
    ]


def _of_all(found: commissions.OrderPay) -> Iterator[tuple[Words, object]]:
    """Give what is said of all lines together, and nothing where there is nothing to say."""
    yield (
        _("Credited to"),
        Cell(found.name or found.member, note=found.member, href=_member(found.member)),
    )
    yield _("Sum"), exact_money(found.total, found.currency)
    for text in found.budget:
        yield _("Budget"), text
    if found.figures:
        yield _("Figures"), Cell(list(found.figures))
    if found.counted_in:
        yield _("Added up with other orders by"), Cell(list(found.counted_in))
    yield _("As of"), found.as_of


def _member(code: str) -> str:
    return str(site.get_model_admin(Member).address_at("card", code))


def _why(one: commissions.OrderPaid, period: str) -> str:
    if one.number is None:
        return ""
    return str(site.get_model_admin(Member).address_at("why", one.member, period, one.number))
