"""One budget per order: who is cut, by how much, and what a refund does."""

from decimal import Decimal

from tests.engine_runs import amounts, computed, totals

CHAIN = {"Ada": None, "Boris": "Ada", "Cem": "Boris", "Dina": "Cem"}
PLAN = """
orders: {price: money, coupon: money}
bonuses:
  sale: {kind: own, base: price, rate: 20 %}
  team: {kind: level, base: price, levels: {1: 20 %, 2: 10 %, 3: 5 %}}
budget: {most: 40 % * price, spent: coupon, cut: in_proportion}
"""


def test_an_order_pays_its_budget_to_the_cent_and_units_left_go_to_the_largest_remainders():
    result = computed(PLAN, CHAIN, [("o1", "Dina", {"price": "100", "coupon": "9.99"})])

    # 55.00 are earned, 30.01 may be paid: 20 x 30.01 / 55 = 10.912727..., 10 x = 5.456363...,
    # 5 x = 2.728181.... Cut down 10.91 + 10.91 + 5.45 + 2.72 = 29.99; the two cents left go to
    # the remainders 0.82 (level 3) and 0.64 (level 2).
    assert amounts(result) == [
        ("Ada", "team", Decimal("2.73")),
        ("Boris", "team", Decimal("5.46")),
        ("Cem", "team", Decimal("10.91")),
        ("Dina", "sale", Decimal("10.91")),
    ]
    assert result.company_total() == Decimal("30.01")


def test_equal_remainders_favour_the_bonus_that_stands_first():
    result = computed(PLAN, CHAIN, [("o1", "Boris", {"price": "0.50", "coupon": "0.05"})])

    # Sale and level 1 earn 0.10 each, 0.15 may be paid: 0.075 each.
    assert totals(result) == {
        ("Boris", "sale"): Decimal("0.08"),
        ("Ada", "team"): Decimal("0.07"),
    }


def test_last_first_takes_from_the_last_bonus_and_its_highest_level():
    plan = PLAN.replace("in_proportion", "last_first")

    result = computed(plan, CHAIN, [("o1", "Dina", {"price": "100", "coupon": "8.50"})])

    # 55.00 earned, 31.50 may be paid: level 3 loses 5, level 2 loses 10, level 1 the other 8.50.
    assert amounts(result) == [
        ("Ada", "team", Decimal("0.00")),
        ("Boris", "team", Decimal("0.00")),
        ("Cem", "team", Decimal("11.50")),
        ("Dina", "sale", Decimal("20.00")),
    ]


def test_an_order_within_its_budget_is_not_touched():
    result = computed(PLAN, CHAIN, [("o1", "Boris", {"price": "100", "coupon": "0"})])

    assert totals(result) == {("Boris", "sale"): Decimal(20), ("Ada", "team"): Decimal(20)}
    assert not any(part.cuts for part in result.paid)


def test_an_order_whose_budget_is_spent_pays_nobody():
    result = computed(PLAN, CHAIN, [("o1", "Boris", {"price": "100", "coupon": "45"})])

    assert totals(result) == {}
    assert amounts(result, "bonus") == [("team", Decimal("0.00")), ("sale", Decimal("0.00"))]


def test_a_refund_in_the_same_period_takes_back_to_the_cent_what_the_sale_paid():
    sale = {"price": "100", "coupon": "9.99"}
    refund = {"price": "-100", "coupon": "-9.99"}

    result = computed(PLAN, CHAIN, [("o1", "Dina", sale), ("o2", "Dina", refund)])

    assert totals(result) == {}
    assert amounts(result, "order") == [
        ("o1", Decimal("2.73")),
        ("o2", Decimal("-2.73")),
        ("o1", Decimal("5.46")),
        ("o2", Decimal("-5.46")),
        ("o1", Decimal("10.91")),
        ("o2", Decimal("-10.91")),
        ("o1", Decimal("10.91")),
        ("o2", Decimal("-10.91")),
    ]


def test_what_is_computed_from_earnings_sees_them_before_the_budget():
    plan = PLAN.replace(
        "budget:", "  match: {kind: level, base: earned(sale), levels: {1: 10 %}}\nbudget:"
    )

    result = computed(plan, CHAIN, [("o1", "Boris", {"price": "100", "coupon": "20"})])

    # 40 are earned on the order, 20 may be paid; the match is paid on the 20 that were earned, and
    # has no order of its own.
    assert totals(result) == {
        ("Boris", "sale"): Decimal(10),
        ("Ada", "team"): Decimal(10),
        ("Ada", "match"): Decimal(2),
    }


def test_lines_without_an_order_are_outside_every_budget():
    plan = PLAN.replace("base: price, rate: 20 %", "base: price, rate: 90 %, lines: per_period")

    result = computed(plan, CHAIN, [("o1", "Boris", {"price": "100", "coupon": "0"})])

    assert totals(result) == {("Boris", "sale"): Decimal(90), ("Ada", "team"): Decimal(20)}


def test_an_order_for_which_no_budget_is_named_has_none():
    plan = PLAN.replace("most: 40 % * price", "most: {by: kind, promotion: 10 EUR}")
    orders = [
        ("o1", "Boris", {"price": "100", "coupon": "0", "kind": "promotion"}),
        ("o2", "Boris", {"price": "100", "coupon": "0", "kind": "regular"}),
    ]

    result = computed(plan, CHAIN, orders)

    assert totals(result) == {("Boris", "sale"): Decimal(25), ("Ada", "team"): Decimal(25)}


def test_totals_are_the_same_where_lines_are_not_kept():
    orders = [("o1", "Dina", {"price": "100", "coupon": "9.99"})]

    kept, dropped = (computed(PLAN, CHAIN, orders, keep_lines=keeps) for keeps in (True, False))

    assert totals(kept) == totals(dropped)


def test_sums_past_64_bits_are_cut_exactly():
    plan = PLAN.replace("coupon: money", "coupon: money").replace("40 %", "10 %")

    result = computed(plan, CHAIN, [("o1", "Boris", {"price": "90000000000000", "coupon": "0.01"})])

    # 1.8 x 10^13 each, 8,999,999,999,999.99 together.
    assert totals(result) == {
        ("Boris", "sale"): Decimal("4500000000000.00"),
        ("Ada", "team"): Decimal("4499999999999.99"),
    }
