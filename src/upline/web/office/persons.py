"""Persons: who is behind positions and logins, found by name, contact or number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from upline.network import queries as network
from upline.network.models import Holder, Member
from upline.people import queries as people
from upline.people.models import Person
from upline.web.office import filters, words
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Rows, Section, Tab
from upline.web.office.person_acts import ACTS
from upline.web.office.person_sections import doubles, person_sections
from upline.web.office.rights import may
from upline.web.office.site import site
from upline.web.office.trail import trail_tabs
from upline.web.office.words import person_number

_HITS_AT_MOST = 500


@admin.register(Person, site=site)
class Persons(OfficeAdmin):
    """The human beings the company knows, each once."""

    sees = "people.see"
    address = "persons"
    heading = _("Persons")
    explains = _("A person may hold several positions, or none. Contacts are private.")
    empty = _("No person fits. Try fewer words.")
    ordering = ("-id",)
    search_fields = ("id",)
    search_help_text = _("Number, name, e-mail or telephone")
    list_display = ("person", "language", "positions", "known")
    list_filter = (filters.choice("language", _("Language"), list(settings.LANGUAGES)),)
    # Names alone would be a list of people to write to.
    has_export = False
    acts = ACTS

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: QuerySet = super().get_queryset(request)
        return rows.filter(merged_into__isnull=True)

    def found(self, request: HttpRequest, key: str) -> Any:
        """Give a person; an old address of a double leads to the one kept."""
        if key.isdigit():
            kept = Person.objects.filter(pk=key[:18]).values_list("merged_into", flat=True).first()
            key = str(kept or key)
        return super().found(request, key)

    def searched(self, request: HttpRequest, rows: QuerySet, text: str) -> QuerySet:  # noqa: ARG002
        """Find persons as the people of support do: by a number, a contact, a name."""
        found = people.matching(
            text,
            language=get_language() or "en",
            countries=network.present().countries,
            limit=_HITS_AT_MOST,
        )
        return rows.filter(pk__in=[one.id for one in found])

    def prepare(self, request: HttpRequest, rows: Sequence[Person]) -> None:  # noqa: ARG002
        held = _held_by([row.pk for row in rows])
        for row in rows:
            row.codes = [one.member.code for one in held if one.person_id == row.pk]

    @column(_("Person"))
    def person(self, row: Person) -> Cell:
        return Cell(str(row), note=person_number(row.pk))

    @column(_("Language"))
    def language(self, row: Person) -> Cell:
        return Cell(words.language(row.language))

    @column(_("Positions"))
    def positions(self, row: Person) -> Cell:
        return Cell(row.codes, is_code=True)

    @column(_("Known since"))
    def known(self, row: Person) -> Cell:
        return Cell(row.created_at)

    def card(self, request: HttpRequest, subject: Any) -> Card:
        tabs = [Tab(name="", label=_("Person"), sections=lambda: self._person(request, subject))]
        tabs += trail_tabs(request, lambda: [f"person:{one}" for one in people.all_of(subject.pk)])
        return Card(title=str(subject), subtitle=person_number(subject.pk), tabs=tabs)

    def _person(self, request: HttpRequest, person: Person) -> Sequence[Section]:
        known, *others = person_sections(people.person_card(person.pk), request)
        found = people.doubles_of(person.pk)
        return [
            known,
            _positions(person, sees_members=may(request, "members.see")),
            *([doubles(found)] if found else []),
            *others,
            _merges(person),
        ]


def _held_by(persons: Sequence[int]) -> list[Holder]:
    """Give what persons hold now; one query."""
    rows = Holder.objects.filter(person__in=persons, span__upper_inf=True)
    return list(rows.select_related("member").order_by("member__number"))


def _positions(person: Person, *, sees_members: bool) -> Section:
    admin = site.get_model_admin(Member) if sees_members else None
    held = _held_by(people.all_of(person.pk))
    return Rows(
        title=_("Positions"),
        heads=[_("Member"), _("Status"), _("How"), _("From")],
        rows=[
            [
                Cell(one.member.code, href=admin.address_of(one.member) if admin else ""),
                words.status(words.MEMBER, one.member.status),
                Cell(words.word(words.HOW_HELD, one.how)),
                Cell(one.span.lower),
            ]
            for one in held
        ],
        empty=_("This person holds no position."),
    )


def _merges(person: Person) -> Section:
    return Rows(
        title=_("Doubles that went up in this person"),
        heads=[_("Person"), _("Reason"), _("Merged"), _("Undone")],
        rows=[
            [
                Cell(one.double.name, note=person_number(one.double.id)),
                Cell(one.reason),
                Cell(one.merged_at),
                Cell(one.undone_at),
            ]
            for one in people.merges_of(person.pk)
        ],
        empty=_("Nobody was merged into this person."),
    )
