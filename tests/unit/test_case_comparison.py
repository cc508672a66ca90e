"""What a case expects, held against results."""

from decimal import Decimal
from types import SimpleNamespace

import pyarrow as pa
import pytest

from upline.cases import load_case
from upline.cases.compare import Comparison, same

PLAN = """\
language: 1
plan: p
version: 2026-01-01
currency: EUR
given_earnings: [match_up, all]
orders: {price: money}
order_values: {net: price / 2}
measures: {sales: own(price)}
ranks: [{rank: Partner, needs: sales > 0 EUR}, {rank: Silver, needs: sales > 9 EUR}]
bonuses:
  own: {kind: own, base: price, rate: 10 %}
  unilevel: {kind: level, base: price, levels: {1: 10 %, 2: 5 %}}
wallets: {cash: 100 %}
legal: {majority: {needs: sales > 0 EUR}}
"""
CASE = """\
case: Two levels
plan: plan.yaml
period: 2026-10
tree: {Aiman: {Boris: {Celina: {}}}}
orders:
  - {member: Celina, price: 200, customer: Zoe}
  - {member: Boris, price: 100, customer: Zoe}
"""
LINES = [
    ("Boris", "unilevel", "o1", "Celina", 1, "20.00"),
    ("Aiman", "unilevel", "o1", "Celina", 2, "10.00"),
    ("Aiman", "unilevel", "o2", "Boris", 1, "10.00"),
]
TOTALS = [("Boris", "unilevel", "20.00"), ("Aiman", "unilevel", "20.00")]


def table(names, rows):
    columns = list(zip(*rows, strict=True)) or [[] for _ in names]
    return pa.table(dict(zip(names, map(list, columns), strict=True)))


def paid(rows):
    return [(*row[:-1], Decimal(row[-1])) for row in rows]


def result(lines=LINES):
    measures = {"sales": [("Boris", "100.00"), ("Celina", "200.00")]}
    return SimpleNamespace(
        lines=table(["member", "bonus", "order", "buyer", "level", "amount"], paid(lines)),
        totals=table(["member", "bonus", "amount"], paid(TOTALS)),
        ranks=table(["member", "ladder", "rank", "title"], [("Boris", "rank", None, "Silver")]),
        legal=table(["member", "gate", "holds"], [("Boris", "majority", True)]),
        wallets=table(["member", "wallet", "amount"], paid([("Boris", "cash", "20.00")])),
        states=table(["member", "name", "value"], [("Boris", "own.cycles", "3")]),
        asked_state=lambda _member, _state: None,
        reports=lambda name: name == "own.cycles",
        measure=lambda name: table(["member", "value"], measures[name]),
        order_value=lambda _: table(["order", "value"], [("o1", "100.00"), ("o2", "50.00")]),
    )


@pytest.fixture
def outcomes(tmp_path):
    def compare(expectations, case=CASE, results=None):
        (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
        path = tmp_path / "case.yaml"
        path.write_text(f"{case}{expectations}\n", encoding="utf-8")
        return list(Comparison(load_case(path), results or {"1": result()}).outcomes())

    return compare


@pytest.mark.parametrize(
    "expected",
    [
        "expect: [{member: Boris, bonus: unilevel, amount: 20}]",
        "expect: [{member: Aiman, bonus: unilevel, amount: 20.00 EUR}]",
        "expect: [{member: Aiman, bonus: unilevel, from: Boris, amount: 10.00}]",
        "expect: [{member: Aiman, bonus: unilevel, order: o1, amount: 10.00}]",
        "expect: [{member: Aiman, bonus: unilevel, level: 2, amount: 10.00}]",
        "expect: [{member: Aiman, bonus: own, amount: 0.00}]",
        "expect: [{bonus: unilevel, amount: 40.00}]",
        "expect: [{member: Aiman, bonus: total, amount: 20.00}]",
        "expect: [{bonus: total, amount: 40.00}]",
        "expect_ranks: [{member: Boris, rank: none}, {member: Aiman, rank: none}]",
        "expect_ranks: [{member: Boris, title: Silver}]",
        "expect_measures: [{member: Boris, measure: sales, value: 100 EUR}]",
        "expect_measures: [{order: o2, measure: net, value: 50}]",
        "expect_measures: [{customer: Zoe, measure: net, value: 150}]",
        "expect_legal: [{member: Boris, gate: majority, holds: yes}]",
        "expect_wallets: [{member: Boris, wallet: cash, amount: 20}]",
        "expect_wallets: [{member: Aiman, wallet: cash, amount: 0}]",
        "expect_states: [{member: Boris, state: own.cycles, value: 3}]",
        "expect_states: [{member: Aiman, state: own.cycles, value: 0}]",
    ],
)
def test_what_is_as_expected_passes(outcomes, expected):
    assert [str(one) for one in outcomes(expected) if one.verdict != "passed"] == []


def test_a_finished_total_that_came_in_counts_and_other_given_earnings_do_not(outcomes):
    earnings = (
        "given: {earnings: [{member: Celina, bonus: all, amount: 3.50},"
        " {member: Celina, bonus: match_up, amount: 9.00}]}"
    )

    (outcome,) = outcomes(f"{earnings}\nexpect: [{{member: Celina, bonus: total, amount: 3.50}}]")

    assert (outcome.verdict, outcome.got) == ("passed", "3.50")


def test_a_wrong_amount_shows_what_was_found(outcomes):
    (outcome,) = outcomes("expect: [{member: Aiman, bonus: unilevel, amount: 30.00}]")

    assert outcome.verdict == "failed"
    assert str(outcome).partition("case.yaml:")[2].splitlines() == [
        "8:10: Aiman, unilevel: expected 30.00, got 20.00",
        "    Aiman, unilevel: order o1, from Celina, level 2 = 10.00",
        "    Aiman, unilevel: order o2, from Boris, level 1 = 10.00",
    ]


def test_pay_that_is_missing_says_that_no_line_was_found(outcomes):
    (outcome,) = outcomes("expect: [{member: Celina, bonus: own, amount: 30.00}]")

    assert str(outcome).endswith("Celina, own: expected 30.00, got 0\n    no line was found")


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("expect_ranks: [{member: Boris, rank: Silver}]", "none"),
        ("expect_measures: [{member: Aiman, measure: sales, value: 0}]", "nothing"),
        ("expect_legal: [{member: Boris, gate: majority, holds: no}]", "yes"),
        ("expect_states: [{member: Aiman, state: own.turns, value: 0}]", "nothing"),
        ("expect_wallets: [{member: Boris, wallet: cash, amount: 20.01}]", "20.00"),
    ],
)
def test_what_differs_fails_with_what_was_there(outcomes, expected, got):
    assert [(one.verdict, one.got) for one in outcomes(expected)] == [("failed", got)]


def test_a_complete_case_fails_on_pay_that_it_does_not_list(outcomes):
    listed = "expect: [{member: Aiman, bonus: unilevel, level: 1, amount: 10.00}]"

    found = outcomes(f"{listed}\ncomplete: yes")

    assert [(one.expectation.who, one.verdict, one.got) for one in found] == [
        ("Aiman", "passed", "10.00"),
        ("Boris", "failed", "20.00"),
        ("Aiman", "failed", "10.00"),
    ]


def test_pay_without_a_period_is_the_sum_of_all(outcomes):
    periods = "periods: [2026-10, 2026-11]"
    case = CASE.replace("period: 2026-10", periods).replace("price:", "period: 2026-10, price:")
    results = {"2026-10": result(), "2026-11": result(LINES[:1])}

    found = outcomes(
        "expect:\n  - {member: Boris, bonus: unilevel, amount: 40}\n"
        "  - {member: Boris, bonus: unilevel, period: 2026-11, amount: 20}\n"
        "  - {member: Aiman, bonus: unilevel, period: 2026-11, amount: 0}",
        case,
        results,
    )

    assert [one.verdict for one in found] == ["passed"] * 3


@pytest.mark.parametrize(
    ("expected", "got", "is_same"),
    [
        ("5 %", "0.05", True),
        ("0.10", "0.1", True),
        ("1/3", "1/3", True),
        ("0.33", "1/3", False),
        ("0", "no", False),
        ("yes", "yes", True),
    ],
)
def test_values_compare_as_numbers_where_they_are_numbers(expected, got, is_same):
    assert same(expected, got) is is_same
