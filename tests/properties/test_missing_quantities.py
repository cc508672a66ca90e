"""Whoever brings just what an explanation says is missing has it, in random plans of all kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.properties.agreement import run_all
from tests.properties.bringing import Aim, bring
from tests.properties.chance import Seeded
from tests.properties.companies import random_company, wanted_by
from tests.properties.plans.whole import whole_plan
from upline.compensation import InputRefused, Plan, PlanRefused, Result, load_plan
from upline.compensation.explain.facts import RankReason
from upline.compensation.explain.view import View
from upline.compensation.explain.why import position_of, reasons, reasons_in
from upline.compensation.plan.values import Rule

WORLDS = range(24)
AIMS_OF_A_WORLD = 3


def test_bringing_what_is_missing_reaches_it_in_random_plans_of_all_kinds():
    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    for seed in WORLDS:
        for outcome, found in brought_in(seed):
            outcomes[outcome] += 1
            faults += [f"world {seed}: {one}" for one in found]

    assert not faults
    tried = sum(outcomes.values())
    assert outcomes["reached"] * 5 >= tried > len(WORLDS) // 2, outcomes
    # A rank, a day or a text that is asked for has no quantity; most figures have one.
    assert outcomes["no_quantity"] * 5 <= tried * 3, outcomes


def brought_in(seed: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    chance = Seeded(seed)
    source = whole_plan(chance)
    company = random_company(chance, wanted=wanted_by(source))
    plan = load_plan(source)
    try:
        result = run_all(plan, company)[-1]
    except (InputRefused, PlanRefused):
        return
    aims = list(aims_in(plan, result))
    for aim in chance.some(aims, AIMS_OF_A_WORLD):
        came = bring(plan, company, result, aim)
        yield came.outcome, came.faults


def aims_in(plan: Plan, result: Result) -> Iterator[Aim]:
    """Give each rank that is missed, and each bonus whose conditions a member does not meet."""
    view = View.of(result)
    for row in result.world.ids.to_pylist():
        found = reasons_in(view, str(row), most_lines=0)
        position = position_of(result, found.member)
        for rank in found.ranks:
            if rank.condition is not None and not rank.condition.holds:
                yield of_rank(plan, found.member, rank)
        for bonus in found.bonuses:
            nothing = bonus.nothing
            if nothing is None or nothing.code != "requires" or bonus.is_own_part:
                continue
            rule = plan.file.bonuses[bonus.bonus].requires
            # Conditions on each order, and on who makes a level, are asked of others too.
            if bonus.kind != "own" and view.held(rule, position) == nothing.condition:
                yield of_bonus(found.member, bonus.bonus, rule)


def of_rank(plan: Plan, member: str, missed: RankReason) -> Aim:
    ladder = plan.file.ladders.get(missed.ladder, plan.file.ranks)
    assert isinstance(ladder, list)
    names = [one.rank for one in ladder]
    place = names.index(missed.next_rank or "")

    def held(result: Result) -> int:
        rows = result.ranks.to_pylist()
        rank = next(
            row["rank"] for row in rows if (row["member"], row["ladder"]) == (member, missed.ladder)
        )
        return -1 if rank is None else names.index(rank)

    return Aim(
        member=member,
        rule=ladder[place].needs,
        reached=lambda result: held(result) >= place,
        granted=lambda result: held(result) == place,
    )


def of_bonus(member: str, name: str, rule: Rule) -> Aim:
    def reached(result: Result) -> bool:
        (bonus,) = reasons(result, member, bonus=name, most_lines=0).bonuses
        return bonus.nothing is None or bonus.nothing.code != "requires"

    return Aim(member=member, rule=rule, reached=reached, granted=reached)
