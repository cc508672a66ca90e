"""Who is paid by an order in a period, as much of it as the reader sees, and why others are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from upline.commissions import resident
from upline.commissions.errors import OrderNotCounted
from upline.commissions.models import FrozenFact, Line, Run, VolumeFact
from upline.commissions.queries.estimates import open_periods, resident_estimate
from upline.commissions.queries.resident_lines import number_of
from upline.commissions.queries.seeing import Reader, reader, run_of, span_of, words_of
from upline.commissions.resident import Resident
from upline.compensation.decimals import decimal_text
from upline.compensation.explain.orders import OrderBonus, OrderLine, OrderReasons, order_reasons_at
from upline.compensation.explain.render import path_reason
from upline.compensation.explain.render_order import (
    budget_words,
    figure_words,
    line_words,
    nothing_words,
)
from upline.compensation.explain.wording import Wording
from upline.network.models import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderKey:
    """Of which order, in which period."""

    order: str
    calendar: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPeriod:
    """A period that counts an order, closed or estimated."""

    calendar: str
    label: str
    first_on: date
    last_on: date
    state: str
    is_estimate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid:
    """What a member is paid by the order; `number` is that of the line in his statement."""

    bonus: str
    title: str
    member: str
    name: str
    level: int | None
    base: Decimal
    rate: Decimal
    said: str
    amount: Decimal
    number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderUnpaid:
    """Somebody above the buyer whom a bonus does not pay, and why."""

    bonus: str
    title: str
    member: str
    name: str
    level: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSilent:
    """A bonus that pays nobody by the order, and why, in sentences."""

    bonus: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPay:
    """Who is paid by an order in a period, who is passed over, and which bonuses pay nobody.

    `figures` and `budget` are of all that is paid, and staff see them only; `total` is the sum of
    what is shown. `counted_in` are bonuses that add the order up with others.
    """

    order: str
    member: str
    name: str
    as_of: datetime
    is_estimate: bool
    currency: str
    total: Decimal
    paid: tuple[OrderPaid, ...]
    unpaid: tuple[OrderUnpaid, ...]
    silent: tuple[OrderSilent, ...]
    figures: tuple[str, ...]
    budget: tuple[str, ...]
    counted_in: tuple[str, ...]


def order_periods(*, viewer: Any, order: str) -> tuple[OrderPeriod, ...]:
    """Give the periods in which an order counts, of those that the reader sees, the latest first.

    Raises MemberUnknown where its buyer is not seen, OrderNotCounted where nothing of it counts.
    """
    by = reader(viewer)
    facts = _facts(by, order)
    ids = [fact.pk for fact in facts]
    frozen = FrozenFact.objects.filter(fact_id__in=ids).select_related("period__calendar")
    found = {
        (one.period.calendar.name, one.period.label): one.period
        for one in frozen
        if run_of(by, one.period.calendar.name, one.period.label) is not None
    }
    closed = [_closed(calendar, label) for calendar, label in found]
    days = {fact.occurred_at.date() for fact in facts}
    still = [
        OrderPeriod(
            calendar=one.calendar,
            label=one.label,
            first_on=one.first_on,
            last_on=one.last_on,
            state="open",
            is_estimate=True,
        )
        for one in open_periods()
        if any(one.first_on <= day <= one.last_on for day in days)
        and (one.calendar, one.label) not in found
    ]
    return tuple(sorted([*still, *closed], key=lambda one: one.first_on, reverse=True))


def order_pay(*, viewer: Any, of: OrderKey, language: str) -> OrderPay:
    """Say who is paid by an order in a period, as far as the reader sees those who are.

    Raises MemberUnknown where its buyer is not seen, OrderNotCounted, EstimateMissing.
    """
    by = reader(viewer)
    facts = _facts(by, of.order)
    run = run_of(by, of.calendar, of.label)
    if run is None:
        held = resident_estimate(of.calendar, of.label)
    else:
        held = resident.of_period(run.period)
    places = _places(held, [fact.pk for fact in facts])
    if not len(places):
        raise OrderNotCounted(order=of.order)
    with held.lock:
        view = held.explaining()
        found = [(place, order_reasons_at(view, place)) for place in places]
    shown = _Shown(by=by, held=held, run=run, words=words_of(held.version.pk, language))
    return shown.pay(of.order, found)


def _facts(by: Reader, order: str) -> list[VolumeFact]:
    """Give what an order brought and its refunds took back, where its buyer is seen."""
    facts = list(VolumeFact.objects.filter(order_number=order).order_by("id"))
    if not facts:
        raise OrderNotCounted(order=order)
    codes = by.codes_of({fact.member_id for fact in facts})
    for code in codes.values():
        by.member(code)
    return facts


def _places(held: Resident, fact_ids: list[int]) -> list[int]:
    """Find facts among the orders of a period: those of before are there for its windows only."""
    orders = held.result.world.orders
    chosen = np.isin(held.fact_ids[orders.rows], fact_ids)
    if orders.in_period is not None:
        chosen &= orders.in_period
    return [int(place) for place in np.flatnonzero(chosen)]


def _closed(calendar: str, label: str) -> OrderPeriod:
    span = span_of(calendar, label)
    assert span is not None
    return OrderPeriod(
        calendar=calendar,
        label=label,
        first_on=span.first_on,
        last_on=span.last_on,
        state=span.state,
        is_estimate=False,
    )


# Bonus, receiver, level and amount: lines that agree in all of them have the same reason.
_Key = tuple[str, str, int | None, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """Puts what is known of an order into what the reader sees."""

    by: Reader
    held: Resident
    run: Run | None
    words: Wording

    def pay(self, order: str, found: Sequence[tuple[int, OrderReasons]]) -> OrderPay:
        buyer = self.by.member(found[0][1].member)
        codes = {code for _, reasons in found for code in _named(reasons)}
        names = self.by.names_of(codes)
        paid = [one for place, reasons in found for one in self._paid(place, reasons, names)]
        return OrderPay(
            order=order,
            member=buyer.code,
            name=buyer.name,
            as_of=self.held.as_of,
            is_estimate=self.run is None,
            currency=found[0][1].currency,
            total=sum((one.amount for one in paid), Decimal(0)),
            paid=tuple(paid),
            unpaid=tuple(one for _, reasons in found for one in self._unpaid(reasons, names)),
            silent=tuple(one for _, reasons in found for one in self._silent(reasons)),
            figures=self._figures(reasons for _, reasons in found),
            budget=self._budget(reasons for _, reasons in found),
            counted_in=tuple(
                dict.fromkeys(
                    self.words.bonus(name) for _, reasons in found for name in reasons.counted_in
                )
            ),
        )

    def _paid(
        self, place: int, reasons: OrderReasons, names: dict[str, str]
    ) -> Iterator[OrderPaid]:
        numbers = self._numbers(place, reasons)
        for bonus, one in _lines(reasons):
            line, words = one.line, self.words
            if one.member in names:
                yield OrderPaid(
                    bonus=bonus.bonus,
                    title=words.bonus(bonus.bonus),
                    member=one.member,
                    name=names[one.member],
                    level=line.level,
                    base=Decimal(decimal_text(Fraction(line.base))),
                    rate=Decimal(decimal_text(Fraction(line.rate))),
                    said=line_words(bonus.kind, line, words),
                    amount=Decimal(line.amount),
                    number=numbers.get(_key(bonus, one)),
                )

    def _numbers(self, place: int, reasons: OrderReasons) -> dict[_Key, int]:
        """Give the numbers that the lines of an order have in statements."""
        fact = self.held.fact_id_at(place)
        if self.run is None:
            codes = {part.bonus: code for code, part in enumerate(self.held.result.paid)}
            return {
                _key(bonus, one): number_of(fact, one.line.level, codes[bonus.bonus])
                for bonus, one in _lines(reasons)
            }
        members = Member.objects.filter(code__in={one.member for _, one in _lines(reasons)})
        known = dict(members.values_list("id", "code"))
        lines = Line.objects.filter(run_id=self.run.pk, member_id__in=known, fact_id=fact)
        return {
            (
                self.run.bonuses[line.bonus],
                known[line.member_id],
                line.level,
                Decimal(line.amount_units).scaleb(-self.run.places),
            ): line.number
            for line in lines
        }

    def _unpaid(self, reasons: OrderReasons, names: dict[str, str]) -> Iterator[OrderUnpaid]:
        for bonus in reasons.bonuses:
            for step in bonus.passed_over:
                if step.member in names:
                    yield OrderUnpaid(
                        bonus=bonus.bonus,
                        title=self.words.bonus(bonus.bonus),
                        member=step.member,
                        name=names[step.member],
                        level=step.level,
                        why=path_reason(step, self.words),
                    )

    def _silent(self, reasons: OrderReasons) -> Iterator[OrderSilent]:
        for bonus in reasons.bonuses:
            if bonus.nothing:
                yield OrderSilent(
                    bonus=bonus.bonus,
                    title=self.words.bonus(bonus.bonus),
                    sentences=tuple(nothing_words(bonus, self.words)),
                )

    def _figures(self, found: Iterable[OrderReasons]) -> tuple[str, ...]:
        """Give the figures of an order with the share of it that was paid, for staff only."""
        if not self.by.is_staff:
            return ()
        return tuple(text for one in found for text in figure_words(one, self.words))

    def _budget(self, found: Iterable[OrderReasons]) -> tuple[str, ...]:
        if not self.by.is_staff:
            return ()
        kept = [one.budget for one in found if one.budget is not None]
        return tuple(budget_words(one, self.words) for one in kept)


def _lines(reasons: OrderReasons) -> Iterator[tuple[OrderBonus, OrderLine]]:
    for bonus in reasons.bonuses:
        for one in bonus.lines:
            yield bonus, one


def _key(bonus: OrderBonus, one: OrderLine) -> _Key:
    return bonus.bonus, one.member, one.line.level, Decimal(one.line.amount)


def _named(reasons: OrderReasons) -> Iterator[str]:
    """Give everybody who is paid by an order or passed over."""
    yield from (one.member for _, one in _lines(reasons))
    yield from (step.member for bonus in reasons.bonuses for step in bonus.passed_over)
