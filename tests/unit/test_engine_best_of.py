"""The better of several whole bonuses, member by member."""

import pytest

from upline.compensation import Inputs, Period, PlanRefused, load_plan, run

PLAN = """
language: 1
plan: better
version: 2026-10-01
currency: EUR
members: {trades: {unit: yes_no, default: yes}}
orders: {price: money, bv: money}
bonuses:
  levels: {kind: level, base: price, levels: {1: 10 %%, 2: 5 %%}}
  own: {kind: own, base: bv, rate: 50 %%}
  best: {kind: best_of, of: [levels, own]%s}
%s"""
MEMBERS = {"id": ["A", "B", "C"], "sponsor": [None, "A", "B"], "trades": ["yes", "yes", "yes"]}
ORDERS = {
    "id": ["1", "2", "3"],
    "member": ["C", "B", "A"],
    "date": ["2026-10-05"] * 3,
    "price": ["200.00", "100.00", "0.00"],
    "bv": ["10.00", "50.00", "38.00"],
}


def computed(more="", others="", members=MEMBERS, *, keep_lines=True):
    inputs = Inputs(members=members, orders=ORDERS, period=Period.parse("2026-10"))
    return run(load_plan(PLAN % (more, others)), inputs, keep_lines=keep_lines)


def totals(result):
    return {(row["member"], row["bonus"]): str(row["amount"]) for row in result.totals.to_pylist()}


def test_each_member_is_paid_the_greater_total_and_not_the_other():
    # A: levels 10 + 10 = 20, own 19; B: levels 20, own 25; C: own 5.
    assert totals(computed()) == {
        ("A", "levels"): "20.00",
        ("B", "own"): "25.00",
        ("C", "own"): "5.00",
    }


def test_the_lines_of_the_other_bonus_are_gone():
    lines = [(row["member"], row["bonus"], row["order"]) for row in computed().lines.to_pylist()]

    assert lines == [
        ("A", "levels", "1"),
        ("A", "levels", "2"),
        ("B", "own", "2"),
        ("C", "own", "1"),
    ]


def test_of_equal_totals_the_first_named_is_paid():
    others = "  same: {kind: own, base: bv, rate: 50 %}\n  tie: {kind: best_of, of: [same, own]}\n"
    plan = (PLAN % ("", others)).replace("  best: {kind: best_of, of: [levels, own]}\n", "")
    inputs = Inputs(members=MEMBERS, orders=ORDERS, period=Period.parse("2026-10"))

    result = run(load_plan(plan), inputs)

    assert totals(result)[("B", "same")] == "25.00"
    assert ("B", "own") not in totals(result)


def test_what_is_earned_afterwards_sees_the_choice_wherever_it_stands():
    others = "  match: {kind: level, base: earned(own), levels: {1: 100 %}}\n"
    others += "  of_best: {kind: level, base: earned(best), levels: {1: 100 %}}\n"
    plan = PLAN % ("", others)
    first = plan.replace(others, "").replace("bonuses:\n", "bonuses:\n" + others)
    inputs = Inputs(members=MEMBERS, orders=ORDERS, period=Period.parse("2026-10"))

    for text in (plan, first):
        found = totals(run(load_plan(text), inputs))
        # A's own bonus was not chosen; B's 25 and C's 5 were.
        assert found[("A", "match")] == "25.00"
        assert found[("B", "match")] == "5.00"
        assert found[("A", "of_best")] == "25.00"


def test_who_fails_requires_is_paid_none_of_them():
    members = {**MEMBERS, "trades": ["yes", "no", "yes"]}

    found = totals(computed(", requires: trades", members=members))

    assert found == {("A", "levels"): "20.00", ("C", "own"): "5.00"}


@pytest.mark.parametrize("keep_lines", [True, False])
def test_a_cap_cuts_what_was_chosen(keep_lines):
    found = totals(computed(", cap: 15 EUR", keep_lines=keep_lines))

    assert found == {("A", "levels"): "15.00", ("B", "own"): "15.00", ("C", "own"): "5.00"}


def test_the_own_part_of_a_bonus_is_compared_and_taken_with_it():
    others = "  steps: {kind: stairstep, base: price, rate: 10 %, own_part: personal}\n"
    others += "  step_or_own: {kind: best_of, of: [steps, own]}\n"
    plan = (PLAN % ("", others)).replace("  best: {kind: best_of, of: [levels, own]}\n", "")
    inputs = Inputs(members=MEMBERS, orders=ORDERS, period=Period.parse("2026-10"))

    found = totals(run(load_plan(plan), inputs))

    # C: personal 20 against own 5; B: personal 10 against own 25.
    assert found[("C", "personal")] == "20.00"
    assert ("C", "own") not in found
    assert found[("B", "own")] == "25.00"
    assert ("B", "personal") not in found


def test_a_choice_may_be_among_choices():
    others = "  fixed: {kind: award, amount: 22 EUR, requires: own(price) >= 0 EUR}\n"
    others += "  last: {kind: best_of, of: [best, fixed]}\n"

    found = totals(computed(others=others))

    assert found == {("A", "fixed"): "22.00", ("B", "own"): "25.00", ("C", "fixed"): "22.00"}


def test_a_bonus_in_two_choices_goes_through_both_in_the_order_of_the_file():
    others = "  fixed: {kind: award, amount: 21 EUR, requires: own(price) >= 0 EUR}\n"
    others += "  second: {kind: best_of, of: [levels, fixed]}\n"

    found = totals(computed(others=others))

    # B's levels lost already against his own 25, so the second choice is fixed.
    assert found == {
        ("A", "fixed"): "21.00",
        ("B", "own"): "25.00",
        ("B", "fixed"): "21.00",
        ("C", "own"): "5.00",
        ("C", "fixed"): "21.00",
    }


def test_a_bonus_that_asks_for_the_one_it_is_compared_with_goes_in_a_circle():
    plan = (PLAN % ("", "")).replace("base: bv", "base: earned(levels)")

    with pytest.raises(PlanRefused, match=r"plan\.circle"):
        load_plan(plan)
