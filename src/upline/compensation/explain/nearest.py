"""Who is nearest to count where people or legs are missing: the least missing first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.columns import Codes, Flags, Numbers
from upline.compensation.explain.conditions import Condition
from upline.compensation.explain.view import View, end_of_group
from upline.compensation.explain.ways import Way, ways_to
from upline.compensation.measures.evaluate import formula
from upline.compensation.plan import schema
from upline.compensation.plan.formula import Call, Name, Node, Operation, Word, parse

MOST = 10
# Of many, so many are looked at closely: who have come furthest by rank or by number.
_LOOKED_AT = 120
_Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Somebody who does not count yet, and the least that he lacks; `leg` is who leads his leg."""

    member: str
    leg: str
    way: Way


def nearest_to(view: View, ways: tuple[Way, ...], position: int) -> tuple[Near, ...]:
    """Give who below a member is nearest to count for the shortest of some ways."""
    missing = ways[0].missing if ways else ()
    found = [one for leaf in missing for one in nearest(view, leaf, position)]
    return tuple({one.member: one for one in reversed(found)}.values())[::-1][:MOST]


def nearest(view: View, lacking: Condition, position: int) -> tuple[Near, ...]:
    """Give who below a member is nearest to what is missing, at most ten; of a leg only one.

    Nothing where the condition counts no people of the sponsor tree, or counts them by orders or
    up to somebody.
    """
    node = parse(lacking.name) if lacking.unit == "count" and lacking.missing else None
    if not isinstance(node, Call) or node.function not in ("recruits", "legs", "downline"):
        return ()
    if node.tree or node.until is not None or node.where is not None or node.last_days:
        return ()
    wanted = node.arguments[0]
    holds = formula(wanted, view.figures.member_scope)
    if not isinstance(holds, Flags):
        return ()
    counted = np.broadcast_to(holds.values, (len(view.world),))
    found = []
    groups = list(_candidates(view, node.function, counted, position))[:_LOOKED_AT]
    most = _LOOKED_AT // max(len(groups), 1)
    for leg, members in groups:
        chosen = _furthest(view, wanted, members, most)
        near = [one for one in (_near(view, wanted, leg, who) for who in chosen) if one]
        near.sort(key=_missing)
        found += near[:1] if node.function == "legs" else near
    return tuple(sorted(found, key=_missing)[:MOST])


def _candidates(
    view: View, function: str, counted: _Array, position: int
) -> Iterator[tuple[int, _Array]]:
    """Give those who do not count yet, together with who leads their leg, -1 where it is nobody's."""
    parent = view.world.forest.parent
    end = end_of_group(parent, position)
    below = np.arange(position + 1, end)
    recruits = below[parent[position + 1 : end] == position]
    if function == "recruits":
        yield -1, recruits[~counted[recruits]]
    elif function == "downline":
        yield -1, below[~counted[below]]
    else:
        ends = [*recruits[1:].tolist(), end]
        for leader, last in zip(recruits.tolist(), ends, strict=True):
            if not counted[leader:last].any():
                yield leader, np.arange(leader, last)


def _furthest(view: View, wanted: Node, members: _Array, most: int) -> list[int]:
    """Choose the members who have come furthest in what is compared; all where they are few."""
    chosen = members[:most]
    if len(members) > most and isinstance(wanted, Operation):
        column = formula(wanted.left, view.figures.member_scope)
        if isinstance(column, Codes | Numbers) and column.values.ndim:
            have = columns.as_int64(column.values[members], "figures")
            chosen = members[np.argsort(-have, kind="stable")[:most]]
    return [int(one) for one in chosen]


def _near(view: View, wanted: Node, leg: int, who: int) -> Near | None:
    ways = ways_to(_asked_of(view, wanted, who))
    if not ways:
        return None
    return Near(
        member=view.world.id_of(who), leg=view.world.id_of(leg) if leg >= 0 else "", way=ways[0]
    )


def _asked_of(view: View, wanted: Node, who: int) -> Condition:
    """Hold a condition against somebody; of a rank, what that rank asks."""
    rank = _rank_in(view, wanted)
    if rank is not None:
        found = view.held(rank.needs, who)
        if not found.holds:
            return found
    return view.conditions.of_node(wanted, who)


def _rank_in(view: View, wanted: Node) -> schema.Rank | None:
    """Give the rank from which on a comparison holds."""
    if not isinstance(wanted, Operation) or wanted.operator not in (">=", "="):
        return None
    left, right = wanted.left, wanted.right
    if not isinstance(left, Name) or not isinstance(right, Word | Name):
        return None
    ladder = view.file.ladders.get(left.name, view.file.ranks if left.name == "rank" else ())
    name = right.text if isinstance(right, Word) else right.name
    if not isinstance(ladder, list):
        return None
    return next((one for one in ladder if one.rank == name), None)


def _missing(one: Near) -> tuple[int, Fraction, Fraction, str]:
    return one.way.others, Fraction(one.way.volume), Fraction(one.way.count), one.member
