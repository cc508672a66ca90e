"""Merge a person known twice, and undo it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from upline.foundation import audit, clock, context, locking, outbox
from upline.people.errors import (
    MergeBuiltUpon,
    MergeOfOne,
    MergeOfOneself,
    MergeUnknown,
    PersonMerged,
    PersonUnknown,
    ReasonMissing,
)
from upline.people.events import MergeUndone, PersonsMerged
from upline.people.models import Address, Contact, Login, Person, PersonMerge

# What goes over to the one kept. Consents stay where they were given: they are asked of both.
# Positions stay too: the network reads a double as the one kept.
_GOES_OVER: dict[str, Any] = {"contacts": Contact, "addresses": Address, "logins": Login}


def merge_persons(*, kept_id: int, double_id: int, reason: str) -> int:
    """Let a double go up in the person kept and give the merge's id, by which it can be undone.

    Contacts, addresses and logins go over; a contact that both have stays with the double. Doubles
    of the double become doubles of the one kept. Repeating it gives the same merge. Raises
    MergeOfOne, MergeOfOneself, PersonUnknown, PersonMerged, ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing(person=double_id)
    if kept_id == double_id:
        raise MergeOfOne(person=kept_id)
    _refuse_own(kept_id, double_id)
    with transaction.atomic():
        persons = {
            one.pk: one for one in locking.rows(Person.objects.filter(pk__in=[kept_id, double_id]))
        }
        for wanted in (kept_id, double_id):
            if wanted not in persons:
                raise PersonUnknown(person=wanted)
        kept, double = persons[kept_id], persons[double_id]
        if kept.merged_into_id is not None:
            raise PersonMerged(person=kept_id, kept=kept.merged_into_id)
        if double.merged_into_id is not None:
            there = PersonMerge.objects.get(double=double, undone_at__isnull=True)
            if double.merged_into_id == kept_id:
                return int(there.pk)
            raise PersonMerged(person=double_id, kept=double.merged_into_id)
        merge = PersonMerge.objects.create(
            kept=kept, double=double, moved=_go_over(kept, double), reason=reason
        )
        double.merged_into = kept
        double.save(update_fields=["merged_into"])
        _record("merge", merge, reason=reason)
        outbox.append(PersonsMerged(kept_id=kept_id, double_id=double_id))
        return int(merge.pk)


def _refuse_own(*persons: int) -> None:
    """Refuse whoever merges the person behind the own login, and so would sign in as another."""
    kind, _colon, number = context.present().actor.partition(":")
    if kind == "login" and number.isdigit():
        own = Login.objects.filter(pk=number, person__in=persons).values_list("person", flat=True)
        for person in own:
            raise MergeOfOneself(person=person)


def _go_over(kept: Person, double: Person) -> dict[str, list[int]]:
    """Give the one kept what the double has, and say which rows went."""
    has = set(
        Contact.objects.filter(person=kept, ended_at__isnull=True).values_list(
            "kind", "value_index"
        )
    )
    moved: dict[str, list[int]] = {}
    for name, kind in _GOES_OVER.items():
        rows = list(kind.objects.filter(person=double).order_by("pk"))
        if kind is Contact:
            rows = [row for row in rows if (row.kind, row.value_index) not in has]
        moved[name] = [row.pk for row in rows]
    # The person kept has a first contact of their own.
    firsts = Contact.objects.filter(pk__in=moved["contacts"], is_first=True)
    moved["first_contacts"] = list(firsts.values_list("pk", flat=True))
    taken = Contact.objects.filter(person=kept, is_first=True, ended_at__isnull=True)
    firsts.filter(kind__in=taken.values("kind")).update(is_first=False)
    for name, kind in _GOES_OVER.items():
        kind.objects.filter(pk__in=moved[name]).update(person=kept)
    doubles = Person.objects.filter(merged_into=double)
    moved["doubles"] = list(doubles.order_by("pk").values_list("pk", flat=True))
    doubles.update(merged_into=kept)
    return moved


def undo_merge(*, merge_id: int, reason: str) -> bool:
    """Give a double back what went over, and say whether anything changed.

    What the person kept got since stays there. Raises MergeUnknown, MergeBuiltUpon, ReasonMissing.
    """
    with transaction.atomic():
        merge = locking.rows(PersonMerge.objects.filter(pk=merge_id)).first()
        if merge is None:
            raise MergeUnknown(merge=merge_id)
        if not reason.strip():
            raise ReasonMissing(person=merge.double_id)
        if merge.undone_at is not None:
            return False
        persons = {
            one.pk: one
            for one in locking.rows(Person.objects.filter(pk__in=[merge.kept_id, merge.double_id]))
        }
        if persons[merge.kept_id].merged_into_id is not None:
            raise MergeBuiltUpon(kept=merge.kept_id, merge=merge_id)
        double = persons[merge.double_id]
        for name, kind in _GOES_OVER.items():
            kind.objects.filter(pk__in=merge.moved[name]).update(person=double)
        Contact.objects.filter(pk__in=merge.moved["first_contacts"], ended_at__isnull=True).update(
            is_first=True
        )
        Person.objects.filter(pk__in=merge.moved["doubles"]).update(merged_into=double)
        double.merged_into = None
        double.save(update_fields=["merged_into"])
        merge.undone_at = clock.now()
        merge.save(update_fields=["undone_at"])
        _record("undo_merge", merge, reason=reason)
        outbox.append(MergeUndone(kept_id=merge.kept_id, double_id=merge.double_id))
    return True


def _record(act: str, merge: PersonMerge, *, reason: str) -> None:
    audit.record(
        act=f"people.{act}",
        subject=f"person:{merge.double_id}",
        reason=reason,
        after={"merge": merge.pk, "kept": merge.kept_id, "moved": merge.moved},
    )
