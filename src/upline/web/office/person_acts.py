"""What is done to persons: corrected, reached otherwise, merged where one is known twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from upline.network import queries as network
from upline.people import queries as people
from upline.people import services
from upline.people.models import Person
from upline.people.services import AddressDraft, PersonDraft
from upline.web.office import words
from upline.web.office.acts import Act, Doing, Reasoned
from upline.web.office.cells import Cell, Section, Words, facts
from upline.web.office.fields import PersonField
from upline.web.office.person_sections import doubles, person_sections
from upline.web.office.places import countries
from upline.web.office.words import person_number
from upline.web.shared.fields import DayField


class NamesForm(Reasoned):
    """Names and language as they are known; a birth date only where it is to be another."""

    given_name = forms.CharField(label=_("Given name"), max_length=200)
    family_name = forms.CharField(label=_("Family name"), max_length=200, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    birth_on = DayField(
        label=_("Born"),
        required=False,
        help_text=_("Private, so it is not shown here. Empty: the day that is known stays."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("given_name", "family_name", "language"):
            self.fields[name].initial = getattr(self.subject, name)


def _look_for_doubles(doing: Doing) -> None:
    """Keep who may be the same afterwards; the rehearsal asks, the page of confirmation shows."""
    doing.entries["doubles"] = people.doubles_of(doing.subject.pk)


def _doubles_shown(doing: Doing) -> Sequence[Section]:
    found = doing.entries["doubles"]
    return [doubles(found)] if found else []


def _correct(doing: Doing) -> Words:
    entries = doing.entries
    draft = PersonDraft(
        given_name=entries["given_name"],
        family_name=entries["family_name"],
        language=entries["language"],
        birth_on=entries["birth_on"],
    )
    services.change_person(person_id=doing.subject.pk, draft=draft, reason=doing.reason)
    _look_for_doubles(doing)
    return _("The person is corrected.")


class EmailForm(Reasoned):
    email = forms.CharField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )


def _add_email(doing: Doing) -> Words:
    services.add_email(
        person_id=doing.subject.pk, given=doing.entries["email"], reason=doing.reason
    )
    _look_for_doubles(doing)
    return _("The contact is added.")


class PhoneForm(Reasoned):
    """A number as written in a country."""

    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=countries,
        help_text=_("Where a number without + is at home."),
    )


def _add_phone(doing: Doing) -> Words:
    services.add_phone(
        person_id=doing.subject.pk,
        given=doing.entries["phone"],
        country=doing.entries["country"],
        reason=doing.reason,
    )
    _look_for_doubles(doing)
    return _("The contact is added.")


class EndContactForm(Reasoned):
    """Which contact is used no more, named as the card names it."""

    contact = forms.TypedChoiceField(label=_("Contact"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].choices = [
            (one.id, one.shown) for one in people.person_card(self.subject.pk).contacts
        ]


def _end_contact(doing: Doing) -> Words:
    services.end_contact(contact_id=doing.entries["contact"], reason=doing.reason)
    return _("The contact is used no more.")


class AddressForm(Reasoned):
    """An address of a kind, in place of the one before."""

    kind = forms.ChoiceField(label=_("Kind"), choices=words.choices(words.ADDRESS))
    country = forms.ChoiceField(label=_("Country"), choices=countries)
    region = forms.CharField(label=_("Region"), max_length=100, required=False)
    city = forms.CharField(label=_("City"), max_length=100)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    street = forms.CharField(label=_("Street"), max_length=200)


def _add_address(doing: Doing) -> Words:
    named = ("kind", "country", "region", "city", "postal_code", "street")
    draft = AddressDraft(**{name: doing.entries[name] for name in named})
    services.add_address(person_id=doing.subject.pk, draft=draft, reason=doing.reason)
    return _("The address is written.")


class MergeForm(Reasoned):
    """In whom the double goes up."""

    kept = PersonField(label=_("Person who is kept"))


def _merge(doing: Doing) -> Words:
    kept = doing.entries["kept"]
    merge = services.merge_persons(kept_id=kept.id, double_id=doing.subject.pk, reason=doing.reason)
    # The rehearsal merges too: what it moved is what will be moved.
    doing.entries["merge"] = next(one for one in people.merges_of(kept.id) if one.id == merge)
    return _("The person went up in the other one.")


def _merge_shown(doing: Doing) -> Sequence[Section]:
    merge, kept = doing.entries["merge"], doing.entries["kept"]
    card = people.person_card(doing.subject.pk)
    positions = network.positions_of(doing.subject.pk)
    return [
        facts(
            _("What happens"),
            (_("Goes up in the other"), Cell(card.name, note=person_number(card.id))),
            (_("Stays"), Cell(kept.name, note=person_number(kept.id))),
            (_("Contacts that go over"), merge.contacts),
            (_("Contacts that both have"), len(card.contacts) - merge.contacts),
            (_("Addresses that go over"), merge.addresses),
            (_("Logins that go over"), merge.logins),
            (_("Positions now read as theirs"), [one.code for one in positions]),
            note=_("Consents stay as they were given. The merge can be undone."),
        )
    ]


class UndoForm(Reasoned):
    """Which merge is taken back."""

    merge = forms.TypedChoiceField(label=_("Double that went up"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["merge"].choices = [
            (one.id, f"{one.double.name} · {person_number(one.double.id)}")
            for one in people.merges_of(self.subject.pk)
            if one.undone_at is None
        ]


def _undo(doing: Doing) -> Words:
    services.undo_merge(merge_id=doing.entries["merge"], reason=doing.reason)
    return _("The merge is undone.")


def _has_contact(person: Person) -> bool:
    return bool(people.person_card(person.pk).contacts)


def _has_double(person: Person) -> bool:
    return any(one.undone_at is None for one in people.merges_of(person.pk))


def reveal(persons_of: Callable[[Doing], Sequence[int]]) -> Act:
    """Give the act that shows the private data of some persons once, and keeps who looked."""

    def looked(admin: Any, doing: Doing) -> HttpResponse:
        cards = [
            services.reveal_person(person_id=one, reason=doing.reason) for one in persons_of(doing)
        ]
        answer: HttpResponse = admin.page(
            doing.request,
            "office/sections.html",
            title=_("Private data"),
            explains=_("Shown once. Who looked, when and why is in the audit log."),
            sections=[one for card in cards for one in person_sections(card, doing.request)],
            back=(admin.card(doing.request, doing.subject).title, admin.address_of(doing.subject)),
        )
        return answer

    return Act(
        name="reveal",
        label=_("Show private data"),
        right="people.see_private",
        does=lambda _doing: "",
        has_preview=False,
        is_rehearsed=False,
        answers=looked,
        explains=_("Contacts, streets and birth dates in clear. The audit log keeps who looked."),
    )


ACTS = (
    reveal(lambda doing: [doing.subject.pk]),
    Act(
        name="edit",
        label=_("Correct the names"),
        right="people.edit",
        form=NamesForm,
        does=_correct,
        shows=_doubles_shown,
        explains=_("Names as the person writes them, in any alphabet."),
    ),
    Act(
        name="email",
        label=_("Add an e-mail"),
        right="people.edit",
        form=EmailForm,
        does=_add_email,
        shows=_doubles_shown,
    ),
    Act(
        name="phone",
        label=_("Add a telephone"),
        right="people.edit",
        form=PhoneForm,
        does=_add_phone,
        shows=_doubles_shown,
    ),
    Act(
        name="end-contact",
        label=_("End a contact"),
        right="people.edit",
        form=EndContactForm,
        does=_end_contact,
        fits=_has_contact,
        explains=_(
            "Nobody is written to or called there any more. The next one becomes the first."
        ),
    ),
    Act(
        name="address",
        label=_("Write an address"),
        right="people.edit",
        form=AddressForm,
        does=_add_address,
        explains=_("Takes the place of the address of this kind."),
    ),
    Act(
        name="merge",
        label=_("Merge into another person"),
        right="people.edit",
        form=MergeForm,
        does=_merge,
        shows=_merge_shown,
        is_grave=True,
        explains=_("For somebody who is known twice. What this one has goes to the one kept."),
    ),
    Act(
        name="undo-merge",
        label=_("Undo a merge"),
        right="people.edit",
        form=UndoForm,
        does=_undo,
        fits=_has_double,
        explains=_("Gives the double back what went over. What came since stays."),
    ),
)
