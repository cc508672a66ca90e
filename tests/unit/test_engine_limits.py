"""Limits on several bonuses together: of the company, a member, a person."""

from decimal import Decimal

import pytest

from tests.engine_runs import amounts, computed, totals
from upline.compensation import InputRefused, PlanRefused

STAR = {"Ada": None, "Boris": "Ada", "Cem": "Ada", "Dina": "Ada"}
PLAN = """
members: {person: text, most: money}
orders: {price: money}
bonuses:
  sale: {kind: own, base: price, rate: 20 %}
  team: {kind: level, base: price, levels: {1: 10 %}}
limits:
  payout: {most: 15 % * company(price), bonuses: all, cut: in_proportion}
"""
ORDERS = [
    ("o1", "Boris", {"price": "100", "date": "2026-10-03"}),
    ("o2", "Cem", {"price": "50.05", "date": "2026-10-02"}),
    ("o3", "Dina", {"price": "0.10", "date": "2026-10-01"}),
]
# Sale: Boris 20.00, Cem 10.01, Dina 0.02; team: Ada 10.00 + 5.01 + 0.01 = 15.02; 45.05 in all.


def limited(limit, *, orders=ORDERS, **more):
    head, _, _ = PLAN.partition("limits:")
    people = {"person": ["p1", "p1", "p2", None], "most": ["5", "8", "6", "1"]}
    return computed(f"{head}limits: {{it: {limit}}}\n", STAR, orders, members=people, **more)


def test_the_companys_pay_is_cut_to_its_share_of_the_turnover_to_the_cent():
    result = limited("{most: 15 % * company(price)}")

    # 15 % of 150.15 is 22.5225, cut down 22.52, shared 22.52 / 45.05 = 0.49988901...:
    # 9.9977..., 5.0038..., 0.0099..., 7.5083...: 9.99 + 5.00 + 0.00 + 7.50 = 22.49, and the three
    # cents go to the remainders .99, .83 and .77.
    assert totals(result) == {
        ("Ada", "team"): Decimal("7.51"),
        ("Boris", "sale"): Decimal("10.00"),
        ("Cem", "sale"): Decimal("5.00"),
        ("Dina", "sale"): Decimal("0.01"),
    }
    assert result.company_total() == Decimal("22.52")


def test_what_a_member_loses_is_shared_by_his_lines():
    result = limited("{most: 15 % * company(price)}")

    # Ada's lines 10.00, 5.01 and 0.01 may keep 7.51 of 15.02: 5.00, 2.505 and 0.005; of the equal
    # remainders that of the first of October comes first.
    assert [row for row in amounts(result, "bonus", "order") if row[0] == "team"] == [
        ("team", "o1", Decimal("5.00")),
        ("team", "o2", Decimal("2.50")),
        ("team", "o3", Decimal("0.01")),
    ]


@pytest.mark.parametrize(
    "limit",
    [
        "{most: 15 % * company(price)}",
        "{most: 9 EUR, per: member}",
        "{most: 9 EUR, per: member, cut: last_first}",
        "{most: 9 EUR, per: person}",
        "{most: 9 EUR, cut: last_first}",
        "{most: 9 EUR, per: person, cut: last_first}",
    ],
)
def test_lines_add_up_to_totals_and_totals_need_no_lines(limit):
    kept, dropped = (limited(limit, keep_lines=keeps) for keeps in (True, False))

    sums = {}
    for member, bonus, amount in amounts(kept):
        sums[member, bonus] = sums.get((member, bonus), 0) + amount
    assert {key: amount for key, amount in sums.items() if amount} == totals(kept)
    assert totals(kept) == totals(dropped)


def test_a_limit_of_each_member_holds_for_the_named_bonuses_only():
    result = limited("{most: most, per: member, bonuses: [sale]}")

    assert totals(result) == {
        ("Ada", "team"): Decimal("15.02"),
        ("Boris", "sale"): Decimal("8.00"),
        ("Cem", "sale"): Decimal("6.00"),
        ("Dina", "sale"): Decimal("0.02"),
    }


def test_a_person_has_one_limit_for_all_positions_the_greatest_of_theirs():
    result = limited("{most: most, per: person}")

    # p1 is Ada (5) and Boris (8): 35.02 earned, 8.00 allowed: 15.02 and 20.00 in proportion are
    # 3.4311... and 4.5688.... p2 is Cem (6); Dina names no person and is one by herself.
    assert totals(result) == {
        ("Ada", "team"): Decimal("3.43"),
        ("Boris", "sale"): Decimal("4.57"),
        ("Cem", "sale"): Decimal("6.00"),
        ("Dina", "sale"): Decimal("0.02"),
    }


def test_last_first_takes_from_the_last_bonus_and_there_from_the_latest_order():
    result = limited("{most: 35.05 EUR, cut: last_first}")

    # 10.00 too much: the team bonus loses them on the order of the third of October.
    assert amounts(result, "bonus", "order") == [
        ("team", "o1", Decimal("0.00")),
        ("team", "o2", Decimal("5.01")),
        ("team", "o3", Decimal("0.01")),
        ("sale", "o1", Decimal("20.00")),
        ("sale", "o2", Decimal("10.01")),
        ("sale", "o3", Decimal("0.02")),
    ]


def test_last_first_goes_on_with_the_bonus_before():
    result = limited("{most: 12 EUR, cut: last_first}")

    # 33.05 too much: all 15.02 of the team bonus, and 18.03 of the sale bonus on the latest order.
    assert totals(result) == {
        ("Boris", "sale"): Decimal("1.97"),
        ("Cem", "sale"): Decimal("10.01"),
        ("Dina", "sale"): Decimal("0.02"),
    }


def test_limits_follow_each_other_as_they_stand_in_the_plan():
    head, _, _ = PLAN.partition("limits:")
    plan = f"""{head}limits:
  each: {{most: 10 EUR, per: member}}
  payout: {{most: 20 EUR}}
"""

    result = computed(plan, STAR, ORDERS, members={"person": [None] * 4, "most": ["0"] * 4})

    # Ada, Boris and Cem keep 10, Dina 0.02; 30.02 are then cut to 20: 6.6622... for each of the
    # three, 0.0133... for Dina, to whom the cent goes that is left.
    assert totals(result) == {
        ("Boris", "sale"): Decimal("6.66"),
        ("Ada", "team"): Decimal("6.66"),
        ("Cem", "sale"): Decimal("6.66"),
        ("Dina", "sale"): Decimal("0.02"),
    }


def test_what_was_cut_is_a_table_that_adds_up_to_what_was_earned():
    head, _, _ = PLAN.partition("limits:")
    plan = f"""{head}limits: {{each: {{most: 10 EUR, per: member, bonuses: [sale]}}}}
legal: {{buys: {{needs: own(price) > 0 EUR}}}}
"""

    result = computed(plan, STAR, ORDERS, members={"person": [None] * 4, "most": ["0"] * 4})

    assert [tuple(row.values()) for row in result.cuts.to_pylist()] == [
        ("Boris", "sale", "limit", "each", Decimal("10.00")),
        ("Cem", "sale", "limit", "each", Decimal("0.01")),
        ("Ada", "team", "legal", "buys", Decimal("15.02")),
    ]


def test_what_a_member_owes_is_not_cut_and_leaves_room():
    orders = [*ORDERS, ("o4", "Dina", {"price": "-50"})]

    result = limited("{most: 12 EUR, bonuses: [sale]}", orders=orders)

    # Sale: 20.00 + 10.01 - 9.98 = 20.03; 12 may be paid, so that Boris and Cem share 21.98.
    assert totals(result) == {
        ("Ada", "team"): Decimal("10.02"),
        ("Boris", "sale"): Decimal("14.65"),
        ("Cem", "sale"): Decimal("7.33"),
        ("Dina", "sale"): Decimal("-9.98"),
    }


def test_a_sale_refunded_in_the_same_period_changes_nobodys_share():
    undone = [
        ("o4", "Dina", {"price": "70", "date": "2026-10-01"}),
        ("o5", "Dina", {"price": "-70", "date": "2026-10-01"}),
    ]

    for limit in ("{most: 12 EUR}", "{most: 12 EUR, per: member, cut: last_first}"):
        assert totals(limited(limit, orders=[*ORDERS, *undone])) == totals(limited(limit))


def test_a_limit_below_nothing_is_nothing():
    assert totals(limited("{most: own(price) - 200 EUR, per: member}")) == {}


def test_members_for_whom_no_limit_is_named_have_none():
    result = limited("{most: {by: person, p2: 3 EUR}, per: member}")

    assert totals(result)["Cem", "sale"] == Decimal(3)
    assert totals(result)["Boris", "sale"] == Decimal(20)


def test_bonuses_of_different_decimals_are_cut_to_their_own():
    head, _, _ = PLAN.partition("limits:")
    plan = head.replace("rate: 20 %", "rate: 20 %, rounding: {places: 4}")
    plan += "limits: {it: {most: 0.055 EUR}}\n"
    orders = [("o1", "Boris", {"price": "0.30"})]

    result = computed(plan, STAR, orders, members={"person": [None] * 4, "most": ["0"] * 4})

    # 0.0600 and 0.03 earned, 0.0550 allowed: 0.036666... and 0.018333... become 0.0366 and 0.01;
    # 0.0084 is left: the larger remainder (0.83 of a cent) would need 0.01, the other takes 0.0001.
    assert totals(result) == {
        ("Boris", "sale"): Decimal("0.0367"),
        ("Ada", "team"): Decimal("0.0100"),
    }


def test_a_company_limit_that_differs_by_member_is_refused():
    with pytest.raises((PlanRefused, InputRefused), match="differs"):
        limited("{most: most}")


def test_the_point_value_may_come_from_the_turnover_of_the_period():
    plan = """
orders: {price: money, pv: points}
point_value: round(share(30 % * company(price), company(pv) * 1 EUR), 4) * 1 EUR
bonuses:
  team: {kind: level, base: pv, levels: {1: 50 %}}
"""

    orders = [
        ("o1", "Boris", {"price": "100", "pv": "80"}),
        ("o2", "Cem", {"price": "50", "pv": "40"}),
    ]

    # 45 EUR for 120 points: 0.375 EUR a point.
    assert totals(computed(plan, STAR, orders)) == {("Ada", "team"): Decimal("22.50")}


def test_of_a_stairstep_the_line_of_the_group_below_is_cut_before_that_for_own_orders():
    result = computed(
        """
members: {share: ratio}
orders: {price: money}
bonuses:
  steps: {kind: stairstep, base: price, rate: share}
limits: {payout: {most: 6 EUR, cut: last_first}}
""",
        {"Ada": None, "Boris": "Ada"},
        [("o1", "Boris", {"price": "100", "date": "2026-10-03"})],
        members={"share": ["0.08", "0.05"]},
    )

    # Both lines come from Boris: his own 5.00 has level 0, Ada's 8.00 - 5.00 level 1, and goes first.
    assert totals(result) == {
        ("Ada", "steps"): Decimal("1.00"),
        ("Boris", "steps"): Decimal("5.00"),
    }
