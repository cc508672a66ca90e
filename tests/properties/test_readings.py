"""Worked cases of what could be read in two ways, computed by both engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from tests.properties.agreement import compare, run_all
from tests.properties.companies import Company
from upline.compensation import load_plan

HEAD = """
language: 1
plan: readings
version: 2026-01-01
currency: EUR
members: {qualified: yes_no, country: text, flag: yes_no}
orders: {price: money, affiliate: member}
"""
# Top sponsors A, A sponsors B, B sponsors C, C sponsors D.
LINE = ("Top", "A", "B", "C", "D")


def company(
    orders: list[tuple[str, str, str]],
    *,
    months: int = 1,
    members: Mapping[str, Mapping[str, str]] | None = None,
    affiliate: str = "",
    names: tuple[str, ...] = LINE,
) -> Company:
    """Give a line of members, and orders as (member, day of 2026, price)."""
    given = members or {}
    usual = {"qualified": "yes", "country": "", "flag": "yes", "joined": "2025-06-01"}
    return Company(
        members=[
            {"id": name, "sponsor": sponsor, **usual, **given.get(name, {})}
            for sponsor, name in zip(("", *names), names, strict=False)
        ],
        orders=[
            {
                "id": f"o{place}",
                "member": member,
                "date": f"2026-{day}",
                "price": price,
                "affiliate": affiliate,
            }
            for place, (member, day, price) in enumerate(orders)
        ],
        periods=[f"2026-0{month}" for month in range(1, months + 1)],
    )


def paid(plan: str, of: Company) -> list[dict[str, Decimal]]:
    """Give what each member is paid in each month, once both engines agree on it."""
    loaded = load_plan(HEAD + plan)

    verdict = compare(loaded, of)

    assert verdict.outcome == "agreed", verdict
    return [
        {row["member"]: row["amount"].normalize() for row in result.totals.to_pylist()}
        for result in run_all(loaded, of)
    ]


def test_a_rate_counts_days_to_the_end_of_the_period_and_an_order_rule_to_the_order():
    rate = "rate: [{when: 'within(20, joined)', then: 10 %}, {otherwise: 1 %}]"
    plan = f"""bonuses:
  by_rate: {{kind: own, base: price, {rate}}}
  by_order: {{kind: own, base: price, orders: 'within(20, buyer.joined)', rate: 10 %}}
"""
    # On 18 January D has been in for 17 days, on 31 January for 30.
    of = company([("D", "01-18", "100.00")], members={"D": {"joined": "2026-01-01"}})

    assert paid(plan, of) == [{"D": Decimal("1E+1")}]
    lines = run_all(load_plan(HEAD + plan), of)[0].totals.to_pylist()
    assert {row["bonus"]: row["amount"] for row in lines} == {"by_rate": 1, "by_order": 10}


def test_a_rate_by_the_buyers_days_asks_the_buyer():
    plan = """bonuses:
  b: {kind: level, base: price, levels: {1: [{when: 'within(40, buyer.joined)', then: 10 %}]}}
"""
    of = company([("D", "01-18", "100.00")], members={"D": {"joined": "2026-01-01"}})

    assert paid(plan, of) == [{"C": 10}]


def test_the_best_of_periods_that_were_not_yet_counts_them_as_nothing():
    plan = "bonuses:\n  b: {kind: award, amount: 'best(3, own(price))'}\n"

    assert paid(plan, company([("D", "01-05", "-50.00")])) == [{}]


def test_a_receiver_must_meet_counts_and_requires():
    plan = """bonuses:
  b: {kind: level, base: price, compression: count_between, counts: qualified, requires: flag,
    levels: {1: 10 %, 2: 5 %, 3: 2 %}}
"""
    # C and A count; B meets requires alone; Top meets counts alone.
    members = {"B": {"qualified": "no"}, "Top": {"flag": "no"}}

    assert paid(plan, company([("D", "01-05", "100.00")], members=members)) == [{"C": 10, "A": 5}]


def test_from_another_start_levels_count_from_there_and_remove_asks_the_buyer():
    plan = """bonuses:
  b: {kind: level, base: price, compression: remove, requires: qualified, starts: order.affiliate,
    levels: {1: 10 %, 2: 5 %, 3: 2 %}}
"""
    one = [("D", "01-05", "100.00")]

    assert paid(plan, company(one, affiliate="C", members={"B": {"qualified": "no"}})) == [
        {"C": 10, "A": 5, "Top": 2}
    ]
    assert paid(plan, company(one, affiliate="C", members={"D": {"qualified": "no"}})) == [{}]


def test_rates_by_buyer_hold_wherever_a_line_starts():
    plan = """bonuses:
  b: {kind: level, base: price, starts: order.affiliate,
    levels: {1: {by: buyer.country, PL: 10 %, otherwise: 1 %}}}
"""
    of = company(
        [("D", "01-05", "100.00"), ("B", "01-05", "100.00")],
        affiliate="A",
        members={"D": {"country": "PL"}},
    )

    assert paid(plan, of) == [{"A": 11}]


def test_otherwise_in_a_map_of_levels_goes_on_without_end():
    plan = "bonuses:\n  b: {kind: level, base: price, levels: {1: 10 %, otherwise: 1 %}}\n"

    found = paid(plan, company([("D", "01-05", "100.00")]))

    assert found == [{"C": 10, "B": 1, "A": 1, "Top": 1}]


def test_a_fund_is_cut_down_and_a_negative_one_mirrors_it():
    plan = "bonuses:\n  b: {kind: pool, fund: 1 * company(price) * 10.06 %, shares: 1}\n"

    names = ("Top", "A", "B")
    assert paid(plan, company([("A", "01-05", "1.00")], names=names)) == [
        {"Top": Decimal("0.04"), "A": Decimal("0.03"), "B": Decimal("0.03")}
    ]
    assert paid(plan, company([("A", "01-05", "-1.00")], names=names)) == [
        {"Top": Decimal("-0.04"), "A": Decimal("-0.03"), "B": Decimal("-0.03")}
    ]


def test_an_award_once_ever_is_used_up_only_by_an_amount():
    plan = "bonuses:\n  b: {kind: award, once: ever, amount: 10 % * own(price)}\n"
    of = company([("D", "02-05", "100.00"), ("D", "03-05", "100.00")], months=3)

    assert paid(plan, of) == [{}, {"D": 10}, {}]


def test_a_rank_reached_while_requirements_fail_is_paid_when_they_hold():
    plan = """
ranks: [{rank: R1}, {rank: R2, needs: lifetime(own(price)) >= 100 EUR}]
bonuses:
  b: {kind: award, once: per_rank, requires: own(price) > 20 EUR, amount: {by: rank, R1: 1 EUR, R2: 5 EUR}}
"""
    days = [("D", "01-05", "10.00"), ("D", "02-05", "90.00"), ("D", "03-05", "30.00")]

    # In February both ranks are new to the award; in March none is.
    assert paid(plan, company(days, months=3, names=("D",))) == [{}, {"D": 6}, {}]


def test_a_title_from_before_the_award_began_counts_as_awarded():
    ranks = "ranks: [{rank: R1}, {rank: R2, needs: lifetime(own(price)) >= 100 EUR}]\n"
    award = (
        "bonuses:\n  b: {kind: award, once: per_rank, amount: {by: rank, R1: 1 EUR, R2: 5 EUR}}\n"
    )
    of = company([("D", "02-05", "100.00")], months=2, names=("D",))
    before = run_all(load_plan(HEAD + ranks), replace(of, periods=["2026-01"]))[0].carries

    (february,) = run_all(
        load_plan(HEAD + ranks + award), replace(of, periods=["2026-02"]), carries=before
    )

    assert [row["amount"] for row in february.totals.to_pylist()] == [5]


def test_a_cap_cuts_the_sum_of_lines_so_that_a_refund_takes_back_what_was_cut_first():
    plan = "bonuses:\n  b: {kind: own, base: price, cap: 80 EUR}\n"
    days = [("D", "01-05", "100.00"), ("D", "01-06", "-50.00"), ("D", "01-07", "10.00")]

    # 80 of 100; of the refund 30 are left over the cap; then 10.
    assert paid(plan, company(days)) == [{"D": 60}]


def test_a_cap_that_is_not_named_for_a_member_is_no_cap():
    plan = """bonuses:
  b: {kind: own, base: price, cap: {scale: own(price), steps: {200 EUR: 5 EUR}}}
"""
    days = [("D", "01-05", "100.00"), ("C", "01-05", "300.00")]

    assert paid(plan, company(days)) == [{"D": 100, "C": 5}]


def test_a_cap_holds_for_a_bonus_and_its_own_part_together():
    plan = """bonuses:
  b: {kind: stairstep, base: price, rate: 10 %, own_part: mine, cap: 5 EUR}
"""
    days = [("D", "01-05", "40.00"), ("C", "01-05", "20.00")]
    # C: own line 2, nothing on D, whose group takes all at the same rate.
    assert paid(plan, company(days)) == [{"D": 4, "C": 2}]


def test_nearer_uplines_than_from_level_block_only_where_blocks_says_so():
    plan = """bonuses:
  b: {kind: differential, base: price, share: {by: country, PL: 10 %, otherwise: 4 %}, from_level: 2,
    blocks: flag}
"""
    members = {"C": {"country": "PL", "flag": "no"}}

    # C would take 10 %, but is neither far enough to be paid nor said to block.
    found = paid(plan, company([("D", "01-05", "100.00")], members=members))

    assert found == [{"B": 4}]


def test_what_is_carried_below_zero_counts_whatever_the_rule_says_now():
    plan = """
measures: {busy: own(price) > 0 EUR}
bonuses:
  b: {kind: own, base: price, lines: per_period, negative: {by: busy, no: carried, yes: kept}}
"""
    days = [("D", "01-05", "-30.00"), ("D", "02-05", "100.00")]

    assert paid(plan, company(days, months=2)) == [{}, {"D": 70}]


def test_a_dated_value_looks_back_over_months_before_it_held():
    plan = """
measures:
  m: [{from: 2026-01-01, then: 0 EUR}, {from: 2026-02-01, then: 'over(2, own(price))'}]
bonuses:
  b: {kind: award, amount: m}
"""
    days = [("D", "01-05", "30.00"), ("D", "02-05", "5.00")]

    assert paid(plan, company(days, months=2)) == [{}, {"D": 35}]


def test_a_company_without_orders_has_prices_before_tax_all_the_same():
    plan = """
order_values: {vat: {by: buyer.country, PL: 23 %}, net: price / (1 + vat)}
bonuses:
  b: {kind: level, base: net, levels: {1: 10 %}, lines: per_buyer, starts: order.affiliate}
"""
    of = company(
        [("D", "02-05", "123.00")], affiliate="A", members={"D": {"country": "PL"}}, months=2
    )

    assert paid(plan, of) == [{}, {"A": 10}]


def test_lines_of_one_buyer_from_several_starts_are_cut_by_level_and_amount():
    plan = """bonuses:
  b: {kind: level, base: price, starts: order.affiliate, lines: per_buyer, levels: {1..5: 10 %},
    cap: 12 EUR}
"""
    of = company([("D", "01-05", "100.00"), ("D", "01-05", "50.00")])
    of.orders[0]["affiliate"], of.orders[1]["affiliate"] = "B", "C"

    # B: 10 on level 1 from himself, then 2 of the 5 on level 2 from C.
    assert paid(plan, of) == [{"C": 5, "B": 12, "A": 12, "Top": 12}]


def test_wallets_take_bonuses_of_their_own_and_the_last_what_is_left():
    plan = """
wallets: {cash: 33.5 %, shop: 66.5 %}
bonuses:
  a: {kind: own, base: price, rate: 10 %}
  b: {kind: own, base: price, rate: 1 %, wallet: cash}
"""
    of = company([("D", "01-05", "1.00")])

    paid(plan, of)
    wallets = run_all(load_plan(HEAD + plan), of)[0].wallets.to_pylist()

    # 10 cents: 3.35 are 3, and 7 are left; the cent of b is cash.
    assert {row["wallet"]: str(row["amount"]) for row in wallets} == {
        "cash": "0.04",
        "shop": "0.07",
    }


def test_nothing_is_earlier_than_a_day_that_is_not_known():
    plan = "bonuses:\n  b: {kind: own, base: price, requires: joined < 2026-01-15}\n"
    of = company([("D", "01-05", "1.00"), ("C", "01-05", "1.00")], members={"D": {"joined": ""}})

    assert paid(plan, of) == [{"C": 1}]


def test_what_a_list_of_bonuses_paid_on_an_order_is_known_without_keeping_lines():
    plan = """bonuses:
  a: {kind: level, base: price, levels: {1: 10 %}}
  b: {kind: level, base: price, levels: {2: 5 %}}
  c: {kind: own, base: 'price - paid_on([a, b])', rate: 10 %}
"""
    loaded, of = load_plan(HEAD + plan), company([("D", "01-05", "100.00")])

    (result,) = run_all(loaded, of, keep_lines=False)

    amounts = {row["bonus"]: row["amount"] for row in result.totals.to_pylist()}
    assert amounts == {"a": 10, "b": 5, "c": Decimal("8.5")}


def test_a_start_whose_depth_is_nothing_is_paid_on_his_own_generation():
    plan = """bonuses:
  b: {kind: level, base: price, starts: buyer, depth: 0, head: flag, head_belongs_to: generation_below,
    generations: {0: 10 %, 1: 5 %}}
"""

    assert paid(plan, company([("D", "01-05", "100.00")])) == [{"D": 10}]
