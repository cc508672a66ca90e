"""A description while it is read: its values with their places, and its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from upline.company import territories
from upline.compensation import InputRefused, PlanRefused
from upline.compensation.errors import Fault, Place
from upline.compensation.plan import text
from upline.compensation.plan.text import Entries, place_of


class DescriptionRefused(InputRefused):
    """A company cannot be set up as described; `faults` lists everything."""

    what = "The company"


def read_description(path: Path) -> Entries:
    """Read a description as it is written. Raises DescriptionRefused with every place."""
    try:
        return text.read(path.read_text(encoding="utf-8"), file=str(path))
    except (OSError, UnicodeDecodeError) as error:
        problem = f"{path} cannot be read: {error}."
        remedy = "Give the path of a YAML file in UTF-8."
        raise DescriptionRefused(
            [Fault(Place(str(path)), "company.file", problem, remedy)]
        ) from error
    except PlanRefused as refused:
        # The reader is that of plans, and speaks of them.
        faults = [
            replace(
                fault,
                code=fault.code.replace("plan.", "company."),
                problem=fault.problem.replace("A plan is", "A description is"),
                remedy=fault.remedy.replace("plans", "descriptions"),
            )
            for fault in refused.faults
        ]
        raise DescriptionRefused(faults) from refused


@dataclass(slots=True)
class Reading:
    """A description while it is read, and its faults."""

    entries: Entries
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: Place, code: str, problem: str, remedy: str) -> None:
        self.faults.append(Fault(place, f"company.{code}", problem, remedy))

    def check_keys(self, row: Entries, known: Iterable[str]) -> None:
        names = tuple(known)
        for key in row:
            if key not in names:
                remedy = f"Known are: {', '.join(names)}."
                self.fault(place_of(key), "key", f"'{key}' is not known here.", remedy)

    def mapping(self, value: object, what: str) -> Entries:
        """Give a mapping; one that is left empty has nothing in it."""
        if isinstance(value, Entries):
            return value
        nothing = Entries()
        nothing.place = place_of(value)
        if value not in ("", "~", "null"):
            remedy = "Write names and values, as in {country: PL, language: pl}."
            self.fault(place_of(value), "shape", f"{what} is no mapping.", remedy)
        return nothing

    def value(self, row: Entries, key: str) -> str:
        """Give the text under a key, empty where there is none."""
        value = row.get(key, "")
        if isinstance(value, str):
            return "" if value in ("~", "null") else str(value).strip()
        self.fault(place_of(value), "shape", f"'{key}' is one value.", "Write a single text.")
        return ""

    def text(self, key: str, remedy: str, *, longest: int = 100) -> str:
        """Give a text that must be there."""
        found = self.value(self.entries, key)
        place = self.entries.place_of(key)
        if not found:
            self.fault(place, "missing", f"'{key}' is missing.", remedy)
        elif len(found) > longest:
            shorten = f"Shorten it to {longest} characters."
            self.fault(place, "long", f"'{key}' has {len(found)} characters.", shorten)
        return found

    def one(
        self, row: Entries, key: str, usual: str | None, is_good: Callable[[str], bool], remedy: str
    ) -> str:
        """Give a word that is good, the usual one where nothing is said."""
        given = self.value(row, key)
        if not given and usual is None:
            self.fault(row.place_of(key), "missing", f"'{key}' is missing.", remedy)
        elif given and not is_good(given):
            words = "length of periods" if key == "every" else key.replace("_", " ")
            self.fault(row.place_of(key), key, f"'{given}' is no {words}.", remedy)
        return given or usual or ""

    def currency(self, row: Entries, key: str, usual: str | None) -> str:
        remedy = "Write three capital letters, as in EUR."
        return self.one(row, key, usual, territories.is_currency, remedy)

    def zone(self, row: Entries, usual: str | None, remedy: str = "") -> str:
        remedy = remedy or "Write one as in Europe/Sofia."
        return self.one(row, "time_zone", usual, is_zone, remedy)

    def day(self, row: Entries, key: str, usual: date | None) -> date | None:
        given = self.value(row, key)
        if not given:
            return usual
        try:
            return date.fromisoformat(given)
        except ValueError:
            remedy = "Write it as 2026-10-01."
            self.fault(row.place_of(key), "day", f"'{given}' is no day.", remedy)
            return usual


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
