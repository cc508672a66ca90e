"""Overrides on broken-away groups, and the guarantee that a leader owes the one above."""

from fractions import Fraction

import pytest

from upline.compensation import Inputs, Period, load_plan, run

PLAN = """
language: 1
plan: breakaway
version: 2026-10-01
currency: EUR
members: {leads: yes_no, active: {unit: yes_no, default: yes}}
orders: {bv: money}
bonuses:
  leadership: {kind: breakaway, base: bv, head: leads, rate: 6 %%, requires: active%s}
"""
GUARANTEE = ", guarantee: 600 EUR"


def computed(members, volumes, more=GUARANTEE):
    """Compute a line of members `id: (sponsor, leads)` with a volume each."""
    table = {
        "id": list(members),
        "sponsor": [sponsor for sponsor, *_ in members.values()],
        "leads": [leads for _, leads, *_ in members.values()],
        "active": ["no" if "idle" in rest else "yes" for _, _, *rest in members.values()],
    }
    orders = {
        "id": [f"o{name}" for name in volumes],
        "member": list(volumes),
        "date": ["2026-10-05"] * len(volumes),
        "bv": list(volumes.values()),
    }
    period = Period.parse("2026-10")
    return run(load_plan(PLAN % more), Inputs(members=table, orders=orders, period=period))


def lines(result):
    return [
        (row["member"], row["buyer"], row["level"], str(row["amount"]))
        for row in result.lines.to_pylist()
    ]


# A < B < C < D: all lead; D's group has 12,000, C's own part 4,000, B's own part 15,000.
CHAIN = {"A": (None, "yes"), "B": ("A", "yes"), "C": ("B", "yes"), "D": ("C", "yes")}
VOLUMES = {"D": "12000.00", "C": "4000.00", "B": "15000.00"}


def test_a_leader_leaves_what_is_lacking_to_the_one_above_out_of_his_own_overrides():
    result = computed(CHAIN, VOLUMES)

    # C gets 6 % of 12,000 = 720; his own part brings B only 240, so 360 more go up.
    assert lines(result) == [
        ("A", "B", 1, "900.00"),
        ("B", "C", 1, "600.00"),
        ("C", "C", 0, "-360.00"),
        ("C", "D", 1, "720.00"),
    ]


def test_without_a_guarantee_each_is_paid_what_the_leg_brings():
    result = computed(CHAIN, VOLUMES, more="")

    assert lines(result) == [
        ("A", "B", 1, "900.00"),
        ("B", "C", 1, "240.00"),
        ("C", "D", 1, "720.00"),
    ]


def test_more_than_his_own_overrides_nobody_leaves():
    result = computed(CHAIN, {"D": "2000.00", "C": "1000.00", "B": "500.00"})

    # D lacks 480 and has no legs; C gives all of his 120 to B (60 + 120); B all of his 180 to A.
    assert lines(result) == [
        ("A", "B", 1, "210.00"),
        ("B", "B", 0, "-180.00"),
        ("B", "C", 1, "180.00"),
        ("C", "C", 0, "-120.00"),
        ("C", "D", 1, "120.00"),
    ]


def test_the_group_below_a_leader_is_not_part_of_the_groups_above():
    members = {**CHAIN, "E": ("D", "no"), "F": ("A", "no")}

    result = computed(members, {"E": "100.00", "F": "50.00", "D": "10.00"}, more="")

    assert lines(result) == [("C", "D", 1, "6.60")]


def test_who_does_not_qualify_is_passed_over_and_owes_nothing():
    members = {**CHAIN, "C": ("B", "yes", "idle")}

    result = computed(members, VOLUMES)

    # D's leg goes to B as well as C's; B's own 900 is above the guarantee.
    assert lines(result) == [
        ("A", "B", 1, "900.00"),
        ("B", "C", 1, "240.00"),
        ("B", "D", 1, "720.00"),
    ]


def test_a_leader_with_several_legs_leaves_from_all_of_them_together():
    members = {"A": (None, "no"), "B": ("A", "yes"), "C": ("B", "yes"), "D": ("B", "yes")}

    result = computed(members, {"C": "5000.00", "D": "3000.00", "B": "1000.00"})

    # B gets 300 + 180 and owes A 600 - 60 = 540: all of the 480 goes up.
    assert lines(result) == [
        ("A", "B", 1, "540.00"),
        ("B", "B", 0, "-480.00"),
        ("B", "C", 1, "300.00"),
        ("B", "D", 1, "180.00"),
    ]


def test_the_guarantee_is_met_to_the_cent_and_no_cent_is_lost():
    result = computed(CHAIN, {"D": "12000.33", "C": "4000.55", "B": "15000.00"})

    # 6 % of 12,000.33 is 720.0198 and of 4,000.55 is 240.033: 720.02 and 240.03 + 359.97.
    assert lines(result)[1:] == [
        ("B", "C", 1, "600.00"),
        ("C", "C", 0, "-359.97"),
        ("C", "D", 1, "720.02"),
    ]
    assert result.company_total() == Fraction("720.02") + Fraction("240.03") + 900


def test_a_leg_below_zero_takes_money_back_and_lacks_the_more():
    result = computed(CHAIN, {"D": "12000.00", "C": "-1000.00"})

    # C's part brings -60, so he leaves 660 of his 720; B has that and A's guarantee of 600 to keep.
    assert lines(result) == [
        ("A", "B", 1, "600.00"),
        ("B", "B", 0, "-600.00"),
        ("B", "C", 1, "600.00"),
        ("C", "C", 0, "-660.00"),
        ("C", "D", 1, "720.00"),
    ]


def test_rate_and_guarantee_may_speak_of_receiver_and_head():
    text = """  leadership:
    kind: breakaway
    base: bv
    head: leads
    rate: {by: country, PL: 5 %, otherwise: 2 %}
    guarantee: {by: buyer.country, PL: 100 EUR}
"""
    head = PLAN[: PLAN.index("  leadership")].replace(
        "leads: yes_no", "leads: yes_no, country: text"
    )
    plan = load_plan(head + text)
    members = {
        "id": ["A", "B", "C"],
        "sponsor": [None, "A", "B"],
        "leads": ["yes"] * 3,
        "active": ["yes"] * 3,
        "country": ["BG", "PL", "PL"],
    }
    orders = {
        "id": ["1", "2"],
        "member": ["C", "B"],
        "date": ["2026-10-05"] * 2,
        "bv": ["1000.00", "500.00"],
    }

    result = run(plan, Inputs(members=members, orders=orders, period=Period.parse("2026-10")))

    # B: 5 % of 1,000; A: 2 % of 500 = 10, and 90 lack of the guarantee, of which B has 50.
    assert lines(result) == [
        ("A", "B", 1, "60.00"),
        ("B", "B", 0, "-50.00"),
        ("B", "C", 1, "50.00"),
    ]


@pytest.mark.parametrize("turn", [False, True])
def test_rows_in_another_order_change_nothing(turn):
    members = dict(reversed(CHAIN.items())) if turn else CHAIN

    assert lines(computed(members, VOLUMES)) == lines(computed(CHAIN, VOLUMES))
