"""Pay in the member's currency: rounded once a member, beside what each bonus posts."""

from decimal import Decimal
from fractions import Fraction

import pytest

from upline.compensation import InputRefused, Inputs, Period, load_plan, run

PLAN = """
language: 1
plan: pay
version: 2026-01-01
currency: EUR
rounding: {places: 4}
members: {country: text}
orders: {price: money}
pay_currency: {by: country, PL: PLN, JP: JPY, BG: EUR}
pay_exchange: {PLN: 4.25, JPY: 160}
bonuses:
  sale: {kind: own, base: price, rate: 10 %}
  again: {kind: own, base: price, rate: 5 %}
"""
COUNTRIES = {"Ada": "PL", "Boris": "JP", "Cem": "BG"}


def result_of(source=PLAN, countries=COUNTRIES, price="0.33", **more):
    ids = list(countries)
    return run(
        load_plan(source),
        Inputs(
            members={
                "id": ids,
                "sponsor": [None] * len(ids),
                "country": list(countries.values()),
            },
            orders={
                "id": ids,
                "member": ids,
                "date": ["2026-10-05"] * len(ids),
                "price": [price] * len(ids),
            },
            period=Period.parse("2026-10"),
            **more,
        ),
    )


def rows(table):
    return [tuple(row.values()) for row in table.to_pylist()]


def test_pay_in_the_own_currency_is_rounded_once_for_all_bonuses_together():
    pay = result_of().pay

    # 0.0330 + 0.0165 EUR: 0.210375 PLN, 7.92 JPY, 0.0495 EUR. Rounded by bonus, PLN would be
    # 0.14 + 0.07 and JPY 5 + 3.
    assert rows(pay) == [
        ("Ada", Decimal("0.0495"), "EUR", Decimal("0.21"), "PLN"),
        ("Boris", Decimal("0.0495"), "EUR", Decimal("8.00"), "JPY"),
        ("Cem", Decimal("0.0495"), "EUR", Decimal("0.05"), "EUR"),
    ]


def test_totals_hold_what_each_bonus_posts_in_the_currency_of_the_plan():
    totals = result_of(countries={"Ada": "PL"}).totals

    assert rows(totals) == [
        ("Ada", "sale", Decimal("0.0330"), Decimal("0.03")),
        ("Ada", "again", Decimal("0.0165"), Decimal("0.02")),
    ]


def test_without_pay_currencies_everybody_is_paid_in_the_currency_of_the_plan():
    source = "\n".join(line for line in PLAN.splitlines() if not line.startswith("pay_"))

    assert rows(result_of(source, {"Ada": "PL"}).pay) == [
        ("Ada", Decimal("0.0495"), "EUR", Decimal("0.05"), "EUR")
    ]


def test_who_is_paid_nothing_has_no_row_and_needs_no_currency():
    assert result_of(countries={"Ada": "US"}, price="0.00").pay.num_rows == 0


def test_finished_totals_that_come_in_are_paid_too():
    source = PLAN + "given_earnings: [all]\n"
    earnings = {"member": ["Ada"], "bonus": ["all"], "amount": ["10.00"]}

    pay = result_of(source, {"Ada": "PL"}, given_earnings=earnings).pay

    assert rows(pay) == [("Ada", Decimal("10.0495"), "EUR", Decimal("42.71"), "PLN")]


@pytest.mark.parametrize(
    ("source", "countries", "code"),
    [
        (PLAN, {"Ada": "US"}, "result.pay_currency"),
        (PLAN.replace("PLN: 4.25, ", ""), {"Ada": "PL"}, "result.pay_exchange"),
    ],
)
def test_who_is_paid_without_a_currency_or_rate_stops_the_run(source, countries, code):
    with pytest.raises(InputRefused) as refused:
        result_of(source, countries)

    assert [fault.code for fault in refused.value.faults] == [code]


def test_the_receipt_holds_pay():
    outputs = result_of().receipt()["outputs"]

    assert {"pay.member", "pay.amount", "pay.pay_amount", "pay.pay_currency"} <= set(outputs)


GIVEN = PLAN.replace("{PLN: 4.25, JPY: 160}", "given") + "exchange: given\n"


def dollars_of(source, **more):
    return run(
        load_plan(source),
        Inputs(
            members={"id": ["Ada"], "sponsor": [None], "country": ["PL"]},
            orders={
                "id": ["1"],
                "member": ["Ada"],
                "date": ["2026-10-05"],
                "price": ["100.00"],
                "currency": ["USD"],
            },
            period=Period.parse("2026-10"),
            **more,
        ),
    )


def test_rates_that_come_with_the_run_pay_as_rates_of_the_plan_do():
    rates = {
        "exchange": {"USD": Fraction("0.92")},
        "pay_exchange": {"PLN": Fraction("4.25")},
    }
    own = PLAN + "exchange: {USD: 0.92}\n"

    given = dollars_of(GIVEN, **rates)

    assert rows(given.pay) == [("Ada", Decimal("13.8000"), "EUR", Decimal("58.65"), "PLN")]
    assert rows(given.pay) == rows(dollars_of(own).pay)
    assert {"exchange", "pay_exchange"} <= set(given.receipt()["inputs"])


@pytest.mark.parametrize(
    ("source", "rates", "codes"),
    [
        (GIVEN, {}, ["table.exchange"]),
        (GIVEN, {"exchange": {"USD": Fraction(1)}}, ["result.pay_exchange"]),
        (GIVEN, {"exchange": {"USD": Fraction(0)}}, ["exchange.not_positive"]),
        (GIVEN, {"exchange": {"USD": Fraction(-1)}}, ["exchange.not_positive"]),
        (
            PLAN + "exchange: {USD: 0.92}\n",
            {"exchange": {"USD": Fraction(1)}, "pay_exchange": {"PLN": Fraction(4)}},
            ["exchange.not_taken", "exchange.not_taken"],
        ),
    ],
)
def test_a_rate_that_is_missing_wrong_or_not_taken_stops_the_run(source, rates, codes):
    with pytest.raises(InputRefused) as refused:
        dollars_of(source, **rates)

    assert [fault.code for fault in refused.value.faults] == codes
    assert all(fault.remedy for fault in refused.value.faults)
