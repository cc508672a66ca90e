"""The exchange rates that a plan takes from the run, as of the last day of its period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pyarrow.compute as pc

from upline.commissions.errors import RateMissing
from upline.commissions.models import Period
from upline.compensation.plan import values
from upline.compensation.plan.formula import Word
from upline.compensation.plan.load import Plan
from upline.ledger import queries as ledger

# The source whose rates commissions are computed with.
SOURCE = "company"


def wanted(
    period: Period, plan: Plan, orders: pa.Table, *, on: date, days_back: int
) -> dict[str, pa.Table]:
    """Give the rates that the plan takes from the run, as approved for a day.

    A rate that the day lacks is the last one of so many days before. Raises RateMissing for a
    currency in which orders came in, or that the plan names to pay in. One that only a field of
    members names is refused by its name when the period is computed.
    """
    file = plan.file
    approved = ledger.rates(on=on, source=SOURCE, days_back=days_back)
    found: dict[str, pa.Table] = {}
    if file.exchange == "given":
        worth = {base: rate for (base, quote), rate in approved.items() if quote == file.currency}
        came_in = set(pc.unique(orders["currency"]).to_pylist()) - {file.currency}
        pairs = {code: (code, file.currency) for code in came_in}
        _refuse_missing(period, worth, pairs, on)
        found["exchange"] = _table(worth)
    if file.pay_exchange == "given":
        paid = {quote: rate for (base, quote), rate in approved.items() if base == file.currency}
        pairs = {code: (file.currency, code) for code in paid_in(plan) - {file.currency}}
        _refuse_missing(period, paid, pairs, on)
        found["pay_exchange"] = _table(paid)
    return found


def paid_in(plan: Plan) -> set[str]:
    """Give the currencies to pay in that the plan names."""
    content = plan.file.pay_currency
    return set() if content is None else set(_texts(content))


def _texts(content: values.Value) -> Iterator[str]:
    if isinstance(content, values.Formula) and isinstance(content.node, Word):
        yield content.node.text
    for part in values.parts_of(content):
        yield from _texts(part)


def _refuse_missing(
    period: Period, known: Iterable[str], pairs: Mapping[str, tuple[str, str]], on: date
) -> None:
    for currency in sorted(pairs.keys() - set(known)):
        base, quote = pairs[currency]
        raise RateMissing(period=period, currency=base, base=quote, on=on, source=SOURCE)


def read(table: pa.Table | None) -> Mapping[str, Fraction]:
    """Give rates as they were kept; none where none were."""
    if table is None:
        return {}
    return {row["currency"]: Fraction(row["rate"]) for row in table.to_pylist()}


def _table(rates: Mapping[str, Decimal]) -> pa.Table:
    listed = sorted(rates.items())
    return pa.table(
        {
            "currency": pa.array([code for code, _ in listed], pa.string()),
            # As decimals, which is what anybody can read who computes it again.
            "rate": pa.array([format(rate, "f") for _, rate in listed], pa.string()),
        }
    )
