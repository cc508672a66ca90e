"""Refusals of the engine: each names what was asked, what stands in the way and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a text file; line and column count from 1, 0 means the whole file."""

    file: str = ""
    line: int = 0
    column: int = 0

    def moved(self, columns: int) -> Place:
        """Give the place so many columns to the right on the same line."""
        return Place(self.file, self.line, self.column + columns)

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.line, self.column) if part)
        return ":".join(part for part in (self.file, where) if part)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a plan or with input, its place and what to write instead."""

    place: Place
    code: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f"\n    {self.remedy}" if self.remedy else ""
        place = f"{self.place}: " if str(self.place) else ""
        return f"{place}{self.problem} [{self.code}]{remedy}"


class Refused(Exception):
    """Something was refused as a whole; `faults` lists every reason, in order of place."""

    what = "This"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: Sequence[Fault] = sorted(set(faults), key=lambda fault: fault.place)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @classmethod
    def because(
        cls, code: str, problem: str, remedy: str = "", place: Place | None = None
    ) -> Refused:
        """Refuse for a single reason."""
        return cls([Fault(place or Place(), code, problem, remedy)])


class PlanRefused(Refused):
    """The plan cannot be read or would not be computed as written."""

    what = "The plan"


class InputRefused(Refused):
    """Members, orders or other input cannot be computed as given."""

    what = "The input"
