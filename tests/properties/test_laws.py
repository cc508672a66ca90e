"""Laws of every run: order of rows, threads, refunds, sums, caps, size."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from tests.properties.agreement import run_all
from tests.properties.companies import Company
from tests.properties.worlds import outputs, receipts, turned_round, world
from upline.compensation import Inputs, Period, load_plan, run
from upline.compensation.bonuses import level

SEEDS = (*range(0, 60, 2), *range(1, 60, 2))


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_in_another_order_give_the_same_receipt(seed):
    plan, company = world(seed)

    assert receipts(run_all(plan, turned_round(company))) == receipts(run_all(plan, company))


@pytest.mark.parametrize("seed", SEEDS)
def test_two_threads_give_the_same_receipt_as_one(seed, monkeypatch):
    plan, company = world(seed)
    alone = receipts(run_all(plan, company, threads=1))

    # Cut walks into parts even where there is little to walk.
    monkeypatch.setattr(level, "_MANY", 1)

    assert receipts(run_all(plan, company, threads=2)) == alone
    assert receipts(run_all(plan, company, threads=3)) == alone


@pytest.mark.parametrize("seed", SEEDS)
def test_totals_are_the_same_whether_lines_are_kept_or_not(seed):
    plan, company = world(seed)

    kept = outputs(run_all(plan, company))
    left_out = outputs(run_all(plan, company, keep_lines=False))

    for with_lines, without in zip(kept, left_out, strict=True):
        names = [name for name in with_lines if not name.startswith("lines.")]
        assert {name: with_lines[name] for name in names} == {name: without[name] for name in names}


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_add_up_to_totals(seed):
    plan, company = world(seed)

    for result in run_all(plan, company):
        sums: dict[tuple[str, str], Decimal] = {}
        for line in result.lines.to_pylist():
            key = (line["member"], line["bonus"])
            sums[key] = sums.get(key, Decimal(0)) + line["amount"]
        totals = {(row["member"], row["bonus"]): row["amount"] for row in result.totals.to_pylist()}

        assert {key: amount for key, amount in sums.items() if amount} == totals


HEAD = """
language: 1
plan: laws
version: 2026-01-01
currency: EUR
members: {flag: yes_no}
orders: {price: money}
"""
LINEAR = (
    HEAD
    + """
bonuses:
  team: {kind: level, base: price, levels: {1: 10 %, 2: 5 %, 3+: 0.7 %}, compression: roll_up,
    requires: flag}
  retail: {kind: own, base: price, rate: 3.3 %}
  share: {kind: differential, base: price, share: {by: flag, yes: 9 %, no: 4 %}, buyer: paid}
  steps: {kind: stairstep, base: price, rate: {by: flag, yes: 7 %, no: 3 %}, lines: per_order}
"""
)
CAPPED = LINEAR.replace("requires: flag", "cap: 7.77 EUR").replace(
    "3.3 %}", "3.3 %, cap: 1.01 EUR}"
)


@pytest.mark.parametrize("seed", range(12))
def test_a_refund_of_every_order_leaves_nothing_to_pay(seed):
    _, company = world(seed)
    back = [
        {**order, "id": f"back{order['id']}", "price": _opposite(order["price"])}
        for order in company.orders
    ]
    plan = load_plan(LINEAR)
    both = replace(company, orders=[*company.orders, *back], given_earnings=[])

    for result in run_all(plan, _only_price(both)):
        assert result.totals.num_rows == 0


@pytest.mark.parametrize("seed", range(12))
def test_nobody_is_paid_more_than_the_cap(seed):
    _, company = world(seed)

    for result in run_all(load_plan(CAPPED), _only_price(company)):
        for row in result.totals.to_pylist():
            most = {"team": Decimal("7.77"), "retail": Decimal("1.01")}.get(row["bonus"])
            assert most is None or row["amount"] <= most


def _opposite(text: str) -> str:
    return text[1:] if text.startswith("-") else f"-{text}"


def _only_price(company: Company) -> Company:
    orders = [
        {name: row[name] for name in ("id", "member", "date", "price")} for row in company.orders
    ]
    return replace(company, orders=orders, given_earnings=[], calendars=[])


DEEP = (
    HEAD
    + """
measures: {volume: group(price), active: own(price) > 0 EUR}
ranks:
  - {rank: Member}
  - {rank: Leader, needs: [volume >= 100 EUR, legs(rank >= 'Member') >= 1]}
bonuses:
  team: {kind: level, base: price, levels: {by: rank, Member: {1: 10 %}, Leader: {1: 10 %, 2..5: 3 %}},
    compression: roll_up, requires: active}
  heads: {kind: level, base: price, head: rank >= receiver.rank, generations: {1..3: 1 %}}
  share: {kind: differential, base: price, share: {by: rank, Member: 2 %, Leader: 5 %}}
  steps: {kind: stairstep, base: price, rate: {scale: volume, steps: {10 EUR: 2 %, 1000 EUR: 5 %}}}
"""
)


@pytest.mark.parametrize("shape", ["chain", "star"])
def test_a_hundred_thousand_members_in_a_chain_or_star_are_no_trouble(shape):
    count = 100_000
    ids = np.arange(count)
    sponsors = [None, *(ids[:-1] if shape == "chain" else np.zeros(count - 1, int)).tolist()]
    sellers = list(range(0, count, 50))
    inputs = Inputs(
        members={"id": ids.tolist(), "sponsor": sponsors, "flag": ["yes"] * count},
        orders={
            "id": [str(place) for place in range(len(sellers))],
            "member": sellers,
            "date": ["2026-10-05"] * len(sellers),
            "price": ["100.00"] * len(sellers),
        },
        period=Period.parse("2026-10"),
    )
    plan = load_plan(DEEP)
    run(
        plan,
        Inputs(
            members={"id": [1], "sponsor": [None], "flag": ["no"]},
            orders=_one_order(),
            period=inputs.period,
        ),
    )
    before = time.monotonic()

    result = run(plan, inputs, keep_lines=False)

    assert result.company_total() > Fraction(0)
    assert time.monotonic() - before < 30


def _one_order() -> dict[str, list[object]]:
    return {"id": ["1"], "member": [1], "date": ["2026-10-05"], "price": ["1.00"]}
