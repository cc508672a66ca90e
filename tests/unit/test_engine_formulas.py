"""Formulas: the how-manieth order, conditions on customers, fine limits of legs, what was before."""

import pytest

from tests.engine_runs import computed

PAIR = {"Ada": None, "Boris": "Ada"}


def values(result, name):
    return {row["member"]: row["value"] for row in result.measure(name).to_pylist()}


def nth(result):
    rows = result.order_value("place").to_pylist()
    return {row["order"]: row["value"] for row in rows}


NTH = """
orders: {price: money, pv: points}
order_values: {place: nth}
bonuses:
  first: {kind: own, base: price, orders: nth = 1, rate: 50 %}
"""


def sold(one, member, day, price, pv="1"):
    return (one, member, {"date": day, "price": price, "pv": pv})


def test_orders_of_a_buyer_are_counted_by_day_and_id_whatever_their_sequence():
    result = computed(
        NTH,
        PAIR,
        [
            sold("c", "Boris", "2026-10-09", "10"),
            sold("b", "Boris", "2026-10-09", "10"),
            sold("x", "Ada", "2026-10-30", "10"),
            sold("d", "Boris", "2026-10-01", "20"),
        ],
    )

    assert nth(result) == {"d": "1", "b": "2", "c": "3", "x": "1"}
    assert str(result.company_total()) == "15"


def test_counting_goes_on_in_the_next_period():
    first = computed(NTH, PAIR, [sold("a", "Boris", "2026-10-01", "10")])

    second = computed(
        NTH,
        PAIR,
        [sold("b", "Boris", "2026-11-02", "10"), sold("c", "Ada", "2026-11-02", "10")],
        month="2026-11",
        carries=first.carries,
    )

    assert nth(second) == {"b": "2", "c": "1"}


def test_an_order_that_is_taken_back_whole_does_not_count():
    result = computed(
        NTH,
        PAIR,
        [
            sold("a", "Boris", "2026-10-01", "10"),
            sold("b", "Boris", "2026-10-02", "10"),
            sold("r", "Boris", "2026-10-01", "-10", "-1"),
        ],
    )

    assert nth(result) == {"a": "0", "r": "0", "b": "1"}
    assert str(result.company_total()) == "5"


def test_a_refund_of_a_part_goes_with_the_order_before_it():
    result = computed(
        NTH,
        PAIR,
        [
            sold("b", "Boris", "2026-10-01", "10"),
            sold("c", "Boris", "2026-10-08", "10"),
            sold("a", "Boris", "2026-10-01", "-4", "0"),
        ],
    )

    assert nth(result) == {"b": "1", "a": "1", "c": "2"}
    assert str(result.company_total()) == "3"


def test_earlier_orders_that_come_in_are_not_counted_twice():
    plan = NTH.replace("bonuses:", "measures: {recent: own(price last 60 days)}\nbonuses:")
    september = sold("a", "Boris", "2026-09-15", "10")
    october = [september, sold("b", "Boris", "2026-10-02", "10")]
    first = computed(plan, PAIR, [september], month="2026-09")

    with_carries = computed(plan, PAIR, october, carries=first.carries)
    without = computed(plan, PAIR, october)

    assert nth(with_carries) == nth(without) == {"a": "1", "b": "2"}


CUSTOMERS = """
orders: {price: money, gift: yes_no, code: text}
measures: {found: "customers(%s)"}
bonuses:
  sale: {kind: own, base: price, rate: 10 %%}
"""


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("price >= 50 EUR", "2"),
        ("paid_on(sale) >= 6 EUR", "1"),
        ("round(price, 0) = 60 EUR", "1"),
        ("max(price, 55 EUR) = 55 EUR", "2"),
        ("kind = 'retail'", "2"),
        ("not kind = 'retail'", "1"),
        ("kind = 'retail' and price > 50 EUR", "1"),
        ("gift", "1"),
        ("given(code)", "1"),
        ("within(3, buyer.joined)", "1"),
        ("days_since(buyer.joined) > 20", "2"),
        ("code in ['red', 'blue']", "1"),
        ("order_count = 2", "1"),
    ],
)
def test_customers_are_counted_by_sums_and_by_what_one_of_their_orders_is(condition, count):
    def order(one, customer, price, day, kind, **fields):
        date = f"2026-10-{day}"
        return (
            one,
            "Ada",
            {"customer": customer, "price": price, "date": date, "kind": kind, **fields},
        )

    orders = [
        order("o1", "Xenia", "30", "02", "retail", gift="no", code=""),
        order("o2", "Xenia", "30", "25", "promotion", gift="no", code=""),
        order("o3", "Yann", "50", "25", "retail", gift="yes", code="red"),
        order("o4", "Zoe", "20", "15", "promotion", gift="no", code=""),
    ]

    result = computed(
        CUSTOMERS % condition, {"Ada": None}, orders, members={"joined": ["2026-10-01"]}
    )

    assert values(result, "found") == {"Ada": count}


def test_a_leg_may_be_cut_between_two_units_of_what_it_is_cut_from():
    plan = """
orders: {units: count}
measures: {cut: "legs_sum(units, 2.5)"}
"""
    orders = [("o1", "Boris", {"units": "3"}), ("o2", "Cem", {"units": "2"})]

    result = computed(plan, {**PAIR, "Cem": "Ada"}, orders)

    assert values(result, "cut") == {"Ada": "4.5", "Boris": "0", "Cem": "0"}


def test_what_a_day_and_a_member_were_before_is_carried():
    plan = """
members: {due: date, mentor: member}
measures: {due_before: previous(due), mentor_before: previous(mentor)}
"""

    def month(label, due, mentors, carries):
        fields = {"due": due, "mentor": mentors}
        return computed(plan, PAIR, month=label, members=fields, carries=carries)

    first = month("2026-10", ["2026-12-24", None], [None, "Ada"], None)
    second = month("2026-11", [None, "2027-01-01"], ["Boris", None], first.carries)
    third = month("2026-12", [None, None], [None, None], second.carries)

    assert values(first, "due_before") == {"Ada": None, "Boris": None}
    assert values(second, "due_before") == {"Ada": "2026-12-24", "Boris": None}
    assert values(second, "mentor_before") == {"Ada": None, "Boris": "Ada"}
    assert values(third, "due_before") == {"Ada": None, "Boris": "2027-01-01"}
    assert values(third, "mentor_before") == {"Ada": "Boris", "Boris": None}
    assert first.receipt() != second.receipt()


PEOPLE = """
orders: {pv: points}
measures:
  directly: recruits(yes)
  below: downline(1)
  double: company(2)
  lines: legs(yes)
  sold: recruits(order_count)
ranks: [{rank: One}, {rank: Two, needs: recruits(yes) >= 2}]
"""


def test_what_names_nothing_is_taken_of_each_member():
    tree = {"Ada": None, "Boris": "Ada", "Celina": "Ada", "Dina": "Celina"}
    sales = [("1", "Boris", {"pv": "1"}), ("2", "Boris", {"pv": "1"}), ("3", "Boris", {"pv": "1"})]

    result = computed(PEOPLE, tree, sales)

    found = {
        name: values(result, name)["Ada"]
        for name in ("directly", "below", "double", "lines", "sold")
    }
    assert found == {"directly": "2", "below": "3", "double": "8", "lines": "2", "sold": "3"}
    assert result.ranks.to_pylist()[0]["rank"] == "Two"
