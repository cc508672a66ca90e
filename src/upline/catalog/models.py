"""Products, their texts, taxes and prices, and the markets in which they are sold."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Upper

from upline.foundation import audit, clock

CURRENCY = r"^[A-Z]{3}$"
COUNTRY = r"^[A-Z]{2}$"
# One word in any alphabet's company: codes are typed, printed and spoken.
CODE = r"^[a-z0-9][a-z0-9_-]*$"


class DayRange(models.Func):
    """The span of days from one column to another, open where the second is empty."""

    function = "DATERANGE"
    output_field: Any = DateRangeField()


class MomentRange(models.Func):
    """The span of moments from one column to another, open where the second is empty."""

    function = "TSTZRANGE"
    output_field: Any = DateTimeRangeField()


@audit.tracked()
class Market(models.Model):
    """Where we sell: a country, its currency and language, and how prices are shown there."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=10)
    prices_include_tax = models.BooleanField()
    # The day of an order, for tax and books, is the market's.
    time_zone = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(country__regex=COUNTRY), name="catalog_market_country"
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=CURRENCY), name="catalog_market_currency"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class TaxCategory(models.Model):
    """A kind of goods that the law taxes alike, as food or books."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "tax categories"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=CODE), name="catalog_taxcategory_code"
            ),
        ]

    def __str__(self) -> str:
        return self.code


@audit.tracked()
class TaxRate(models.Model):
    """The tax of a category in a country from one day to another."""

    category = models.ForeignKey(TaxCategory, on_delete=models.PROTECT, related_name="rates")
    country = models.CharField(max_length=2)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(country__regex=COUNTRY), name="catalog_taxrate_country"
            ),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100),
                name="catalog_taxrate_percent",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gt=models.F("starts_on")),
                name="catalog_taxrate_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="catalog_taxrate_one_at_a_time",
                expressions=[
                    ("category", RangeOperators.EQUAL),
                    ("country", RangeOperators.EQUAL),
                    (DayRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % from {self.starts_on}"


@audit.tracked()
class Product(models.Model):
    """Something that we sell, under the number by which the warehouse knows it."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"
        DISCONTINUED = "discontinued"

    sku = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    tax_category = models.ForeignKey(TaxCategory, on_delete=models.PROTECT, related_name="+")
    # The path of its picture among the static files; empty where there is none.
    picture = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            # Typed by people: `ab-1` and `AB-1` are one product.
            models.UniqueConstraint(Upper("sku"), name="catalog_product_sku_once"),
            models.CheckConstraint(
                condition=models.Q(sku__regex=r"^\S+$"), name="catalog_product_sku_without_blanks"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "active", "discontinued"]),
                name="catalog_product_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.sku


@audit.tracked()
class ProductText(models.Model):
    """What a product is called, and how it is described, in one language."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "language"], name="catalog_producttext_once_a_language"
            ),
            models.CheckConstraint(
                condition=~models.Q(name=""), name="catalog_producttext_has_a_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} [{self.language}]"


@audit.tracked()
class Price(models.Model):
    """What one audience pays for a product in a market, and the volumes that it brings."""

    class Audience(models.TextChoices):
        RETAIL = "retail"
        CUSTOMER = "customer"
        PARTNER = "partner"

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="prices")
    audience = models.CharField(max_length=10, choices=Audience.choices)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    # {name: decimal as text}; a volume that a price does not bring is not named. The shape is
    # checked by a constraint in the first migration, for Django cannot write it.
    volumes = models.JSONField(default=dict)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience__in=["retail", "customer", "partner"]),
                name="catalog_price_audience_known",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=CURRENCY), name="catalog_price_currency"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0), name="catalog_price_not_below_zero"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="catalog_price_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="catalog_price_one_at_a_time",
                expressions=[
                    ("product", RangeOperators.EQUAL),
                    ("audience", RangeOperators.EQUAL),
                    ("market", RangeOperators.EQUAL),
                    ("currency", RangeOperators.EQUAL),
                    (MomentRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.audience} price {self.pk}"
