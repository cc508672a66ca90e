"""What is wrong with members to be loaded: every fault, with its row and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.foundation.errors import DomainError

SHOWN = 20
Rows = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LoadFault:
    """One thing that is wrong. Rows count from 1, the line of names not counted; 0 is the table."""

    row: int
    column: str
    code: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        where = f"row {self.row}, " if self.row else ""
        return f"{where}{self.column}: {self.problem} {self.remedy} [{self.code}]"


class MembersRefused(DomainError):
    """Members cannot be loaded as given; nothing was written."""

    code = "network.members_refused"
    text = "%(count)s faults, so none of the members was loaded:\n%(shown)s"
    remedy = "Correct them all and load again."

    def __init__(self, faults: Sequence[LoadFault]) -> None:
        self.faults = sorted(faults)
        shown = [str(fault) for fault in self.faults[:SHOWN]]
        if len(self.faults) > SHOWN:
            shown.append(f"and {len(self.faults) - SHOWN} more")
        super().__init__(count=len(self.faults), shown="\n".join(shown))


@dataclass(slots=True)
class Faults:
    """Collects faults; the words of each may use the value at fault."""

    found: list[LoadFault] = field(default_factory=list)

    def add(
        self, rows: Rows, column: str, code: str, words: tuple[Callable[[int], str] | str, str]
    ) -> None:
        """Note a fault for each row, numbered from 0, of which a mask or a list is given."""
        problem, remedy = words
        places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        for place in places.tolist():
            said = problem if isinstance(problem, str) else problem(place)
            self.found.append(
                LoadFault(row=place + 1, column=column, code=code, problem=said, remedy=remedy)
            )

    def whole(self, column: str, code: str, problem: str, remedy: str) -> None:
        """Note a fault of the whole table."""
        self.found.append(
            LoadFault(row=0, column=column, code=code, problem=problem, remedy=remedy)
        )

    def add_for_other_rows(self, further: Faults) -> None:
        """Take over the faults of rows that have none yet."""
        known = {fault.row for fault in self.found if fault.row}
        self.found += [fault for fault in further.found if fault.row not in known]

    def refuse(self) -> None:
        """Raise MembersRefused if there is any."""
        if self.found:
            raise MembersRefused(self.found)
