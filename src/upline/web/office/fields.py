"""Fields of the forms of acts that the shared ones lack: a member, found as people look for one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from upline.money import Money, currency_places
from upline.network import queries as network
from upline.web.shared import fields

_MATCHES_SHOWN = 8


class DayField(fields.DayField):
    """A day that may be proposed."""

    def __init__(self, *, initial: Any = None, **named: Any) -> None:
        super().__init__(**named)
        self.initial = initial


def money_of(figure: Decimal, currency: str) -> Money:
    """Give a figure as money. Raises ValidationError for more places than the currency has."""
    minor = figure.scaleb(currency_places(currency))
    if minor != int(minor):
        raise ValidationError(_("%(currency)s has no such small unit.") % {"currency": currency})
    return Money(int(minor), currency)


class MemberField(forms.CharField):
    """A member by his code; or whatever the search of members takes, to choose from what it finds."""

    viewer: Any = None
    matches: Any = ()

    def __init__(self, **named: Any) -> None:
        named.setdefault("help_text", _("Code, name, e-mail or telephone"))
        super().__init__(**named)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        hits = network.search_members(
            self.viewer, text, language=get_language() or "en", most=_MATCHES_SHOWN
        )
        found = [hit.member for hit in hits]
        exact = [one for one in found if one.code.upper() == text.strip().upper()]
        if exact:
            return exact[0]
        if not found:
            raise ValidationError(_("No member fits."))
        self.matches = found
        raise ValidationError(_("Choose one of those found."))
