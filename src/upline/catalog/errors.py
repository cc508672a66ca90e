"""Refusals of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from upline.foundation.errors import DomainError


class MarketUnknown(DomainError):
    """There is no such market, or it is closed."""

    code = "catalog.market_unknown"
    text = _("There is no active market %(market)s.")
    remedy = _("Take one of the list of markets, or define it.")


class TaxCategoryUnknown(DomainError):
    """There is no such tax category."""

    code = "catalog.tax_category_unknown"
    text = _("There is no tax category %(category)s.")
    remedy = _("Take one of the list of tax categories, or define it.")


class TaxRateMissing(DomainError):
    """Nothing says how goods are taxed in a country on a day."""

    code = "catalog.tax_rate_missing"
    text = _("There is no tax rate of %(category)s in %(country)s on %(on)s.")
    remedy = _(
        "Enter the rate with the day from which it is in force; a rate of 0 is written as 0."
    )


class TaxRateOverlaps(DomainError):
    """A tax rate was entered for days that have one."""

    code = "catalog.tax_rate_overlaps"
    text = _("%(category)s in %(country)s has another tax rate on or after %(starts_on)s.")
    remedy = _("Enter rates in the order of their days: each ends the one before it.")


class ProductUnknown(DomainError):
    """There is no product with this number."""

    code = "catalog.product_unknown"
    text = _("There is no product %(sku)s.")
    remedy = _("Compare the number with the catalogue, or add the product.")


class ProductNotOnSale(DomainError):
    """A product is not sold now."""

    code = "catalog.product_not_on_sale"
    text = _("The product %(sku)s is %(status)s, so it is not sold.")
    remedy = _("Take another product, or make it active.")


class ProductTextMissing(DomainError):
    """A product has no name in any language that could be shown."""

    code = "catalog.product_text_missing"
    text = _("The product %(sku)s has no name in any language.")
    remedy = _("Write its name in the language of the market at least.")


class PriceMissing(DomainError):
    """A product has no price for these people, there and then."""

    code = "catalog.price_missing"
    text = _(
        "The product %(sku)s has no %(audience)s price in %(market)s in %(currency)s at %(at)s."
    )
    remedy = _("Enter the price with its volumes; a free product has a price of 0.")


class PriceOverlaps(DomainError):
    """A price was entered for a time that has one."""

    code = "catalog.price_overlaps"
    text = _(
        "The product %(sku)s has another %(audience)s price in %(market)s in %(currency)s at or"
        " after %(starts_at)s."
    )
    remedy = _(
        "Choose another time: a new price ends the one before it, if that has no end itself."
    )


class VolumeUnreadable(DomainError):
    """A volume is not a decimal number that can be kept exactly."""

    code = "catalog.volume_unreadable"
    text = _("The volume %(name)s of %(given)s cannot be kept.")
    remedy = _(
        "Name it in small Latin letters, and write a number of at most 12 digits and 6 decimals,"
        " not below zero."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFault:
    """One thing that is wrong with a table that was to be loaded; row 1 is the first of values."""

    row: int
    column: str
    code: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.row and f"row {self.row}", self.column) if part)
        return f"{where}: {self.problem} [{self.code}]\n    {self.remedy}"


class TableRefused(DomainError):
    """A table was not loaded; `faults` lists everything that is wrong with it."""

    code = "catalog.table_refused"
    text = _("The table of %(what)s has %(count)s faults, so nothing of it was loaded:\n%(list)s")
    remedy = _("Correct them and load it again.")

    def __init__(self, *, what: str, faults: Iterable[TableFault]) -> None:
        self.faults: Sequence[TableFault] = sorted(
            faults, key=lambda one: (one.row, one.column, one.code)
        )
        shown = "\n".join(str(one) for one in self.faults[:50])
        super().__init__(what=what, count=len(self.faults), list=shown)
