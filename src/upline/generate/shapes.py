"""Sponsor trees of several shapes; a sponsor always stands before his recruits, -1 is nobody."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from upline.generate.chance import Chance, Ints

SHAPES = ("realistic", "chain", "star", "bushy", "forest", "caterpillar")
BRANCHES = 8
LEGS_OF_SPINE = 3
ROOTS_IN_HUNDRED = 2


def sponsors(shape: str, *, count: int, seed: int) -> Ints:
    """Give the position of each member's sponsor.

    >>> sponsors("chain", count=4, seed=1).tolist()
    [-1, 0, 1, 2]
    """
    places = np.arange(count, dtype=np.int64)
    match shape:
        case "chain":
            return places - 1
        case "star":
            return np.where(places == 0, -1, 0)
        case "bushy":
            return (places - 1) // BRANCHES
        case "caterpillar":
            return _caterpillar(places)
        case "forest":
            return _grown(places, Chance(seed, "sponsors"), roots=_roots(places, seed))
        case "realistic":
            return _grown(places, Chance(seed, "sponsors"), roots=places == 0)
    raise ValueError(f"There is no shape '{shape}'; the shapes are {', '.join(SHAPES)}.")


def _caterpillar(places: Ints) -> Ints:
    """Give a spine with three leaves on each joint."""
    joint = LEGS_OF_SPINE + 1
    on_spine = places % joint == 0
    return np.where(on_spine, np.maximum(places - joint, -1), places - places % joint)


def _roots(places: Ints, seed: int) -> npt.NDArray[np.bool_]:
    chosen = Chance(seed, "roots").happens(ROOTS_IN_HUNDRED, len(places))
    chosen[:2] = True
    return chosen


def _grown(places: Ints, chance: Chance, *, roots: npt.NDArray[np.bool_]) -> Ints:
    """Let each newcomer meet somebody, rather a recent one, and join him or his sponsor.

    Joining the sponsor of whom one met favours those who have many recruits already, so that
    leaders with big legs arise.
    """
    count = len(places)
    back = chance.below(chance.below(np.maximum(places, 1), count) + 1, count)
    met = np.maximum(places - 1 - back, 0)
    joins_sponsor = chance.happens(58, count) & ~roots & ~roots[met]
    # Whoever joins a sponsor has the sponsor of whom he met, who may have found his the same way.
    source = np.where(joins_sponsor, met, places)
    return np.where(roots, -1, met[followed(source)])


def followed(source: Ints) -> Ints:
    """Follow `source` from each position until it stays where it is, all positions at once.

    >>> followed(np.asarray([0, 0, 1, 2, 4])).tolist()
    [0, 0, 0, 0, 4]
    """
    while True:
        further = source[source]
        if np.array_equal(further, source):
            return source
        source = further
