"""What is said about a member's place: decisions without the database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import lcm

from upline.network.errors import NoSuchSlot, SharesUnequalOne

# The sponsor tree among the names of trees.
SPONSOR = "sponsor"
SIDES = ("left", "right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """At the top of a tree."""

    tree: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """In a named slot: `left` or `right`, in a matrix `1`, `2`, ..."""

    tree: str
    under_id: int
    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpillOver:
    """Where a rule finds a free slot, under a member; without one, under the sponsor.

    `outer` goes down along one side, `side`. `weaker` goes into the leg with the least of
    `figures` (by side; equal ones favour the first) and takes its first free slot by level.
    `balanced` goes at every step into the leg with the fewest members. `first_free` takes the
    highest free slot, from the first side.
    """

    tree: str
    rule: str
    under_id: int | None = None
    side: str = ""
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """In the holding place: the sponsor chooses within the days of the tree, else its rule does."""

    tree: str


Place = Root | Slot | SpillOver | Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Who joins, under whom and where. Without a code one is made."""

    person_id: int
    sponsor_id: int | None
    joined_on: date
    country: str
    code: str = ""
    places: Sequence[Place] = ()

    @property
    def digest(self) -> str:
        """Tell newcomers apart that come under one key."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One holder of a position and their share of it, as Fraction(1, 2)."""

    person_id: int
    share: Fraction = Fraction(1)


def check_shares(shares: Sequence[Share]) -> int:
    """Give the common denominator of shares that sum to one. Raises SharesUnequalOne."""
    total = sum((one.share for one in shares), Fraction(0))
    persons = {one.person_id for one in shares}
    if total != 1 or len(persons) != len(shares) or any(one.share <= 0 for one in shares):
        raise SharesUnequalOne(shares=", ".join(str(one.share) for one in shares), total=total)
    return lcm(*(one.share.denominator for one in shares))


def sides_of(kind: str, width: int) -> tuple[str, ...]:
    """Name the slots of a tree.

    >>> sides_of("matrix", 3)
    ('1', '2', '3')
    """
    return SIDES if kind == "binary" else tuple(str(slot) for slot in range(1, width + 1))


def slot_of(side: str, sides: Sequence[str], *, tree: str) -> int:
    """Give the number of a slot, from 1. Raises NoSuchSlot."""
    if side not in sides:
        raise NoSuchSlot(tree=tree, side=side, sides=", ".join(sides))
    return sides.index(side) + 1
