"""Where somebody goes for whom no slot was named."""

from __future__ import annotations

from datetime import date

from django.db import connection

from upline.network.domain import SpillOver, sides_of, slot_of
from upline.network.errors import FiguresMissing, NotPlaced
from upline.network.models import Member, Placement, Tree

Seat = tuple[int, int]


def seat_for(tree: Tree, wish: SpillOver, *, under: Member, since: date) -> Seat:
    """Find the parent and the slot by the rule of the wish, under a member who has a position.

    The caller holds the lock of the tree. Raises NotPlaced, NoSuchSlot, FiguresMissing.
    """
    is_placed = Placement.objects.filter(
        tree=tree, member=under, span__contains=since, span__upper_inf=True
    ).exists()
    if not is_placed:
        raise NotPlaced(member=under.code, tree=tree.code, on=since)
    sides = sides_of(tree.kind, tree.width)
    match wish.rule:
        case Tree.Rule.OUTER:
            return _end_of_leg(tree, under.pk, slot_of(wish.side, sides, tree=tree.code))
        case Tree.Rule.WEAKER:
            return _in_weaker_leg(tree, wish, under=under, sides=sides)
        case Tree.Rule.BALANCED:
            return _in_smaller_legs(tree, under.pk)
        case Tree.Rule.FIRST_FREE:
            return _first_free(tree, under.pk)
    raise ValueError(f"There is no rule {wish.rule!r}.")


def _end_of_leg(tree: Tree, start: int, slot: int) -> Seat:
    """Go down along one side to its end."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE leg(id, level) AS (
                SELECT %(start)s::bigint, 0
                UNION ALL
                SELECT e.member_id, leg.level + 1 FROM leg JOIN network_placement e
                    ON e.tree_id = %(tree)s AND e.parent_id = leg.id AND e.slot = %(slot)s
                    AND upper_inf(e.span)
            )
            SELECT id FROM leg ORDER BY level DESC LIMIT 1
            """,
            {"start": start, "tree": tree.pk, "slot": slot},
        )
        return int(cursor.fetchone()[0]), slot


def _in_weaker_leg(tree: Tree, wish: SpillOver, *, under: Member, sides: tuple[str, ...]) -> Seat:
    """Take the leg with the least figure, and in it the highest free slot."""
    for side in sides:
        if side not in wish.figures:
            raise FiguresMissing(member=under.code, missing=side)
    weaker = min(sides, key=lambda side: wish.figures[side])
    slot = sides.index(weaker) + 1
    top = _children(tree, [under.pk]).get((under.pk, slot))
    return (under.pk, slot) if top is None else _first_free(tree, top)


def _first_free(tree: Tree, start: int) -> Seat:
    """Take the highest free slot, from the first side: level by level, each by one query."""
    level = [start]
    while True:
        taken = _children(tree, level)
        below = []
        for parent in level:
            for slot in range(1, tree.width + 1):
                child = taken.get((parent, slot))
                if child is None:
                    return parent, slot
                below.append(child)
        level = below


def _children(tree: Tree, parents: list[int]) -> dict[Seat, int]:
    rows = Placement.objects.filter(tree=tree, parent__in=parents, span__upper_inf=True)
    return {
        (parent, slot): member
        for parent, slot, member in rows.values_list("parent", "slot", "member")
    }


def _in_smaller_legs(tree: Tree, start: int) -> Seat:
    """Go at every step into the leg with the fewest members; equal ones favour the first."""
    children, sizes = _legs(tree, start)
    here = start
    while True:
        legs = [children.get((here, slot)) for slot in range(1, tree.width + 1)]
        if None in legs:
            return here, legs.index(None) + 1
        here = min((leg for leg in legs if leg is not None), key=lambda leg: sizes[leg])


def _legs(tree: Tree, start: int) -> tuple[dict[Seat, int], dict[int, int]]:
    """Give who stands in each slot below a member, and how many stand in each one's group."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE down(id, parent, slot, level) AS (
                SELECT %(start)s::bigint, NULL::bigint, NULL::smallint, 0
                UNION ALL
                SELECT e.member_id, e.parent_id, e.slot, down.level + 1
                FROM down JOIN network_placement e
                    ON e.tree_id = %(tree)s AND e.parent_id = down.id AND upper_inf(e.span)
            )
            SELECT id, parent, slot FROM down WHERE level > 0 ORDER BY level DESC
            """,
            {"start": start, "tree": tree.pk},
        )
        rows = cursor.fetchall()
    sizes: dict[int, int] = {start: 1}
    for member, parent, _ in rows:
        sizes[member] = sizes.get(member, 0) + 1
        sizes[parent] = sizes.get(parent, 0) + sizes[member]
    return {(parent, slot): member for member, parent, slot in rows}, sizes
