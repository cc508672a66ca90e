"""A refusal in the words of the reader: money, days and states as screens write them.

A refusal of the apps carries its facts as they are: an amount, a day, the code of a state. In a
sentence of another language they would stand as raw values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy

from upline.foundation.errors import DomainError
from upline.money import Money
from upline.web.shared import formats, states

# Whose states the refusals of an app speak of; a single refusal may speak of another.
_STATES_OF: Mapping[str, str] = {
    "commissions": "period",
    "orders": "order",
    "orders.member_cannot_order": "member",
    "network": "member",
    "payouts": "payout",
    "payouts.batch_decided": "batch",
    "plans": "plan",
}
_FACTS_OF_STATE = {"state", "status", "wanted"}
# Words that the apps use as facts; they stay English in logs and on the command line.
_WORDS: Mapping[str, str | Promise] = {
    "approve": pgettext_lazy("fact of a refusal", "approve"),
    "approved": pgettext_lazy("fact of a refusal", "approved"),
    "computed": pgettext_lazy("fact of a refusal", "computed"),
    "explained": pgettext_lazy("fact of a refusal", "explained"),
    "exported": pgettext_lazy("fact of a refusal", "exported"),
    "posted": pgettext_lazy("fact of a refusal", "posted"),
    "reopen": pgettext_lazy("fact of a refusal", "reopen"),
    "reopened": pgettext_lazy("fact of a refusal", "reopened"),
    "sealed": pgettext_lazy("fact of a refusal", "sealed"),
    "frozen or calculated": pgettext_lazy("fact of a refusal", "frozen or calculated"),
    "frozen or later": pgettext_lazy("fact of a refusal", "frozen or later"),
    "nothing": pgettext_lazy("fact of a refusal", "nothing"),
    "something": pgettext_lazy("fact of a refusal", "something"),
    "all": pgettext_lazy("fact of a refusal", "all"),
    "no piece": pgettext_lazy("fact of a refusal", "no piece"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What stands in the way and what to do next, as a screen shows it."""

    code: str
    problem: str
    advice: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.problem, self.advice) if part)


def told(refused: DomainError) -> Refusal:
    """Put a refusal into the words of the page's language."""
    language = get_language() or "en"
    facts = {
        name: _shown(name, fact, refused.code, language) for name, fact in refused.facts.items()
    }
    return Refusal(
        code=refused.code,
        problem=_with_one_stop(str(refused.text) % facts),
        advice=_with_one_stop(str(refused.remedy) % facts),
    )


def _with_one_stop(said: str) -> str:
    """Give a sentence that ends with one full stop: a day may bring its own, as in 2026 г."""
    return said[:-1] if said.endswith("г..") else said


def _shown(name: str, fact: object, code: str, language: str) -> object:
    match fact:
        case Money():
            return formats.money(fact, language)
        case datetime():
            return formats.moment(timezone.localtime(fact), language)
        case date():
            return formats.day_long(fact, language)
        case Decimal():
            return formats.number(fact, language)
        case str():
            return _word(name, fact, code)
        case _:
            return fact


def _word(name: str, fact: str, code: str) -> str:
    if name in _FACTS_OF_STATE:
        of = _STATES_OF.get(code) or _STATES_OF.get(code.partition(".")[0], "")
        if fact in states.STATES.get(of, {}):
            return str(states.shown(of, fact).label).lower()
    return str(_WORDS.get(fact, fact))
