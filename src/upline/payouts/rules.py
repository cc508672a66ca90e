"""Figures that hold from a day on: set, and read for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.db import transaction

from upline.foundation import audit, context, locking
from upline.ledger.accounts import CURRENCY
from upline.network.history import today
from upline.payouts.errors import RuleInThePast, RuleMalformed, RuleMissing, RuleUnknown
from upline.payouts.models import DatedRule

_LAST_DAY = date.max
_WINDOW_AT_MOST_DAYS = 366
_AMOUNT_AT_MOST = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days [since, until) on which a figure holds."""

    since: date
    until: date
    value: int


def set_rule(*, name: str, value: int, starts_on: date, reason: str, currency: str = "") -> None:
    """Let a figure hold from a day on; the same again changes nothing.

    The first of its name may hold from any day, a later one from today at the earliest. Raises
    RuleUnknown, RuleMalformed, RuleInThePast, ReasonMissing.
    """
    if name not in DatedRule.Name.values:
        raise RuleUnknown(name=name, known=", ".join(sorted(DatedRule.Name.values)))
    if not _is_possible(DatedRule.Name(name), value, currency):
        raise RuleMalformed(name=name, value=value, currency=currency)
    with transaction.atomic():
        locking.take("company", f"payouts.{name}")
        before = value_on(name, starts_on, currency=currency)
        if before == value:
            return
        known = DatedRule.objects.filter(name=name, currency=currency)
        if known.exists() and starts_on < today():
            raise RuleInThePast(name=name, today=today())
        audit.record(
            act="payouts.set_rule",
            subject=f"payout_rule:{name}",
            reason=reason,
            before={"value": before, "currency": currency},
            after={"value": value, "currency": currency, "starts_on": str(starts_on)},
        )
        DatedRule.objects.create(
            name=name,
            currency=currency,
            starts_on=starts_on,
            value=value,
            reason=reason.strip() or context.present().reason,
            set_by=context.present().actor,
        )


def _is_possible(name: DatedRule.Name, value: int, currency: str) -> bool:
    if name.is_of_currency:
        return 0 <= value <= _AMOUNT_AT_MOST and CURRENCY.fullmatch(currency) is not None
    most = 1 if name == DatedRule.Name.CONTRACT_NEEDED else _WINDOW_AT_MOST_DAYS
    return 0 <= value <= most and not currency


def spans(name: str, *, currency: str = "") -> list[Span]:
    """Give the figures of a rule with their days, the earliest first; none before the first one."""
    rows = DatedRule.objects.filter(name=name, currency=currency).order_by("starts_on", "id")
    # Of one day the last one stays.
    by_day = {one.starts_on: one.value for one in rows}
    return [
        Span(since=day, until=until, value=by_day[day])
        for day, until in pairwise([*by_day, _LAST_DAY])
    ]


def value_on(name: str, on: date, *, currency: str = "") -> int | None:
    """Give the figure that holds on a day, None where no rule was set for it."""
    return next(
        (one.value for one in spans(name, currency=currency) if one.since <= on < one.until), None
    )


def currencies_of(name: str) -> list[str]:
    """Give the currencies for which a rule was ever set."""
    rows = DatedRule.objects.filter(name=name).order_by("currency")
    return list(rows.values_list("currency", flat=True).distinct())


def required(name: str, on: date, *, currency: str = "") -> int:
    """Give the figure that holds on a day. Raises RuleMissing."""
    found = value_on(name, on, currency=currency)
    if found is None:
        raise RuleMissing(name=name, on=on)
    return found


def available_on(earned_on: date, windows: list[Span]) -> date | None:
    """Give the day from which what was earned on a day may be withdrawn, None without a rule.

    >>> windows = [Span(since=date(2026, 1, 1), until=date.max, value=14)]
    >>> available_on(date(2026, 10, 31), windows)
    datetime.date(2026, 11, 14)
    """
    for window in windows:
        if window.since <= earned_on < window.until:
            return earned_on + timedelta(days=window.value)
    return None
