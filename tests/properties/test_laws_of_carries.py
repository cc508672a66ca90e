"""Nothing is lost between periods: what was there and what came are what left and what stays."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from hypothesis import given

from tests.properties.agreement import run_all
from tests.properties.chance import Seeded
from tests.properties.companies import Company
from tests.properties.test_laws_of_all_kinds import FEW, HEAD, SEEDS, company_of
from upline.compensation import Period, Result, load_plan

KEPT = f"""{HEAD}wallets:
  cash: {{share: 70 %, withdraw: active}}
  shop: 30 %
bonuses:
  retail: {{kind: own, base: price, rate: 3.3 %}}
  owed: {{kind: own, base: price - 60 EUR, lines: per_period, negative: carried}}
  pool: {{kind: pool, fund: 2 % * company(price), requires: "own(pv) >= 200", shares: own(pv), nobody: carried}}
  prize: {{kind: award, requires: active, amount: 100 EUR, instalments: {{count: 3}}}}
"""


def results_of(seed: int) -> tuple[Company, list[Result]]:
    company = company_of(Seeded(seed))
    return company, run_all(load_plan(KEPT), company)


def carried(result: Result, start: str) -> dict[str, Fraction]:
    """Add up the carries of each member whose names begin so."""
    rows = [row for row in result.carries.to_pylist() if row["name"].startswith(start)]
    return summed((row["member"] or "", Fraction(row["value"])) for row in rows)


def paid(result: Result, bonus: str) -> dict[str, Fraction]:
    rows = [row for row in result.totals.to_pylist() if row["bonus"] == bonus]
    return summed((row["member"], Fraction(row["amount"])) for row in rows)


def summed(pairs: Iterable[tuple[str, Fraction]]) -> dict[str, Fraction]:
    sums: dict[str, Fraction] = {}
    for member, amount in pairs:
        sums[member] = sums.get(member, Fraction(0)) + amount
    return sums


def sold(company: Company, result: Result) -> list[dict[str, str]]:
    """List the orders of a result's period."""
    period = result.world.period
    return [one for one in company.orders if period.start <= day_of(one) < period.end]


def day_of(order: dict[str, str]) -> object:
    return Period.parse(order["date"]).start


@FEW
@given(SEEDS)
def test_a_balance_is_paid_or_carried(seed):
    company, results = results_of(seed)

    before: dict[str, Fraction] = {}
    for result in results:
        new = summed(
            (order["member"], Fraction(order["price"]) - 60) for order in sold(company, result)
        )
        balance = {
            member: before.get(member, Fraction(0)) + new.get(member, Fraction(0))
            for member in {*before, *new}
        }
        left = carried(result, "owed")
        assert {one: amount for one, amount in balance.items() if amount > 0} == paid(
            result, "owed"
        )
        assert {one: amount for one, amount in balance.items() if amount < 0} == left
        before = left


@FEW
@given(SEEDS)
def test_a_fund_is_shared_or_carried(seed):
    company, results = results_of(seed)

    before = Fraction(0)
    for result in results:
        turnover = sum((Fraction(order["price"]) for order in sold(company, result)), Fraction(0))
        fund = before + turnover * 2 / 100
        shared = sum(paid(result, "pool").values(), Fraction(0))
        left = sum(carried(result, "pool").values(), Fraction(0))
        # What is shared is cut down to whole cents; what is carried is exact.
        assert (shared, left) in ((0, fund), (fund * 100 // 1 / Fraction(100), 0))
        before = left


@FEW
@given(SEEDS)
def test_an_award_is_paid_in_parts_that_come_to_it(seed):
    company, results = results_of(seed)

    awarded: list[set[str]] = []
    for result in results:
        volume = summed((order["member"], Fraction(order["pv"])) for order in sold(company, result))
        awarded.insert(0, {member for member, points in volume.items() if points >= 40})
        parts = (Fraction("33.33"), Fraction("33.34"), Fraction("33.33"))
        expected = summed(
            (member, part)
            for members, part in zip(awarded, parts, strict=False)
            for member in members
        )
        assert paid(result, "prize") == expected


@FEW
@given(SEEDS)
def test_what_a_wallet_holds_is_what_was_held_and_came_and_did_not_leave(seed):
    _, results = results_of(seed)

    before: dict[str, Fraction] = {}
    for result in results:
        came = summed(
            (row["member"], Fraction(row["amount"]))
            for row in result.wallets.to_pylist()
            if row["wallet"] == "cash"
        )
        states = {
            (row["member"], row["name"]): Fraction(row["value"])
            for row in result.states.to_pylist()
            if row["name"] in ("cash.balance", "cash.withdrawable")
        }
        held = {}
        for member in {*before, *came, *(member for member, _ in states)}:
            balance = states.get((member, "cash.balance"), Fraction(0))
            leaves = states.get((member, "cash.withdrawable"), Fraction(0))
            assert balance == before.get(member, 0) + came.get(member, 0)
            assert leaves in (0, balance)
            if balance != leaves:
                held[member] = balance - leaves
        before = held
