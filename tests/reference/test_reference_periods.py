"""Golden cases worked by hand: what is carried from period to period."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.reference.worlds import answers, cents, line_of, order, with_field


def test_ranks_are_kept_for_the_grace_or_for_life_and_titles_for_good():
    plan = """
orders: {pv: points}
ranks:
  - rank: Partner
  - {rank: Silver, needs: own(pv) >= 100, kept: for_life}
  - {rank: Gold, needs: own(pv) >= 200, kept: 1}
  - {rank: Platinum, needs: own(pv) >= 300}
"""
    orders = [order("o1", "one", month=1, pv=300)]

    found = answers(plan, line_of("one"), orders, months=3)

    # Month 1 meets all needs. Then nothing is bought: Platinum goes at once, Gold stays one month
    # more, Silver for good.
    assert [answer.ranks["one"] for answer in found] == ["Platinum", "Gold", "Silver"]
    assert [answer.titles["one"] for answer in found] == ["Platinum"] * 3


def test_ranks_may_ask_for_ranks_below():
    plan = """
orders: {pv: points}
ranks:
  - {rank: Silver, needs: own(pv) >= 100}
  - {rank: Gold, needs: legs(rank >= 'Silver') >= 1}
  - {rank: Diamond, needs: recruits(rank = 'Gold') >= 1}
"""
    (answer,) = answers(plan, line_of("a", "b", "c"), [order("o1", "c", pv=100)])

    # c by his order, b by his leg c; a has b for Gold, and b's Gold for Diamond.
    assert answer.ranks == {"a": "Diamond", "b": "Gold", "c": "Silver"}


def test_windows_look_back_over_three_periods():
    plan = """
orders: {pv: points}
measures:
  own_pv: own(pv)
  two_months: over(2, own_pv)
  best_of_two: best(2, own_pv)
  good_months: held(3, own_pv >= 100)
  so_far: lifetime(own_pv)
  before: previous(own_pv)
"""
    bought = {1: 120, 2: 50, 3: 100, 4: 10}
    orders = [order(f"o{month}", "one", month=month, pv=pv) for month, pv in bought.items()]

    found = answers(plan, line_of("one"), orders, months=4)

    def of(measure):
        return [answer.measures["one", measure] for answer in found]

    assert of("two_months") == [120, 170, 150, 110]
    assert of("best_of_two") == [120, 120, 100, 100]
    # 120 and 100 are good; in month 4 the first has left the window of three.
    assert of("good_months") == [1, 1, 2, 1]
    assert of("so_far") == [120, 170, 270, 280]
    assert of("before") == [0, 120, 50, 100]


@pytest.mark.parametrize(
    ("kind", "paid"),
    [
        # -100 waits; 40 leaves -60; 100 - 60 = 40, of which 10 %.
        ("carried", [{}, {}, {"one": 400}]),
        # The deficit is forgotten: 10 % of 40 and of 100.
        ("reset", [{}, {"one": 400}, {"one": 1000}]),
        ("kept", [{"one": -1000}, {"one": 400}, {"one": 1000}]),
    ],
)
def test_a_negative_sum_is_carried_reset_or_kept(kind, paid):
    plan = f"""
orders: {{revenue: money}}
bonuses:
  share: {{kind: own, base: revenue, lines: per_period, rate: 10 %, negative: {kind}}}
"""
    orders = [
        order("o1", "one", month=1, revenue=-100),
        order("o2", "one", month=2, revenue=40),
        order("o3", "one", month=3, revenue=100),
    ]

    found = answers(plan, line_of("one"), orders, months=3)

    assert [cents(answer, "share") for answer in found] == paid
    if kind == "carried":
        left = [answer.carried.get(("one", "share")) for answer in found]
        assert left == [Fraction(-100), Fraction(-60), None]


def test_a_new_rank_pays_every_rank_passed_once():
    plan = """
orders: {pv: points}
ranks:
  - rank: Partner
  - {rank: Silver, needs: own(pv) >= 100}
  - {rank: Gold, needs: own(pv) >= 200}
  - {rank: Diamond, needs: own(pv) >= 400}
bonuses:
  advancement:
    kind: award
    once: per_rank
    amount: {by: rank, Silver: 100 EUR, Gold: 400 EUR, Diamond: 1000 EUR}
  welcome: {kind: award, once: ever, requires: own(pv) >= 100, amount: 10 EUR}
"""
    bought = {1: 200, 2: 0, 3: 250, 4: 400}
    orders = [order(f"o{month}", "one", month=month, pv=pv) for month, pv in bought.items()]

    found = answers(plan, line_of("one"), orders, months=4)

    # Gold at once: 100 + 400. Gold again is not new. Diamond in month 4.
    advanced = [cents(answer, "advancement") for answer in found]
    assert advanced == [{"one": 50000}, {}, {}, {"one": 100000}]
    assert [cents(answer, "welcome") for answer in found] == [{"one": 1000}, {}, {}, {}]


def test_a_fund_that_nobody_shares_goes_into_the_next_one():
    plan = """
members: {points: points}
orders: {price: money}
bonuses:
  pool: {kind: pool, fund: 1 % * company(price), shares: own(order_count) - 1, nobody: carried}
"""
    orders = [
        order("o1", "one", month=1, price=1000),
        order("o2", "one", month=2, price=500),
        order("o3", "one", month=2, price=500),
    ]

    found = answers(plan, line_of("one"), orders, months=2)

    # Month 1: one order, no share, 10.00 carried. Month 2: 10.00 + 10.00.
    assert [cents(answer, "pool") for answer in found] == [{}, {"one": 2000}]


def test_a_match_pays_on_rounded_earnings_in_the_pay_currency_after_the_lawful_gate():
    plan = """
pay_currency: {by: country, PL: PLN, otherwise: EUR}
pay_exchange: {PLN: 4.25}
exchange: {USD: 0.9}
members: {country: text}
orders: {price: money}
bonuses:
  sales: {kind: own, base: price, rate: 12.5 %}
  match: {kind: level, base: earned(sales), levels: {1: 50 %}}
legal:
  majority: {needs: 'share(own(price where given(customer)), own(price)) > 50 %'}
"""
    members = with_field(line_of("top", "middle", "low"), "country", {"top": "PL"})
    orders = [
        order("o1", "low", price="1.00", currency="USD"),
        order("o2", "middle", price="1.00", customer="x"),
        order("o3", "top", price="8.00", customer="y"),
    ]

    (answer,) = answers(plan, members, orders)

    # low: 12.5 % of 0.90 is 0.1125, 0.11; middle 0.125, 0.13; top 1.00.
    # Match: middle half of 0.11, 0.06; top half of 0.13, 0.07. low sells to no customer: nothing.
    assert answer.legal == {
        ("low", "majority"): False,
        ("middle", "majority"): True,
        ("top", "majority"): True,
    }
    assert cents(answer, "sales") == {"middle": 13, "top": 100}
    assert cents(answer, "match") == {"middle": 6, "top": 7}
    # 1.07 x 4.25 = 4.5475
    assert answer.pay == {"top": ("PLN", 455), "middle": ("EUR", 19)}
