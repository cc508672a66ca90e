"""Fields of forms that read numbers, money and days as people write them, and refuse a guess."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from upline.foundation.errors import DomainError
from upline.money import Money, currency_places
from upline.web.shared import formats, reading, refusals


def _language() -> str:
    return get_language() or "en"


class _Read(forms.CharField):
    """A text that a parser turns into a value; what it refuses is shown beside the field."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip()
        if value in self.empty_values:
            return None
        if not isinstance(value, str):
            return value
        try:
            return self.read(value)
        except DomainError as refused:
            raise ValidationError(str(refusals.told(refused)), code=refused.code) from refused

    def read(self, written: str) -> Any:
        raise NotImplementedError

    def run_validators(self, value: Any) -> None:
        """Leave the validators of texts aside: by now the value is none."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


def _figures() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class NumberField(_Read):
    """A number in the reader's own way of writing: gives a Decimal."""

    def __init__(self, *, required: bool = True, label: Any = None, help_text: Any = "") -> None:
        super().__init__(required=required, label=label, help_text=help_text, widget=_figures())

    def read(self, written: str) -> Decimal:
        return reading.number(written, _language())

    def prepare_value(self, value: Any) -> Any:
        return formats.number(value, _language()) if isinstance(value, Decimal | int) else value


class MoneyField(_Read):
    """An amount of one currency in the reader's own way of writing: gives Money.

    The currency's sign or code may stand on either side of the figure.
    """

    def __init__(
        self, *, currency: str, required: bool = True, label: Any = None, help_text: Any = ""
    ) -> None:
        super().__init__(required=required, label=label, help_text=help_text, widget=_figures())
        self.currency = currency

    def read(self, written: str) -> Money:
        return reading.money(written, self.currency, _language())

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Money):
            return value
        places = currency_places(value.currency)
        return formats.number(Decimal(value.minor).scaleb(-places), _language(), places=places)


class DayField(_Read):
    """A day: browsers offer a calendar and send 2026-11-05; other ways of writing are read too."""

    def __init__(self, *, required: bool = True, label: Any = None, help_text: Any = "") -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(required=required, label=label, help_text=help_text, widget=widget)

    def to_python(self, value: Any) -> Any:
        return value.date() if isinstance(value, datetime) else super().to_python(value)

    def read(self, written: str) -> date:
        return reading.day(written, _language())
