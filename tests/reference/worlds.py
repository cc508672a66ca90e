"""Small worlds and short forms for golden cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction

from tests.reference.engine import compute
from tests.reference.world import Answer, World
from upline.compensation.plan.load import load

HEAD = """
language: 1
plan: golden
version: 2026-01-01
currency: EUR
point_value: 1 EUR
"""
MONTHS = [
    ("1", date(2026, 1, 1), date(2026, 2, 1)),
    ("2", date(2026, 2, 1), date(2026, 3, 1)),
    ("3", date(2026, 3, 1), date(2026, 4, 1)),
    ("4", date(2026, 4, 1), date(2026, 5, 1)),
]

Row = Mapping[str, object]


def line_of(*members: str) -> list[dict[str, object]]:
    """Give members each of whom sponsors the next; the first is the top."""
    sponsors = [None, *members]
    return [
        {"id": member, "sponsor": sponsor}
        for member, sponsor in zip(members, sponsors, strict=False)
    ]


def with_field(
    rows: list[dict[str, object]], name: str, values: Mapping[str, object] | Collection[str]
) -> list[dict[str, object]]:
    """Give the rows a field: a value each by id, or yes for those listed."""
    if isinstance(values, Mapping):
        return [{**row, name: values.get(str(row["id"]))} for row in rows]
    return [{**row, name: row["id"] in values} for row in rows]


def order(name: str, member: str, /, *, month: int = 1, **fields: object) -> dict[str, object]:
    """Give an order of the tenth of a month; whole numbers and texts of decimals become exact."""
    exact = {
        field: value if field in ("kind", "customer", "currency") else Fraction(str(value))
        for field, value in fields.items()
    }
    return {"id": name, "member": member, "date": date(2026, month, 10), **exact}


def answers(
    plan: str, members: list[dict[str, object]], orders: list[Row], months: int = 1
) -> list[Answer]:
    """Compute a plan, written without its first lines, for so many months."""
    world = World(members=members, orders=orders, periods=MONTHS[:months])
    return compute(load(HEAD + plan), world)


def cents(answer: Answer, bonus: str) -> dict[str, int]:
    """Give what each member is paid by a bonus."""
    return {member: amount for (member, name), amount in answer.totals.items() if name == bonus}


def seen(answer: Answer, bonus: str) -> set[tuple[str, str | None, int | None, int]]:
    """Give receiver, buyer, level and amount of each line of a bonus."""
    return {
        (line.receiver, line.buyer, line.level, line.amount)
        for line in answer.lines
        if line.bonus == bonus
    }
