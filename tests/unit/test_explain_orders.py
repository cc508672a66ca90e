"""What an order paid, worked by hand on four people: lines, those passed over, share, budget."""

from __future__ import annotations

import pytest

from upline.compensation import InputRefused, Inputs, Period, load_plan, run
from upline.compensation.explain.orders import NOTHING_ON_ORDER, order_reasons
from upline.compensation.explain.render_order import NOTHING, order_sentences
from upline.compensation.plan.speech import LANGUAGES

HEAD = """\
language: 1
plan: small
version: 2026-01-01
currency: EUR
orders: {pv: points, price: money, affiliate: member}
measures:
  active: {is: own(pv) >= 100, title: Active}
"""
# Ada sponsors Ben, Ben Cem, Cem Dia; Dia's order is looked at.
MEMBERS = {"id": ["Ada", "Ben", "Cem", "Dia"], "sponsor": [None, "Ada", "Ben", "Cem"]}
ORDERS = {
    "id": ["1", "2", "3"],
    "member": ["Ada", "Cem", "Dia"],
    "date": ["2026-10-05"] * 3,
    "pv": ["120", "100", "300"],
    "price": ["120.00", "100.00", "200.00"],
    "affiliate": ["", "", "Ben"],
}
TEAM = (
    "  team: {kind: level, base: price, requires: active, compression: roll_up,"
    " levels: {1: 10 %, 2: 5 %}}\n"
)


def said(rest: str, *, order: str = "3", language: str = "en") -> list[str]:
    """Give the sentences about an order from its first bonus on, with plain spaces."""
    plan = load_plan(HEAD + rest)
    period = Period.parse("2026-10")
    found = order_reasons(run(plan, Inputs(members=MEMBERS, orders=ORDERS, period=period)), order)
    return [line.replace("\u00a0", " ") for line in order_sentences(found, plan, language) if line]


def test_an_order_says_who_got_what_who_was_passed_over_and_what_share_was_paid():
    assert said(f"bonuses:\n{TEAM}") == [
        "Order: 3. Member: Dia. Date: October 5, 2026.",
        "Plan: small@2026-01-01. Period: October 1, 2026 – October 31, 2026",
        "Paid on this order: 30.00 EUR.",
        "  volume of the order: 300 points",
        "  amount of the order: 200.00 EUR; share of it that was paid: 15%",
        "  member named by the order: Ben",
        "team: 30.00 EUR",
        "  Cem; level: 1; 20.00 EUR = 200.00 EUR × 10%",
        "  Ada; level: 2; 10.00 EUR = 200.00 EUR × 5%",
        "  Passed over: Ben (sum over own orders (volume of the order): 0 points, needed: 100 points, missing: 100 points)",
    ]


def test_a_budget_says_what_it_held_and_what_it_took():
    lines = said(f"bonuses:\n{TEAM}budget: {{most: 10 % * price, spent: 5 EUR}}\n")

    assert lines[2] == "Paid on this order: 15.00 EUR."
    assert (
        lines[6] == "  Budget: 20.00 EUR; spent before: 5.00 EUR; cut: 15.00 EUR; left: 0.00 EUR."
    )
    assert lines[8] == (
        "  Cem; level: 1; 10.00 EUR = 200.00 EUR × 10%; cut from: 20.00 EUR; earned on the order:"
        " 30.00 EUR, at most: 15.00 EUR"
    )


@pytest.mark.parametrize(
    ("bonus", "expected"),
    [
        (
            "{kind: level, base: price, orders: pv > 500, levels: {1: 10 %}}",
            [
                "  Nothing, because the order is none of those that count:",
                "    ✗ volume of the order: 300 points, needed: > 500 points, missing: 200.0001 points",
            ],
        ),
        (
            "{kind: level, base: price, sources: own(pv) > 300, levels: {1: 10 %}}",
            [
                "  Nothing, because the buyer does not meet the conditions:",
                "    ✗ sum over own orders (volume of the order): 300 points, needed: > 300 points, missing: 0.0001 points",
            ],
        ),
        (
            "{kind: level, base: 'max(0 EUR, price - 200 EUR)', levels: {1: 10 %}}",
            ["  Nothing, because the order has nothing to be paid on."],
        ),
        (
            "{kind: own, base: price, to: order.affiliate, requires: active, rate: 5 %}",
            [
                "  Nothing, because the conditions are not met:",
                "    ✗ Active (sum over own orders (volume of the order): 0 points, needed: 100 points, missing: 100 points)",
            ],
        ),
        (
            "{kind: level, base: price, requires: own(pv) = 7, levels: {1: 10 %}}",
            [
                "  Nothing, because nobody who could be paid has a right to it.",
                "  Passed over: Cem (sum over own orders (volume of the order): 100 points, needed: 7 points)",
                "  Passed over: Ben (sum over own orders (volume of the order): 0 points, needed: 7 points, missing: 7 points)",
                "  Passed over: Ada (sum over own orders (volume of the order): 120 points, needed: 7 points)",
            ],
        ),
        (
            "{kind: level, base: price, stop_above: own(pv) = 100, levels: {2..3: 10 %}}",
            [
                "  Nothing, because nobody who could be paid has a right to it.",
                "  Passed over: Cem (no rate at this rank or level)",
                "  Payment up the line ends with: Cem.",
            ],
        ),
    ],
)
def test_a_bonus_that_paid_nothing_on_an_order_says_why(bonus, expected):
    lines = said(f"bonuses:\n  made: {bonus}\n")

    assert lines[lines.index("made: 0.00 EUR") + 1 :] == expected


def test_who_took_as_great_a_share_nearer_is_said_of_a_differential():
    lines = said("bonuses:\n  lead: {kind: differential, base: price, share: 5 %}\n")

    assert lines[-4:] == [
        "lead: 10.00 EUR",
        "  Cem; level: 1; 10.00 EUR = 200.00 EUR × 5%",
        "  Passed over: Ben (members nearer to the buyer took as great a share)",
        "  Passed over: Ada (members nearer to the buyer took as great a share)",
    ]


def test_bonuses_that_add_orders_up_are_named():
    lines = said("bonuses:\n  group: {kind: stairstep, title: Group, base: price, rate: 5 %}\n")

    assert lines[-1] == "Added up with other orders by: Group."


def test_the_buyer_of_an_order_at_the_top_has_nobody_above():
    assert said(f"bonuses:\n{TEAM}", order="1")[-1] == (
        "  Nothing, because there is nobody who could be paid."
    )


def test_an_order_that_is_not_of_the_run_is_refused():
    with pytest.raises(InputRefused, match="There is no order '9' in the period"):
        said(f"bonuses:\n{TEAM}", order="9")


def test_every_language_says_it_and_every_reason_has_its_sentence():
    texts = {
        "\n".join(said(f"bonuses:\n{TEAM}budget: {{most: 10 % * price}}\n", language=one))
        for one in LANGUAGES
    }

    assert len(texts) == len(LANGUAGES)
    assert not any("%(" in text for text in texts)
    assert set(NOTHING) == set(NOTHING_ON_ORDER)
