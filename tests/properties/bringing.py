"""Brings to a random company just what an explanation says is missing, by orders and by recruits.

Nothing is known here of what a figure counts: small changes are tried until one moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from tests.properties.agreement import run_all
from tests.properties.companies import Company
from upline.compensation import InputRefused, Period, Plan, Result
from upline.compensation.decimals import exact_text
from upline.compensation.explain.conditions import Condition
from upline.compensation.explain.view import View
from upline.compensation.explain.ways import Way, ways_to
from upline.compensation.explain.why import position_of
from upline.compensation.plan.values import Rule

# The smallest step that an order may have of each field.
FIELDS = {
    "pv": Fraction(1, 100),
    "cv": Fraction(1, 100),
    "price": Fraction(1, 100),
    "units": Fraction(1),
}
_PROBE = Fraction(1000)
_MOST_STEPS = 4
_MOST_BUYERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a member has not reached: the rule behind it, and whether a result has it.

    `reached` is also whoever has more, `granted` only who has just this.
    """

    member: str
    rule: Rule
    reached: Callable[[Result], bool]
    granted: Callable[[Result], bool]

    def condition(self, result: Result) -> Condition:
        """Hold the rule against the member, reached or not."""
        return View.of(result).held(self.rule, position_of(result, self.member))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Rows to add: one order with so much of a field, or so many recruits who buy."""

    buyer: str
    field: str
    figure: Fraction

    def on(self, company: Company, day: str) -> Company:
        """Give the company with these rows."""
        if not self.figure:
            return company
        if self.field == "recruits":
            return self._with_recruits(company, day)
        count = int(self.figure) if self.field == "orders" else 1
        rows = [_order(company, self.buyer, day, {self.field: self.figure}) for _ in range(count)]
        return _with(company, orders=rows)

    def _with_recruits(self, company: Company, day: str) -> Company:
        made = company
        for _ in range(int(self.figure)):
            name = f"N{len(made.members):03}"
            like = made.members[0]
            row = {
                **like,
                "id": name,
                "sponsor": self.buyer,
                "placement_parent": "",
                "side": "",
                "person": "",
                "number": str(len(made.members) + 1),
                "joined": day,
                "country": "PL",
                "type": "elite",
                "flag": "yes",
                "mentor": "",
                "rank": "R3",
            }
            made = replace(made, members=[*made.members, row])
            bought = {one: Fraction(1000) for one in ("pv", "cv", "price")}
            made = _with(made, orders=[_order(made, name, day, bought)])
        return made

    def less(self, unit: str) -> Change:
        """Give the same with one smallest unit less; of people whom an order moves, without it."""
        if unit == "count" and self.field in FIELDS:
            return replace(self, figure=Fraction(0))
        return replace(self, figure=self.figure - FIELDS.get(self.field, Fraction(1)))


def _with(company: Company, *, orders: list[dict[str, Any]]) -> Company:
    start = len(company.orders)
    named = [{**row, "id": f"x{start + place:03}"} for place, row in enumerate(orders)]
    return replace(company, orders=[*company.orders, *named])


def _order(company: Company, buyer: str, day: str, figures: dict[str, Fraction]) -> dict[str, Any]:
    row = {
        "id": "",
        "member": buyer,
        "date": day,
        "pv": "0",
        "cv": "0",
        "price": "0.00",
        "units": "0",
        "kind": "sale",
        "customer": "",
        "event": "",
        "host": "",
        "affiliate": "",
        "promo": "no",
    }
    if company.orders and "currency" in company.orders[0]:
        row["currency"] = "EUR"
    known = {name: exact_text(figure) for name, figure in figures.items() if name in FIELDS}
    return {**row, **known}


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of it: `reached`, or why nothing could be said; and every broken promise."""

    outcome: str
    faults: tuple[str, ...] = ()
    lacking: str = ""


def bring(plan: Plan, company: Company, result: Result, aim: Aim) -> Brought:
    """Bring what is missing, one figure after the other, until the aim is reached."""
    faults: list[str] = []
    day = result.world.period.last_day.isoformat()
    for _ in range(_MOST_STEPS):
        ways = ways_to(aim.condition(result))
        named = [way for way in ways if not way.others]
        if not named:
            faults += [f"{aim.member}: no quantity of {way}" for way in ways if not _is_plain(way)]
            return Brought("no_quantity", tuple(faults))
        lacking = named[0].missing[0]
        found = _found(plan, company, result, aim, lacking)
        if found is None:
            return Brought("not_moved", tuple(faults), lacking.text)
        change, after = found
        faults += _of_less(plan, company, aim, lacking, change)
        company, result = change.on(company, day), after
        condition = aim.condition(result)
        if condition.holds:
            if not aim.reached(result):
                faults.append(
                    f"{aim.member}: all of {lacking.text} is there, and it is not reached"
                )
            return Brought("reached", tuple(faults))
        if aim.granted(result):
            faults.append(f"{aim.member}: reached though {condition.text} fails")
    return Brought("too_long", tuple(faults))


def _is_plain(way: Way) -> bool:
    """Say whether a way without a quantity asks for what has none, or for less of something."""
    return any(
        leaf.unit not in ("points", "money", "count") or leaf.operator in ("<", "<=", "!=")
        for leaf in way.missing
    )


def _of_less(
    plan: Plan, company: Company, aim: Aim, lacking: Condition, change: Change
) -> Iterator[str]:
    """Bring one smallest unit less: the figure fails, and nothing is reached by it."""
    day = _day(plan, company)
    result = _ran(plan, change.less(lacking.unit).on(company, day))
    if result is None:
        return
    condition = aim.condition(result)
    leaf = leaf_of(condition, lacking)
    gain = _gain(result, aim, lacking)
    # A figure that goes by steps may be the same with a unit less.
    if leaf is not None and leaf.holds and gain is not None and gain < Fraction(lacking.missing):
        yield f"{aim.member}: {lacking.text} holds with less than {lacking.missing}: {change}"
    if not condition.holds and aim.granted(result):
        yield f"{aim.member}: reached though {condition.text} fails"


def _found(
    plan: Plan, company: Company, result: Result, aim: Aim, lacking: Condition
) -> tuple[Change, Result] | None:
    """Find a change that moves a figure by just what is missing of it."""
    day = result.world.period.last_day.isoformat()
    missing = Fraction(lacking.missing)
    for probe in _probes(company, aim.member, lacking.unit):
        tried = _ran(plan, probe.on(company, day))
        gain = _gain(tried, aim, lacking)
        if not gain or gain < 0:
            continue
        figure = missing * probe.figure / gain
        step = FIELDS.get(probe.field, Fraction(1))
        exact = replace(probe, figure=-(-figure // step) * step)
        after = _ran(plan, exact.on(company, day))
        if after is not None and _gain(after, aim, lacking) == missing:
            return exact, after
    return None


def _gain(result: Result | None, aim: Aim, lacking: Condition) -> Fraction | None:
    """Say by how much a figure is greater than before; None where what is needed changes too."""
    if result is None:
        return None
    leaf = leaf_of(aim.condition(result), lacking)
    if leaf is None or leaf.need != lacking.need:
        return None
    return Fraction(leaf.have) - Fraction(lacking.have)


def _probes(company: Company, member: str, unit: str) -> Iterator[Change]:
    below = [row["id"] for row in company.members if row["sponsor"] == member]
    under = [row["id"] for row in company.members if row["sponsor"] in below]
    buyers = [member, *below[:2], *under[:1]][:_MOST_BUYERS]
    if unit == "count":
        yield Change(buyer=member, field="recruits", figure=Fraction(1))
        yield Change(buyer=member, field="orders", figure=Fraction(1))
    for buyer in buyers:
        for field in FIELDS if unit != "money" else ("price", "cv", "pv", "units"):
            yield Change(buyer=buyer, field=field, figure=_PROBE)


def _ran(plan: Plan, company: Company) -> Result | None:
    try:
        return run_all(plan, company)[-1]
    except InputRefused:
        return None


def _day(plan: Plan, company: Company) -> str:
    return Period.parse(company.periods[-1]).last_day.isoformat()


def leaf_of(condition: Condition, wanted: Condition) -> Condition | None:
    """Find a single condition again by its text."""
    if not condition.parts:
        return condition if condition.text == wanted.text else None
    found = (leaf_of(part, wanted) for part in condition.parts)
    return next((one for one in found if one is not None), None)
