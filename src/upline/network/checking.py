"""The trees looked over: who stands above today against their history, and the intervals of groups."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from upline.compensation.genealogy.forest import lay_out
from upline.compensation.kernels import trees
from upline.foundation.checking import Finding, Question, answers, cut, one_snapshot
from upline.foundation.copying import copy_out
from upline.network.history import today
from upline.network.models import Tree

# The worker brings today's sponsors up to date each hour, so that those of the day before may stand.
_SPONSORS = """
SELECT member.code, member.sponsor_id, now.sponsor_id
FROM network_member AS member
LEFT JOIN network_sponsorship AS now ON now.member_id = member.id AND now.span @> %(today)s::date
LEFT JOIN network_sponsorship AS before
       ON before.member_id = member.id AND before.span @> %(yesterday)s::date
WHERE member.sponsor_id IS DISTINCT FROM now.sponsor_id
  AND member.sponsor_id IS DISTINCT FROM before.sponsor_id
ORDER BY member.number
"""
_STATUSES = """
SELECT member.code, member.status, coalesce(now.status, 'active')
FROM network_member AS member
LEFT JOIN network_standing AS now ON now.member_id = member.id AND now.span @> %(today)s::date
LEFT JOIN network_standing AS before
       ON before.member_id = member.id AND before.span @> %(yesterday)s::date
WHERE member.status <> coalesce(now.status, 'active')
  AND member.status <> coalesce(before.status, 'active')
ORDER BY member.number
"""
_SPONSOR_EDGES = """
SELECT member.id, member.code, edge.sponsor_id FROM network_member AS member
LEFT JOIN network_sponsorship AS edge ON edge.member_id = member.id AND edge.span @> %s::date
ORDER BY member.number
"""
_PLACEMENT_EDGES = """
SELECT member.id, member.code, edge.parent_id FROM network_placement AS edge
JOIN network_member AS member ON member.id = edge.member_id
WHERE edge.tree_id = %s AND edge.span @> %s::date
ORDER BY member.number
"""
_TYPES = {"id": pa.int64(), "code": pa.string(), "above": pa.int64()}


def findings() -> list[Finding]:
    """Look the trees of today over and list what is off, in one snapshot."""
    with one_snapshot():
        day = today()
        found = answers(_questions())
        found += _faults("the sponsor tree", copy_out(_SPONSOR_EDGES, _TYPES, [day]))
        for tree in Tree.objects.order_by("code"):
            edges = copy_out(_PLACEMENT_EDGES, _TYPES, [tree.pk, day])
            found += _faults(f"the tree {tree.code}", edges)
        return found


def _questions() -> tuple[Question, ...]:
    days = {"today": today(), "yesterday": today() - timedelta(days=1)}
    return (
        Question(
            code="network.sponsor_of_history",
            text="Member {} is kept under {}; the history says {}.",
            query=_SPONSORS,
            values=days,
        ),
        Question(
            code="network.status_of_history",
            text="Member {} is kept as {}; the history says {}.",
            query=_STATUSES,
            values=days,
        ),
    )


def _faults(name: str, edges: pa.Table) -> list[Finding]:
    """Lay a tree out as every computation does, and hold the intervals of its groups to its edges."""
    ids, codes = edges["id"].to_numpy(), edges["code"]
    above = edges["above"].fill_null(-1).to_numpy()
    order = np.argsort(ids, kind="stable")
    slots = np.minimum(np.searchsorted(ids[order], above), max(len(ids) - 1, 0))
    is_known = (above >= 0) & (ids[order][slots] == above) if len(ids) else above >= 0
    missing = [str(codes[int(row)]) for row in np.flatnonzero((above >= 0) & ~is_known)]
    problems = [f"In {name} member {code} stands under nobody who is in it." for code in missing]
    parent = np.where(is_known, order[slots], -1).astype(np.int32) if len(ids) else above
    age = np.arange(len(ids), dtype=np.int32)
    forest, circle = lay_out(parent.astype(np.int32), age, age)
    if forest is None:
        problems += [f"In {name} member {codes[row]} stands in a circle." for row in circle]
        return cut("network.tree_whole", problems)
    size = np.ones(len(ids), np.int32)
    trees.add_up(forest.parent, size)
    wrong = _outside(forest.parent, size, parent[forest.rows], np.asarray(forest.rows))
    problems += [
        f"In {name} the group of member {codes[int(forest.rows[place])]} is no interval."
        for place in wrong
    ]
    return cut("network.tree_whole", problems)


def _outside(
    parent: npt.NDArray[np.int32],
    size: npt.NDArray[np.int32],
    above: npt.NDArray[np.int32],
    rows: npt.NDArray[np.int32],
) -> npt.NDArray[np.int64]:
    """Give the places whose group does not lie within that of who stands above by the edges."""
    places = np.arange(len(parent))
    has = parent >= 0
    over = np.where(has, parent, 0)
    is_within = (over < places) & (places + size <= over + size[over]) if len(parent) else has
    is_edge = rows[over] == above if len(parent) else has
    children = np.bincount(over[has], weights=size[has], minlength=len(parent))
    is_sum = size == children + 1
    return np.flatnonzero((has & ~(is_within & is_edge)) | (~has & (above >= 0)) | ~is_sum)
