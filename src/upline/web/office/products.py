"""Products: texts in every language, status, and prices by market, audience and time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Upper
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from upline.catalog.models import Price, Product, ProductText
from upline.foundation import clock
from upline.money import Money
from upline.web.office import filters, words
from upline.web.office.audit import actors_of
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Facts, Rows, Tab, facts
from upline.web.office.product_acts import ACTS
from upline.web.office.site import site
from upline.web.shared.templatetags.formats import number

_SHOWN_AT_MOST = 200


@admin.register(Product, site=site)
class Products(OfficeAdmin):
    """What the company sells."""

    sees = "catalog.see"
    address = "products"
    heading = _("Products and prices")
    lookup = "sku"
    empty = _("No product fits.")
    ordering = ("sku",)
    search_fields = ("sku",)
    search_help_text = _("Name or number")
    sortable_by = ("product",)
    list_display = ("product", "status", "tax", "languages", "price")
    list_filter = (filters.choice("status", _("Status"), words.choices(words.PRODUCT)),)
    acts = ACTS

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        texts = Prefetch("texts", queryset=ProductText.objects.order_by("language"))
        return super().get_queryset(request).select_related("tax_category").prefetch_related(texts)

    def searched(self, request: HttpRequest, rows: QuerySet, text: str) -> QuerySet:  # noqa: ARG002
        """Search in numbers, and in names of every language."""
        for word in text.split():
            named = ProductText.objects.filter(name__icontains=word).values("product")
            rows = rows.annotate(upper_sku=Upper("sku")).filter(
                Q(upper_sku__startswith=word.upper()) | Q(pk__in=named)
            )
        return rows

    def prepare(self, request: HttpRequest, rows: Sequence[Product]) -> None:  # noqa: ARG002
        now = clock.now()
        prices = (
            Price.objects.filter(
                Q(ends_at__isnull=True) | Q(ends_at__gt=now),
                product__in=rows,
                starts_at__lte=now,
                audience=Price.Audience.PARTNER,
            )
            .order_by("market__code")
            .select_related("market")
        )
        found: dict[int, list[Price]] = {}
        for one in prices:
            found.setdefault(one.product_id, []).append(one)
        for row in rows:
            row.prices_now = found.get(row.pk, [])

    @column(_("Product"), order="sku")
    def product(self, row: Product) -> Cell:
        return Cell(name_of(row), note=row.sku, picture=picture_of(row))

    @column(_("Status"))
    def status(self, row: Product) -> Cell:
        return words.status(words.PRODUCT, row.status)

    @column(_("Tax category"))
    def tax(self, row: Product) -> Cell:
        return Cell(words.tax(row.tax_category.code, row.tax_category.name))

    @column(_("Texts"))
    def languages(self, row: Product) -> Cell:
        """Say in which languages the product has a name; what is missing stands out."""
        has = {text.language for text in row.texts.all()}
        missing = [code for code, _name in settings.LANGUAGES if code not in has]
        said = ", ".join(code for code, _name in settings.LANGUAGES if code in has)
        if missing:
            note = _("missing: %(languages)s") % {"languages": ", ".join(missing)}
            return Cell(said, note=note)
        return Cell(said)

    @column(_("Partner price now"), is_figure=True)
    def price(self, row: Product) -> Cell:
        if not row.prices_now:
            return Cell("")
        first, *others = [Money(one.amount_minor, one.currency) for one in row.prices_now]
        return Cell(first, note=others)

    def card(self, request: HttpRequest, subject: Any) -> Card:  # noqa: ARG002
        return Card(
            title=name_of(subject),
            subtitle=subject.sku,
            status=self.status(subject),
            tabs=(
                Tab(name="", label=_("Texts"), sections=lambda: _texts(subject)),
                Tab(name="prices", label=_("Prices"), sections=lambda: _prices(subject)),
                Tab(name="history", label=_("History"), sections=lambda: _history(subject)),
            ),
        )


def name_of(product: Product) -> str:
    """Give a product's name in the reader's language, else in English, else its number."""
    names = {text.language: text.name for text in product.texts.all()}
    return names.get(get_language() or "en") or names.get("en") or product.sku


def picture_of(product: Product) -> str:
    """Give the address of a product's picture, if it has one."""
    return str(static(product.picture)) if product.picture else ""


def _texts(product: Product) -> list[Facts]:
    texts = {text.language: text for text in product.texts.all()}
    sections = [
        facts(
            _("Product"),
            (_("Number"), Cell(product.sku, is_code=True)),
            (_("Status"), words.status(words.PRODUCT, product.status)),
            (_("Tax category"), words.tax(product.tax_category.code, product.tax_category.name)),
            (_("Recorded"), product.created_at),
            (_("Picture"), Cell("", picture=picture_of(product))),
        )
    ]
    for code, language in settings.LANGUAGES:
        text = texts.get(code)
        if text is None:
            sections.append(facts(language, note=_("There is no text in this language yet.")))
        else:
            sections.append(
                facts(
                    language,
                    (pgettext_lazy("of a thing", "Name"), Cell(text.name, language=code)),
                    (_("Description"), Cell(text.description, language=code)),
                )
            )
    return sections


def _prices(product: Product) -> list[Rows]:
    now = clock.now()
    prices = list(
        Price.objects.filter(product=product)
        .select_related("market")
        .order_by("market__code", "audience", "currency", "-starts_at")
    )
    present = [one for one in prices if _holds(one, now)]
    coming = [one for one in prices if one.starts_at > now]
    past = [one for one in prices if one.ends_at is not None and one.ends_at <= now]
    return [
        _table(_("Prices now"), present, empty=_("Nobody can buy it: it has no price now.")),
        _table(_("Prices to come"), coming, empty=_("No other price is entered.")),
        _table(_("Prices of the past"), past, empty=_("There was no other price.")),
    ]


def _holds(price: Price, now: datetime) -> bool:
    return bool(price.starts_at <= now and (price.ends_at is None or price.ends_at > now))


def _table(title: Any, prices: Sequence[Price], *, empty: Any) -> Rows:
    return Rows(
        title=title,
        heads=[_("Market"), _("Audience"), _("Price"), _("Volumes"), _("From"), _("Until")],
        rows=[
            [
                Cell(one.market.code),
                Cell(words.word(words.AUDIENCE, one.audience)),
                Cell(Money(one.amount_minor, one.currency)),
                Cell(volumes(one.volumes)),
                Cell(one.starts_at),
                Cell(one.ends_at),
            ]
            for one in prices
        ],
        figures=(2,),
        empty=empty,
    )


def volumes(kept: dict[str, str]) -> str:
    """Write volumes by name: PV 20, CV 64.5."""
    return ", ".join(
        f"{name.upper()} {number(Decimal(figure))}" for name, figure in sorted(kept.items())
    )


def _history(product: Product) -> list[Rows]:
    """Give every change of the product, its texts and prices, the latest first."""
    found: list[tuple[Any, Any, Any]] = [
        *(
            (one, _("Product"), str(words.word(words.PRODUCT, one.status)))
            for one in _events("ProductEvent", pgh_obj=product.pk)
        ),
        *(
            (one, _("Text (%(language)s)") % {"language": one.language}, one.name)
            for one in _events("ProductTextEvent", product=product.pk)
        ),
        *((one, _("Price"), one) for one in _events("PriceEvent", product=product.pk)),
    ]
    found.sort(key=lambda one: one[0].pgh_created_at, reverse=True)
    found = found[:_SHOWN_AT_MOST]
    named = actors_of([_known(event, "actor") for event, _what, _content in found])
    return [
        Rows(
            title=_("History"),
            heads=[_("Moment"), _("What"), _("Content"), _("Who"), _("Reason")],
            rows=[
                [
                    Cell(event.pgh_created_at),
                    Cell(what),
                    _content(content),
                    Cell(named[_known(event, "actor")]),
                    Cell(_known(event, "reason")),
                ]
                for event, what, content in found
            ],
            empty=_("Nothing was changed yet."),
        )
    ]


def _content(content: Any) -> Cell:
    if isinstance(content, str):
        return Cell(content)
    audience = words.word(words.AUDIENCE, content.audience)
    return Cell(Money(content.amount_minor, content.currency), note=audience)


def _events(model: str, **of: Any) -> QuerySet:
    rows: QuerySet = apps.get_model("catalog", model).objects.filter(**of)
    return rows.select_related("pgh_context").order_by("-pgh_id")[:_SHOWN_AT_MOST]


def _known(event: Any, name: str) -> str:
    return str(event.pgh_context.metadata.get(name, "")) if event.pgh_context else ""
