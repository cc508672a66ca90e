"""Take somebody in."""

from __future__ import annotations

from django.db import connection, transaction

from upline.foundation import audit, ids, locking, outbox
from upline.network import history, locks
from upline.network.domain import Hold, Newcomer
from upline.network.errors import CodeTaken, KeyAlreadyUsed, MemberUnknown
from upline.network.events import MemberEnrolled
from upline.network.models import Act, Holder, Member, Sponsorship, Standing, Status
from upline.network.services import placing
from upline.network.services.correcting import refuse_unreadable
from upline.people.models import Person

CODE_LENGTH = 8


def enrol(*, newcomer: Newcomer, key: str) -> int:
    """Make a person a member under a sponsor, place them as wished, and give the member's id.

    The same key with the same newcomer gives the same member. Raises KeyAlreadyUsed, CodeTaken,
    SponsorTerminated, BeforeJoining, HistorySealed, and what the places refuse.
    """
    with transaction.atomic():
        locks.hold((place.tree for place in newcomer.places), sponsor="shared")
        # Whoever repeats the act names the same person: the second waits here for the first.
        person = locking.rows(Person.objects.filter(pk=newcomer.person_id)).get()
        known = Act.objects.filter(key=key).first()
        if known is not None:
            if known.content != newcomer.digest:
                raise KeyAlreadyUsed(key=key)
            return int(known.member_id)
        sponsor = _sponsor(newcomer)
        member = _written(newcomer, sponsor)
        Holder.objects.create(member=member, person=person, span=history.span(newcomer.joined_on))
        Act.objects.create(key=key, content=newcomer.digest, member=member)
        for place in newcomer.places:
            placing.settle(member, place, since=newcomer.joined_on)
        audit.record(
            act="network.enrol",
            subject=f"member:{member.pk}",
            reason="joins",
            after={"sponsor": newcomer.sponsor_id, "joined_on": str(newcomer.joined_on)},
        )
        outbox.append(MemberEnrolled(member_id=member.pk))
        return int(member.pk)


def next_number() -> int:
    """Give the next joining number; one that a failed enrolment took stays unused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('network_member_number')")
        return int(cursor.fetchone()[0])


def _sponsor(newcomer: Newcomer) -> Member | None:
    history.refuse_sealed(newcomer.joined_on)
    if newcomer.sponsor_id is None:
        return None
    # Locked, so that nobody terminates the sponsor meanwhile.
    sponsor = Member.objects.select_for_update(of=("self",), no_key=True).filter(
        pk=newcomer.sponsor_id
    )
    found = sponsor.first()
    if found is None:
        raise MemberUnknown(member=newcomer.sponsor_id)
    history.refuse_sponsor(found, since=newcomer.joined_on)
    return found


def _written(newcomer: Newcomer, sponsor: Member | None) -> Member:
    refuse_unreadable(newcomer.country)
    code = newcomer.code.strip() or ids.new_code(length=CODE_LENGTH)
    if Member.objects.filter(code__iexact=code).exists():
        raise CodeTaken(member_code=code)
    is_held = any(isinstance(place, Hold) for place in newcomer.places)
    member = Member.objects.create(
        number=next_number(),
        code=code,
        status=Status.HOLDING if is_held else Status.ACTIVE,
        sponsor=sponsor,
        joined_on=newcomer.joined_on,
        country=newcomer.country,
    )
    span = history.span(newcomer.joined_on)
    if sponsor is not None:
        Sponsorship.objects.create(member=member, sponsor=sponsor, span=span)
    if is_held:
        Standing.objects.create(member=member, status=Status.HOLDING, span=span)
    return member
