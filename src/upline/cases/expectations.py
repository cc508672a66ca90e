"""What a case expects: the sections that begin with `expect`, read and checked against the plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from upline.cases.case import About, Expectation, Subject
from upline.cases.reading import NUMBER, Reading
from upline.compensation.plan.load import Plan
from upline.compensation.plan.text import Entries, Text, place_of

TOTAL = "total"
NO_RANK = "none"
EVERYWHERE = ("period", "basis", "note")


@dataclass(frozen=True, slots=True)
class Section:
    """The keys of one section: who is meant, what is looked at, and the value expected."""

    about: About
    name: str
    value: str
    subjects: tuple[Subject, ...] = ("member",)
    others: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Give every key that an entry may have."""
        return (*self.subjects, self.name, *self.others, self.value, *EVERYWHERE)


SECTIONS = {
    "expect": Section("pay", "bonus", "amount", others=("from", "order", "level")),
    "expect_ranks": Section("rank", "ladder", "rank", others=("title",)),
    "expect_measures": Section("measure", "measure", "value", ("member", "order", "customer")),
    "expect_legal": Section("legal", "gate", "holds"),
    "expect_wallets": Section("wallet", "wallet", "amount"),
    "expect_states": Section("state", "state", "value"),
}


def read_expectations(reading: Reading) -> Iterator[Expectation]:
    """Give every expectation of a case whose plan could be read; faults go to `reading`."""
    assert reading.plan is not None
    for key, section in SECTIONS.items():
        for row in reading.rows_of(reading.entries.get(key, ""), key):
            reading.check_keys(row, section.keys, row)
            if section.about == "rank":
                yield _rank(reading, row)
            else:
                yield _expectation(reading, reading.plan, section, row)


def _expectation(reading: Reading, plan: Plan, section: Section, row: Entries) -> Expectation:
    name = reading.text_of(row, section.name, row)
    subject, who = _subject(reading, section, row)
    if name:
        _check_name(reading, plan, section.about, name, subject)
    value = reading.text_of(row, section.value, row)
    narrowed = {key: reading.text_of(row, key, row) for key in section.others if key in row}
    _check_narrowing(reading, name, narrowed)
    return Expectation(
        place=row.place,
        about=section.about,
        subject=subject,
        who=who,
        name=name,
        value=_value(reading, section, value) if value else "",
        period=_period(reading, row, needed=section.about != "pay"),
        of_member=narrowed.get("from", ""),
        order=narrowed.get("order", ""),
        level=narrowed.get("level", ""),
    )


def _rank(reading: Reading, row: Entries) -> Expectation:
    about: About = "title" if "title" in row and "rank" not in row else "rank"
    if "title" in row and "rank" in row:
        remedy = "Write two entries."
        reading.fault(row, "rank_and_title", "One entry expects a rank or a title.", remedy)
    _, who = _subject(reading, SECTIONS["expect_ranks"], row)
    ladder = str(row.get("ladder", "rank"))
    value = reading.text_of(row, about, row)
    ranks = reading.plan.names.ranks if reading.plan else {}
    if ladder not in ranks or (ladder == "title" and "ladder" in row):
        reading.known(Text.at(ladder, row.place), set(ranks) - {"title"}, "ladder of the plan")
    elif value and value not in (*ranks[ladder], NO_RANK):
        reading.known(value, (*ranks[ladder], NO_RANK), f"rank of '{ladder}'")
    return Expectation(
        place=row.place,
        about=about,
        who=who,
        name=ladder,
        value=value,
        period=_period(reading, row, needed=True),
    )


def _period(reading: Reading, row: Entries, *, needed: bool) -> str:
    """Give the period that is meant; nothing where the case has one only, or for its whole pay."""
    if len(reading.periods) == 1 and "period" not in row:
        return ""
    return reading.period_of(row, needed=needed)


def _subject(reading: Reading, section: Section, row: Entries) -> tuple[Subject, str]:
    named: list[Subject] = [key for key in section.subjects if key in row]
    if not named and section.about == "pay":
        return "everybody", ""
    if len(named) != 1:
        wanted = " or ".join(section.subjects)
        reading.fault(row, "subject", f"This must name one {wanted}.")
        return "member", ""
    subject = named[0]
    who = reading.text_of(row, subject, row)
    if who and subject == "member" and who not in reading.members:
        reading.unknown_member(who, "member")
    elif who and subject == "order":
        reading.known(who, reading.orders, "order of the case")
    elif who and subject == "customer":
        reading.known(who, reading.customers, "customer of the case")
    return subject, who


def _check_name(reading: Reading, plan: Plan, about: About, name: str, subject: Subject) -> None:
    file = plan.file
    match about:
        case "pay":
            paid = {*plan.names.bonuses, TOTAL} - set(file.given_earnings)
            reading.known(name, paid, "bonus of the plan")
        case "measure" if subject == "member":
            reading.known(name, {*file.measures, *file.members}, "measure of the plan")
        case "measure":
            reading.known(name, {*file.order_values, *file.orders}, "order value of the plan")
        case "legal":
            reading.known(name, file.legal, "legal gate of the plan")
        case "wallet":
            reading.known(name, file.wallets, "wallet of the plan")
        case "state":
            owner, dot, rest = name.partition(".")
            if not dot or not rest:
                remedy = "Write BONUS.NAME, as in binary.carry_left."
                reading.fault(name, "state", f"'{name}' names no state of a bonus.", remedy)
            else:
                owners = {*file.bonuses, *file.trees, *file.wallets}
                reading.known(Text.at(owner, place_of(name)), owners, "bonus of the plan")


def _check_narrowing(reading: Reading, name: str, narrowed: dict[str, str]) -> None:
    if narrowed and name == TOTAL:
        problem = "A total is not narrowed by 'from', 'order' or 'level'."
        reading.fault(next(iter(narrowed.values())), "total", problem, "Name the bonus.")
    source, order = narrowed.get("from"), narrowed.get("order")
    if source and source not in reading.members:
        reading.unknown_member(source, "from")
    if order:
        reading.known(order, reading.orders, "order of the case")
    if level := narrowed.get("level"):
        reading.number(level, "level")


def _value(reading: Reading, section: Section, value: str) -> str:
    if section.value == "amount":
        return reading.amount(value, "amount")
    if section.value == "holds" and value not in ("yes", "no"):
        reading.fault(value, "yes_no", f"'{value}' in 'holds' is neither yes nor no.")
    if section.about == "measure":
        return _plain(reading, value)
    return str(value)


def _plain(reading: Reading, value: str) -> str:
    """Give a measured value without its currency."""
    digits, _, code = value.partition(" ")
    if NUMBER.fullmatch(digits) and re.fullmatch("[A-Z]{3}", code):
        return reading.amount(value, "value")
    return str(value)
