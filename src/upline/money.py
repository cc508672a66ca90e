"""Money: whole minor units of a currency. Imports nothing heavy and nothing of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Decimals of the smallest unit, where they are not two.
CURRENCY_PLACES = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "ISK": 0, "KWD": 3, "BHD": 3, "TND": 3}


class CurrenciesDiffer(ValueError):
    """Two amounts of different currencies were added or compared."""


class NothingToShareBy(ValueError):
    """A sum was to be divided by weights none of which is positive."""


def currency_places(code: str) -> int:
    """Give the decimals of a currency's smallest unit, 2 unless it is a known exception."""
    return CURRENCY_PLACES.get(code, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units, cents where there are cents, and the currency's three letters.

    >>> Money(1250, "EUR") + Money(50, "EUR")
    Money(minor=1300, currency='EUR')
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"Minor units are a whole number, not {self.minor!r}.")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError(f"A currency has three capital letters, unlike {self.currency!r}.")

    def __str__(self) -> str:
        """Write the exact amount with its code, for logs, refusals and the command line.

        >>> str(Money(-1250, "EUR")), str(Money(500, "JPY"))
        ('-12.50 EUR', '500 JPY')
        """
        places = currency_places(self.currency)
        digits = f"{abs(self.minor):0{places + 1}d}"
        figure = f"{digits[:-places]}.{digits[-places:]}" if places else digits
        return f"{'-' if self.minor < 0 else ''}{figure} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrenciesDiffer(f"{self.currency} and {other.currency} do not add up.")
        return other.minor


def total(amounts: Iterable[Money], *, currency: str) -> Money:
    """Add amounts of one currency up; none make nothing."""
    return sum(amounts, Money(0, currency))


def share_out(amount: Money, *, weights: Sequence[int]) -> list[Money]:
    """Divide `amount` in proportion to `weights` without losing a cent.

    Cents left after rounding down go, one each, to the largest remainders; equal remainders favour
    the earlier share, so a rerun gives the same answer. A refund mirrors the sale. Raises
    NothingToShareBy when no weight is positive.

    >>> [part.minor for part in share_out(Money(100, "EUR"), weights=[1, 1, 1])]
    [34, 33, 33]
    >>> [part.minor for part in share_out(Money(-100, "EUR"), weights=[1, 1, 1])]
    [-34, -33, -33]
    """
    if min(weights, default=0) < 0 or sum(weights) <= 0:
        raise NothingToShareBy("Weights are positive or zero, and one of them is positive.")
    if amount.minor < 0:
        return [-part for part in share_out(-amount, weights=weights)]
    whole = sum(weights)
    parts = [divmod(amount.minor * weight, whole) for weight in weights]
    left = amount.minor - sum(part for part, _ in parts)
    by_remainder = sorted(range(len(parts)), key=lambda place: (-parts[place][1], place))
    favoured = set(by_remainder[:left])
    return [
        Money(part + (place in favoured), amount.currency) for place, (part, _) in enumerate(parts)
    ]
