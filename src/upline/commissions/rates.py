"""The exchange rates that a plan takes from the run, as of the last day of its period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

import pyarrow as pa

from upline.commissions import frozen
from upline.commissions.errors import RateMissing
from upline.commissions.models import Period
from upline.compensation.plan.load import Plan

# The source whose rates commissions are computed with.
SOURCE = "company"


def wanted(period: Period, plan: Plan, orders: pa.Table) -> dict[str, pa.Table]:
    """Give the rates that the plan takes from the run.

    Raises RateMissing for a currency in which orders came in. A currency to pay in that has no
    rate is refused by name when the period is computed.
    """
    file = plan.file
    on = period.ends_on - timedelta(days=1)
    found: dict[str, pa.Table] = {}
    if file.exchange == "given":
        worth = _worth(file.currency, on)
        for currency in sorted(set(orders["currency"].to_pylist()) - {file.currency}):
            if currency not in worth:
                raise RateMissing(
                    period=period, currency=currency, base=file.currency, on=on, source=SOURCE
                )
        found["exchange"] = _table(worth)
    if file.pay_exchange == "given":
        worth = _worth(file.currency, on)
        found["pay_exchange"] = _table({code: 1 / rate for code, rate in worth.items()})
    return found


def _worth(base: str, on: date) -> Mapping[str, Fraction]:
    from upline.ledger import rates as ledger_rates  # noqa: PLC0415

    return ledger_rates.rates_to(base=base, on=on, source=SOURCE)


def kept(period: Period, name: str) -> Mapping[str, Fraction]:
    """Give rates as they were frozen."""
    table = frozen.kept(period, name)
    if table is None:
        return {}
    return {row["currency"]: Fraction(row["rate"]) for row in table.to_pylist()}


def _table(rates: Mapping[str, Fraction]) -> pa.Table:
    listed = sorted(rates.items())
    return pa.table(
        {
            "currency": pa.array([code for code, _ in listed], pa.string()),
            "rate": pa.array([str(rate) for _, rate in listed], pa.string()),
        }
    )
