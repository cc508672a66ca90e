"""Walks through the trees as they were or will be on a day, by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from upline.network.models import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Where the edges of a tree are kept: the table, the column of who stands above."""

    name: str
    table: str
    above: str
    tree_id: int | None = None

    @property
    def of_tree(self) -> str:
        """Give the condition that chooses the tree, for edges called e."""
        return "" if self.tree_id is None else f" AND e.tree_id = {int(self.tree_id)}"


SPONSORSHIPS = Edges(name="sponsor", table="network_sponsorship", above="sponsor_id")


def placements(tree: Tree) -> Edges:
    """Give the edges of a placement tree."""
    return Edges(name=tree.code, table="network_placement", above="parent_id", tree_id=tree.pk)


def days_from(edges: Edges, *, since: date) -> Sequence[date]:
    """Give a day and the later ones on which edges begin: between them a tree stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT lower(span) FROM {edges.table} e"  # noqa: S608 - our own names
            f" WHERE lower(span) > %s{edges.of_tree} ORDER BY 1",
            [since],
        )
        return [since, *(day for (day,) in cursor.fetchall())]


def circle_on(edges: Edges, *, member_id: int, under_id: int, since: date) -> date | None:
    """Give the first day from `since` on at which a member so placed would stand above themselves."""
    for day in days_from(edges, since=since):
        if member_id in above(edges, member_id=under_id, on=day, until_id=member_id):
            return day
    return None


def above(edges: Edges, *, member_id: int, on: date, until_id: int | None = None) -> Sequence[int]:
    """Give a member and everybody above on a day, nearest first; stop at `until_id`."""
    # A circle, if there were one, must not be walked for ever: UNION drops who was met before.
    query = f"""
    WITH RECURSIVE up(id) AS (
        SELECT %(member)s::bigint
        UNION
        SELECT e.{edges.above} FROM up JOIN {edges.table} e
            ON e.member_id = up.id AND e.span @> %(on)s::date{edges.of_tree}
        WHERE e.{edges.above} IS NOT NULL AND up.id IS DISTINCT FROM %(until)s::bigint
    )
    SELECT id FROM up
    """  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.execute(query, {"member": member_id, "on": on, "until": until_id})
        return [found for (found,) in cursor.fetchall()]


def below(
    edges: Edges, *, member_id: int, on: date, levels: int | None = None
) -> Sequence[tuple[int, int]]:
    """Give everybody below a member on a day, with the level, nearest first."""
    query = f"""
    WITH RECURSIVE down(id, level) AS (
        SELECT %(member)s::bigint, 0
        UNION ALL
        SELECT e.member_id, down.level + 1 FROM down JOIN {edges.table} e
            ON e.{edges.above} = down.id AND e.span @> %(on)s::date{edges.of_tree}
        WHERE down.level < %(levels)s
    )
    SELECT id, level FROM down WHERE level > 0 ORDER BY level, id
    """  # noqa: S608 - our own names
    most = 2_000_000_000 if levels is None else levels
    with connection.cursor() as cursor:
        cursor.execute(query, {"member": member_id, "on": on, "levels": most})
        return list(cursor.fetchall())
