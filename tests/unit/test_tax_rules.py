"""Tax kept from payouts: each figure counted by hand from the rule of its day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upline.money import Money
from upline.payouts.errors import (
    ContractForbidsPayout,
    TaxCurrency,
    TaxRuleMissing,
    TaxUnconfirmed,
)
from upline.payouts.taxes import CONTRACTS, Paid, packaged, rule_for, withheld

ALL = {one.id for one in packaged()}


def kept(country, contract, gross, *, on=date(2026, 3, 1), before=(0, 0), confirmed=ALL):
    rule = rule_for(packaged(), country=country, contract=contract, on=on)
    paid = Paid(gross_minor=before[0], tax_minor=before[1])
    return withheld(gross, rule=rule, before=paid, confirmed=confirmed).tax.minor


@pytest.mark.parametrize(
    ("gross", "before", "tax"),
    [
        # 13 % of 1,000.04 is 130.0052, of 1,003.85 it is 130.5005: half a ruble goes up.
        (100_004, (0, 0), 13_000),
        (100_385, (0, 0), 13_100),
        # 2.4 million bear 312,000, the rest of 3 million 15 %.
        (300_000_000, (0, 0), 40_200_000),
        # The last 100,000 before the step and the first 100,000 above it.
        (20_000_000, (230_000_000, 29_900_000), 1_300_000 + 1_500_000),
        # 312,000 + 390,000 + 2,700,000 + 6,000,000 + 2,200,000
        (6_000_000_000, (0, 0), 1_160_200_000),
        # Too much was kept before: nothing is kept, and nothing is given.
        (100_000, (0, 50_000), 0),
    ],
)
def test_a_person_in_russia_bears_the_steps_of_the_year(gross, before, tax):
    assert kept("RU", "civil", Money(gross, "RUB"), before=before) == tax


def test_the_rule_of_the_day_counts_and_not_that_of_today():
    gross = Money(300_000_000, "RUB")
    assert kept("RU", "civil", gross, on=date(2024, 12, 31)) == 39_000_000
    assert kept("RU", "civil", gross, on=date(2025, 1, 1)) == 40_200_000


def test_poland_takes_costs_off_and_rounds_base_and_tax_to_whole_zloty():
    # 1,000.63 less 20 % is 800.504, so 801; 12 % of it is 96.12, so 96.
    assert kept("PL", "civil", Money(100_063, "PLN")) == 9_600
    # 5.20 less 20 % is 4.16, so 4; 12 % of it is 0.48, so nothing.
    assert kept("PL", "civil", Money(520, "PLN")) == 0


def test_bulgaria_counts_in_the_currency_of_the_day():
    assert kept("BG", "civil", Money(100_00, "EUR")) == 750
    assert kept("BG", "civil", Money(100_00, "BGN"), on=date(2025, 12, 31)) == 750
    with pytest.raises(TaxCurrency, match="bg-civil-2026 counts in EUR, not in BGN"):
        kept("BG", "civil", Money(100_00, "BGN"))


def test_kazakhstan_has_a_step_from_2026_for_the_year_that_is_known():
    gross = Money(40_000_000_00, "KZT")
    assert kept("KZ", "civil", gross, on=date(2025, 6, 1)) == 4_000_000_00
    # 10 % of 36,762,500 and 15 % of 3,237,500.
    assert kept("KZ", "civil", gross) == 4_161_875_00
    with pytest.raises(TaxRuleMissing, match="KZ and the contract civil on 2027-01-01"):
        kept("KZ", "civil", gross, on=date(2027, 1, 1))


def test_who_gave_no_number_in_the_us_has_a_share_kept_back():
    assert kept("US", "no_number", Money(1_02, "USD")) == 24
    assert kept("US", "business", Money(1_000_00, "USD"), confirmed=()) == 0


def test_a_self_employed_agent_in_russia_is_refused_by_name():
    with pytest.raises(ContractForbidsPayout, match="422-ФЗ") as refused:
        kept("RU", "self_employed", Money(100, "RUB"))
    assert refused.value.code == "payouts.contract_forbids"


def test_a_rule_that_needs_a_look_refuses_until_the_company_confirms_it():
    for country, contract, gross in [("PL", "civil", "PLN"), ("DE", "business", "EUR")]:
        with pytest.raises(TaxUnconfirmed):
            kept(country, contract, Money(100_00, gross), confirmed=())
    assert kept("DE", "business", Money(100_00, "EUR"), confirmed={"any-business"}) == 0
    assert kept("RU", "civil", Money(100_00, "RUB"), confirmed=()) == 13_00


def test_where_no_rule_is_known_nothing_is_guessed():
    with pytest.raises(TaxRuleMissing):
        kept("DE", "civil", Money(100_00, "EUR"))


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=12))
def test_however_a_year_is_split_the_same_is_kept_in_the_end(parts):
    gross = tax = 0
    for one in parts:
        tax += kept("RU", "civil", Money(one, "RUB"), before=(gross, tax))
        gross += one
    assert tax == kept("RU", "civil", Money(gross, "RUB"))


@given(st.sampled_from(sorted(ALL)), st.integers(1, 10**12))
def test_never_more_than_the_amount_and_never_less_than_nothing_is_kept(number, minor):
    rule = next(one for one in packaged() if one.id == number)
    if rule.is_forbidden:
        return
    gross = Money(minor, rule.currency or "EUR")
    found = withheld(gross, rule=rule, before=Paid(), confirmed=ALL)
    assert 0 <= found.tax.minor <= minor
    assert found.tax.minor % rule.tax_unit == 0


def test_every_row_has_its_source_and_a_known_contract():
    assert len(ALL) == len(packaged())
    assert {one.contract for one in packaged()} == set(CONTRACTS)
    for one in packaged():
        assert one.law
        assert one.since < one.until
        assert not (one.is_forbidden and one.steps)
        assert [step.above_minor for step in one.steps] == sorted(
            step.above_minor for step in one.steps
        )
        assert not one.steps or one.steps[0].above_minor == 0
