"""Laws of money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upline.money import CurrenciesDiffer, Money, NothingToShareBy, share_out, total

AMOUNTS = st.integers(min_value=-(2**70), max_value=2**70)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=30).filter(any)


@given(AMOUNTS, WEIGHTS)
def test_shares_make_the_whole_and_none_is_off_by_a_cent(minor, weights):
    shares = share_out(Money(minor, "EUR"), weights=weights)

    assert total(shares, currency="EUR") == Money(minor, "EUR")
    whole = sum(weights)
    assert all(
        abs(share.minor * whole - minor * weight) < whole
        for share, weight in zip(shares, weights, strict=True)
    )


@given(AMOUNTS, WEIGHTS)
def test_a_refund_mirrors_the_sale(minor, weights):
    sale = share_out(Money(minor, "EUR"), weights=weights)
    refund = share_out(Money(-minor, "EUR"), weights=weights)

    assert [-part for part in refund] == sale


def test_nothing_positive_to_share_by_is_refused():
    with pytest.raises(NothingToShareBy):
        share_out(Money(100, "EUR"), weights=[0, 0])
    with pytest.raises(NothingToShareBy):
        share_out(Money(100, "EUR"), weights=[2, -1])


def test_currencies_do_not_mix_and_halves_of_cents_do_not_exist():
    with pytest.raises(CurrenciesDiffer, match="EUR and KZT"):
        Money(1, "EUR") + Money(1, "KZT")
    with pytest.raises(TypeError, match="whole number"):
        Money(1.5, "EUR")
    with pytest.raises(ValueError, match="three capital letters"):
        Money(1, "eur")


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Money(123450, "EUR"), "1234.50 EUR"),
        (Money(-5, "EUR"), "-0.05 EUR"),
        (Money(500, "JPY"), "500 JPY"),
        (Money(1005, "KWD"), "1.005 KWD"),
        (Money(0, "PLN"), "0.00 PLN"),
    ],
)
def test_an_amount_is_written_exactly_with_its_code(amount, written):
    assert str(amount) == written
