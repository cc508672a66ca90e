"""Pure sums of orders: what lines cost, and how a refund is divided without losing a cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from upline.money import Money, share_out

# A percentage has four decimals: as a whole number it is in millionths of the price.
PERCENT_UNITS = 10_000
WHOLE = 100 * PERCENT_UNITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a line, or a part of it, is worth; volumes in whole millionths."""

    net_minor: int
    tax_minor: int
    retail_minor: int
    volumes: Mapping[str, int]

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What of a line has not been refunded: its pieces and its figures."""

    quantity: int
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a refund takes of a line."""

    quantity: int
    figures: Figures


def net_and_tax(price_minor: int, percent: Decimal, *, includes_tax: bool) -> tuple[int, int]:
    """Split a price into net and tax; the tax is rounded half up, once.

    >>> net_and_tax(12300, Decimal("23"), includes_tax=True)
    (10000, 2300)
    >>> net_and_tax(999, Decimal("7.5"), includes_tax=False)
    (999, 75)
    """
    rate = int(percent * PERCENT_UNITS)
    base = WHOLE + rate if includes_tax else WHOLE
    tax = (2 * price_minor * rate + base) // (2 * base)
    return (price_minor - tax if includes_tax else price_minor), tax


def part_of(figures: Figures, *, taken: int, whole: int) -> Figures:
    """Take so many of so many parts, each figure by itself; all of them give all, exactly.

    A part of a volume has as many decimals as the volume, and two at least.

    >>> part_of(
    ...     Figures(net_minor=100, tax_minor=23, retail_minor=150, volumes={"pv": 10_000_000}),
    ...     taken=1,
    ...     whole=3,
    ... )
    Figures(net_minor=33, tax_minor=8, retail_minor=50, volumes={'pv': 3330000})
    """
    return Figures(
        net_minor=_share(figures.net_minor, taken, whole),
        tax_minor=_share(figures.tax_minor, taken, whole),
        retail_minor=_share(figures.retail_minor, taken, whole),
        volumes={name: _volume_share(one, taken, whole) for name, one in figures.volumes.items()},
    )


def refund_of_pieces(left: Remaining, quantity: int) -> Part:
    """Take pieces back, at what is left of the price of each."""
    return Part(
        quantity=quantity, figures=part_of(left.figures, taken=quantity, whole=left.quantity)
    )


def refund_of_all(left: Remaining) -> Part:
    """Take back all that is left of a line."""
    return Part(quantity=left.quantity, figures=left.figures)


def refund_of_amount(lines: Sequence[Remaining], amount_minor: int) -> list[Part]:
    """Give an amount back over lines, in proportion to what is left of net and of tax of each.

    Pieces stay sold; volumes and retail follow the money of their line. The whole of what is left
    takes the pieces too. The amount is above zero and not above what is left.
    """
    whole = sum(one.figures.gross_minor for one in lines)
    if amount_minor == whole:
        return [refund_of_all(one) for one in lines]
    cells = [minor for one in lines for minor in (one.figures.net_minor, one.figures.tax_minor)]
    # The currency does not matter for sharing, and the cells of all lines are shared at once.
    shares = [part.minor for part in share_out(Money(amount_minor, "XXX"), weights=cells)]
    return [
        Part(quantity=0, figures=_paid_back(one.figures, net, tax))
        for one, net, tax in zip(lines, shares[::2], shares[1::2], strict=True)
    ]


def _paid_back(left: Figures, net: int, tax: int) -> Figures:
    if left.gross_minor == 0:
        return Figures(
            net_minor=0, tax_minor=0, retail_minor=0, volumes=dict.fromkeys(left.volumes, 0)
        )
    followed = part_of(left, taken=net + tax, whole=left.gross_minor)
    return Figures(
        net_minor=net,
        tax_minor=tax,
        retail_minor=followed.retail_minor,
        volumes=followed.volumes,
    )


def _share(minor: int, taken: int, whole: int) -> int:
    """Give so many parts of a whole number; the larger remainder, then the taken, gets the rest."""
    if taken == whole:
        return minor
    return share_out(Money(minor, "XXX"), weights=[taken, whole - taken])[0].minor


def _volume_share(millionths: int, taken: int, whole: int) -> int:
    # Plans read volumes with a number of decimals and refuse finer ones.
    step = next(step for step in (10_000, 1_000, 100, 10, 1) if millionths % step == 0)
    return step * _share(millionths // step, taken, whole)
