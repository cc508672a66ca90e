"""What the company knows of a person, as sections of a card."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from upline.people.cards import PersonCard
from upline.people.models import Login, Person
from upline.people.queries import PersonFacts
from upline.web.office import words
from upline.web.office.cells import Cell, Rows, Section, facts
from upline.web.office.places import country_name
from upline.web.office.rights import may
from upline.web.office.site import site
from upline.web.office.words import person_number

_SAME = {"contact": _("Contact"), "name and birth date": _("Name and birth date")}


def person_sections(person: PersonCard, request: HttpRequest) -> list[Section]:
    """Give what the company knows of a person, masked or in clear as it came."""
    born = person.born_on or (_("known, hidden") if person.has_birth_day else "")
    return [
        facts(
            person.name,
            (_("Person"), Cell(person.id, href=_card_of(person.id))),
            (_("Given name"), person.given_name),
            (_("Family name"), person.family_name),
            (_("Language"), words.language(person.language)),
            (_("Born"), born),
            (_("Doubles that went up in this person"), list(person.doubles)),
            note=_("Private data are hidden.") if person.is_masked else "",
        ),
        Rows(
            title=_("Contacts"),
            heads=[_("Kind"), _("Contact"), _("First"), _("Proved")],
            rows=[
                [
                    Cell(words.word(words.CONTACT, one.kind)),
                    Cell(one.shown, is_code=True),
                    Cell(one.is_first),
                    Cell(one.verified_at),
                ]
                for one in person.contacts
            ],
            empty=_("No contact is known."),
        ),
        Rows(
            title=_("Addresses"),
            heads=[_("Kind"), _("Country"), _("City"), _("Postal code"), _("Street")],
            rows=[
                [
                    Cell(words.word(words.ADDRESS, one.kind)),
                    Cell(country_name(one.country), note=one.region),
                    Cell(one.city),
                    Cell(one.postal_code),
                    Cell(one.street),
                ]
                for one in person.addresses
            ],
            empty=_("No address is known."),
        ),
        Rows(
            title=_("Consents"),
            heads=[_("Purpose"), _("Answer"), _("Text"), _("Where"), _("Moment")],
            rows=[
                [
                    Cell(one.purpose, is_code=True),
                    Cell(one.is_given),
                    Cell(one.text_version, is_code=True),
                    Cell(one.source),
                    Cell(one.recorded_at),
                ]
                for one in person.consents
            ],
            empty=_("Nothing was asked."),
        ),
        _logins(person, request),
    ]


def _logins(person: PersonCard, request: HttpRequest) -> Section:
    admin = site.get_model_admin(Login) if may(request, "roles.grant") else None
    return Rows(
        title=_("Logins"),
        heads=[_("Login"), _("Roles"), _("May sign in"), _("Signed in last")],
        rows=[
            [
                Cell(one.email, href=admin.address_at("card", one.id) if admin else ""),
                Cell([words.word(words.ROLE, role) for role in one.roles]),
                Cell(one.is_active),
                Cell(one.last_login_at),
            ]
            for one in person.logins
        ],
        empty=_("This person has no login."),
    )


def _card_of(person_id: int) -> str:
    return str(site.get_model_admin(Person).address_at("card", person_id))


def doubles(found: Sequence[tuple[PersonFacts, tuple[str, ...]]]) -> Section:
    """Give who may be the same person, and by what."""
    return Rows(
        title=_("May be the same person"),
        heads=[_("Person"), _("The same")],
        rows=[
            [
                Cell(one.name, note=person_number(one.id), href=_card_of(one.id)),
                Cell([_SAME[reason] for reason in reasons]),
            ]
            for one, reasons in found
        ],
        note=_("A hint: families share telephones. Whoever is known twice can be merged."),
    )
