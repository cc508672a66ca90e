"""The figure: exact shares of whole minor units, rounded once, half a unit up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from upline.money import Money
from upline.payouts.errors import ContractForbidsPayout, TaxCurrency, TaxUnconfirmed
from upline.payouts.taxes.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What a person was paid by a kind of contract this year before, and what was kept of it."""

    gross_minor: int = 0
    tax_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What is kept from a payout, by which rule, and what it was counted on."""

    tax: Money
    base: Money
    rule: Rule


def withheld(
    gross: Money, *, rule: Rule, before: Paid, confirmed: Collection[str] = ()
) -> Withheld:
    """Give what is kept of an amount that leaves the wallet.

    A rule of the year counts all of the year and takes off what was kept before, so that what was
    taken back or sent back since is made good by the next payout; less than nothing is not kept.
    Raises ContractForbidsPayout, TaxUnconfirmed, TaxCurrency.
    """
    if rule.is_forbidden:
        raise ContractForbidsPayout(contract=rule.contract, law=rule.law)
    if rule.needs and rule.id not in confirmed:
        raise TaxUnconfirmed(rule=rule.id)
    if not rule.steps:
        return Withheld(tax=Money(0, gross.currency), base=gross, rule=rule)
    if gross.currency != rule.currency:
        raise TaxCurrency(rule=rule.id, currency=rule.currency, other=gross.currency)
    so_far = before if rule.of_year else Paid()
    due = _tax(rule, _base(rule, so_far.gross_minor + gross.minor))
    tax_minor = min(max(due - so_far.tax_minor, 0), gross.minor)
    return Withheld(
        tax=Money(tax_minor, gross.currency),
        base=Money(_base(rule, gross.minor), gross.currency),
        rule=rule,
    )


def _base(rule: Rule, gross_minor: int) -> int:
    return _rounded(gross_minor * (1 - rule.costs), rule.base_unit)


def _tax(rule: Rule, base_minor: int) -> int:
    ends = [one.above_minor for one in rule.steps[1:]] + [base_minor]
    parts = (
        max(min(base_minor, end) - step.above_minor, 0) * step.rate
        for step, end in zip(rule.steps, ends, strict=True)
    )
    return _rounded(sum(parts, Fraction(0)), rule.tax_unit)


def _rounded(exact: Fraction, unit: int) -> int:
    """Round to whole units, half a unit up.

    >>> _rounded(Fraction(149), 100), _rounded(Fraction(150), 100)
    (100, 200)
    """
    return int((exact / unit + Fraction(1, 2)) // 1) * unit
