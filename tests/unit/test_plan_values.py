"""The check of a plan refuses what the run would have to: loose quotients, funds, pay on orders."""

import pytest

from upline.compensation.errors import Fault, PlanRefused
from upline.compensation.plan.load import load

HEAD = """\
language: 1
plan: p
version: 2026-01-01
currency: EUR
members: {country: text, per: count}
orders: {pv: points, price: money, parts: count}
constants: {vat: 20 %}
order_values:
  tax: {by: buyer.country, PL: 23 %, KZ: [{from: 2026-01-01, then: 16 %}], otherwise: vat}
"""


def faults(source: str) -> list[Fault]:
    try:
        load(source)
    except PlanRefused as refused:
        return list(refused.faults)
    return []


def found(source: str) -> list[tuple[str, int, int]]:
    assert all(fault.remedy for fault in faults(source))
    return [(one.code, one.place.line, one.place.column) for one in faults(source)]


@pytest.mark.parametrize(
    "measure",
    [
        "own(price) / 3",
        "own(price) / (1 + vat)",
        "own(price / (1 + tax))",
        "own(price / max(2, 1 + tax * 2))",
        "round(own(price) / own(parts), 2)",
        "floor(own(pv) / per)",
        "ceil(own(pv) / per)",
        "own(pv) / per >= 2",
        "2 <= own(pv) / per",
        "share(own(pv), group(pv))",
        "share(own(pv), group(pv)) > 50 %",
        "round(share(own(pv), group(pv)), 4) > share(own(price), group(price))",
        "{scale: own(pv) / per, steps: {1: 10}}",
    ],
)
def test_a_quotient_may_be_rounded_or_compared(measure):
    assert found(f"{HEAD}measures:\n  m: {measure}\n") == []


@pytest.mark.parametrize(
    "measure",
    [
        "own(pv) / per",
        "own(price / parts)",
        "10 + own(pv) / per",
        "max(1, own(pv) / per)",
        "abs(own(pv) / per) > 2",
        "own(pv) / per * 2 > 3",
        "share(own(pv), group(pv)) * 2",
        "min(1, share(own(pv), group(pv)))",
        "over(2, share(own(pv), group(pv)))",
        "{scale: own(pv) / per, mode: marginal, steps: {1: 10 %}}",
        "{by: country, PL: own(pv) / per}",
    ],
)
def test_a_quotient_that_is_reckoned_with_is_refused(measure):
    ((code, line, _),) = found(f"{HEAD}measures:\n  m: {measure}\n")

    assert (code, line) == ("formula.quotient", 11)


def test_the_remedy_writes_the_rounding_out():
    (fault,) = faults(f"{HEAD}measures:\n  m: own(pv) / per\n")

    assert "round(own(pv) / per, 4)" in fault.remedy


def test_a_share_with_a_name_is_a_quotient_where_it_is_used():
    measures = "measures:\n  part: share(own(pv), group(pv))\n  is_big: part > 50 %\n"

    assert found(HEAD + measures) == []
    assert found(f"{HEAD}{measures}  twice: part * 2\n") == [("formula.quotient", 13, 10)]


@pytest.mark.parametrize(
    "measure",
    [
        "own(pv) / per > group(pv) / per",
        "share(own(pv), group(pv)) = own(pv) / group(pv)",
    ],
)
def test_two_quotients_are_not_compared(measure):
    assert [(code, line) for code, line, _ in found(f"{HEAD}measures:\n  m: {measure}\n")] == [
        ("formula.quotients", 11)
    ]


POOL = "bonuses:\n  pool:\n    kind: pool\n    shares: own(pv)\n"


@pytest.mark.parametrize(
    "fund",
    [
        "1000 EUR",
        "5 % * company(price)",
        "round(company(price) / company(parts), 2)",
        "turnover * 5 %",
        "{scale: company(price), steps: {0 EUR: 1 EUR}}",
    ],
)
def test_the_fund_of_the_company_is_one_sum(fund):
    measures = "measures: {turnover: company(price), mine: own(price) * 2}\n"

    assert found(f"{HEAD}{measures}{POOL}    fund: {fund}\n") == []


@pytest.mark.parametrize(
    "fund",
    [
        "5 % * own(price)",
        "company(price) * per",
        "mine",
        "{by: country, PL: 10 EUR}",
        "earned(pool)",
        "previous(turnover)",
    ],
)
def test_a_fund_of_the_company_that_differs_by_member_is_refused(fund):
    measures = "measures: {turnover: company(price), mine: own(price) * 2}\n"
    source = f"{HEAD}{measures}{POOL}    fund: {fund}\n"

    assert ("pool.fund", 15) in [(code, line) for code, line, _ in found(source)]
    assert "pool.fund" not in {code for code, _, _ in found(f"{source}    among: recruits\n")}


@pytest.mark.parametrize(
    ("bonus", "is_paid_on_orders"),
    [
        ("{kind: own, base: price, rate: 5 %}", True),
        ("{kind: own, amount: 1 EUR}", True),
        ("{kind: level, base: price, levels: {1: 5 %}}", True),
        ("{kind: differential, base: price, share: 5 %}", True),
        ("{kind: own, base: price, rate: 5 %, lines: per_buyer}", False),
        ("{kind: own, base: price, rate: 5 %, lines: kind}", False),
        ("{kind: level, base: number, levels: {1: 1 EUR}}", False),
        ("{kind: level, base: price, levels: {1: 5 %}, lines: per_buyer}", False),
        ("{kind: stairstep, base: price, rate: 5 %}", False),
        ("{kind: award, amount: 1 EUR}", False),
    ],
)
def test_pay_on_an_order_is_asked_of_bonuses_with_lines_on_orders(bonus, is_paid_on_orders):
    asking = "  b: {kind: own, base: 'price - paid_on([a])', rate: 10 %}\n"
    listed = found(f"{HEAD}bonuses:\n  a: {bonus}\n{asking}")

    assert [(code, line) for code, line, _ in listed] == (
        [] if is_paid_on_orders else [("function.paid_on", 12)]
    )


def test_given_earnings_have_no_lines_on_orders():
    asking = "bonuses:\n  b: {kind: own, base: price - paid_on(came), rate: 10 %}\n"

    assert [code for code, _, _ in found(f"{HEAD}given_earnings: [came]\n{asking}")] == [
        "function.paid_on"
    ]
