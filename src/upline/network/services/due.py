"""What the day brings: changes written ahead, and the end of waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from upline.foundation.errors import DomainError
from upline.network import locks, walks
from upline.network.domain import SpillOver, sides_of
from upline.network.errors import NotPlaced
from upline.network.models import Placement, Waiting
from upline.network.services.placing import place

_TURN = """
UPDATE network_member m SET sponsor_id = now.sponsor_id, status = now.status
FROM (
    SELECT one.id, s.sponsor_id, coalesce(st.status, 'active') AS status
    FROM network_member one
    LEFT JOIN network_sponsorship s ON s.member_id = one.id AND s.span @> %(on)s::date
    LEFT JOIN network_standing st ON st.member_id = one.id AND st.span @> %(on)s::date
) now
WHERE now.id = m.id
    AND (m.sponsor_id, m.status) IS DISTINCT FROM (now.sponsor_id, now.status)
    AND m.joined_on <= %(on)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedWhenDue:
    """Who was placed, and who could not be, with the code of the refusal."""

    placed: tuple[int, ...]
    refused: tuple[tuple[int, str], ...]


def turn_day(*, on: date) -> int:
    """Let today's sponsor and status of every member be what history says; count the changed."""
    with transaction.atomic():
        locks.hold(sponsor="alone")
        with connection.cursor() as cursor:
            cursor.execute(_TURN, {"on": on})
            return int(cursor.rowcount)


def place_due(*, on: date) -> PlacedWhenDue:
    """Place everybody whose time in a holding place is over, by the rule of the tree.

    Each goes under the nearest sponsor above who has a position. One act each, so that one refusal
    does not keep the others; repeating it tries those again who were refused.
    """
    placed: list[int] = []
    refused: list[tuple[int, str]] = []
    due = Waiting.objects.filter(ended_on__isnull=True, deadline_on__lte=on)
    for wait in due.select_related("tree", "member").order_by("deadline_on", "member__number"):
        try:
            place(
                member_id=wait.member_id,
                at=_by_rule(wait, on=on),
                effective_on=on,
                reason="the time in the holding place is over",
            )
            placed.append(wait.member_id)
        except DomainError as refusal:
            refused.append((wait.member_id, refusal.code))
    return PlacedWhenDue(placed=tuple(placed), refused=tuple(refused))


def _by_rule(wait: Waiting, *, on: date) -> SpillOver:
    tree = wait.tree
    for above_id in walks.above(walks.SPONSORSHIPS, member_id=wait.member_id, on=on)[1:]:
        is_placed = Placement.objects.filter(
            tree=tree, member_id=above_id, span__contains=on, span__upper_inf=True
        ).exists()
        if is_placed:
            side = sides_of(tree.kind, tree.width)[0]
            rule = tree.holding_rule
            return SpillOver(tree=tree.code, rule=rule, under_id=above_id, side=side)
    raise NotPlaced(member="above", tree=tree.code, on=on)
