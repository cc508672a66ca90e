"""Reads a table of exchange rates."""

from __future__ import annotations

import re
from fractions import Fraction

import pyarrow as pa

from upline.compensation.errors import Fault, InputRefused
from upline.compensation.tables import Reader, Source

_DECIMAL = re.compile(r"\d+(\.\d+)?")


def read_rates(table: pa.Table, source: Source) -> dict[str, Fraction]:
    """Give the rate of each currency from the columns `currency` and `rate`.

    Raises InputRefused with every currency that is none or stands twice, and with every rate that
    is no decimal above 0.
    """
    faults: list[Fault] = []
    reader = Reader(table, source, faults)
    currencies, written = reader.raw("currency").to_pylist(), reader.raw("rate")
    if pa.types.is_floating(written.type):
        reader.numbers("rate", 0)
        raise InputRefused(faults)
    rates: dict[str, Fraction] = {}
    for row, (currency, rate) in enumerate(zip(currencies, written.to_pylist(), strict=True)):
        code, text = str(currency or "").strip(), str("" if rate is None else rate).strip()
        if reader.has("currency") and not re.fullmatch("[A-Z]{3}", code):
            problem = f"'{code}' is not the code of a currency."
            remedy = "Write three capital letters, as in USD."
            reader.fault(row, "currency", "rates.currency", problem, remedy)
        elif code in rates:
            problem = f"The rate of {code} stands twice."
            reader.fault(row, "currency", "rates.twice", problem, "Keep one of the rows.")
        elif reader.has("rate") and not (_DECIMAL.fullmatch(text) and Fraction(text) > 0):
            problem = f"'{text}' is no rate."
            remedy = "Write a decimal above 0, as in 0.92."
            reader.fault(row, "rate", "rates.rate", problem, remedy)
        else:
            rates[code] = Fraction(text or 0)
    if faults:
        raise InputRefused(faults)
    return rates
