"""Ways in which a condition that fails could be met, the least missing first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from upline.compensation.decimals import exact_text
from upline.compensation.explain.conditions import Condition

MOST = 12
_VOLUME = ("points", "money")
_GROWS = (">=", ">", "=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Conditions that are enough together, each failing now; `volume` is what is missing in all.

    Points and money are added up by number. `count` is how many people, orders or things are
    missing, `others` how many of the conditions no volume and no count can be named for.
    """

    missing: tuple[Condition, ...]
    volume: str
    count: str
    others: int


def ways_to(condition: Condition | None) -> tuple[Way, ...]:
    """Give the ways to meet a condition, at most so many; none where it is met.

    First those for which all that is missing can be named, of these the one with the least missing
    volume, then with the fewest missing people; equal ones as the plan lists them.
    """
    if condition is None or condition.holds:
        return ()
    return tuple(_way(leaves) for leaves in _ways(condition))


def _way(leaves: tuple[Condition, ...]) -> Way:
    others, volume, count, _ = _measure(leaves)
    return Way(missing=leaves, volume=exact_text(volume), count=exact_text(count), others=others)


def _ways(condition: Condition) -> list[tuple[Condition, ...]]:
    if condition.holds:
        return [()]
    if not condition.parts:
        return [(condition,)]
    if condition.how == "any":
        return _shortest([way for part in condition.parts for way in _ways(part)])
    found: list[tuple[Condition, ...]] = [()]
    for part in condition.parts:
        # What all must come to is a sum: the shortest of both give the shortest together.
        found = _shortest([_joined(way, more) for way in found for more in _ways(part)])
    return found


def _joined(way: Sequence[Condition], more: Sequence[Condition]) -> tuple[Condition, ...]:
    """Put conditions together; of two that ask for more of one figure the greater is enough."""
    return tuple(_needed([*way, *more]))


def _needed(leaves: Sequence[Condition]) -> Iterator[Condition]:
    for place, leaf in enumerate(leaves):
        rivals = [one for at, one in enumerate(leaves) if at != place and _covers(one, leaf)]
        is_first = not any(one in leaves[:place] for one in rivals)
        if not rivals or (is_first and all(_covers(leaf, one) for one in rivals)):
            yield leaf


def _covers(one: Condition, other: Condition) -> bool:
    """Say whether whoever brings what `one` misses has brought what the `other` does."""
    if one == other:
        return True
    if one.name != other.name or not one.missing or not other.missing:
        return False
    both = one.operator in (">=", ">") and other.operator in (">=", ">")
    return both and Fraction(one.missing) >= Fraction(other.missing)


def _shortest(ways: list[tuple[Condition, ...]]) -> list[tuple[Condition, ...]]:
    """Give the shortest ways, without those that only add something to another."""
    kept: list[tuple[Condition, ...]] = []
    for way in sorted(ways, key=_measure):
        if not any(_is_within(shorter, way) for shorter in kept):
            kept.append(way)
    return kept[:MOST]


def _is_within(shorter: tuple[Condition, ...], way: tuple[Condition, ...]) -> bool:
    """Say whether whoever goes a way has gone a shorter one by it."""
    return all(any(_covers(one, other) for one in way) for other in shorter)


def _measure(leaves: tuple[Condition, ...]) -> tuple[int, Fraction, Fraction, int]:
    volume, count, others = Fraction(0), Fraction(0), 0
    for leaf in leaves:
        if not leaf.missing or leaf.operator not in _GROWS:
            others += 1
        elif leaf.unit in _VOLUME:
            volume += Fraction(leaf.missing)
        elif leaf.unit == "count":
            count += Fraction(leaf.missing)
        else:
            others += 1
    return others, volume, count, len(leaves)
