"""Nothing that a plan says is left out of its document, and no change of it out of the difference."""

from dataclasses import replace
from pathlib import Path

from tests.plan_changes import changes
from upline.compensation.plan import schema
from upline.compensation.plan.describe import describe, diff
from upline.compensation.plan.load import load, load_file

ROOT = Path(__file__).parents[2]
PLANS = sorted(
    [
        *(ROOT / "examples" / "plans").glob("*.yaml"),
        *(ROOT / "tests/published/plans").glob("*.yaml"),
    ]
)
READ_IN = ("en", "kk")
# The order of these means nothing: each is found by its name or key, or all of them must hold.
# Steps and versions in another order are no plan.
ORDER_IS_NOTHING = {
    *("PlanFile.members", "PlanFile.orders", "PlanFile.measures", "PlanFile.order_values"),
    *("PlanFile.legal", "PlanFile.exchange", "PlanFile.pay_exchange", "All.parts", "AnyOf.parts"),
    *("Table.entries", "Scale.steps", "Versions.versions", "Own.grants", "PlanFile.constants"),
}
# Never another value: where a part stands, the kind that its fields hang on, the only language.
NEVER_CHANGED = {"place", "kind", "language"}
# Fields that offer one word alone.
NO_CHOICE = {"Board.fill", "Board.after", "BestOf.compare"}
# What no plan of those uses.
RARE = """\
language: 1
plan: rare
version: 2026-01-01
currency: EUR
point_value: 1 EUR
orders: {pv: points, price: money}
members: {type: text}
trees: {placement: {kind: binary}}
ranks: [{rank: Star, needs: {any: [own(pv) >= 5, recruits(yes) >= 5, own(pv) > 700]}}]
bonuses:
  stairs:
    kind: stairstep
    base: pv
    rate: {scale: group(pv), steps: {400: 6 %}}
    below_first_step: {rate: 4 %, orders: price > 5 EUR}
    own_part: personal
  ranked:
    kind: differential
    base: pv
    share: {by: rank, Star: 10 %}
    own_part: {as: direct, recruits: joined_in_period}
  legs: {kind: binary, given_legs: points, cycle: whole, rate: 5 %, two_to_one: {members: type = 'x', rate: 7 %}}
"""
SMALL = "language: 1\nplan: p\nversion: 2026-01-01\ncurrency: EUR\norders: {price: money}\n"


def unsaid(plan, file, before):
    """Name what says nothing of a change: a language of the document, or the difference."""
    new = replace(plan, file=file)
    silent = [language for language in READ_IN if describe(new, language) == before[language]]
    return [*silent, *([] if diff(plan, new, "en") else ["diff"])]


def test_every_change_of_a_plan_changes_its_document_and_is_told_in_the_difference():
    tried, silent = set(), {}
    for plan in (load(RARE), *map(load_file, PLANS)):
        before = {language: describe(plan, language) for language in READ_IN}
        for way, file in changes(plan.file):
            is_nothing = way[-1] == "other order" and way[-2] in ORDER_IS_NOTHING
            if way in tried or is_nothing:
                continue
            tried.add(way)
            if found := unsaid(plan, file, before):
                silent[way] = (plan.id, found)

    assert silent == {}
    asked = {
        f"{part.__name__}.{name}"
        for part in written_parts()
        for name in set(part.model_fields) - NEVER_CHANGED
    }
    assert asked - {step for way in tried for step in way} == NO_CHOICE


def written_parts(part=schema.Part):
    """Give every kind of part that a plan can hold, but what only other kinds share."""
    kinds = part.__subclasses__()
    is_shared = part in (schema.Part, schema.Bonus, schema.Sourced)
    return ([] if is_shared else [part]) + [one for kind in kinds for one in written_parts(kind)]


def difference(old, new):
    return diff(load(SMALL + old), load(SMALL + new), "en")


def test_cases_in_another_order_are_a_change():
    rate = "bonuses: {{b: {{kind: own, base: price, rate: [{}]}}}}"
    one, other = "{when: own(price) > 9 EUR, then: 2 %}", "{when: number > 3, then: 5 %}"

    (sentence,) = difference(rate.format(f"{one}, {other}"), rate.format(f"{other}, {one}"))

    assert sentence == (
        "Bonus `b`, Rate, cases: now in this order: number of joining is more than 3 [`number > 3`];"
        " sum over own orders (`price`) is more than 9\u00a0EUR [`own(price) > 9 EUR`]."
    )


def test_a_case_that_is_added_is_told_without_its_order():
    rate = "bonuses: {{b: {{kind: own, base: price, rate: [{}]}}}}"
    one, other = "{when: own(price) > 9 EUR, then: 2 %}", "{when: number > 3, then: 5 %}"

    (sentence,) = difference(rate.format(one), rate.format(f"{other}, {one}"))

    assert sentence == (
        "Bonus `b`, Rate, number of joining is more than 3 [`number > 3`]: now holds: 5%."
    )


def test_limits_in_another_order_are_a_change_as_each_sees_what_the_one_before_left():
    own = "bonuses: {b: {kind: own, base: price, rate: 5 %}}\nlimits: "
    old, new = "{x: {most: 9 EUR}, y: {most: 5 EUR}}", "{y: {most: 5 EUR}, x: {most: 9 EUR}}"

    assert difference(own + old, own + new) == ["Limits: now in this order: y, x."]


def test_ranks_of_one_name_on_two_ladders_are_told_apart():
    old = "ranks: [{rank: A}]\nladders: {other: [{rank: A}]}"
    new = "ranks: [{rank: A, kept: for_life}]\nladders: {other: [{rank: A}]}"

    assert difference(old, new) == ["Rank A, Kept: was for this period only, is now for life."]


def test_two_reasons_for_one_override_are_both_told():
    one = "{rule: unused, reason: it is for reports}"
    other = "{rule: unused, reason: the law asks for it}"

    sentences = difference(f"overrides: [{one}]", f"overrides: [{one}, {other}]")

    assert sentences == ["Exceptions from the check `unused`: now holds: the law asks for it."]


def test_an_empty_default_is_not_taken_for_none():
    sentences = difference("members: {a: text}", "members: {a: {unit: text, default: ''}}")

    assert sentences == ["Field of members `a`, When empty: now holds: “”."]
