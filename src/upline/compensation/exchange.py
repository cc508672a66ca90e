"""Rates between currencies: what orders are worth in the plan's, and what it pays in others."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from upline.compensation.columns import SAFE, Numbers, common_unit, multiplied
from upline.compensation.errors import Fault, InputRefused, Place
from upline.compensation.plan.schema import PlanFile
from upline.compensation.tables import Reader

Rates = Mapping[str, Fraction]


def faults_of_rates(file: PlanFile, given: Mapping[str, Rates]) -> list[Fault]:
    """Give what is wrong with the rates that come with a run, under `exchange`, `pay_exchange`.

    Rates that the plan does not take are refused, for they would change nothing.
    """
    faults = []
    for name, rates in given.items():
        place = Place(name.replace("_", " "))
        if rates and getattr(file, name) != "given":
            problem = f"The plan takes no rates from the run for '{name}'."
            remedy = f"Write '{name}: given' in the plan, or give the run no such rates."
            faults.append(Fault(place, "exchange.not_taken", problem, remedy))
        for currency, rate in rates.items():
            if rate <= 0:
                problem = f"The rate {rate} of {currency} is not above 0."
                remedy = "Correct it: a currency is always worth something."
                faults.append(Fault(place, "exchange.not_positive", problem, remedy))
    return faults


def worth_of_orders(orders: Reader, file: PlanFile, given: Rates) -> Numbers | None:
    """Give for each order what one unit of its currency is worth in the plan's."""
    if not orders.has("currency"):
        return None
    rates = {**(file.exchange if isinstance(file.exchange, dict) else given)}
    rates[file.currency] = Fraction(1)
    spec = file.orders.get("currency")
    codes = orders.codes("currency", default=(spec.default or "").strip() if spec else "")
    worths = []
    for code, label in enumerate(codes.labels):
        if label not in rates:
            row = int(np.flatnonzero(codes.values == code)[0])
            problem = f"There is no exchange rate from {label} to {file.currency}."
            remedy = _remedy(file, "exchange", label, f"{file.currency} for one {label}")
            orders.fault(row, "currency", "table.exchange", problem, remedy)
        worths.append(rates.get(label, Fraction(1)))
    worths.append(Fraction(1))
    unit = common_unit(worths)
    whole: list[Any] = [int(worth / unit) for worth in worths]
    if max(whole) >= SAFE:
        _add_too_fine(orders, file, rates)
        return None
    return Numbers(np.asarray(whole, np.int64)[codes.values], unit)


def in_worth(
    column: Numbers, worth: Numbers, orders: Reader, file: PlanFile, given: Rates
) -> Numbers:
    """Give money of orders in the plan's currency; a rate with which it passes 64 bits is a fault."""
    product = multiplied(column, worth)
    if product.values.dtype == object and column.values.dtype != object:
        _add_too_fine(orders, file, file.exchange if isinstance(file.exchange, dict) else given)
        return column
    return product


def _add_too_fine(orders: Reader, file: PlanFile, rates: Rates) -> None:
    """List the finest of the rates that the orders need as a fault."""
    needed = sorted(rates.keys() & set(orders.codes("currency").labels))
    label = max(needed, key=lambda one: rates[one].denominator)
    finest = Decimal(rates[label].numerator) / Decimal(rates[label].denominator)
    problem = (
        f"The rate {finest:f} of {label} is so fine that the orders' money in it passes "
        "9.2 x 10^18 smallest units."
    )
    remedy = "Round the rate: six decimals are enough between most currencies."
    place = file.place if isinstance(file.exchange, dict) else Place("exchange")
    fault = Fault(place, "exchange.too_fine", problem, remedy)
    if fault not in orders.faults:
        orders.faults.append(fault)


def pay_rate(file: PlanFile, given: Rates, currency: str) -> Fraction:
    """Give how much of a currency one unit of the plan's is paid with; a missing rate is refused."""
    if currency == file.currency:
        return Fraction(1)
    rates = file.pay_exchange if isinstance(file.pay_exchange, dict) else given
    if currency not in rates:
        problem = f"There is no rate to pay in {currency}."
        remedy = _remedy(file, "pay_exchange", currency, f"{currency} for one {file.currency}")
        raise InputRefused([Fault(file.place, "result.pay_exchange", problem, remedy)])
    return rates[currency]


def _remedy(file: PlanFile, name: str, currency: str, meaning: str) -> str:
    if getattr(file, name) == "given":
        option = name.replace("_", "-")
        return f"Add {currency} to the rates of the run (--{option}): {meaning}."
    return f"Add '{name}: {{{currency}: ...}}' to the plan: {meaning}; or write '{name}: given'."
