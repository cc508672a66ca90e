"""Everything kept of a person, masked unless it is the person's own or asked for with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import phonenumbers
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from upline.foundation import audit
from upline.people.errors import PersonUnknown
from upline.people.models import Address, Consent, Contact, Login, Person

HIDDEN = "•"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactShown:
    """A way to reach a person; `kind` is `email` or `phone`."""

    id: int
    kind: str
    shown: str
    is_first: bool
    verified_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressShown:
    """An address in use; street and postal code are masked, the rest is not."""

    id: int
    kind: str
    country: str
    region: str
    city: str
    postal_code: str
    street: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentShown:
    """The last answer to a purpose."""

    purpose: str
    is_given: bool
    text_version: str
    source: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginShown:
    """What the person signs in with."""

    id: int
    email: str
    is_active: bool
    roles: Sequence[str]
    last_login_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """A person with doubles; `born_on` is None also where it is only masked: see `has_birth_day`."""

    id: int
    given_name: str
    family_name: str
    language: str
    is_masked: bool
    has_birth_day: bool
    born_on: date | None
    contacts: Sequence[ContactShown]
    addresses: Sequence[AddressShown]
    consents: Sequence[ConsentShown]
    logins: Sequence[LoginShown]
    doubles: Sequence[int]

    @property
    def name(self) -> str:
        """Both names as the person writes them."""
        return f"{self.given_name} {self.family_name}".strip()


def person_card(person_id: int) -> PersonCard:
    """Give everything of a person, masked; of a double that of the one kept. Raises PersonUnknown."""
    return _card(person_id, is_masked=True)


def own_card(viewer: Any) -> PersonCard | None:
    """Give everything of a login's own person in clear, or None where there is none."""
    return None if viewer.person_id is None else _card(viewer.person_id, is_masked=False)


def revealed_card(*, person_id: int, reason: str) -> PersonCard:
    """Give everything of a person in clear, and record who looked and why.

    Raises PersonUnknown, ReasonMissing.
    """
    with transaction.atomic():
        card = _card(person_id, is_masked=False)
        audit.record(act="people.reveal", subject=f"person:{card.id}", reason=reason)
    return card


def masked_email(given: str) -> str:
    """Show of an address the first letter and the host.

    >>> masked_email("aiman@example.com")
    'a•••@example.com'
    """
    name, _, host = given.partition("@")
    return f"{name[:1]}{HIDDEN * 3}@{host}"


def masked_phone(given: str) -> str:
    """Show of a number in E.164 the country and the last two figures.

    >>> masked_phone("+77011234567")
    '+7 ••• ••• ••67'
    """
    number = phonenumbers.parse(given)
    country = f"+{number.country_code}"
    written = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    rest = written.removeprefix(country).replace("-", " ")
    hidden = "".join(HIDDEN if letter.isdigit() else letter for letter in rest[:-2])
    return country + hidden + rest[-2:]


def _card(person_id: int, *, is_masked: bool) -> PersonCard:
    same = _same(person_id)
    kept = next(one for one in same if one.merged_into_id is None)
    ids = [one.pk for one in same]
    return PersonCard(
        id=kept.pk,
        given_name=kept.given_name,
        family_name=kept.family_name,
        language=kept.language,
        is_masked=is_masked,
        has_birth_day=kept.birth_on is not None,
        born_on=date.fromisoformat(kept.birth_on) if kept.birth_on and not is_masked else None,
        contacts=_contacts(ids, is_masked=is_masked),
        addresses=_addresses(ids, is_masked=is_masked),
        consents=_consents(ids),
        logins=_logins(ids, is_masked=is_masked),
        doubles=tuple(one for one in ids if one != kept.pk),
    )


def _same(person_id: int) -> Sequence[Any]:
    """Give the person kept and all doubles of him."""
    kept = Person.objects.filter(pk=person_id).values(kept=Coalesce("merged_into", "pk"))
    found = Person.objects.filter(Q(pk__in=kept) | Q(merged_into__in=kept)).order_by("pk")
    if not found:
        raise PersonUnknown(person=person_id)
    return list(found)


def _contacts(ids: Sequence[int], *, is_masked: bool) -> Sequence[ContactShown]:
    mask = {Contact.Kind.EMAIL: masked_email, Contact.Kind.PHONE: masked_phone}
    rows = Contact.objects.filter(person__in=ids, ended_at__isnull=True)
    return tuple(
        ContactShown(
            id=one.pk,
            kind=one.kind,
            shown=mask[one.kind](one.value) if is_masked else one.value,
            is_first=one.is_first,
            verified_at=one.verified_at,
        )
        for one in rows.order_by("kind", "-is_first", "pk")
    )


def _addresses(ids: Sequence[int], *, is_masked: bool) -> Sequence[AddressShown]:
    rows = Address.objects.filter(person__in=ids, ended_at__isnull=True)
    return tuple(
        AddressShown(
            id=one.pk,
            kind=one.kind,
            country=one.country,
            region=one.region,
            city=one.city,
            postal_code=_shown(one.postal_code, is_masked=is_masked),
            street=_shown(one.street, is_masked=is_masked),
        )
        for one in rows.order_by("kind", "pk")
    )


def _shown(text: str | None, *, is_masked: bool) -> str:
    return HIDDEN * 3 if text and is_masked else text or ""


def _consents(ids: Sequence[int]) -> Sequence[ConsentShown]:
    rows = Consent.objects.filter(person__in=ids).order_by("purpose", "-pk").distinct("purpose")
    return tuple(
        ConsentShown(
            purpose=one.purpose,
            is_given=one.is_given,
            text_version=one.text_version,
            source=one.source,
            recorded_at=one.recorded_at,
        )
        for one in rows
    )


def _logins(ids: Sequence[int], *, is_masked: bool) -> Sequence[LoginShown]:
    rows = Login.objects.filter(person__in=ids).prefetch_related("role_grants")
    return tuple(
        LoginShown(
            id=one.pk,
            email=masked_email(one.email) if is_masked else one.email,
            is_active=one.is_active,
            roles=tuple(
                sorted(grant.role for grant in one.role_grants.all() if grant.withdrawn_at is None)
            ),
            last_login_at=one.last_login,
        )
        for one in rows.order_by("pk")
    )
