"""Explanations of a binary bonus: what became of each leg, and what was missing to be paid."""

from fractions import Fraction

import pytest

from upline.compensation import Inputs, Period, load_plan, run
from upline.compensation.explain.render import sentences
from upline.compensation.explain.why import reasons

PLAN = """\
language: 1
plan: p
version: 2026-01-01
currency: EUR
point_value: 0.50 EUR
members: {{on: yes_no}}
orders: {{pv: points}}
trees: {{placement: {{kind: binary}}}}
bonuses: {{team: {{kind: binary, given_legs: points, {rules}}}}}
"""
TEN = "cycle: {left: 10, right: 10}, per_cycle: 7 EUR"
ANEW = "cycle: {strong: 200, weak: 100}, per_cycle: 7 EUR"
STEPS = "max_ratio: 2, steps: [{sales: 3, pay: 20 EUR}, {sales: 6, pay: 35 EUR}]"


def run_of(rules, left, right, carries=None):
    inputs = Inputs(
        members={"id": ["Ada"], "sponsor": [None], "on": ["yes"]},
        orders={name: [] for name in ("id", "member", "date", "pv")},
        period=Period.parse("2026-01"),
        given_legs={"member": ["Ada"], "left": [str(left)], "right": [str(right)]},
        carries=carries,
    )
    return run(load_plan(PLAN.format(rules=rules)), inputs)


def said(result):
    """Give the sentences on the bonus, with plain blanks before currencies."""
    written = sentences(reasons(result, "Ada"), result.world.plan, "en")[3:]
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in written]


def why(result):
    (bonus,) = reasons(result, "Ada").bonuses
    return bonus


def test_cycles_are_named_with_what_became_of_both_legs():
    first = run_of(TEN + ", carry: {most: 12}, cap: 20 EUR", 35, 47)
    kept = "carried over: 12 points; lost: 5 points"

    assert said(first) == [
        "team: 20.00 EUR",
        "  Left leg. From before: 0 points; new: 35 points; used: 30 points; carried over: 5 points",
        f"  Right leg. From before: 0 points; new: 47 points; used: 30 points; {kept}",
        "  At most 20.00 EUR are paid in a period; what goes beyond is cut.",
        "  20.00 EUR = 3 × 7.00 EUR; cut by the cap from: 21.00 EUR; cycles: 3",
    ]
    second = why(run_of(TEN, 5, 0, first.carries))
    assert [(leg.carried, leg.new, leg.used, leg.kept) for leg in second.legs] == [
        ("5", "5", "10", "0"),
        ("12", "0", "10", "2"),
    ]


def test_a_share_is_told_with_its_point_value_and_two_to_one_by_its_name():
    rules = "cycle: whole, rate: 10 %, two_to_one: {members: on, rate: 15 %}"

    assert said(run_of(rules, 10, 160))[-1] == "  0.75 EUR = 10 points × 15% × 0.50 EUR; two to one"
    assert said(run_of(rules, 10, 15))[-1] == "  0.50 EUR = 10 points × 10% × 0.50 EUR"


def test_each_step_is_told_by_its_number():
    assert said(run_of(STEPS, 9, 9))[-2:] == ["  20.00 EUR; step: 1", "  35.00 EUR; step: 2"]


@pytest.mark.parametrize(
    ("rules", "left", "right", "missing"),
    [
        (TEN, 9, 2, ("1", "8")),
        (TEN, 9, 47, ("1", "0")),
        (TEN, -3, 47, ("13", "0")),
        ("cycle: {left: 10, right: 5}, rate: 10 %", 9, 2, ("1", "3")),
        # The right leg is the stronger one.
        (ANEW, 150, 160, ("0", "40")),
        (ANEW, 50, 260, ("50", "0")),
        # Equal legs: the left one is strong.
        (ANEW, 150, 150, ("50", "0")),
    ],
)
def test_exactly_what_is_missing_makes_a_cycle(rules, left, right, missing):
    nothing = why(run_of(rules, left, right)).nothing

    assert nothing.code == "no_cycle"
    lacking = (nothing.facts["missing_left"], nothing.facts["missing_right"])
    assert lacking == missing
    granted = [left + Fraction(lacking[0]), right + Fraction(lacking[1])]
    assert why(run_of(rules, *granted)).nothing is None
    for side, more in enumerate(lacking):
        if Fraction(more):
            less = [one - (side == index) for index, one in enumerate(granted)]
            assert why(run_of(rules, *less)).nothing is not None


@pytest.mark.parametrize(
    ("rules", "left", "right", "code"),
    [
        ("cycle: whole, rate: 10 %", 0, 160, "no_pair"),
        ("cycle: whole, rate: 10 %, requires: not on", 10, 160, "requires"),
        ("cycle: whole, rate: {by: on, no: 10 %}", 10, 160, "no_rate"),
        (STEPS, 0.5, 9, "no_step"),
        ("steps: [{sales: 3, pay: {by: on, no: 20 EUR}}]", 9, 9, "no_rate"),
        (TEN + ", cap: 0 EUR, cap_uses: paid", 10, 10, "too_small"),
        (STEPS + ", cap: 0 EUR, cap_uses: paid", 10, 10, "too_small"),
    ],
)
def test_why_nothing_was_paid(rules, left, right, code):
    assert why(run_of(rules, left, right)).nothing.code == code


def test_the_next_step_says_what_can_be_used_and_what_is_missing():
    nothing = why(run_of(STEPS, 0.5, 9)).nothing

    facts = {"step": "1", "have": "1.5", "need": "3", "missing": "1.5", "unit": "points"}
    assert nothing.facts == facts
    all_paid = run_of(STEPS, 9, 9)
    assert why(run_of(STEPS, 9, 9, all_paid.carries)).nothing.code == "all_steps"


def test_legs_in_which_there_was_never_anything_are_not_told():
    assert why(run_of(TEN, 0, 0)).legs == ()


def test_a_sentence_that_ends_in_a_shortened_unit_has_one_full_stop():
    result = run_of(TEN, 9, 2)
    written = sentences(reasons(result, "Ada"), result.world.plan, "ru")

    (line,) = (one for one in written if "не хватает" in one)
    assert line.endswith("не хватает: 8 б.")
