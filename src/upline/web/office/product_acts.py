"""What is done to products: texts, status, prices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from upline.catalog import queries as catalog
from upline.catalog import services
from upline.catalog.amounts import read_volumes
from upline.catalog.errors import VolumeUnreadable
from upline.catalog.models import Price, Product
from upline.foundation import audit
from upline.foundation.context import working
from upline.money import Money
from upline.web.office import words
from upline.web.office.acts import Act, Doing, Reasoned
from upline.web.office.cells import Cell, Facts, Section, Words, facts
from upline.web.office.fields import DayField, money_of
from upline.web.shared import refusals
from upline.web.shared.fields import NumberField


class TextsForm(Reasoned):
    """A name and a description in each language; what has no name has no text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = {one.language: one for one in self.subject.texts.all()}
        for code, language in settings.LANGUAGES:
            there = texts.get(code)
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name, %(language)s") % {"language": language},
                initial=there.name if there else "",
                max_length=300,
                # A text that is there is changed, not taken away.
                required=there is not None,
            )
            self.fields[f"description_{code}"] = forms.CharField(
                label=_("Description, %(language)s") % {"language": language},
                initial=there.description if there else "",
                widget=forms.Textarea(attrs={"rows": 3}),
                required=False,
            )
        self.order_fields(None)

    def clean(self) -> Any:
        entries = super().clean() or self.cleaned_data
        for code, _language in settings.LANGUAGES:
            if entries.get(f"description_{code}") and not entries.get(f"name_{code}"):
                self.add_error(f"name_{code}", _("A description needs a name."))
        return entries


def _write_texts(doing: Doing) -> Words:
    product: Product = doing.subject
    texts = {
        code: services.Texts(
            name=doing.entries[f"name_{code}"].strip(),
            description=doing.entries[f"description_{code}"].strip(),
        )
        for code, _language in settings.LANGUAGES
        if doing.entries[f"name_{code}"].strip()
    }
    with working(reason=doing.reason):
        services.define_product(
            sku=product.sku,
            tax_category=product.tax_category.code,
            texts=texts,
            status=product.status,
        )
        _record("catalog.define_product", product, {"languages": sorted(texts)})
    return _("The texts are saved.")


def _record(act: str, product: Product, after: dict[str, object]) -> None:
    audit.record(act=act, subject=f"product:{product.sku}", after=after)


class StatusForm(Reasoned):
    status = forms.ChoiceField(
        label=_("Status"), choices=words.choices(words.PRODUCT), widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].initial = self.subject.status


def _set_status(doing: Doing) -> Words:
    status = doing.entries["status"]
    with working(reason=doing.reason):
        services.set_product_status(sku=doing.subject.sku, status=status)
        _record("catalog.set_status", doing.subject, {"status": status})
    return _("The status is changed.")


def _markets() -> list[tuple[str, str]]:
    return [(one.code, f"{one.name} ({one.currency})") for one in catalog.markets()]


class PriceForm(Reasoned):
    """A price for an audience of a market, from a day on."""

    market = forms.ChoiceField(label=_("Market"), choices=_markets)
    audience = forms.ChoiceField(label=_("Audience"), choices=words.choices(words.AUDIENCE))
    amount = NumberField(label=_("Price"), help_text=_("In the currency of the market."))
    volumes = forms.CharField(
        label=_("Volumes"),
        required=False,
        help_text=_("By name with a point, separated by commas: pv 20, cv 64.5"),
    )
    starts_on = DayField(label=_("From"), help_text=_("From midnight in the market on."))
    ends_on = DayField(
        label=_("Until"),
        required=False,
        help_text=_("The first day on which it holds no more. Empty: until the next price."),
    )

    def clean_volumes(self) -> dict[str, Decimal]:
        """Read volumes, exactly."""
        written = {}
        for part in self.cleaned_data["volumes"].split(","):
            name, _blank, figure = part.strip().partition(" ")
            if name:
                written[name.lower()] = figure.strip()
        try:
            return read_volumes(written)
        except VolumeUnreadable as refused:
            raise ValidationError(str(refusals.told(refused))) from refused

    def clean(self) -> Any:
        entries = super().clean() or self.cleaned_data
        starts, ends = entries.get("starts_on"), entries.get("ends_on")
        if starts and ends and ends <= starts:
            self.add_error("ends_on", _("The end lies before the beginning."))
        if entries.get("amount") and entries.get("market"):
            try:
                money_of(entries["amount"], catalog.market_terms(entries["market"]).currency)
            except ValidationError as refused:
                self.add_error("amount", refused)
        return entries


def _draft(doing: Doing) -> services.PriceDraft:
    entries = doing.entries
    terms = catalog.market_terms(entries["market"])
    zone = ZoneInfo(terms.time_zone)
    ends_on = entries["ends_on"]
    return services.PriceDraft(
        sku=doing.subject.sku,
        audience=entries["audience"],
        market=terms.code,
        amount=money_of(entries["amount"], terms.currency),
        volumes=entries["volumes"],
        starts_at=datetime.combine(entries["starts_on"], time(), zone),
        ends_at=datetime.combine(ends_on, time(), zone) if ends_on else None,
    )


def _price_shown(doing: Doing) -> Sequence[Section]:
    draft = _draft(doing)
    present = Price.objects.filter(
        product=doing.subject,
        audience=draft.audience,
        market__code=draft.market,
        currency=draft.amount.currency,
        ends_at__isnull=True,
    ).first()
    shown: list[Facts] = [facts(_("New price"), (_("Price"), draft.amount))]
    if present is not None:
        ending = (_("Ends"), Cell(draft.starts_at))
        former = (_("Price"), Money(present.amount_minor, present.currency))
        shown.append(facts(_("The price before"), former, ending))
    return shown


def _set_price(doing: Doing) -> Words:
    draft = _draft(doing)
    with working(reason=doing.reason):
        services.set_price(price=draft)
        _record(
            "catalog.set_price",
            doing.subject,
            {
                "market": draft.market,
                "audience": draft.audience,
                "minor": draft.amount.minor,
                "currency": draft.amount.currency,
                "starts_at": draft.starts_at.isoformat(),
            },
        )
    return _("The price is entered.")


ACTS = (
    Act(
        name="price",
        label=_("Enter a price"),
        right="prices.edit",
        form=PriceForm,
        does=_set_price,
        shows=_price_shown,
        is_main=True,
        explains=_("The price before ends where the new one begins. Orders keep what they paid."),
    ),
    Act(
        name="texts",
        label=_("Edit the texts"),
        right="catalog.edit",
        form=TextsForm,
        does=_write_texts,
        has_preview=False,
    ),
    Act(
        name="status",
        label=_("Change the status"),
        right="catalog.edit",
        form=StatusForm,
        does=_set_status,
    ),
)
