"""Fields of the forms of acts that the shared ones lack: a member or a person, found as people look for one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from upline.money import Money, currency_places
from upline.network import queries as network
from upline.network.genealogy import TeamMember
from upline.people import queries as people
from upline.people.queries import PersonFacts
from upline.web.office.words import person_number
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


class _Sought(forms.CharField):
    """One of those that a search finds; several that fit are offered to choose from.

    `matches` are offered as value, name and what tells namesakes apart; `viewer` is set by the form.
    """

    viewer: Any = None
    matches: Sequence[tuple[str, str, str]] = ()

    nobody = _("No member fits.")

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = self.sought(text)
        named = [one for one in found if self.match(one)[0].upper() == text.strip().upper()]
        if named:
            return named[0]
        if not found:
            raise ValidationError(self.nobody)
        self.matches = [self.match(one) for one in found]
        raise ValidationError(_("Choose one of those found."))

    def sought(self, text: str) -> Sequence[Any]:
        raise NotImplementedError

    def match(self, found: Any) -> tuple[str, str, str]:
        raise NotImplementedError

    def said(self, value: Any) -> str:
        """Give what was chosen, as the page of confirmation shows it."""
        _key, name, note = self.match(value)
        return f"{name} · {note}" if name else note


class MemberField(_Sought):
    """A member by his code; or whatever the search of members takes."""

    def __init__(self, **named: Any) -> None:
        named.setdefault("help_text", _("Code, name, e-mail or telephone"))
        super().__init__(**named)

    def sought(self, text: str) -> Sequence[TeamMember]:
        hits = network.search_members(
            self.viewer, text, language=get_language() or "en", most=_MATCHES_SHOWN
        )
        return [hit.member for hit in hits]

    def match(self, found: TeamMember) -> tuple[str, str, str]:
        return found.code, found.name, found.code


class PersonField(_Sought):
    """A person by his number; or whatever the search of persons takes."""

    nobody = _("No person fits.")

    def __init__(self, **named: Any) -> None:
        named.setdefault("help_text", _("Number, name, e-mail or telephone"))
        super().__init__(**named)

    def sought(self, text: str) -> Sequence[PersonFacts]:
        return people.matching(
            text,
            language=get_language() or "en",
            countries=network.present().countries,
            limit=_MATCHES_SHOWN,
        )

    def match(self, found: PersonFacts) -> tuple[str, str, str]:
        return str(found.id), found.name, str(person_number(found.id))
