"""What is asked of persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q
from django.db.models.functions import Coalesce

from upline.people import names, reading
from upline.people.cards import (
    AddressShown,
    ConsentShown,
    ContactShown,
    LoginShown,
    PersonCard,
    own_card,
    person_card,
)
from upline.people.errors import PersonUnknown
from upline.people.models import Consent, Contact, Person, PersonMerge

__all__ = [
    "AddressShown",
    "ConsentShown",
    "ContactShown",
    "LoginShown",
    "MergeShown",
    "PersonCard",
    "PersonFacts",
    "all_of",
    "doubles_of",
    "found_by_contact",
    "found_by_name",
    "has_consented",
    "kept_person",
    "matching",
    "merges_of",
    "own_card",
    "person",
    "person_card",
    "persons_by_contact",
    "sort_column",
]


# As many figures as fit the number of a row.
_FIGURES_OF_NUMBER = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """A person as shown in lists."""

    id: int
    given_name: str
    family_name: str
    language: str

    @property
    def name(self) -> str:
        """Both names as the person writes them."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeShown:
    """A double that went up in a person, and how many of what went over with it."""

    id: int
    double: PersonFacts
    contacts: int
    addresses: int
    logins: int
    reason: str
    merged_at: datetime
    undone_at: datetime | None


def person(person_id: int) -> PersonFacts:
    """Give a person, or the one into whom they were merged. Raises PersonUnknown."""
    return _facts(Person.objects.get(pk=kept_person(person_id)))


def kept_person(person_id: int) -> int:
    """Give the person into whom a double was merged, or the same one. Raises PersonUnknown."""
    found = Person.objects.filter(pk=person_id).values_list("pk", "merged_into").first()
    if found is None:
        raise PersonUnknown(person=person_id)
    return int(found[1] or found[0])


def all_of(person_id: int) -> Sequence[int]:
    """Give a person and every double of theirs, by id. Raises PersonUnknown.

    One query, by index, for who is nobody's double.
    """
    rows = Person.objects.values_list("pk", "merged_into")
    found = dict(rows.filter(Q(pk=person_id) | Q(merged_into=person_id)))
    if person_id not in found:
        raise PersonUnknown(person=person_id)
    kept = found[person_id]
    if kept is not None:
        found = dict(rows.filter(Q(pk=kept) | Q(merged_into=kept)))
    return sorted(found)


def found_by_name(words: str, *, language: str, limit: int = 50) -> Sequence[PersonFacts]:
    """Find persons whose names begin with each of some words, typed in any alphabet.

    Sorted as a reader of the language expects.
    """
    wanted = names.in_latin(words).split()
    if not wanted:
        return []
    query = SearchQuery(
        " & ".join(f"{word}:*" for word in wanted), search_type="raw", config="simple"
    )
    rows = Person.objects.annotate(words=SearchVector("search_key", config="simple")).filter(
        words=query, merged_into__isnull=True
    )
    return [_facts(one) for one in rows.order_by(sort_column(language), "pk")[:limit]]


def sort_column(language: str) -> str:
    """Name the column by which persons are sorted for readers of a language."""
    return f"sort_{names.ORDER_OF[language]}"


def found_by_contact(value: str) -> Sequence[PersonFacts]:
    """Find persons by an e-mail address or a number in E.164."""
    rows = Contact.objects.filter(value_index=value, ended_at__isnull=True)
    return [_facts(one) for one in Person.objects.filter(pk__in=rows.values("person"))]


def persons_by_contact(text: str, *, countries: Sequence[str]) -> Sequence[int]:
    """Give who is reached by an e-mail or a telephone number as it was typed, doubles as kept.

    A national number is read as one of each country. One query, and none for other texts.
    """
    values = reading.contacts(text, countries=countries)
    if not values:
        return []
    rows = Contact.objects.filter(value_index__in=values, ended_at__isnull=True)
    kept = rows.annotate(kept=Coalesce("person__merged_into", "person"))
    return sorted(set(kept.values_list("kept", flat=True)))


def matching(
    text: str, *, language: str, countries: Sequence[str], limit: int = 50
) -> list[PersonFacts]:
    """Give persons as somebody looks for one: by number, e-mail, telephone, or names' beginnings.

    A number as our own lists name a person finds that person first. Three queries at most.
    """
    text = text.strip()
    reached = set(persons_by_contact(text, countries=countries))
    if text.isdigit() and len(text) < _FIGURES_OF_NUMBER:
        reached.add(int(text))
    rows = Person.objects.filter(pk__in=reached, merged_into__isnull=True).order_by("pk")
    found = [_facts(one) for one in rows]
    return found or list(found_by_name(text, language=language, limit=limit))


def doubles_of(person_id: int) -> Sequence[tuple[PersonFacts, tuple[str, ...]]]:
    """Give who may be the same person, and why: the same `contact`, or `name` and `birth date`.

    A hint: families share telephones. Sorted by the number of reasons.
    """
    here = Person.objects.get(pk=kept_person(person_id))
    reasons: dict[int, list[str]] = {}
    contacts = Contact.objects.filter(person=here, ended_at__isnull=True)
    same = Contact.objects.filter(
        value_index__in=list(contacts.values_list("value_index", flat=True)),
        ended_at__isnull=True,
    )
    for other in same.exclude(person=here).values_list("person", flat=True).distinct():
        reasons.setdefault(other, []).append("contact")
    if here.birth_on_index is not None:
        twins = Person.objects.filter(
            birth_on_index=here.birth_on_index, search_key=here.search_key
        )
        for other in twins.exclude(pk=here.pk).values_list("pk", flat=True):
            reasons.setdefault(other, []).append("name and birth date")
    found = Person.objects.filter(pk__in=reasons, merged_into__isnull=True)
    return sorted(
        ((_facts(one), tuple(reasons[one.pk])) for one in found),
        key=lambda pair: (-len(pair[1]), pair[0].id),
    )


def merges_of(person_id: int) -> Sequence[MergeShown]:
    """Give the merges of doubles into a person, the latest first, those undone too."""
    rows = PersonMerge.objects.filter(kept=person_id).select_related("double").order_by("-pk")
    return [
        MergeShown(
            id=one.pk,
            double=_facts(one.double),
            contacts=len(one.moved["contacts"]),
            addresses=len(one.moved["addresses"]),
            logins=len(one.moved["logins"]),
            reason=one.reason,
            merged_at=one.merged_at,
            undone_at=one.undone_at,
        )
        for one in rows
    ]


def has_consented(person_id: int, *, purpose: str) -> bool:
    """Say whether the last answer to a purpose, of a person or a double of theirs, was yes."""
    last = (
        Consent.objects.filter(person__in=all_of(person_id), purpose=purpose)
        .order_by("-pk")
        .first()
    )
    return last is not None and bool(last.is_given)


def _facts(found: Person) -> PersonFacts:
    return PersonFacts(
        id=found.pk,
        given_name=found.given_name,
        family_name=found.family_name,
        language=found.language,
    )
