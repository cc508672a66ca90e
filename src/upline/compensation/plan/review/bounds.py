"""The most that each bonus, and all together, can come to as a share of what is sold."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.formula import Call, Name, Node, Number, Operation
from upline.compensation.plan.parts import all_nodes, nodes_of, own_part
from upline.compensation.plan.review import linear
from upline.compensation.plan.review.intervals import Interval, is_not_negative, point
from upline.compensation.plan.review.linear import A_MEMBER, A_PERIOD, Linear, NoBound, Sum
from upline.compensation.plan.review.ranges import Ranges
from upline.compensation.plan.review.scales import falls
from upline.compensation.plan.units import Typing

# Levels are listed one by one up to here; a longer list goes on as its last one.
_MOST_LEVELS = 200
ONE = point(Fraction(1))


@dataclass(frozen=True, slots=True)
class Bound:
    """The most of one bonus: shares by field of orders, sums an order; or why there is no end.

    `verdict` is `finite`, `endless` (the tree that `why` names shows it) or `unknown` (none found).
    """

    verdict: Literal["finite", "endless", "unknown"]
    most: Sum = field(default_factory=dict)
    why: str = ""


def bounds_of(ranges: Ranges, without_sales: Collection[str]) -> tuple[dict[str, Bound], Bound]:
    """Give the bound of each bonus and that of all together, with budget and limits.

    They hold over all periods together, where no order takes anything back (`ranges` without
    refunds), before lines are rounded: a line may be rounded up.
    """
    bounds = _Bounds(ranges, without_sales)
    each = {name: bounds.of(name) for name in ranges.file.bonuses}
    return each, _in_all(each, bounds, ranges)


@dataclass(slots=True)
class _Bounds:
    ranges: Ranges
    without_sales: Collection[str]
    found: dict[str, Bound] = field(default_factory=dict)

    @property
    def linear(self) -> Linear:
        return Linear(self.ranges, self._paid)

    def _paid(self, name: str) -> Sum:
        bonuses = self.ranges.file.bonuses
        name = next((owner for owner, bonus in bonuses.items() if own_part(bonus) == name), name)
        if name not in bonuses:
            raise NoBound
        bonus = bonuses[name]
        if isinstance(bonus, schema.BestOf):
            return linear.added(self._paid(other) for other in bonus.of)
        bound = self.of(name)
        if bound.verdict != "finite":
            raise NoBound(bound.why, is_endless=bound.verdict == "endless")
        return bound.most

    def of(self, name: str) -> Bound:
        if name not in self.found:
            bonus = self.ranges.file.bonuses[name]
            try:
                bound = self._bonus(bonus)
            except NoBound as no_bound:
                bound = Bound("endless" if no_bound.is_endless else "unknown", why=no_bound.why)
            if A_MEMBER in bound.most:
                is_without_sales = name in self.without_sales
                bound = Bound("endless" if is_without_sales else "unknown", why="members")
            self.found[name] = bound
        return self.found[name]

    def _bonus(self, bonus: schema.Bonus) -> Bound:
        if not self.ranges.is_possible([(bonus.requires, True)]):
            return Bound("finite")
        match bonus:
            case schema.Own():
                return Bound("finite", self._own(bonus))
            case schema.Level():
                return self._level(bonus)
            case schema.Stairstep():
                return Bound("finite", self._stairstep(bonus))
            case schema.Differential():
                return Bound("finite", self._differential(bonus))
            case schema.Binary():
                return self._binary(bonus)
            case schema.Pool(among="company"):
                return Bound("finite", self.company(bonus.fund))
            case schema.Pool(fund=fund):
                # What each member's recruits share is the fund of a single member.
                return Bound("finite", self.linear.value(fund, is_order=False))
            case schema.Award(amount=amount):
                return Bound("finite", self._in_money(self._award(bonus), amount, bonus))
            case schema.Breakaway(rate=rate, base=base):
                most = self._at_rate(base, self.ranges.value(rate))
                return Bound("finite", self._in_money(most, base, bonus))
            case schema.Board(pay=pay, width=width, depth=depth):
                # Where a board splits, as many places must be taken again as its last level has.
                share = self._high(pay) / width**depth
                return Bound("finite", {linear.AN_ORDER: share})
            case schema.BestOf():
                return Bound("finite")
        return Bound("unknown")

    # Kinds

    def _own(self, bonus: schema.Own) -> Sum:
        if bonus.base is None:
            assert bonus.amount is not None
            is_event = bonus.lines not in ("per_order", "per_period")
            bounding = Linear(self.ranges, self._paid, is_event=is_event)
            most = bounding.value(bonus.amount, is_order=bonus.lines != "per_period")
            return self._in_money(most, bonus.amount, bonus)
        rate = ONE if bonus.rate is None else self.ranges.value(bonus.rate)
        most = self._at_rate(bonus.base, rate)
        return self._in_money(most, bonus.base, bonus, bonus.rate)

    def _award(self, bonus: schema.Award) -> Sum:
        """Bound an award; of several ranks reached at once each is paid."""
        times = Fraction(1)
        if bonus.once == "per_rank":
            times = Fraction(len(self.ranges.names.ranks.get("rank", ())))
        try:
            most = self.linear.value(bonus.amount, is_order=False)
        except NoBound:
            most = {A_MEMBER: Fraction(0)}
        high = self.ranges.value(bonus.amount).high
        if A_MEMBER in most and high is not None:
            most = self._for_each(bonus.requires, high)
        elif most == {A_MEMBER: 0}:
            most = self.linear.value(bonus.amount, is_order=False)
        return linear.scaled(most, times)

    def _for_each(self, rule: values.Rule, high: Fraction) -> Sum:
        """Bound so much for each member who meets `rule` by what each of them must have ordered."""
        for node in all_nodes(self.ranges.file):
            match self.ranges.expanded(node):
                case Operation(operator=">=" | ">", left=Call(function="own") as own, right=right):
                    least = self.ranges.of(right)
                case _:
                    continue
            if not least.is_point or not least.low or least.low < 0:
                continue
            asked = Operation(operator=">=", left=own, right=right)
            if self.ranges.is_possible([(rule, True), (asked, False)]):
                continue
            try:
                ordered = self.linear.of(own, is_order=False)
            except NoBound:
                continue
            return linear.scaled(ordered, max(high, Fraction(0)) / least.low)
        return {A_MEMBER: high} if high > 0 else {}

    def _binary(self, bonus: schema.Binary) -> Bound:
        pays = [one for one in (bonus.rate, bonus.per_cycle) if one is not None]
        pays += [step.pay for step in bonus.steps or ()]
        pays += [bonus.two_to_one.rate] if bonus.two_to_one is not None else []
        if all(self.ranges.value(one) == point(Fraction(0)) for one in pays):
            return Bound("finite")
        if bonus.given_legs is not None:
            return Bound("endless", why="given")
        assert bonus.base is not None
        least = self._least_of_a_leg(bonus)
        if least is not None and isinstance(bonus.cap, values.Formula):
            # Of the volume of a period, a tree has at most one part of that size for each member
            # with so much in both legs. A cap that is not listed for somebody is none.
            most = linear.scaled(self._base(bonus.base), self._high(bonus.cap) / least)
            return Bound("finite", most)
        return Bound("unknown" if self._may_end(bonus) else "endless", why="legs")

    def _may_end(self, bonus: schema.Binary) -> bool:
        """Say whether steps or a cap may put an end to what a full binary tree is paid."""
        assert bonus.base is not None
        if bonus.steps is not None:
            return bonus.max_ratio is not None
        if bonus.cap is None or bonus.carry == "all":
            return False
        is_in_units = bonus.cycle != "whole" or self._is_counted(bonus.base)
        return bonus.carry != "none" or is_in_units

    def _least_of_a_leg(self, bonus: schema.Binary) -> Fraction | None:
        """Give what each leg must have in a period for a member to be paid; None if not known."""
        cycle = bonus.cycle
        assert bonus.base is not None
        is_fit = bonus.carry == "none" and bonus.two_to_one is None
        if (
            not is_fit
            or not isinstance(cycle, schema.Cycle)
            or not self._is_never_below_0(bonus.base)
        ):
            return None
        sizes = [cycle.left, cycle.right] if cycle.strong is None else [cycle.strong, cycle.weak]
        given = [size for size in sizes if size]
        return min(given) if len(given) == 2 else None

    def _is_counted(self, base: values.Value) -> bool:
        typing = Typing(self.ranges.names)
        return typing.value(base, typing.base_context(base)) == "count"

    def _level(self, bonus: schema.Level) -> Bound:
        rates = bonus.levels or bonus.generations
        assert rates is not None
        self._must_not_be_taken_back(rates, bonus.base)
        last = _MOST_LEVELS
        if bonus.depth not in (None, "as_listed"):
            depth = self.ranges.value(bonus.depth).high  # type: ignore[arg-type]
            last = _MOST_LEVELS if depth is None else min(last, int(depth))
        shares = [self._at(rates, level) for level in range(bonus.generations is None, last + 1)]
        if last == _MOST_LEVELS and shares and shares[-1] > 0:
            is_possible = self.ranges.value(bonus.base).high != 0
            return Bound("endless", why="levels") if is_possible else Bound("finite")
        total = sum(shares, Fraction(0))
        if bonus.compression == "merge_up" and bonus.levels is not None:
            # Of a buyer who does not qualify two members stand on level 1.
            total += sum(shares[:1], Fraction(0))
        if bonus.generations is not None and not self._pays_heads_only(bonus):
            return self._between_heads(bonus, shares)
        most = linear.scaled(self._base(bonus.base), total)
        return Bound("finite", self._in_money(most, bonus.base, bonus, rates))

    def _between_heads(self, bonus: schema.Level, shares: list[Fraction]) -> Bound:
        """Say what comes of members who are no heads: all between two heads are of a generation."""
        assert bonus.head is not None
        if not any(shares) or self.ranges.value(bonus.base).high == 0:
            return Bound("finite")
        asks_receiver = any(
            isinstance(node, Name) and node.prefix == "receiver" for node in nodes_of(bonus.head)
        )
        has_heads = self.ranges.is_possible([(bonus.head, True)])
        first = shares[0] if bonus.head_belongs_to == "generation_below" else shares[1]
        if asks_receiver or not (has_heads or first):
            return Bound("unknown")
        return Bound("endless", why="heads")

    def _pays_heads_only(self, bonus: schema.Level) -> bool:
        assert bonus.head is not None
        return not self.ranges.is_possible([(bonus.requires, True), (bonus.head, False)])

    def _at(self, value: values.Value, level: int) -> Fraction:
        """Give the greatest rate that is listed for a level."""
        match value:
            case values.Table(by=None, entries=entries, otherwise=otherwise):
                listed = next((entry for key, entry in entries if key.holds(level)), otherwise)
                return Fraction(0) if listed is None else self._high(listed)
            case values.Formula():
                return self._high(value)
            case values.Table(otherwise=otherwise):
                parts = self.ranges.entries(value) + ([otherwise] if otherwise else [])
                return max((self._at(part, level) for part in parts), default=Fraction(0))
        return max(self._at(part, level) for part in values.parts_of(value))

    def _stairstep(self, bonus: schema.Stairstep) -> Sum:
        rate = self._high(bonus.rate)
        below = bonus.below_first_step
        if below is not None:
            rate = max(rate, self._high(below.rate))
        self._must_not_be_taken_back(bonus.rate, bonus.base)
        # All lines together are what the tops take. Where some may drop out, what the others keep
        # adds up only as rates rise upwards, so that no line is below 0.
        if self._may_drop_out(bonus) and not self._rises(bonus.rate, bonus):
            raise NoBound
        return self._in_money(linear.scaled(self._base(bonus.base), rate), bonus.base, bonus)

    def _may_drop_out(self, bonus: schema.Stairstep) -> bool:
        """Say whether single lines may be left out, or be asked for by others."""
        file = self.ranges.file
        asked = {
            part.name
            for call in all_nodes(file)
            if isinstance(call, Call) and call.function in ("earned", "paid_on")
            for part in formula.walk(call)
            if isinstance(part, Name)
        }
        asked |= {name for best in file.bonuses.values() for name in getattr(best, "of", ())}
        name = next(name for name, one in file.bonuses.items() if one is bonus)
        gates = [gate for gate in file.legal.values() if gate.otherwise == "pay_nothing"]
        return bool(bonus.requires != values.All(()) or gates or asked & {name, own_part(bonus)})

    def _rises(self, value: values.Value, bonus: schema.Stairstep) -> bool:
        """Say whether a value is a scale of the group's volume that never falls."""
        if isinstance(value, values.Formula):
            name = getattr(value.node, "name", "")
            part = self.ranges.file.measures.get(name)
            is_now = part is not None and part.calendar is None
            return is_now and part is not None and self._rises(part.value, bonus)
        if not isinstance(value, values.Scale) or falls(value, self.ranges):
            return False
        below = bonus.below_first_step
        first = self.ranges.value(value.steps[0][1])
        if below is not None and (first.low is None or self._high(below.rate) > first.low):
            return False
        node = self.ranges.expanded(value.of.node)
        if not isinstance(node, Call) or node.function != "group" or node.until is not None:
            return False
        is_same_tree = (node.tree or "sponsor") == bonus.tree and not node.last_days
        return is_same_tree and is_not_negative(self.ranges.of(node.arguments[0]))

    def _differential(self, bonus: schema.Differential) -> Sum:
        for rates in (bonus.share, bonus.slots, bonus.rate):
            if rates is not None:
                self._must_not_be_taken_back(rates, bonus.base)
        base = self._base(bonus.base)
        if bonus.slots is not None:
            share = self._slots(bonus.slots)
        elif bonus.takes == "remaining" and bonus.total is not None:
            share = self._high(bonus.total)
        else:
            assert bonus.share is not None
            share = self._high(bonus.share)
        worth = bonus.rate if bonus.rate is not None else bonus.slots or bonus.share
        if bonus.rate is not None:
            share *= self._high(bonus.rate)
        return self._in_money(linear.scaled(base, share), bonus.base, bonus, worth, bonus.share)

    def _slots(self, slots: values.Value) -> Fraction:
        """Add up the slots of all ranks: each is paid once."""
        ranks = max((len(ranks) for ranks in self.ranges.names.ranks.values()), default=1)
        if isinstance(slots, values.Versions):
            return max(self._slots(part) for part in values.parts_of(slots))
        if not isinstance(slots, values.Table) or slots.otherwise is not None:
            return self._high(slots) * (ranks + 1)
        if any(key.text.endswith("+") for key, _ in slots.entries):
            return self._high(slots) * ranks
        return sum(map(self._high, self.ranges.entries(slots)), Fraction(0))

    def company(self, value: values.Value) -> Sum:
        """Bound a sum of money of the whole company, as of a fund or a limit, taken once."""
        if not isinstance(value, values.Formula):
            return linear.greatest(self.company(part) for part in values.parts_of(value))
        return self._company(self.ranges.expanded(value.node))

    def _company(self, node: Node) -> Sum:
        match node:
            case Number(value=number):
                return {A_PERIOD: number} if number > 0 else {}
            case Call(function="company", arguments=(argument,), last_days=days):
                most = self.linear.of(argument, is_order=self.linear.is_of_orders(node))
                return linear.scaled(most, self.linear.periods_within(days)) if days else most
            case Operation(operator="+", left=left, right=right):
                return linear.added([self._company(left), self._company(right)])
            case Operation(operator="-", left=left, right=right):
                if is_not_negative(self.ranges.of(right)):
                    return self._company(left)
                raise NoBound
            case Operation(operator="*" | "/" as operator, left=left, right=right):
                for one, other in ((right, left), (left, right)):
                    factor = self.ranges.of(one)
                    is_fit = operator == "*" or one is right
                    if is_fit and factor.is_point and factor.low and factor.low > 0:
                        by = factor.low if operator == "*" else 1 / factor.low
                        return linear.scaled(self._company(other), by)
            case Call(function="min", arguments=arguments):
                return self._least(arguments)
        raise NoBound

    def _least(self, parts: tuple[Node, ...]) -> Sum:
        """Bound the least of several sums of the company by the first that has a bound."""
        for part in parts:
            try:
                return self._company(part)
            except NoBound:
                continue
        raise NoBound

    # Parts

    def _at_rate(self, base: values.Value, rate: Interval) -> Sum:
        if rate.high is None:
            raise NoBound
        if not is_not_negative(rate) and not self._is_never_below_0(base):
            raise NoBound
        return linear.scaled(self._base(base), max(rate.high, Fraction(0)))

    def _must_not_be_taken_back(self, rates: values.Value, base: values.Value) -> None:
        """Raise NoBound where a rate below 0 may meet a base below 0, and so pay."""
        if not is_not_negative(self.ranges.value(rates)) and not self._is_never_below_0(base):
            raise NoBound

    def _is_never_below_0(self, value: values.Value) -> bool:
        return is_not_negative(self.ranges.value(value))

    def _high(self, value: values.Value) -> Fraction:
        return max(self.linear.high(value), Fraction(0))

    def _base(self, base: values.Value) -> Sum:
        is_order = Typing(self.ranges.names).base_context(base) == "order"
        return self.linear.value(base, is_order=is_order)

    def _in_money(
        self, most: Sum, base: values.Value, bonus: schema.Bonus, *rates: values.Value | None
    ) -> Sum:
        """Turn a bound in points into money."""
        typing = Typing(self.ranges.names)
        units = {typing.value(base, typing.base_context(base)), typing.value(base, "receiver")}
        units |= {typing.value(rate, "receiver") for rate in rates if rate is not None}
        point_value = bonus.point_value or self.ranges.file.point_value
        if "money" in units or point_value is None or not most:
            return most
        if not self._is_never_below_0(point_value):
            raise NoBound
        return linear.scaled(most, self._high(point_value))


def _in_all(each: dict[str, Bound], bounds: _Bounds, ranges: Ranges) -> Bound:
    """Add the bounds up, and put what budget and limits leave in the place of what they cut."""
    parts = [({name}, bound) for name, bound in each.items()]
    for names, most in _ceilings(bounds, ranges):
        inside = [part for part in parts if part[0] <= names]
        if not inside:
            continue
        ceiling = Bound("finite", most)
        if _is_less(most, _added([bound for _, bound in inside])):
            parts = [part for part in parts if part not in inside]
            parts.append((set().union(*(covered for covered, _ in inside)), ceiling))
    return _added([bound for _, bound in parts])


def _added(parts: list[Bound]) -> Bound:
    for verdict in ("endless", "unknown"):
        if found := [part for part in parts if part.verdict == verdict]:
            return found[0]
    return Bound("finite", linear.added(part.most for part in parts))


def _is_less(most: Sum, other: Bound) -> bool:
    if other.verdict != "finite":
        return True
    return all(share <= other.most.get(key, Fraction(0)) for key, share in most.items())


def _ceilings(bounds: _Bounds, ranges: Ranges) -> Iterator[tuple[set[str], Sum]]:
    """Give the bonuses that a budget or limit cuts, with the ceiling, where it always holds."""
    file = ranges.file
    typing = Typing(ranges.names)
    if file.budget is not None and isinstance(file.budget.most, values.Formula):
        lined = {
            name
            for name, bonus in file.bonuses.items()
            if isinstance(bonus, schema.Sourced)
            and bonus.base is not None
            and bonus.lines == "per_order"
            and typing.base_context(bonus.base) == "order"
        }
        most, spent = ranges.value(file.budget.most), file.budget.spent
        is_ceiling = is_not_negative(most) and (
            spent is None or is_not_negative(ranges.value(spent))
        )
        if is_ceiling:
            with contextlib.suppress(NoBound):
                yield lined, bounds.linear.value(file.budget.most, is_order=True)
    for limit in file.limits.values():
        if limit.per != "company" or not isinstance(limit.most, values.Formula):
            continue
        named = set(limit.bonuses)
        names = {
            name
            for name, bonus in file.bonuses.items()
            if limit.bonuses == "all" or {name, own_part(bonus) or name} <= named
        }
        with contextlib.suppress(NoBound):
            yield names, bounds.company(limit.most)
