"""Holds what a case expects against what the engine gave."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from upline.cases.case import Case, Expectation, Outcome
from upline.cases.expectations import NO_RANK, TOTAL
from upline.compensation.errors import Place

GIVEN_TOTAL = "all"
NOTHING = "nothing"
Row = Mapping[str, Any]


@dataclass(slots=True)
class Comparison:
    """The results of a case by period, and each expectation's outcome."""

    case: Case
    results: Mapping[str, Any]
    tables: dict[tuple[str, ...], list[Row]] = field(default_factory=dict)

    def outcomes(self) -> Iterator[Outcome]:
        """Give the outcome of each expectation, and of each line that a complete case forgot."""
        for expectation in self.case.expectations:
            yield self._pay(expectation) if expectation.about == "pay" else self._other(expectation)
        if self.case.is_complete:
            yield from self._unexpected()

    def _table(self, period: str, name: str, *argument: str) -> list[Row]:
        key = (period, name, *argument)
        if key not in self.tables:
            found = getattr(self.results[period], name)
            table: pa.Table = found(*argument) if argument else found
            self.tables[key] = table.to_pylist()
        return self.tables[key]

    def _periods(self, expectation: Expectation) -> Iterable[str]:
        return [expectation.period] if expectation.period else self.case.periods

    # Pay

    def _pay(self, expectation: Expectation) -> Outcome:
        rows = list(self._paid(expectation))
        got = sum((row["amount"] for row in rows), Decimal(0))
        return Outcome(
            expectation=expectation,
            verdict="passed" if got == Decimal(expectation.value) else "failed",
            got=f"{got:f}",
            found=tuple(line_of(row) for row in rows),
        )

    def _paid(self, expectation: Expectation) -> Iterator[Row]:
        """Give the lines, or for a total the sums by bonus, that an expectation speaks of."""
        for period in self._periods(expectation):
            if expectation.name == TOTAL:
                for row in (*self._table(period, "totals"), *self._given_totals(period)):
                    if expectation.who in ("", row["member"]):
                        yield row
            else:
                yield from (
                    row for row in self._table(period, "lines") if speaks_of(expectation, row)
                )

    def _given_totals(self, period: str) -> Iterator[Row]:
        """Give the finished totals that came in: they are paid, and no bonus computes them."""
        if self.case.earnings is not None:
            for row in self.case.earnings.of_period(period).values:
                if row["bonus"] == GIVEN_TOTAL:
                    yield {**row, "amount": Decimal(row["amount"])}

    def _unexpected(self) -> Iterator[Outcome]:
        """Give an outcome for whoever is paid by a bonus that no expectation mentions."""
        listed = [one for one in self.case.expectations if one.about == "pay" and one.name != TOTAL]
        left: dict[tuple[str, str, str], list[Row]] = {}
        for period in self.case.periods:
            for row in self._table(period, "lines"):
                known = (one for one in listed if one.period in ("", period))
                if row["amount"] and not any(speaks_of(one, row) for one in known):
                    left.setdefault((row["member"], row["bonus"], period), []).append(row)
        for (member, bonus, period), rows in left.items():
            yield Outcome(
                expectation=Expectation(
                    place=Place(str(self.case.path)),
                    about="pay",
                    who=member,
                    name=bonus,
                    value="nothing, as the case is complete",
                    period=period if len(self.case.periods) > 1 else "",
                ),
                verdict="failed",
                got=f"{sum((row['amount'] for row in rows), Decimal(0)):f}",
                found=tuple(line_of(row) for row in rows),
            )

    # All else

    def _other(self, expectation: Expectation) -> Outcome:
        period = next(iter(self._periods(expectation)))
        got = self._got(expectation, period)
        is_same = same(expectation.value, got)
        return Outcome(expectation=expectation, verdict="passed" if is_same else "failed", got=got)

    def _got(self, expectation: Expectation, period: str) -> str:
        who, name = expectation.who, expectation.name
        match expectation.about:
            case "rank" | "title" as column:
                found = self._value(period, "ranks", {"member": who, "ladder": name}, column)
                return NO_RANK if found in ("", NOTHING) else found
            case "legal":
                return self._value(period, "legal", {"member": who, "gate": name}, "holds")
            case "wallet":
                found = self._value(period, "wallets", {"member": who, "wallet": name}, "amount")
                return "0" if found == NOTHING else found
            case "state" if (asked := self.results[period].asked_state(who, name)) is not None:
                return asked
            case "state":
                found = self._value(period, "states", {"member": who, "name": name}, "value")
                if found == NOTHING and self.results[period].reports(name):
                    return _none_of(expectation.value)
                return found
            case _:
                return self._measured(expectation, period)

    def _value(self, period: str, table: str, key: Mapping[str, str], column: str) -> str:
        for row in self._table(period, table):
            if all(row[name] == value for name, value in key.items()):
                return text_of(row[column])
        return NOTHING

    def _measured(self, expectation: Expectation, period: str) -> str:
        who = expectation.who
        if expectation.subject == "member":
            rows = self._table(period, "measure", expectation.name)
            return next((text_of(row["value"]) for row in rows if row["member"] == who), NOTHING)
        rows = self._table(period, "order_value", expectation.name)
        if expectation.subject == "order":
            return next((text_of(row["value"]) for row in rows if row["order"] == who), NOTHING)
        orders = {row["id"] for row in self.case.orders.values if row.get("customer") == who}
        values = [text_of(row["value"]) for row in rows if row["order"] in orders]
        numbers = [number_of(value) for value in values]
        if None in numbers:
            return ", ".join(values)
        return text_of(sum((number for number in numbers if number is not None), Fraction(0)))


def _none_of(expected: str) -> str:
    """Say how it is written that there is none: where nothing is reported, it is 0 or no."""
    if number_of(expected) is not None:
        return "0"
    return "no" if expected in ("yes", "no") else NOTHING


def speaks_of(expectation: Expectation, row: Row) -> bool:
    """Say whether a line is one of those that an expectation adds up."""
    level = row.get("level")
    return (
        row["bonus"] == expectation.name
        and expectation.who in ("", row["member"])
        and expectation.of_member in ("", row["buyer"])
        and expectation.order in ("", row["order"])
        and (not expectation.level or (level is not None and int(expectation.level) == level))
    )


def same(expected: str, got: str) -> bool:
    """Compare two values: as numbers where both are, else as texts.

    >>> same("1 %", "0.0100"), same("0", "no")
    (True, False)
    """
    wanted, found = number_of(expected), number_of(got)
    if wanted is None or found is None:
        return expected == got
    return wanted == found


def number_of(value: str) -> Fraction | None:
    """Give the number that a text holds, a ratio in percent included; None if it holds none."""
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?(?:/\d+)?)( ?%)?", value)
    if match is None:
        return None
    return Fraction(match[1]) / (100 if match[2] else 1)


def text_of(value: object) -> str:
    """Give a value of a result as it is written in a case."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def line_of(row: Row) -> str:
    """Describe a line of pay, or the total of a bonus."""
    parts = [f"order {row['order']}"] if row.get("order") else []
    parts += [f"from {row['buyer']}"] if row.get("buyer") else []
    parts += [f"level {row['level']}"] if row.get("level") is not None else []
    if row.get("base") is not None:
        parts.append(f"{text_of(row['base'])} x {text_of(row.get('rate'))}")
    words = ", ".join(parts) or "sum"
    return f"{row['member']}, {row['bonus']}: {words} = {text_of(row['amount'])}"
