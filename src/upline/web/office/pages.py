"""Pages of the office that are no table: the settings of the company."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from upline.catalog.models import Market, TaxRate
from upline.commissions import queries as commissions
from upline.foundation.models import Company
from upline.network.models import Tree
from upline.web.office import words
from upline.web.office.cells import Cell, Rows, Section, facts
from upline.web.office.places import country_name
from upline.web.office.screens import guarded
from upline.web.office.site import site


def urls() -> list[URLPattern]:
    """Give the addresses of the pages."""
    return [path("company/", guarded(company, "company.configure"), name="company")]


def company(request: HttpRequest) -> HttpResponse:
    """Show how the company is set up; it is changed by its description, not here."""
    found = Company.objects.first()
    sections: list[Section] = []
    if found is not None:
        sections.append(
            facts(
                _("Company"),
                (pgettext_lazy("of a thing", "Name"), found.name),
                (_("Time zone"), found.time_zone),
                (_("Currency"), found.currency),
                (_("Set up"), found.set_up_at),
            )
        )
    sections += [_markets(), _taxes(), _calendars(), _trees()]
    request.current_app = site.name
    shown = {
        **site.each_context(request),
        "here": "company",
        "title": _("Settings of the company"),
        "sections": sections,
        "explains": _("Read only: the company is set up by its description."),
    }
    return TemplateResponse(request, "office/sections.html", shown)


def _markets() -> Section:
    return Rows(
        title=_("Markets"),
        heads=[
            _("Market"),
            _("Country"),
            _("Currency"),
            _("Language"),
            _("Prices"),
            _("Time zone"),
        ],
        rows=[
            [
                Cell(one.name, note=one.code),
                Cell(country_name(one.country)),
                Cell(one.currency),
                Cell(words.language(one.language)),
                Cell(_("With tax") if one.prices_include_tax else _("Without tax")),
                Cell(one.time_zone),
            ]
            for one in Market.objects.order_by("code")
        ],
        empty=_("There is no market yet."),
    )


def _taxes() -> Section:
    rates = TaxRate.objects.select_related("category").order_by(
        "country", "category__code", "-starts_on"
    )
    return Rows(
        title=_("Taxes"),
        heads=[_("Country"), _("Tax category"), _("Percent"), _("From"), _("Until")],
        rows=[
            [
                Cell(country_name(one.country)),
                Cell(words.tax(one.category.code, one.category.name)),
                Cell(one.percent.normalize()),
                Cell(one.starts_on),
                Cell(one.ends_on),
            ]
            for one in rates
        ],
        figures=(2,),
        empty=_("There is no tax yet."),
    )


def _calendars() -> Section:
    return Rows(
        title=_("Calendars"),
        heads=[_("Calendar"), _("Periods"), _("First day"), _("Time zone")],
        rows=[
            [
                Cell(one.name, is_code=True),
                Cell(words.word(words.LENGTH, one.every)),
                Cell(one.starts_on),
                Cell(one.time_zone),
            ]
            for one in commissions.calendars()
        ],
        empty=_("There is no calendar yet."),
    )


def _trees() -> Section:
    return Rows(
        title=_("Placement trees"),
        heads=[_("Tree"), _("Kind"), _("Slots"), _("Days of waiting")],
        rows=[
            [
                Cell(one.code, is_code=True),
                Cell(words.word(words.TREE, one.kind)),
                Cell(one.width),
                Cell(one.holding_days),
            ]
            for one in Tree.objects.order_by("code")
        ],
        figures=(2, 3),
        empty=_("The company has the sponsor tree alone."),
    )
