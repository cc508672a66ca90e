"""How history is written: a change closes what was and opens what is, from a day on.

A change on the day on which the present row began replaces it: inside an open period a move counts
for all of it. What lies before a sealed day never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max

from upline.foundation import clock
from upline.foundation.models import Company
from upline.foundation.once import once
from upline.network.errors import (
    BeforeJoining,
    HistorySealed,
    LaterChange,
    MemberTerminated,
    SponsorTerminated,
)
from upline.network.models import (
    HistorySeal,
    Holder,
    Member,
    Placement,
    Sponsorship,
    Standing,
    Status,
    Tree,
)


def span(from_on: date, until_on: date | None = None) -> Any:
    """Give the days from one on, up to and without another."""
    return DateRange(from_on, until_on)


# Under this name a page keeps the company's time zone while it is read.
ZONE = "company.time_zone"


def zone() -> str:
    """Give the company's time zone, or UTC before it is set up."""
    return once(ZONE, _zone)


def _zone() -> str:
    found = Company.objects.values_list("time_zone", flat=True).first()
    return str(found or settings.TIME_ZONE)


def today() -> date:
    """Give the company's day."""
    return clock.today(zone())


def refuse_sealed(effective_on: date) -> None:
    """Raise HistorySealed for a day whose history must not change."""
    before_on = HistorySeal.objects.aggregate(last=Max("before_on"))["last"]
    if before_on is not None and effective_on < before_on:
        raise HistorySealed(before_on=before_on, effective_on=effective_on)


def refuse_before_joining(effective_on: date, *members: Member) -> None:
    """Raise BeforeJoining for a day on which one of them was no member yet."""
    for member in members:
        if effective_on < member.joined_on:
            raise BeforeJoining(
                member=member.code, joined_on=member.joined_on, effective_on=effective_on
            )


def terminated_on(member: Member, *, since: date) -> date | None:
    """Give the day from which a member is terminated, if that is so on a day or later."""
    found = Standing.objects.filter(
        member=member, status=Status.TERMINATED, span__overlap=span(since)
    ).first()
    return found.span.lower if found else None


def refuse_terminated(member: Member, *, since: date) -> None:
    """Raise MemberTerminated."""
    day = terminated_on(member, since=since)
    if day is not None:
        raise MemberTerminated(member=member.code, since=day)


def refuse_sponsor(sponsor: Member, *, since: date) -> None:
    """Raise SponsorTerminated, BeforeJoining for who cannot sponsor from a day on."""
    day = terminated_on(sponsor, since=since)
    if day is not None:
        raise SponsorTerminated(sponsor=sponsor.code, since=day)
    refuse_before_joining(since, sponsor)


def present_row(rows: Any, member: Member, *, since: date) -> Any:
    """Give the row that holds on a day, or None; nothing may be written for later.

    Raises LaterChange.
    """
    found = list(rows.filter(span__overlap=span(since)).order_by("span__startswith"))
    for row in found:
        later = row.span.lower if row.span.lower > since else row.span.upper
        if later is not None and later > since:
            raise LaterChange(member=member.code, later_on=later, effective_on=since)
    return found[0] if found else None


def replace(row: Any, *, since: date, new: Any, names: Mapping[str, Any]) -> bool:
    """Let `new` hold from a day on in place of `row`; say whether anything changed.

    `names` are the fields that make a difference; without `new` nothing holds from then on.
    """
    if row is not None and new is not None:
        if all(getattr(row, name) == value for name, value in names.items()):
            return False
        if row.span.lower == since:
            for name, value in names.items():
                setattr(row, name, value)
            row.save(update_fields=[*names])
            return True
    if row is not None:
        end(row, since=since)
    if new is not None:
        new.save(force_insert=True)
    return row is not None or new is not None


def end(row: Any, *, since: date) -> None:
    """Let a row hold no more from a day on; what never held is removed."""
    if row.span.lower >= since:
        row.delete()
    else:
        row.span = span(row.span.lower, since)
        row.save(update_fields=["span"])


def put_sponsor(member: Member, sponsor: Member | None, *, since: date) -> bool:
    """Write who sponsors a member from a day on, and today's sponsor where the day has come."""
    row = present_row(Sponsorship.objects.filter(member=member), member, since=since)
    new = sponsor and Sponsorship(member=member, sponsor=sponsor, span=span(since))
    names = {"sponsor_id": sponsor.pk if sponsor else None}
    is_changed = replace(row, since=since, new=new, names=names)
    if is_changed and since <= today():
        member.sponsor = sponsor
        member.save(update_fields=["sponsor"])
    return is_changed


def put_placement(
    tree: Tree, member: Member, *, seat: tuple[int | None, int | None], since: date
) -> bool:
    """Write a member's parent and slot in a tree from a day on."""
    rows = Placement.objects.filter(tree=tree, member=member)
    row = present_row(rows, member, since=since)
    parent_id, slot = seat
    new = Placement(tree=tree, member=member, parent_id=parent_id, slot=slot, span=span(since))
    return replace(row, since=since, new=new, names={"parent_id": parent_id, "slot": slot})


def put_status(member: Member, status: str, *, since: date, reason: str) -> bool:
    """Write what a member is from a day on, and today's status where the day has come."""
    row = present_row(Standing.objects.filter(member=member), member, since=since)
    new = None
    if status != Status.ACTIVE:
        new = Standing(member=member, status=status, span=span(since), reason=reason)
    is_changed = replace(row, since=since, new=new, names={"status": status})
    if is_changed and since <= today():
        member.status = status
        member.save(update_fields=["status"])
    return is_changed


def holders_of(member: Member, *, since: date) -> list[Holder]:
    """Give the holders from a day on, the first first. Raises LaterChange."""
    places = Holder.objects.filter(member=member, span__overlap=span(since)).order_by("place")
    for place in places:
        present_row(Holder.objects.filter(pk=place.pk), member, since=since)
    return list(places)
