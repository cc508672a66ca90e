"""What is known of a case file while it is read, and how its parts are checked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from upline.compensation.errors import Fault, Place
from upline.compensation.periods import Period
from upline.compensation.plan.load import Plan
from upline.compensation.plan.text import Entries, Items, Text, place_of

NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(slots=True)
class Reading:
    """A case file while it is read: what is known so far, and every fault."""

    path: Path
    entries: Entries
    faults: list[Fault] = field(default_factory=list)
    plan: Plan | None = None
    periods: dict[str, Period] = field(default_factory=dict)
    calendars: dict[str, str] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    unused: dict[str, set[str]] = field(default_factory=dict)

    def fault(self, value: object, code: str, problem: str, remedy: str = "") -> None:
        """Keep a fault at the place of `value`."""
        at = value if isinstance(value, Place) else place_of(value)
        self.faults.append(Fault(at, f"case.{code}", problem, remedy))

    def check_keys(self, row: Entries, known: Iterable[str], at: object) -> None:
        """List every key of `row` that is not known."""
        names = tuple(known)
        for key in row:
            if key not in names:
                remedy = did_you_mean(key, names) or f"Known are: {', '.join(names)}."
                where = key if isinstance(key, Text) else at
                self.fault(where, "key", f"'{key}' is not known here.", remedy)

    def text_of(self, row: Entries, key: str, at: object) -> str:
        """Give the text under a key that must be there."""
        value = row.get(key, "")
        if not isinstance(value, str):
            self.fault(value, "text", f"'{key}' is one text.")
            return ""
        if not value:
            self.fault(row.place_of(key) if key in row else at, "missing", f"'{key}' is missing.")
        return value

    def entries_of(self, value: object, what: str) -> Entries:
        """Give a mapping; an empty one where it is something else."""
        if isinstance(value, Entries):
            return value
        self.fault(value, "mapping", f"{what} is a mapping of names to values.")
        empty = Entries()
        empty.place = place_of(value)
        return empty

    def nothing(self) -> Entries:
        """Give an empty mapping, for a section that is not written."""
        empty = Entries()
        empty.place = self.entries.place
        return empty

    def items_of(self, value: object, what: str) -> Items:
        """Give a list; an empty one where it is something else."""
        if isinstance(value, Items):
            return value
        if value != "":
            self.fault(value, "list", f"'{what}' is a list; each entry begins with '- '.")
        return Items()

    def rows_of(self, value: object, what: str) -> list[Entries]:
        """Give the mappings of a list."""
        rows = []
        for item in self.items_of(value, what):
            if isinstance(item, Entries):
                rows.append(item)
            else:
                problem = f"An entry of '{what}' is a mapping."
                self.fault(item, "mapping", problem, "Write it as {name: value, ...}.")
        return rows

    def known(self, value: str, among: Iterable[str], what: str) -> None:
        """List `value` as a fault unless it is one of those known."""
        names = sorted(among)
        if value not in names:
            remedy = did_you_mean(value, names)
            if not remedy and len(names) < 20:
                remedy = f"Known are: {', '.join(names)}." if names else "There is none."
            self.fault(value, "unknown", f"'{value}' is no {what}.", remedy)

    def number(self, value: str, what: str) -> bool:
        """Say whether a value is a number, listing a fault if not."""
        if NUMBER.fullmatch(value):
            return True
        remedy = "Write digits with a point, as in 1234.50."
        self.fault(value, "number", f"'{value}' in '{what}' is not a number.", remedy)
        return False

    def amount(self, value: str, what: str) -> str:
        """Give a sum of money without its currency, which must be the plan's."""
        digits, _, code = value.partition(" ")
        currency = self.plan.file.currency if self.plan else code
        if code and re.fullmatch("[A-Z]{3}", code) and code != currency:
            problem = f"'{value}' in '{what}' is not in the currency of the plan, {currency}."
            remedy = f"An order in another currency has 'currency: {code}' beside plain figures."
            self.fault(value, "currency", problem, remedy)
        elif code and code != currency:
            self.number(value, what)
        elif self.number(Text.at(digits, place_of(value)), what):
            return digits
        return "0"

    def period_of(self, row: Entries, *, needed: bool) -> str:
        """Give the period that a row names; the only one of the case where it names none."""
        if "period" in row:
            self.known(self.text_of(row, "period", row), self.periods, "period of the case")
            return str(row["period"])
        if len(self.periods) == 1:
            return next(iter(self.periods))
        if needed and self.periods:
            remedy = f"Add one of: {', '.join(self.periods)}."
            self.fault(
                row, "period", "The case has several periods; this needs a 'period'.", remedy
            )
        return ""

    def day(self, value: str, what: str) -> date | None:
        """Give a day written as 2026-10-31."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            problem = f"'{value}' in '{what}' is not a day."
            self.fault(value, "day", problem, "Write it as in 2026-10-31.")
            return None

    def cell(self, key: str, value: str, unit: str) -> str:
        """Give a field as the engine reads it, listing a fault where the unit does not fit."""
        match unit:
            case "money":
                return self.amount(value, key)
            case "ratio" if value.endswith("%"):
                digits = Text.at(value[:-1].rstrip(), place_of(value))
                return f"{Decimal(digits).scaleb(-2):f}" if self.number(digits, key) else "0"
            case "points" | "count" | "ratio":
                self.number(value, key)
            case "yes_no" if value not in ("yes", "no"):
                self.fault(value, "yes_no", f"'{value}' in '{key}' is neither yes nor no.")
            case "date":
                self.day(value, key)
            case "member" if value not in self.members:
                self.unknown_member(value, key)
            case "rank" if self.plan is not None:
                self.known(value, self.plan.names.ranks["rank"], "rank of the plan")
        return str(value)

    def unknown_member(self, value: str, key: str) -> None:
        """List a name that belongs to nobody."""
        remedy = did_you_mean(value, self.members) or "Add him to 'members' or to the 'tree'."
        if key == "sponsor" and value in ("null", "~", "none"):
            remedy = "Leave 'sponsor' out for a member at the top."
        self.fault(value, "member", f"'{value}' in '{key}' is no member of the case.", remedy)


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """Suggest the name that comes closest, if one does."""
    close = difflib.get_close_matches(value, list(known), n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else ""
