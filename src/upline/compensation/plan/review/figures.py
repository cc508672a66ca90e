"""Figures that mean something else than they look like: rates, and thresholds of ranks."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.formula import Number, Operation, Unary
from upline.compensation.plan.parts import parts_of, slots_of
from upline.compensation.plan.review.finding import Finding
from upline.compensation.plan.review.ranges import Ranges
from upline.compensation.plan.review.reaching import ladders
from upline.compensation.plan.units import Typing

# Rates by which a base is multiplied; slots, and shares that a rate multiplies, count units.
_RATES = ("levels", "generations", "rate", "share")
_AT_LEAST = (">", ">=")


def figure_findings(ranges: Ranges) -> Iterator[Finding]:
    """Find rates of 100 % and more without a sign, rates below 0, and ranks that ask for less."""
    for bonus in ranges.file.bonuses.values():
        for rate in _rates_of(bonus, ranges):
            yield from _rate(rate)
    for wallet in ranges.file.wallets.values():
        yield from _rate(wallet.share)
    yield from _weaker_ranks(ranges)


def _rates_of(bonus: schema.Bonus, ranges: Ranges) -> Iterator[values.Value]:
    """Give the rates of a bonus that is paid as a share of money or points."""
    base = getattr(bonus, "base", None)
    if base is not None:
        typing = Typing(ranges.names)
        if typing.value(base, typing.base_context(base)) not in ("money", "points"):
            return
    for part in parts_of(bonus):
        for name, content, _ in slots_of(part):
            is_of_units = name == "share" and getattr(part, "rate", None) is not None
            is_value = not isinstance(content, values.All | values.AnyOf)
            if name in _RATES and is_value and not is_of_units:
                yield content  # type: ignore[misc]


def _rate(value: values.Value) -> Iterator[Finding]:
    if not isinstance(value, values.Formula):
        for part in values.parts_of(value):
            yield from _rate(part)
        return
    match value.node:
        case Number(unit="", value=number) if number >= 1:
            about = (("what", value.text), ("share", str(number)))
            yield Finding("rate_without_sign", value.node.place, about)
        case Unary(operator="-", operand=Number()):
            yield Finding("rate_negative", value.node.place, (("what", value.text),))


def _weaker_ranks(ranges: Ranges) -> Iterator[Finding]:
    for _, ladder in ladders(ranges.file):
        for lower, higher in pairwise(ladder):
            asked = _thresholds(lower.needs, ranges)
            for what, least in _thresholds(higher.needs, ranges).items():
                if what in asked and least < asked[what]:
                    about = (("what", higher.rank), ("other", lower.rank), ("measure", what))
                    yield Finding("rank_weaker", higher.place, about)


def _thresholds(rule: values.Rule, ranges: Ranges) -> dict[str, Fraction]:
    """Give the least of each figure that a condition asks for beside all else."""
    if isinstance(rule, values.All):
        found: dict[str, Fraction] = {}
        for part in rule.parts:
            for what, least in _thresholds(part, ranges).items():
                found[what] = max(least, found.get(what, least))
        return found
    match rule:
        case values.Formula(node=Operation(operator=operator, left=left, right=right)) if (
            operator in _AT_LEAST and ranges.ladder_of(left) is None
        ):
            asked = ranges.of(ranges.expanded(right))
            if asked.is_point and asked.low is not None:
                return {formula.text_of(left): asked.low}
    return {}
