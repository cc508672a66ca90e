"""Counts granted beside the pay of kind own."""

from tests.engine_runs import computed

PLAN = """
orders: {price: money, event: text, host: member}
bonuses:
  free_goods:
    kind: own
    base: price
    to: order.host
    lines: event
    requires: event_sum(price) >= 200 EUR
    rate: 10 %
    grants: {half_price_items: {scale: event_sum(price), steps: {200 EUR: 1, 400 EUR: 2}}}
"""
PEOPLE = {"Ada": None, "Hana": "Ada", "Ines": "Ada"}


def states(result):
    return [tuple(row.values()) for row in result.states.to_pylist()]


def order(one, event, host, price):
    return (one, "Ada", {"price": price, "event": event, "host": host})


def test_each_party_that_meets_the_conditions_grants_its_count():
    result = computed(
        PLAN,
        PEOPLE,
        [
            order("o1", "first", "Hana", "215"),
            order("o2", "second", "Hana", "400"),
            order("o3", "third", "Ines", "199.99"),
        ],
    )

    assert states(result) == [("Hana", "free_goods.half_price_items", "3")]


def test_a_refund_takes_back_what_its_order_granted():
    plan = """
orders: {price: money}
bonuses:
  sale: {kind: own, base: price, grants: {points: 2}}
"""
    sold = [("o1", "Hana", {"price": "10"}), ("o2", "Hana", {"price": "20"})]

    refunded = computed(plan, PEOPLE, [*sold, ("o3", "Hana", {"price": "-20"})])

    assert states(computed(plan, PEOPLE, sold)) == [("Hana", "sale.points", "4")]
    assert states(refunded) == [("Hana", "sale.points", "2")]


def test_a_refund_takes_back_no_more_than_the_cap_left_of_its_sale():
    plan = """
orders: {price: money}
bonuses:
  sale: {kind: own, base: price, rate: 100 %, cap: 150 EUR}
"""
    sold = [("o1", "Hana", {"price": "40"}), ("o2", "Hana", {"price": "200"})]
    back = [("o3", "Hana", {"price": "-30"}), ("o4", "Hana", {"price": "-200"})]

    result = computed(plan, PEOPLE, [*sold, *back])

    amounts = {row["order"]: str(row["amount"]) for row in result.lines.to_pylist()}
    assert amounts == {"o1": "40.00", "o2": "110.00", "o3": "0.00", "o4": "-140.00"}
    assert [str(row["amount"]) for row in result.totals.to_pylist()] == ["10.00"]
