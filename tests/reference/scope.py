"""Whose names a formula speaks of, and the kinds of value that formulas have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

Order = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Standing:
    """A place on a ladder; index -1 is no rank, below the first."""

    ladder: tuple[str, ...]
    index: int

    @property
    def name(self) -> str | None:
        """The rank's name, None where there is no rank."""
        return self.ladder[self.index] if self.index >= 0 else None

    def of(self, name: str) -> Standing:
        """Give another place on the same ladder."""
        return Standing(self.ladder, self.ladder.index(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a formula is evaluated.

    Bare names are the order's if `is_order`, else those of `member`. `asker` is who counts others,
    for `personal`. `event` holds the orders of an event, `summed` those of one customer. `assumed`
    is a rank that a member is taken to hold.
    """

    is_order: bool = False
    member: str | None = None
    order: Order | None = None
    buyer: str | None = None
    receiver: str | None = None
    asker: str | None = None
    event: tuple[Order, ...] | None = None
    summed: tuple[Order, ...] | None = None
    assumed: tuple[str, Standing] | None = None


def of_order(order: Order) -> Scope:
    """Scope of order formulas."""
    return Scope(is_order=True, order=order, buyer=str(order["member"]))


def of_member(member: str, *, asker: str | None = None) -> Scope:
    """Scope of member formulas."""
    return Scope(member=member, asker=asker)


def of_receiver(receiver: str, *, order: Order | None = None, buyer: str | None = None) -> Scope:
    """Scope of rates and amounts: the receiver's names, with `order.` and `buyer.`."""
    return Scope(member=receiver, receiver=receiver, order=order, buyer=buyer)


def number(value: object) -> Fraction:
    """Read a number; a yes counts 1."""
    if type(value) is Fraction:
        return value
    if isinstance(value, bool):
        return Fraction(int(value))
    if isinstance(value, int | Fraction):
        return Fraction(value)
    raise TypeError(f"{value!r} is not a number.")


def is_empty(value: object) -> bool:
    """Say whether a text, date or member is empty."""
    return value is None or value == ""
