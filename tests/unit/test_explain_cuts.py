"""Explanations name what a budget, a limit or a gate cut, by how much and why."""

from tests.engine_runs import HEAD, computed
from upline.compensation import load_plan
from upline.compensation.explain.render import sentences
from upline.compensation.explain.view import View
from upline.compensation.explain.why import line_reason, reasons

PAIR = {"Ada": None, "Boris": "Ada"}
BONUSES = """
orders: {price: money, coupon: money}
bonuses:
  sale: {kind: own, base: price, rate: 20 %}
  team: {kind: level, base: price, levels: {1: 20 %}}
"""
ORDERS = [("o1", "Boris", {"price": "100", "coupon": "5"})]


def said(plan, member, result):
    lines = sentences(reasons(result, member), load_plan(HEAD + plan), "en")
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def test_a_line_says_what_its_order_could_pay():
    plan = BONUSES + "budget: {most: 35 % * price, spent: coupon}\n"

    lines = said(plan, "Ada", computed(plan, PAIR, ORDERS))

    assert lines[-4:] == [
        "team: 15.00 EUR",
        "  Cut by the budgets of orders: 5.00 EUR.",
        "  from: Boris; level: 1",
        (
            "    15.00 EUR = 100.00 EUR × 20%; cut from: 20.00 EUR; earned on the order: 40.00 EUR,"
            " at most: 30.00 EUR; order: o1"
        ),
    ]


def test_a_limit_says_what_was_earned_together_and_what_is_paid_at_most():
    plan = BONUSES + "limits: {payout: {most: 30 EUR, clause: § 7, title: Ceiling}}\n"

    lines = said(plan, "Ada", computed(plan, PAIR, ORDERS))

    assert lines[-4:] == [
        "team: 15.00 EUR",
        (
            "  Cut by the limit Ceiling (§ 7): 5.00 EUR. Earned together: 40.00 EUR; at most: 30.00"
            " EUR."
        ),
        "  from: Boris; level: 1",
        "    15.00 EUR = 100.00 EUR × 20%; cut from: 20.00 EUR; order: o1",
    ]


def test_a_single_line_names_the_limit_too():
    plan = BONUSES + "limits: {payout: {most: 30 EUR}}\n"
    result = computed(plan, PAIR, ORDERS)

    reason = line_reason(View.of(result), "team", 0)

    assert (reason.amount, reason.lines[0].before) == ("15.00", "20.00")
    assert [(cut.name, cut.amount, cut.most, cut.earned) for cut in reason.cuts] == [
        ("payout", "5.00", "30", "40")
    ]


def test_a_bonus_that_is_cut_to_nothing_says_so():
    plan = BONUSES + "limits: {payout: {most: 20 EUR, cut: last_first}}\n"

    lines = said(plan, "Ada", computed(plan, PAIR, ORDERS))

    assert "team: 0.00 EUR" in lines
    assert lines[-1] == ("    0.00 EUR = 100.00 EUR × 20%; cut from: 20.00 EUR; order: o1")


def test_a_gate_says_what_was_lost_by_it_and_which_condition_fails():
    plan = BONUSES + "legal: {own_sales: {needs: own(price) > 0 EUR, clause: § 9}}\n"

    lines = said(plan, "Ada", computed(plan, PAIR, ORDERS))

    assert "  Lost by the legal condition own_sales (§ 9): 20.00 EUR." in lines
    assert "  Nothing, because a legal condition is not met:" in lines


AWARD = """
orders: {price: money}
bonuses:
  car: {kind: award, amount: 100 EUR, requires: own(price) >= 50 EUR, %s}
"""


def award_of(terms, *prices):
    plan, carries, result = AWARD % terms, None, None
    for month, price in zip(("2026-08", "2026-09", "2026-10"), prices, strict=False):
        orders = [(month, "Boris", {"price": price})]
        result = computed(plan, PAIR, orders, month=month, carries=carries)
        carries = result.carries
    return said(plan, "Boris", result)


def test_an_instalment_names_the_award():
    lines = award_of("once: ever, instalments: {count: 3}", "50", "50")

    assert lines[-1] == "  33.34 EUR; award: 100.00 EUR; part 2 of 3 equal parts"


def test_who_has_not_held_out_long_enough_hears_how_many_periods_are_missing():
    lines = award_of("hold: 3", "50", "50")

    assert lines[-1] == (
        "  Nothing, because the conditions have not been met for long enough. Periods in a row: 2,"
        " needed: 3, missing: 1."
    )


def test_who_has_lost_instalments_hears_why():
    terms = "once: ever, instalments: {count: 3, while: own(price) >= 10 EUR}"

    lines = award_of(terms, "50", "9")

    assert lines[-2:] == [
        "  Nothing, because what is left of an award is paid only while this holds:",
        "    ✗ sum over own orders (amount of the order): 9.00 EUR, needed: 10.00 EUR, missing: 1.00 EUR",
    ]
