"""Random members and orders: chains, stars, forests and bushy trees; refunds and edge values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.properties.calendars import calendars_of, closings
from tests.properties.chance import Chance

MONTHS = [(1, 31), (2, 28), (3, 31)]
SHAPES = ("chain", "star", "forest", "bushy", "any")
COUNTRIES = ("PL", "BG", "KZ", "")
TYPES = ("basic", "elite", "")
EVENTS = ("E1", "E2", "party", "")
CUSTOMERS = ("c1", "c2", "c3", "")
KINDS = ("sale", "start", "")
FIRST_DAY = date(2025, 12, 1)


@dataclass(frozen=True, slots=True)
class Company:
    """Rows of text as they come from a file; an empty text is an empty cell."""

    members: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    periods: list[str]
    given_earnings: list[dict[str, str]] = field(default_factory=list)
    given_legs: list[dict[str, str]] = field(default_factory=list)
    # The calendar of each period, in the order in which they are closed; none where all have one.
    calendars: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a plan asks of a company: currencies, a placement tree of two legs, other calendars."""

    currencies: bool = False
    legs: bool = False
    calendars: tuple[str, ...] = ()


def wanted_by(source: str) -> Wanted:
    """Say what a plan, as written, asks of a company."""
    return Wanted(
        currencies="\nexchange:" in source,
        legs="kind: binary" in source,
        calendars=calendars_of(source),
    )


def random_company(chance: Chance, *, most: int = 14, wanted: Wanted = Wanted()) -> Company:
    """Make up to `most` members, up to three orders each, and one to three months."""
    count = chance.number(1, most)
    ids = [f"M{place:02}" for place in range(count)]
    sponsors = _parents(chance, ids)
    # Who invited somebody may stand below him in another tree.
    turned = ids[::-1] if chance.one_in(3) else ids
    places = _two_legs(chance, turned) if wanted.legs else _any_places(chance, turned)
    members = [
        {
            "id": one,
            "sponsor": sponsors[one],
            "placement_parent": places[one][0],
            "side": places[one][1],
            "person": chance.pick(("P1", "P2", "", "")) if wanted.legs else "",
            "number": str(place + 1),
            "joined": str(FIRST_DAY + timedelta(days=chance.number(0, 110))),
            "country": chance.pick(COUNTRIES),
            "type": chance.pick(TYPES),
            "flag": chance.pick(("yes", "no", "yes")),
            "reach": str(chance.number(0, 4)),
            "goal": chance.pick(("0", "50", "120.5", "1000")),
            "mentor": chance.pick((*ids, "")),
            "rank": chance.pick(("R1", "R2", "R3", "")),
        }
        for place, one in enumerate(ids)
    ]
    hosts = {event: chance.pick((*ids, "")) for event in EVENTS}
    numbers = list(range(chance.number(0, 3 * count)))
    orders = [_order(chance, f"o{number:03}", ids, hosts) for number in numbers]
    if wanted.currencies:
        for order in orders:
            order["currency"] = chance.pick(("USD", "PLN", "", "EUR"))
    orders += [_refund(order) for order in chance.some(orders, 3)]
    periods = [f"2026-{month:02}" for month, _ in MONTHS[: chance.number(1, 3)]]
    given = [
        {
            "member": chance.pick(ids),
            "bonus": chance.pick(("came_in", "all")),
            "amount": chance.pick(("10.00", "0.07", "-3.10")),
            "period": chance.pick(periods),
        }
        for _ in range(chance.number(0, 4))
    ]
    legs = _given_legs(chance, ids, periods) if wanted.legs else []
    members, orders = _shuffled(chance, members), _shuffled(chance, orders)
    calendars: list[str] = []
    for other in wanted.calendars:
        both = closings(chance, periods, other)
        periods, calendars = [label for label, _ in both], [calendar for _, calendar in both]
    return Company(members, orders, periods, given, legs, calendars)


def _shuffled(chance: Chance, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let rows come in an order of their own."""
    rows = list(rows)
    for _ in range(min(len(rows), 6)):
        rows.insert(chance.number(0, len(rows) - 1), rows.pop())
    return rows


def _parents(chance: Chance, ids: list[str]) -> dict[str, str]:
    shape = chance.pick(SHAPES)
    parents = {ids[0]: ""}
    for place, one in enumerate(ids[1:], 1):
        if shape == "chain":
            parents[one] = ids[place - 1]
        elif shape == "star":
            parents[one] = ids[0]
        elif shape == "forest":
            parents[one] = chance.pick((*ids[max(0, place - 3) : place], ""))
        elif shape == "bushy":
            parents[one] = ids[(place - 1) // 2]
        else:
            parents[one] = chance.pick(ids[:place])
    return parents


def _any_places(chance: Chance, ids: list[str]) -> dict[str, tuple[str, str]]:
    return {one: (parent, "") for one, parent in _parents(chance, ids).items()}


def _two_legs(chance: Chance, ids: list[str]) -> dict[str, tuple[str, str]]:
    """Give each a place on a free side of somebody before him; now and then a tree of his own."""
    open_places: list[tuple[str, str]] = []
    places: dict[str, tuple[str, str]] = {}
    for one in ids:
        place = ("", "")
        if open_places and not chance.one_in(9):
            place = chance.pick(open_places)
            open_places.remove(place)
        places[one] = place
        open_places += [(one, "left"), (one, "right")]
    return places


def _given_legs(chance: Chance, ids: list[str], periods: list[str]) -> list[dict[str, str]]:
    """Give the new volume in the legs of some members, one row for a member and period."""
    return [
        {
            "member": one,
            "left": chance.pick(("0", "100", "7", "260", "33")),
            "right": chance.pick(("0", "50", "12", "200", "31")),
            "period": period,
        }
        for period in periods
        for one in chance.some(ids, 5)
    ]


def _order(chance: Chance, name: str, ids: list[str], hosts: dict[str, str]) -> dict[str, Any]:
    month, days = chance.pick(MONTHS)
    event = chance.pick(EVENTS)
    return {
        "id": name,
        "member": chance.pick(ids),
        "date": str(date(2026, month, chance.pick((1, 5, 10, 17, days)))),
        "pv": chance.pick(("100", "0", "40.5", "33.33", "250", "0.01", "7", "-20")),
        "cv": chance.pick(("80", "0", "12.25", "500", "-5.5")),
        "price": chance.pick(("120.00", "0.00", "59.99", "0.01", "999.95", "-15.00")),
        "units": chance.pick(("1", "0", "3", "12", "-1")),
        "kind": chance.pick(KINDS),
        "customer": chance.pick(CUSTOMERS),
        "event": event,
        "host": hosts[event],
        "affiliate": chance.pick((*ids, "")),
        "promo": chance.pick(("yes", "no", "no")),
    }


def _refund(order: dict[str, Any]) -> dict[str, Any]:
    def opposite(text: str) -> str:
        return text[1:] if text.startswith("-") else f"-{text}"

    turned = {name: opposite(order[name]) for name in ("pv", "cv", "price", "units")}
    return {**order, "id": f"{order['id']}r", **turned}
