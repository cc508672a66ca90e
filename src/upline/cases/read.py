"""From the text of a case file to a checked case; every fault is listed with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from upline.cases.case import Case, CaseRefused, Expectation, Rows
from upline.cases.expectations import SECTIONS, read_expectations
from upline.cases.reading import Reading, did_you_mean
from upline.compensation.errors import Fault, Place, PlanRefused, Refused
from upline.compensation.periods import Period
from upline.compensation.plan import text
from upline.compensation.plan.calendars import calendars_of
from upline.compensation.plan.load import Plan, load_file
from upline.compensation.plan.schema import Binary, GivenRanks
from upline.compensation.plan.text import Entries, Text, place_of

TOP = (
    "case", "plan", "description", "source", "notes", "period", "periods", "tree", "members",
    "orders", "given", "exchange", "pay_exchange", "unused", "complete",
)  # fmt: skip
ONLY_PERIOD = "1"


def load_case(path: str | Path) -> Case:
    """Read and check a case file and its plan.

    Raises CaseRefused with every fault of the case, and of its plan, each with its place.
    """
    path = Path(path)
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"This case cannot be read: {error}."
        remedy = "Give the path of a YAML file in UTF-8."
        raise CaseRefused([Fault(Place(str(path)), "case.unreadable", problem, remedy)]) from error
    try:
        entries = text.read(source, file=str(path))
    except PlanRefused as refusal:
        raise CaseRefused(_of_a_case(fault) for fault in refusal.faults) from refusal
    return CaseReading(path, entries).case()


def _of_a_case(fault: Fault) -> Fault:
    problem = fault.problem.replace("A plan is", "A case is").replace("in plans", "in cases")
    return Fault(fault.place, fault.code.replace("plan.", "case."), problem, fault.remedy)


@dataclass(slots=True)
class CaseReading(Reading):
    """Reads the sections of a case file."""

    def case(self) -> Case:
        """Read every section; raises CaseRefused with all faults."""
        self.check_keys(self.entries, (*TOP, *SECTIONS), self.entries)
        title = self.text_of(self.entries, "case", self.entries)
        self.plan = self._plan()
        self.periods = self._periods()
        self._read_unused()
        members = self._members()
        orders = self._orders()
        earnings, legs = self._given()
        expectations = tuple(read_expectations(self)) if self.plan else ()
        case = Case(
            path=self.path,
            title=title,
            plan=self.plan,  # type: ignore[arg-type]  # without a plan there are faults
            periods=self.periods,
            calendars=self.calendars,
            members=members,
            orders=orders,
            earnings=earnings,
            legs=legs,
            exchange=self._rates("exchange"),
            pay_exchange=self._rates("pay_exchange"),
            expectations=expectations,
            is_complete=self._is_complete(expectations),
        )
        if self.faults:
            raise CaseRefused(self.faults)
        return case

    # Sections

    def _plan(self) -> Plan | None:
        named = self.text_of(self.entries, "plan", self.entries)
        if not named:
            return None
        path = self.path.parent / named
        if not path.is_file():
            problem = f"There is no plan '{named}' beside this case."
            self.fault(named, "plan", problem, "Give the path of the plan, seen from this file.")
            return None
        try:
            return load_file(path)
        except PlanRefused as refusal:
            self.faults.extend(refusal.faults)
            return None

    def _periods(self) -> dict[str, Period]:
        if "periods" in self.entries and "period" in self.entries:
            at = self.entries.place_of("periods")
            self.fault(at, "periods", "Either 'period' or 'periods' is written, not both.")
        if "periods" not in self.entries:
            value = self.entries.get("period", "")
            if value == "":
                self.fault(
                    self.entries, "missing", "'period' is missing.", "Write period: 2026-10."
                )
                return {}
            self.calendars[ONLY_PERIOD] = self._calendar(value)
            return self._named_period(value, ONLY_PERIOD)
        periods: dict[str, Period] = {}
        for number, value in enumerate(self.items_of(self.entries["periods"], "periods"), start=1):
            found = self._named_period(value, value if isinstance(value, str) else str(number))
            calendar = self._calendar(value)
            before = [periods[name] for name in periods if self.calendars[name] == calendar][-1:]
            for name, period in found.items():
                if name in periods:
                    self.fault(value, "period_twice", f"The period '{name}' stands twice.")
                elif before and period.start < before[0].end:
                    problem = f"The period '{name}' begins before the one above it has ended."
                    remedy = "List periods in the order of time."
                    self.fault(value, "period_order", problem, remedy)
            periods.update(found)
            self.calendars.update(dict.fromkeys(found, calendar))
        return periods

    def _calendar(self, value: object) -> str:
        """Give the calendar that a period names; '' where it is the plan's own."""
        if self.plan is None or not isinstance(value, Entries) or "calendar" not in value:
            return ""
        own, *others = calendars_of(self.plan.file)
        named = self.text_of(value, "calendar", value)
        self.known(named, (own, *others), "calendar of the plan")
        return named if named in others else ""

    def _named_period(self, value: object, name: str) -> dict[str, Period]:
        if isinstance(value, str):
            found = self._period(lambda: Period.parse(value), value)
            return {name: found} if found else {}
        row = self.entries_of(value, "A period")
        self.check_keys(row, ("id", "period", "start", "end", "label", "calendar"), row)
        if "period" in row:
            text = self.text_of(row, "period", row)
            return self._named_period(text, str(row.get("id", text))) if text else {}
        days = [self._day(row, key) for key in ("start", "end")]
        if None in days:
            return {}
        start, last = (day for day in days if day)
        label = str(row.get("label", "")) or name
        end = last + timedelta(days=1)
        found = self._period(lambda: Period(start=start, end=end, label=label), row)
        return {str(row.get("id", name)): found} if found else {}

    def _period(self, make: Callable[[], Period], value: object) -> Period | None:
        try:
            return make()
        except Refused as refusal:
            for fault in refusal.faults:
                self.fault(value, fault.code.partition(".")[2], fault.problem, fault.remedy)
            return None

    def _day(self, row: Entries, key: str) -> date | None:
        written = self.text_of(row, key, row)
        return self.day(written, key) if written else None

    def _read_unused(self) -> None:
        section = self.entries_of(self.entries.get("unused", self.nothing()), "'unused'")
        self.check_keys(section, ("members", "orders"), section)
        for table, fields in section.items():
            reasons = self.entries_of(fields, f"'unused: {table}'")
            for name in reasons:
                self.text_of(reasons, name, reasons)
            self.unused[table] = set(reasons)

    def _rates(self, name: str) -> dict[str, Fraction]:
        rates = self.entries_of(self.entries.get(name, self.nothing()), f"'{name}'")
        found = {}
        for code in rates:
            value = self.text_of(rates, code, rates)
            if value and self.number(value, code):
                found[str(code)] = Fraction(value)
        return found

    def _is_complete(self, expectations: tuple[Expectation, ...]) -> bool:
        value = self.entries.get("complete", "no")
        if value not in ("yes", "no"):
            self.fault(self.entries.place_of("complete"), "yes_no", "'complete' is yes or no.")
        if value == "no" and not expectations and self.plan:
            problem = "This case expects nothing."
            self.fault(self.entries, "no_expectation", problem, "Add 'expect' or 'complete: yes'.")
        return value == "yes"

    # Members

    def _members(self) -> Rows:
        written: dict[str, Entries] = {}
        if "tree" in self.entries:
            self._climb(self.entries_of(self.entries["tree"], "'tree'"), "", written)
        in_tree = set(written)
        listed = self.rows_of(self.entries.get("members", ""), "members")
        for row in listed:
            name = self.text_of(row, "id", row)
            if name in in_tree:
                if "sponsor" in row:
                    problem = f"'{name}' has a sponsor already: the tree says so."
                    self.fault(row.place_of("sponsor"), "sponsor", problem, "Keep one of the two.")
                written[name].update(row)
                in_tree.remove(name)
            elif name in written:
                self.fault(row["id"], "member_twice", f"The member '{name}' stands twice.")
            elif name:
                written[name] = row
        if not written:
            problem = "The case has no members."
            self.fault(self.entries, "missing", problem, "Write a 'tree' or 'members'.")
        self.members = set(written)
        return self._table(list(written.values()), self._member_units(), "members")

    def _climb(self, level: Entries, sponsor: str, written: dict[str, Entries]) -> None:
        for name, below in level.items():
            if name in written:
                self.fault(name, "member_twice", f"The member '{name}' stands twice in the tree.")
                continue
            row = Entries({"id": name, "sponsor": sponsor} if sponsor else {"id": name})
            row.place = place_of(name)
            written[str(name)] = row
            if below != "":
                self._climb(self.entries_of(below, f"What stands below '{name}'"), name, written)

    def _member_units(self) -> dict[str, str]:
        units = {"id": "text", "sponsor": "member", "number": "count", "joined": "date"}
        units |= {"name": "text", "person": "text"}
        if self.plan is None:
            return units
        file = self.plan.file
        if file.trees:
            units |= {"placement_parent": "member", "side": "text"}
        if isinstance(file.ranks, GivenRanks):
            units["rank"] = "rank"
        return units | {name: spec.unit for name, spec in file.members.items()}

    # Orders and what else comes in

    def _orders(self) -> Rows:
        rows = self.rows_of(self.entries.get("orders", ""), "orders")
        for number, row in enumerate(rows, start=1):
            row.setdefault("id", Text.at(f"o{number}", row.place))
            name = str(row["id"])
            if name in self.orders:
                self.fault(row["id"], "order_twice", f"The order '{name}' stands twice.")
            self.orders.add(name)
            self.text_of(row, "member", row)
            self._date_of(row)
            if row.get("customer"):
                self.customers.add(str(row["customer"]))
        units = {"id": "text", "member": "member", "date": "date"}
        units |= {"kind": "text", "customer": "text", "currency": "text"}
        if self.plan is not None:
            units |= {name: spec.unit for name, spec in self.plan.file.orders.items()}
        return self._table(rows, units, "orders")

    def _date_of(self, row: Entries) -> None:
        """Fill in an order's date by its period, or check the two against each other."""
        named = self.period_of(row, needed="date" not in row)
        period = self.periods.get(named)
        is_named = "period" in row
        row.pop("period", None)
        if "date" not in row:
            first = period.start.isoformat() if period else "2000-01-01"
            row["date"] = Text.at(first, row.place)
            return
        day_text = self.text_of(row, "date", row)
        day = self.day(day_text, "date") if day_text else None
        if day is None or not self.periods:
            row["date"] = Text.at("2000-01-01", place_of(row["date"]))
        elif is_named and period and not period.start <= day < period.end:
            problem = f"'{day_text}' lies outside the period '{named}'."
            self.fault(day_text, "outside", problem, "Correct the date or the period.")
        elif day >= max(known.end for known in self.periods.values()):
            self.fault(day_text, "outside", f"'{day_text}' lies after the end of the case.")

    def _given(self) -> tuple[Rows | None, Rows | None]:
        given = self.entries_of(self.entries.get("given", self.nothing()), "'given'")
        self.check_keys(given, ("earnings", "legs"), given)
        bonuses = self.plan.file.bonuses.values() if self.plan else ()
        if "legs" in given and self.plan and not any(map(_takes_legs, bonuses)):
            at = given.place_of("legs")
            self.fault(at, "legs", "No bonus of the plan takes given legs.", "See 'given_legs'.")
        return (
            self._given_rows(given, "earnings", {"bonus": "text", "amount": "money"}),
            self._given_rows(given, "legs", {"left": "points", "right": "points"}),
        )

    def _given_rows(self, given: Entries, name: str, units: Mapping[str, str]) -> Rows | None:
        if name not in given:
            return None
        rows = self.rows_of(given[name], f"given: {name}")
        for row in rows:
            for key in ("member", *units):
                self.text_of(row, key, row)
            period = self.period_of(row, needed=True)
            row["period"] = Text.at(period, row.place_of("period"))
            if self.plan is not None and "bonus" in row:
                taken = self.plan.file.given_earnings
                self.known(self.text_of(row, "bonus", row), taken, "given earning of the plan")
        return self._table(rows, {"member": "member", "period": "text", **units}, name)

    # Tables

    def _table(self, rows: list[Entries], units: Mapping[str, str], what: str) -> Rows:
        unused = self.unused.get(what, set())
        values, cells = [], {}
        for number, row in enumerate(rows):
            found = {}
            for key, value in row.items():
                if key in unused and key not in units:
                    continue
                if key not in units:
                    self._unknown_field(key, units, what)
                elif not isinstance(value, str):
                    self.fault(value, "text", f"'{key}' is one value.")
                elif value:
                    found[str(key)] = self.cell(key, value, units[key])
                    cells[number, str(key)] = place_of(value)
            values.append(found)
        return Rows(tuple(values), tuple(row.place for row in rows), cells)

    def _unknown_field(self, key: str, units: Mapping[str, str], what: str) -> None:
        if self.plan is None:
            return
        known = ", ".join(units)
        remedy = did_you_mean(key, units) or f"Known are: {known}."
        remedy += f" If no rule needs it, say why under 'unused: {{{what}: {{{key}: ...}}}}'."
        self.fault(key, "field", f"The plan knows no field '{key}' of {what}.", remedy)


def _takes_legs(bonus: object) -> bool:
    return isinstance(bonus, Binary) and bonus.given_legs is not None
