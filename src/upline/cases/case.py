"""What a golden case holds, and what came of running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal

import pyarrow as pa

from upline.compensation.errors import Fault, Place, Refused
from upline.compensation.periods import Period
from upline.compensation.plan.load import Plan
from upline.compensation.tables import Source

About = Literal["pay", "rank", "title", "measure", "legal", "wallet", "state"]
Subject = Literal["member", "order", "customer", "everybody"]
Verdict = Literal["passed", "failed", "waiting"]


class CaseRefused(Refused):
    """A case file cannot be read as written; `faults` lists every reason."""

    what = "The case"


@dataclass(frozen=True, slots=True)
class CaseSource(Source):
    """Where each cell of a table stands in the case file."""

    rows: tuple[Place, ...] = ()
    cells: Mapping[tuple[int, str], Place] = field(default_factory=dict)

    def place(self, row: int, column: str = "") -> Place:
        """Say where a row, and a column of it, is written."""
        at = self.rows[row] if row < len(self.rows) else Place(self.name)
        return self.cells.get((row, column), at)


@dataclass(frozen=True, slots=True)
class Rows:
    """A table as written in a case: one mapping of texts a row, and where they stand."""

    values: tuple[Mapping[str, str], ...] = ()
    places: tuple[Place, ...] = ()
    cells: Mapping[tuple[int, str], Place] = field(default_factory=dict)

    def table(self, columns: tuple[str, ...]) -> pa.Table:
        """Give the rows as columns of text, the named ones even where no row fills them."""
        names = dict.fromkeys([*columns, *(name for row in self.values for name in row)])
        texts = {name: [row.get(name) or None for row in self.values] for name in names}
        return pa.table({name: pa.array(column, pa.string()) for name, column in texts.items()})

    def source(self, file: str) -> CaseSource:
        """Give the places of the rows to messages of the engine."""
        columns = tuple(dict.fromkeys(name for row in self.values for name in row)) or ("id",)
        return CaseSource(file, columns=columns, rows=self.places, cells=self.cells)

    def of_period(self, period: str) -> Rows:
        """Give the rows of one period, without the column that names it."""
        chosen = [row for row, values in enumerate(self.values) if values["period"] == period]
        numbers = {row: number for number, row in enumerate(chosen)}
        return Rows(
            tuple(
                {name: text for name, text in self.values[row].items() if name != "period"}
                for row in chosen
            ),
            tuple(self.places[row] for row in chosen),
            {(numbers[row], name): at for (row, name), at in self.cells.items() if row in numbers},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One line under `expect...`: what somebody should get, hold or measure."""

    place: Place
    about: About
    subject: Subject = "member"
    who: str = ""
    name: str
    value: str
    period: str = ""
    of_member: str = ""
    order: str = ""
    level: str = ""

    def __str__(self) -> str:
        parts = [self.who or "everybody", self.name]
        parts += [f"from {self.of_member}"] if self.of_member else []
        parts += [f"order {self.order}"] if self.order else []
        parts += [f"level {self.level}"] if self.level else []
        parts += [f"period {self.period}"] if self.period else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A checked case: a plan, what goes in, and what should come out."""

    path: Path
    title: str
    plan: Plan
    periods: Mapping[str, Period]
    calendars: Mapping[str, str]
    members: Rows
    orders: Rows
    earnings: Rows | None
    legs: Rows | None
    exchange: Mapping[str, Fraction]
    pay_exchange: Mapping[str, Fraction]
    expectations: tuple[Expectation, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One expectation held against the result; `found` are the lines that were looked at."""

    expectation: Expectation
    verdict: Verdict
    got: str = ""
    found: tuple[str, ...] = ()

    def __str__(self) -> str:
        wanted = self.expectation
        if self.verdict == "waiting":
            return f"{wanted.place}: {wanted}: expected {wanted.value}, not computed yet"
        head = f"{wanted.place}: {wanted}: expected {wanted.value}, got {self.got}"
        if self.verdict == "passed" or wanted.about != "pay":
            return head
        return "\n".join([head, *(f"    {line}" for line in self.found or ("no line was found",))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of a case.

    `waits_for` names the rules that are not computed yet; `refused` says why the input or the plan
    could not be run at all, and then no expectation was looked at.
    """

    case: Case
    outcomes: tuple[Outcome, ...] = ()
    waits_for: tuple[str, ...] = ()
    refused: tuple[Fault, ...] = ()

    def count(self, verdict: Verdict) -> int:
        """Count the expectations that passed, failed or wait."""
        return sum(outcome.verdict == verdict for outcome in self.outcomes)

    @property
    def has_failed(self) -> bool:
        """Say whether anything came out otherwise than expected, or could not be run."""
        return bool(self.refused) or self.count("failed") > 0
