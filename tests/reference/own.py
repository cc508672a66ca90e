"""The bonus kind own."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference import choices
from tests.reference.drafts import (
    Draft,
    Source,
    in_money,
    is_of_members,
    named_member,
    paid_orders,
    pays,
    receiver_scope,
    sources,
    unit_of,
)
from tests.reference.scope import Order, Scope, is_empty, of_order
from tests.reference.world import WorldRefused
from upline.compensation.plan.schema import Own

if TYPE_CHECKING:
    from tests.reference.period import Period


def drafts(period: Period, name: str, bonus: Own) -> list[Draft]:
    """Pay the buyer, or whom `to` names, for orders, for the period, for an event, or as a member."""
    if is_of_members(period, bonus):
        found = [(_to(period, bonus, source), source) for source in sources(period, bonus)]
        if bonus.negative is not None:
            return _per_period(period, name, bonus, found)
        return _paid(period, name, bonus, found)
    per_order = [_source(period, bonus, order) for order in paid_orders(period, bonus)]
    aimed = [(_to(period, bonus, source), source) for source in per_order]
    match bonus.lines:
        case "per_order":
            return _paid(period, name, bonus, aimed)
        case "per_period":
            return _per_period(period, name, bonus, aimed)
        case "per_buyer":
            return _paid(period, name, bonus, _per_buyer(aimed))
    return _per_event(period, name, bonus, aimed)


def _source(period: Period, bonus: Own, order: Order) -> Source:
    base = Fraction(0) if bonus.base is None else period.amount(bonus.base, of_order(order))
    return Source(buyer=str(order["member"]), base=base, order=order)


def _to(period: Period, bonus: Own, source: Source) -> str | None:
    if bonus.to == "member":
        return source.buyer
    return named_member(period, bonus.to, source.buyer, source.order)


Aimed = list[tuple[str | None, Source]]


def _paid(period: Period, name: str, bonus: Own, aimed: Aimed) -> list[Draft]:
    found = []
    for receiver, source in aimed:
        if receiver is not None and pays(period, bonus, receiver):
            scope = receiver_scope(receiver, source)
            found.append(_draft(period, name, bonus, source, scope))
    return found


def _draft(period: Period, name: str, bonus: Own, source: Source, scope: Scope) -> Draft:
    """Make a line, and note what is granted beside it."""
    receiver = str(scope.receiver)
    amount = _amount(period, bonus, source.base, scope)
    # A line on a negative base is a refund: it takes back what was granted.
    granted_on = source.base if bonus.amount is None else amount
    sign = (granted_on > 0) - (granted_on < 0)
    for granted, count in bonus.grants.items():
        key = (receiver, name, granted)
        before = period.grants.get(key, Fraction(0))
        period.grants[key] = before + sign * period.amount(count, scope)
        period.hits["own grants"] += 1
    return Draft(
        receiver=receiver,
        bonus=name,
        buyer=source.buyer,
        order=source.order,
        amount=amount,
    )


def _amount(period: Period, bonus: Own, base: Fraction, scope: Scope) -> Fraction:
    if bonus.amount is not None:
        amount = period.amount(bonus.amount, scope)
        return in_money(period, bonus, amount, [unit_of(period, bonus.amount, "receiver")], scope)
    rate = Fraction(1) if bonus.rate is None else period.amount(bonus.rate, scope)
    units = [unit_of(period, bonus.base, "base"), unit_of(period, bonus.rate, "receiver")]
    return in_money(period, bonus, base * rate, units, scope) if rate else Fraction(0)


def _per_buyer(aimed: Aimed) -> Aimed:
    found: dict[tuple[str | None, str], Source] = {}
    for receiver, source in aimed:
        before = found.get((receiver, source.buyer))
        base = source.base + (before.base if before else 0)
        found[receiver, source.buyer] = Source(buyer=source.buyer, base=base)
    return [(receiver, source) for (receiver, _), source in found.items()]


def _per_period(period: Period, name: str, bonus: Own, aimed: Aimed) -> list[Draft]:
    """Make one line a receiver; a negative sum is kept, carried or reset."""
    bases: dict[str, Fraction] = {}
    for receiver, source in aimed:
        if receiver is not None:
            bases[receiver] = bases.get(receiver, Fraction(0)) + source.base
    brought = period.previous.carried if period.previous else {}
    waiting = {member for member, bonus_name in brought if bonus_name == name}
    found = []
    for receiver in [one for one in period.company.members if one in bases or one in waiting]:
        period.hits["own per_period"] += 1
        source = Source(buyer=receiver, base=bases.get(receiver, Fraction(0)))
        draft = _balance(period, name, bonus, source)
        if draft is not None:
            found.append(draft)
    return found


def _balance(period: Period, name: str, bonus: Own, source: Source) -> Draft | None:
    receiver = source.buyer
    scope = receiver_scope(receiver, source)
    brought = period.previous.carried if period.previous else {}
    balance = source.base + brought.get((receiver, name), Fraction(0))
    negative = "kept"
    if bonus.negative is not None:
        negative = choices.word(period, bonus.negative, scope) or "kept"
    if balance < 0:
        period.hits[f"own negative {negative}"] += 1
    if balance < 0 and negative != "kept":
        if negative == "carried":
            period.carried[receiver, name] = balance
        return None
    if not pays(period, bonus, receiver):
        return None
    return _draft(period, name, bonus, replace(source, base=balance), scope)


def _per_event(period: Period, name: str, bonus: Own, aimed: Aimed) -> list[Draft]:
    """Make one line for each value of an order's text field; the receiver is the same for all."""
    events: dict[str, Aimed] = {}
    for receiver, source in aimed:
        event = period.order_value(source.order or {}, bonus.lines)
        if receiver is not None and not is_empty(event):
            events.setdefault(str(event), []).append((receiver, source))
    found = []
    for event, parts in sorted(events.items()):
        receivers = {receiver for receiver, _ in parts}
        if len(receivers) > 1:
            raise WorldRefused(f"The orders of {bonus.lines} {event} name several receivers.")
        receiver = str(receivers.pop())
        period.hits["own event"] += 1
        orders = tuple(
            order for order in period.orders if period.order_value(order, bonus.lines) == event
        )
        scope = Scope(member=receiver, receiver=receiver, event=orders)
        if not period.rule(bonus.requires, scope):
            continue
        base = sum((source.base for _, source in parts), Fraction(0))
        draft = _draft(period, name, bonus, Source(buyer=receiver, base=base), scope)
        found.append(replace(draft, buyer=None))
    return found
