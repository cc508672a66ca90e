"""Who goes where when a member leaves: those sponsored to an heir, the positions kept or freed."""

from __future__ import annotations

from datetime import date

from django.db import connection

from upline.foundation import outbox
from upline.network import history, walks
from upline.network.domain import SPONSOR
from upline.network.errors import SeveralBelow, WouldMakeCircle
from upline.network.events import MemberMoved
from upline.network.models import Member, Placement, Tree, Waiting

# Rows cut in two: the part before the day stays, the part from it on names the heir. The insertion
# reads what the update has cut, so a row is short before its other half comes.
_CUT = """
WITH cut AS (
    UPDATE network_sponsorship e SET span = daterange(lower(was.span), %(since)s)
    FROM (
        SELECT id, span FROM network_sponsorship
        WHERE sponsor_id = %(leaver)s AND member_id <> ALL(%(but)s)
            AND lower(span) < %(since)s AND span && daterange(%(since)s, NULL)
    ) was
    WHERE e.id = was.id
    RETURNING e.member_id, was.span * daterange(%(since)s, NULL) AS rest
), added AS (
    INSERT INTO network_sponsorship (member_id, sponsor_id, span)
    SELECT member_id, %(heir)s::bigint, rest FROM cut WHERE %(heir)s::bigint IS NOT NULL
)
SELECT member_id FROM cut
"""
_TAKEN_OVER = """
UPDATE network_sponsorship SET sponsor_id = %(heir)s
WHERE sponsor_id = %(leaver)s AND member_id <> ALL(%(but)s) AND lower(span) >= %(since)s
RETURNING member_id
"""
_LEFT_ALONE = """
DELETE FROM network_sponsorship
WHERE sponsor_id = %(leaver)s AND member_id <> ALL(%(but)s) AND lower(span) >= %(since)s
RETURNING member_id
"""
_TODAY = """
UPDATE network_member m SET sponsor_id = (
    SELECT sponsor_id FROM network_sponsorship e
    WHERE e.member_id = m.id AND e.span @> %(today)s::date
)
WHERE m.sponsor_id = %(leaver)s AND m.id = ANY(%(moved)s)
"""


def nearest_above(member: Member, *, since: date) -> Member | None:
    """Give the nearest sponsor above who is a member from a day on, or None at the top."""
    for above_id in walks.above(walks.SPONSORSHIPS, member_id=member.pk, on=since)[1:]:
        above = Member.objects.get(pk=above_id)
        if history.terminated_on(above, since=since) is None:
            return above
    return None


def stands_below(member: Member, above: Member, *, since: date) -> bool:
    """Say whether a member stands below another in the sponsor tree on a day."""
    way = walks.above(walks.SPONSORSHIPS, member_id=member.pk, on=since, until_id=above.pk)
    return above.pk in way[1:]


def close(member: Member, heir: Member | None, *, since: date, positions: str) -> None:
    """Hand over whom a member sponsors, end their waits, keep or free their positions.

    The caller holds every tree.
    """
    hand_over(member, heir, since=since)
    Waiting.objects.filter(member=member, ended_on__isnull=True).update(ended_on=since)
    if positions == "vacate":
        for tree in Tree.objects.order_by("code"):
            _vacate(tree, member, since=since)


def hand_over(
    leaver: Member, heir: Member | None, *, since: date, but: tuple[int, ...] = ()
) -> None:
    """Give an heir, or nobody, everybody whom a member sponsors from a day on; tell each move."""
    facts = {
        "leaver": leaver.pk,
        "heir": heir.pk if heir else None,
        "since": since,
        "but": list(but),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN_OVER if heir else _LEFT_ALONE, facts)
        moved = [member for (member,) in cursor.fetchall()]
        cursor.execute(_CUT, facts)
        moved += [member for (member,) in cursor.fetchall()]
        cursor.execute(_TODAY, {**facts, "today": history.today(), "moved": moved})
    if heir is not None:
        _refuse_circle(leaver, heir, moved, since=since)
    outbox.append_all(
        MemberMoved(member_id=one, tree=SPONSOR, effective_on=since) for one in sorted(set(moved))
    )


def _refuse_circle(leaver: Member, heir: Member, moved: list[int], *, since: date) -> None:
    """Raise WouldMakeCircle where a change written ahead puts the heir under one of the moved."""
    for day in walks.days_from(walks.SPONSORSHIPS, since=since):
        way = walks.above(walks.SPONSORSHIPS, member_id=heir.pk, on=day)
        if not set(moved).isdisjoint(way):
            raise WouldMakeCircle(tree=SPONSOR, above=heir.code, member=leaver.code, on=day)


def _vacate(tree: Tree, member: Member, *, since: date) -> None:
    """Free the slot of a member, or let the only one below have it."""
    rows = Placement.objects.filter(tree=tree, member=member)
    present = history.present_row(rows, member, since=since)
    if present is None:
        return
    below = list(
        Placement.objects.filter(
            tree=tree, parent=member, span__overlap=history.span(since)
        ).select_related("member")
    )
    if len(below) > 1:
        raise SeveralBelow(tree=tree.code, member=member.code, count=len(below))
    history.end(present, since=since)
    for one in below:
        # The one below may have come after the day: then from their own day on.
        start = max(since, one.span.lower)
        seat = (present.parent_id, present.slot)
        history.put_placement(tree, one.member, seat=seat, since=start)
        outbox.append(MemberMoved(member_id=one.member_id, tree=tree.code, effective_on=start))
