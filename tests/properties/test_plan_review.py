"""What the review of a plan claims, held against what random companies are paid."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.agreement import run_all
from tests.properties.chance import Chance, Seeded
from tests.properties.companies import Company, random_company, wanted_by
from tests.properties.plans.whole import whole_plan
from upline.compensation import InputRefused, Plan, PlanRefused, Result, load_plan
from upline.compensation.plan.parts import own_part
from upline.compensation.plan.review import Bound, review
from upline.compensation.plan.review.linear import A_PERIOD, AN_ORDER
from upline.compensation.plan.review.reaching import ranges_of

MANY = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
SEEDS = st.integers(0, 1_000_000)
FIGURES = ("pv", "cv", "price", "units")
# Lines are rounded to six decimals here; what a line was rounded up by, others may be paid on.
ROUNDING = Fraction(1, 100)


def plan_of(chance: Chance, *, is_cut: bool) -> Plan:
    """Make a plan whose lines are hardly rounded, with budget, limits and gates or without."""
    written = yaml.load(whole_plan(chance), yaml.BaseLoader)  # noqa: S506 - all stays text
    written["rounding"] = {"places": "6"}
    for bonus in written["bonuses"].values():
        bonus.pop("rounding", None)
    for section in () if is_cut else ("budget", "limits", "legal"):
        written.pop(section, None)
    return load_plan(yaml.safe_dump(written, sort_keys=False, allow_unicode=True))


def company_of(chance: Chance, plan: Plan, *, has_refunds: bool = False) -> Company:
    """Make a company that has all its orders in its periods, none of them below 0 unless told."""
    company = random_company(chance, wanted=wanted_by(plan.source))
    orders = [
        order
        for order in company.orders
        if order["date"][:7] in company.periods
        and (has_refunds or min(Decimal(order[name]) for name in FIGURES) >= 0)
    ]
    return replace(company, orders=orders)


def results_of(plan: Plan, company: Company) -> list[Result]:
    try:
        return run_all(plan, company)
    except (InputRefused, PlanRefused):
        return []


def turnover(results: list[Result], company: Company) -> dict[str, Fraction]:
    """Give the sum of each field of orders over all periods, of orders, and of periods."""
    sums = Counter({AN_ORDER: Fraction(len(company.orders)), A_PERIOD: Fraction(len(results))})
    for result, period in zip(results, company.periods, strict=True):
        sold = {order["id"] for order in company.orders if order["date"][:7] == period}
        ids = [str(one) for one in result.world.order_ids.to_pylist()]
        places = [at for at, row in enumerate(result.world.orders.rows) if ids[int(row)] in sold]
        for name in FIGURES:
            column: Any = result.figures.order_scope.named(name)
            sums[name] += sum((column.at(place) for place in places), Fraction(0))
    return sums


def allowed(bound: Bound, sold: dict[str, Fraction]) -> Fraction:
    return sum((share * sold[key] for key, share in bound.most.items()), ROUNDING)


def paid_by(results: list[Result], plan: Plan) -> Counter[str]:
    """Give what each bonus paid in all periods, with its own part."""
    owners = {own_part(bonus): name for name, bonus in plan.file.bonuses.items()}
    paid: Counter[str] = Counter()
    for result in results:
        for row in result.totals.to_pylist():
            paid[owners.get(row["bonus"], row["bonus"])] += Fraction(row["amount"])
    return paid


def wrong_bounds(seed: int, *, is_cut: bool) -> list[str]:
    chance = Seeded(seed)
    plan = plan_of(chance, is_cut=is_cut)
    company = company_of(chance, plan)
    results = results_of(plan, company)
    if not results:
        return []
    found = review(plan)
    sold, paid = turnover(results, company), paid_by(results, plan)
    named = {name: paid[name] for name in found.bounds}
    bounds = {**found.bounds, "in all": found.in_all}
    named["in all"] = sum(named.values(), Fraction(0))
    return [
        f"{seed} {name}: {float(named[name])} of {float(allowed(bound, sold))}: {bound}"
        for name, bound in bounds.items()
        if bound.verdict == "finite" and named[name] > allowed(bound, sold)
    ]


@MANY
@given(SEEDS)
def test_no_bonus_pays_more_than_its_bound(seed):
    assert wrong_bounds(seed, is_cut=False) == []


@MANY
@given(SEEDS)
def test_cuts_leave_no_more_than_the_bound_in_all(seed):
    assert wrong_bounds(seed, is_cut=True) == []


# Figures of one member that conditions compare; several say the same, so that they contradict.
POINTS = (
    *("own_pv", "own(pv)", "own(pv where promo)", "own_pv + 10", "own(pv) - own(cv)", "goal"),
    *("max(own_pv, 50)", "min(own(pv), 90)", "abs(own(cv) - 30)", "round(own(pv) / 3, 1)"),
    *("previous(own_pv)", "best(2, own_pv)", "over(2, own_pv)", "lifetime(own_pv)"),
    *("legs_sum(pv, own(pv) / 3)", "leg(1, pv)", "downline(pv)", "group(pv)", "tabled", "cased"),
    *(
        "dated0",
        "group(pv) - downline(pv)",
        "2 * own_pv",
        "own_pv / 2",
        "company(pv)",
        "floor(own_pv / 40)",
    ),
)
COUNTS = (
    *("reach", "recruits(own_pv >= 50)", "legs(flag)", "scaled", "position(own_pv)"),
    *("held(2, own_pv >= 50)", "own(order_count)", "own(units)", "downline(flag or not flag)"),
)
NUMBERS = ("-1", "0", "1", "10", "50", "60", "100")
CONDITIONS = (
    *("flag", "country = 'PL'", "country != 'PL'", "country in ['BG', '']", "type = 'basic'"),
    *("joined < 2026-01-15", "joined >= 2026-01-15", "given(mentor)", "active", "busy0"),
    *("recruits(active) >= 1", "recruits(flag and not flag) >= 1", "sponsor_has(active)"),
    *("share(own_pv, group(pv)) > 30 %", "share(own_pv, group(pv)) < 0.2", "not active"),
    *("previous(active)", "country = type", "mentor = sponsor", "flag = yes", "flag != no"),
)
MORE = {
    "scaled": {"scale": "own_pv", "steps": {"0": "5", "50": "20", "100": "7"}},
    "tabled": {"by": "country", "PL": "own(pv)", "BG": "20"},
    "cased": [{"when": "own_pv >= 60", "then": "own_pv"}, {"when": "flag", "then": "3"}],
    "dated0": [{"from": "2026-01-01", "then": "40"}, {"from": "2026-02-01", "then": "own(cv)"}],
    "busy0": "own_pv >= 60 and not flag",
}


def condition(chance: Chance, depth: int = 2) -> str:
    """Write a condition that may well contradict itself."""
    if depth and not chance.one_in(5):
        joined = chance.pick((" and ", " and ", " or "))
        parts = [condition(chance, depth - 1) for _ in range(chance.number(2, 3))]
        return f"{chance.pick(('', '', 'not '))}({joined.join(parts)})"
    if chance.one_in(4):
        return chance.pick(CONDITIONS)
    operator = chance.pick(("<", "<=", ">", ">=", "=", "!="))
    sides = chance.pick((POINTS, POINTS, COUNTS))
    other = chance.pick((*NUMBERS, *NUMBERS, sides[0], sides[1]))
    return f"{chance.pick(sides)} {operator} {other}"


def claims(seed: int) -> tuple[list[str], int]:
    """Give the wrong claims about random conditions, and how many conditions cannot hold or fail."""
    chance = Seeded(seed)
    written = yaml.load(whole_plan(chance, ()), yaml.BaseLoader)  # noqa: S506 - all stays text
    written |= {"bonuses": {}, "given_earnings": []}
    written.pop("ranks", None)
    for section in ("ladders", "limits", "budget", "legal"):
        written.pop(section, None)
    named = {f"asked{place}": condition(chance) for place in range(25)}
    base = {name: written["measures"][name] for name in ("own_pv", "active")}
    written["measures"] = {**base, **MORE, **named}
    plan = load_plan(yaml.safe_dump(written, sort_keys=False, allow_unicode=True))
    ranges = ranges_of(plan)
    never = {
        (name, holds)
        for name in named
        for holds in (True, False)
        if not ranges.is_possible([(plan.file.measures[name].value, holds)])
    }
    results = results_of(plan, company_of(chance, plan, has_refunds=True))
    wrong = []
    for result in results:
        for name, holds in never:
            column: Any = result.figures.member_scope.named(name)
            found = {bool(column.at(place)) for place in range(len(result.world))}
            if holds in found:
                wrong.append(f"{seed} {named[name]} is said never to be {holds}")
    return wrong, len(never)


@MANY
@given(SEEDS)
def test_no_condition_that_can_hold_is_said_never_to_hold(seed):
    wrong, _ = claims(seed)

    assert wrong == []


def test_conditions_that_cannot_hold_are_found_often_enough_to_try_the_claim():
    assert sum(claims(seed)[1] for seed in range(4)) > 10
