"""Record persons and how to reach them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction

from upline.foundation import audit, clock, locking
from upline.people import reading
from upline.people.errors import (
    ContactUnknown,
    DayUnreadable,
    LanguageUnknown,
    NameMissing,
    PersonMerged,
    PersonUnknown,
)
from upline.people.models import Address, Contact, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """A person as they describe themselves."""

    given_name: str
    family_name: str = ""
    language: str = "en"
    birth_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressDraft:
    """An address as written on a parcel."""

    kind: str
    country: str
    city: str
    street: str
    postal_code: str = ""
    region: str = ""


def record_person(*, draft: PersonDraft) -> int:
    """Record a person and give their id. Raises NameMissing, LanguageUnknown, DayUnreadable.

    Each call is another person: two people may share a name. `queries.doubles_of` says who may be
    the same.
    """
    with transaction.atomic():
        person = Person(**_fields(draft))
        person.save()
        audit.record(act="people.record", subject=f"person:{person.pk}", reason="is recorded")
        return int(person.pk)


def change_person(*, person_id: int, draft: PersonDraft, reason: str = "is corrected") -> None:
    """Write a person's names, language and birth date anew; without one the date known stays.

    Raises PersonUnknown, PersonMerged, NameMissing, LanguageUnknown, DayUnreadable.
    """
    fields = _fields(draft)
    if draft.birth_on is None:
        # Whoever corrects a name need not know the day, which is private.
        del fields["birth_on"]
    with transaction.atomic():
        person = locked(person_id)
        changed = [name for name, value in fields.items() if getattr(person, name) != value]
        for name in changed:
            setattr(person, name, fields[name])
        if changed:
            person.save()
            # Which fields, not what stood in them.
            audit.record(
                act="people.change",
                subject=f"person:{person_id}",
                reason=reason,
                after={"fields": changed},
            )


def choose_language(*, person_id: int, language: str) -> None:
    """Take the language in which a person is written to; the same one changes nothing.

    Raises PersonUnknown, PersonMerged, LanguageUnknown.
    """
    _require_language(language)
    with transaction.atomic():
        person = locked(person_id)
        if person.language != language:
            person.language = language
            person.save(update_fields=["language"])
            audit.record(
                act="people.change",
                subject=f"person:{person_id}",
                reason="chose a language",
                after={"fields": ["language"]},
            )


def _require_language(language: str) -> None:
    known = [code for code, _ in settings.LANGUAGES]
    if language not in known:
        raise LanguageUnknown(language=language, known=", ".join(known))


def locked(person_id: int) -> Person:
    """Lock a person who is nobody's double. Raises PersonUnknown, PersonMerged."""
    person = locking.rows(Person.objects.filter(pk=person_id)).first()
    if person is None:
        raise PersonUnknown(person=person_id)
    if person.merged_into_id is not None:
        raise PersonMerged(person=person_id, kept=person.merged_into_id)
    found: Person = person
    return found


def _fields(draft: PersonDraft) -> dict[str, str | None]:
    if not draft.given_name.strip():
        raise NameMissing
    _require_language(draft.language)
    if draft.birth_on is not None and draft.birth_on >= clock.now().date():
        raise DayUnreadable
    return {
        "given_name": " ".join(draft.given_name.split()),
        "family_name": " ".join(draft.family_name.split()),
        "language": draft.language,
        "birth_on": draft.birth_on.isoformat() if draft.birth_on else None,
    }


def add_email(*, person_id: int, given: str, reason: str = "is added") -> int:
    """Add an e-mail address and give the contact's id; one that is there stays the same.

    The first of its kind is the one to write to. Raises EmailUnreadable, PersonUnknown,
    PersonMerged.
    """
    return _add(person_id, Contact.Kind.EMAIL, reading.email(given), reason)


def add_phone(*, person_id: int, given: str, country: str, reason: str = "is added") -> int:
    """Add a telephone number as typed in a country, as `add_email` does. Raises PhoneUnreadable."""
    return _add(person_id, Contact.Kind.PHONE, reading.phone(given, country_code=country), reason)


def _add(person_id: int, kind: str, value: str, reason: str) -> int:
    with transaction.atomic():
        person = locked(person_id)
        inuse = Contact.objects.filter(person=person, kind=kind, ended_at__isnull=True)
        there = inuse.filter(value_index=value).first()
        if there is not None:
            return int(there.pk)
        contact = Contact.objects.create(
            person=person, kind=kind, value=value, is_first=not inuse.exists()
        )
        _record(contact, "people.add_contact", reason)
        return int(contact.pk)


def verify_contact(*, contact_id: int) -> None:
    """Note that a contact was proved, by a link or a code. Repeating it changes nothing."""
    with transaction.atomic():
        contact = _contact(contact_id)
        if contact.verified_at is None:
            contact.verified_at = clock.now()
            contact.save(update_fields=["verified_at"])
            _record(contact, "people.verify_contact", "was proved")


def end_contact(*, contact_id: int, reason: str) -> None:
    """Use a contact no more; the next of its kind is then the first. Raises ContactUnknown."""
    with transaction.atomic():
        contact = _contact(contact_id)
        was_first = contact.is_first
        contact.ended_at, contact.is_first = clock.now(), False
        contact.save(update_fields=["ended_at", "is_first"])
        rest = Contact.objects.filter(
            person=contact.person_id, kind=contact.kind, ended_at__isnull=True
        ).order_by("pk")
        heir = rest.first()
        if was_first and heir is not None:
            heir.is_first = True
            heir.save(update_fields=["is_first"])
        _record(contact, "people.end_contact", reason)


def _contact(contact_id: int) -> Contact:
    found = locking.rows(Contact.objects.filter(pk=contact_id, ended_at__isnull=True)).first()
    if found is None:
        raise ContactUnknown(contact=contact_id)
    contact: Contact = found
    return contact


def add_address(*, person_id: int, draft: AddressDraft, reason: str = "is written") -> int:
    """Write a person's address of a kind and give its id; the one before ends.

    The same again stays the same. Raises CountryUnreadable, PersonUnknown, PersonMerged.
    """
    fields = {
        "country": reading.country(draft.country),
        "region": draft.region.strip(),
        "city": draft.city.strip(),
        "street": draft.street.strip(),
        "postal_code": draft.postal_code.strip() or None,
    }
    with transaction.atomic():
        person = locked(person_id)
        present = Address.objects.filter(person=person, kind=draft.kind, ended_at__isnull=True)
        for one in present:
            if all(getattr(one, name) == value for name, value in fields.items()):
                return int(one.pk)
        present.update(ended_at=clock.now())
        address = Address.objects.create(person=person, kind=draft.kind, **fields)
        audit.record(
            act="people.add_address",
            subject=f"person:{person_id}",
            reason=reason,
            after={"kind": draft.kind},
        )
        return int(address.pk)


def _record(contact: Contact, act: str, reason: str) -> None:
    audit.record(
        act=act,
        subject=f"person:{contact.person_id}",
        reason=reason,
        after={"contact": contact.pk, "kind": str(contact.kind)},
    )
