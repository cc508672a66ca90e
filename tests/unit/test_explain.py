"""Explanations: they add up, name what was missing, and agree with what was paid."""

import dataclasses
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from upline.cases import load_case
from upline.cases.run import NOT_COMPUTED, _inputs
from upline.compensation import Inputs, Period, PlanRefused, load_plan, load_plan_file, run
from upline.compensation.bonuses.lines import Work
from upline.compensation.explain.facts import NOTHING, PASSED_OVER, MemberReasons, Nothing
from upline.compensation.explain.paths import LevelPaths, SharePaths
from upline.compensation.explain.render import sentences
from upline.compensation.explain.view import View
from upline.compensation.explain.why import reasons
from upline.compensation.explain.wording import NOTHING as SAID
from upline.compensation.plan import schema
from upline.compensation.plan.speech import LANGUAGES
from upline.generate import company

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests" / "published" / "cases").glob("*.yaml"))
UNILEVEL = ROOT / "examples" / "plans" / "unilevel-compression.yaml"


def month_of(plan, *, seed=11, shape="realistic", members=300, orders=1500):
    made = company(
        members=members, orders=orders, shape=shape, months=1, start="2026-10", seed=seed
    )
    period = Period.parse("2026-10")
    return run(plan, Inputs(members=made.members, orders=made.orders, period=period))


@pytest.fixture(scope="module")
def month():
    return month_of(load_plan_file(UNILEVEL))


def everybody(result):
    return [result.world.id_of(position) for position in range(len(result.world))]


def assert_adds_up(result, found):
    """Lines add up to bonuses, bonuses to the member's total, and that is what was paid."""
    paid = result.totals.to_pylist()
    for reason in found.bonuses:
        lines = sum((Fraction(line.amount) for line in reason.lines), Fraction(0))
        assert lines + Fraction(reason.further_amount) == Fraction(reason.amount), reason.bonus
        kept = [
            Fraction(str(row["amount"]))
            for row in paid
            if row["member"] == found.member and row["bonus"] == reason.bonus
        ]
        assert sum(kept, Fraction(0)) == Fraction(reason.amount)
    assert sum(Fraction(reason.amount) for reason in found.bonuses) == Fraction(found.total)


def assert_says_why(found):
    """What paid nothing has a known reason; whoever was passed over fails something named."""
    for reason in found.bonuses:
        if not reason.lines and not reason.further_lines:
            assert reason.nothing is not None
            assert reason.nothing.code in NOTHING
        for line in reason.lines:
            for step in line.path:
                assert_step_says_why(step)


def assert_step_says_why(step):
    if not step.is_passed_over:
        assert not step.why
        return
    assert step.why in PASSED_OVER
    if step.why != "requires":
        assert step.level is not None
        return
    assert step.failed
    for leaf in leaves(step.failed):
        assert leaf.name
        assert leaf.need
        if leaf.unit in ("points", "money", "count") and leaf.operator == ">=":
            assert Fraction(leaf.missing) == Fraction(leaf.need) - Fraction(leaf.have) > 0


def leaves(conditions):
    for condition in conditions:
        yield from leaves(condition.parts) if condition.parts else [condition]


def assert_is_said(result, found):
    for language in LANGUAGES:
        text = "\n".join(sentences(found, result.world.plan, language))
        assert found.member in text
        assert "%(" not in text
        assert "`" not in text
        assert not re.search(r"\d\.\d{7}", text)


def results_of(case):
    """Run the periods of a case; none where it needs rules that are not computed yet."""
    carries = None
    for name in case.periods:
        try:
            result = run(case.plan, _inputs(case, name, carries))
        except PlanRefused as refused:
            if all(fault.code == NOT_COMPUTED for fault in refused.faults):
                return
            raise
        carries = result.carries
        yield result


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_member_of_every_published_case_is_explained(path):
    for result in results_of(load_case(path)):
        for member in everybody(result):
            found = reasons(result, member)

            assert_adds_up(result, found)
            assert_says_why(found)
            assert_is_said(result, found)


def test_every_member_of_a_company_is_explained(month):
    totals = Fraction(0)
    for member in everybody(month):
        found = reasons(month, member)
        totals += Fraction(found.total)
        assert_says_why(found)
        lines = [line for reason in found.bonuses for line in reason.lines]
        assert sum(Fraction(line.amount) for line in lines) == Fraction(found.total)

    assert totals == month.company_total()


def test_some_members_of_a_company_add_up_to_the_totals_and_are_said(month):
    for member in everybody(month)[::15]:
        found = reasons(month, member, most_lines=5)

        assert_adds_up(month, found)
        assert_is_said(month, found)


COMPRESSIONS = ("none", "count_between", "remove", "merge_up", "roll_up")
WALKS = {
    **{
        f"{compression}{extra}": f"kind: level, base: pv, requires: active, "
        f"compression: {compression}, levels: {{1..3: 5 %, 4: 1 %}}{extra}"
        for compression in COMPRESSIONS
        for extra in ("", ", from_level: 2", ", stop_above: own_pv >= 300")
    },
    "as listed": "kind: level, base: pv, requires: active, compression: roll_up, "
    "depth: as_listed, levels: {by: rank, Low: {1: 5 %}, High: {1..3: 4 %}}",
    "counts": "kind: level, base: pv, requires: active, compression: count_between, "
    "counts: own_pv >= 50, levels: {1..3: 5 %}",
    "heads above": "kind: level, base: pv, requires: active, head: rank >= 'High', "
    "generations: {1: 5 %, 2: 2 %}",
    "heads below": "kind: level, base: pv, requires: active, head: rank >= 'High', "
    "head_belongs_to: generation_below, generations: {0: 1 %, 1: 5 %, 2: 2 %}",
    "heads like the receiver": "kind: level, base: pv, requires: active, "
    "head: rank >= receiver.rank, generations: {1: 5 %, 2: 2 %}",
    "heads like the receiver below": "kind: level, base: pv, head: rank >= receiver.rank, "
    "head_belongs_to: generation_below, generations: {0: 1 %, 1: 5 %}",
    "heads by any condition": "kind: level, base: pv, requires: active, "
    "head: rank > receiver.rank or country != receiver.country, generations: {1: 5 %, 2: 2 %}",
    "buyer first": "kind: level, base: pv, starts: buyer, requires: active, levels: {1..3: 5 %}",
    "buyer first, heads below": "kind: level, base: pv, starts: buyer, head: rank >= 'High', "
    "head_belongs_to: generation_below, generations: {0: 1 %, 1: 5 %}",
    "difference": "kind: differential, base: pv, requires: active, "
    "share: {by: rank, Low: 2 %, High: 5 %}",
    "difference with the buyer": "kind: differential, base: pv, requires: active, buyer: paid, "
    "share: {by: rank, Low: 2 %, High: 5 %}",
    "difference with blocks": "kind: differential, base: pv, requires: active, "
    "blocks: own_pv >= 60, from_level: 2, share: {by: rank, Low: 2 %, High: 5 %}",
    "remaining": "kind: differential, base: pv, takes: remaining, total: 6 %, "
    "share: {by: rank, Low: 2 %, High: 5 %}",
}


def plan_with(bonus):
    return load_plan(
        f"""
language: 1
plan: walks
version: 2026-01-01
currency: EUR
point_value: 1 EUR
members: {{country: text}}
orders: {{pv: points, cv: points, price: money}}
measures:
  own_pv: own(pv)
  active: own_pv >= 100
ranks:
  - {{rank: Low}}
  - {{rank: High, needs: group(pv) >= 1500}}
bonuses:
  walked: {{{bonus}}}
"""
    )


@pytest.mark.parametrize("bonus", WALKS.values(), ids=WALKS)
def test_a_walk_that_is_explained_is_the_walk_that_was_paid(bonus):
    result = month_of(plan_with(bonus), seed=5)
    (part,) = result.paid
    view = View.of(result)
    spec = result.world.plan.file.bonuses["walked"]
    work = Work("walked", spec, result.figures, keeps_lines=True, threads=1)
    paths = (LevelPaths if isinstance(spec, schema.Level) else SharePaths).of(view, work)
    sources = view.sources(work)

    walked = set()
    for place in range(len(result.world)):
        for source in range(int(sources.starts[place]), int(sources.starts[place + 1])):
            if not int(sources.base.values[source]):
                continue
            buyer = int(sources.buyer[source])
            walked |= {
                (visit.position, int(sources.order[source]), visit.level)
                for visit in paths.uplines(place, buyer)
                if visit.outcome == "paid"
            }

    lines = part.lines
    paid = zip(lines.receiver.tolist(), lines.order.tolist(), lines.level.tolist(), strict=True)
    assert walked == set(paid)
    assert len(walked) > 50


@pytest.mark.parametrize("bonus", WALKS.values(), ids=WALKS)
def test_what_a_walk_paid_nobody_is_explained_for_each(bonus):
    result = month_of(plan_with(bonus), seed=6, members=80, orders=150)

    for member in everybody(result):
        found = reasons(result, member)
        assert_adds_up(result, found)
        assert_says_why(found)
        assert_is_said(result, found)


def test_every_reason_has_a_sentence_in_every_language(month):
    plan = month.world.plan
    facts = {
        **dict.fromkeys(("buyer", "member", "taker", "takers", "clause"), "M1"),
        **dict.fromkeys(("level", "paid_levels", "from_level", "count"), "3"),
        **dict.fromkeys(("have", "need", "missing", "share", "taken", "rate", "balance"), "1.5"),
        **dict.fromkeys(("name", "condition", "base"), "own_pv"),
        **dict.fromkeys(("place", "places", "taken_places", "open", "step"), "2"),
        **dict.fromkeys(("left", "right", "missing_left", "missing_right"), "20"),
        "rank": "Gold",
        "bonus": "levels",
        "unit": "points",
    }
    found = reasons(month, everybody(month)[-1])
    first = dataclasses.replace(found.bonuses[0], lines=(), amount="0.00")

    for language in LANGUAGES:
        texts = set()
        for code in NOTHING:
            reason = dataclasses.replace(first, nothing=Nothing(code=code, facts=facts))
            one = dataclasses.replace(found, bonuses=(reason,), ranks=())
            texts.add("\n".join(sentences(one, plan, language)))
        assert len(texts) == len(NOTHING)
        assert not any("%(" in text for text in texts)
    assert set(SAID) == set(NOTHING)


def test_reasons_come_back_from_json(month):
    adapter = TypeAdapter(MemberReasons)
    for member in everybody(month)[:40]:
        found = reasons(month, member)

        again = adapter.validate_json(json.dumps(dataclasses.asdict(found), ensure_ascii=False))

        assert again == found
