"""Everything kept of a person: masked, in clear to the person, and in clear with a reason."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import team as teams
from upline.foundation import context
from upline.foundation.audit import ReasonMissing
from upline.foundation.models import AuditEntry
from upline.people import queries, services
from upline.people.errors import PersonUnknown

pytestmark = pytest.mark.django_db


@pytest.fixture
def aiman():
    person = services.record_person(
        draft=services.PersonDraft(
            given_name="Айман", family_name="Смағұлова", language="kk", birth_on=date(1990, 5, 17)
        )
    )
    services.add_email(person_id=person, given="aiman@example.com")
    services.add_phone(person_id=person, given="8 701 123 45 67", country="KZ")
    services.add_address(
        person_id=person,
        draft=services.AddressDraft(
            kind="home", country="KZ", city="Almaty", street="Abay 1", postal_code="050000"
        ),
    )
    for answer in (True, False):
        services.record_consent(
            person_id=person, purpose="news", is_given=answer, text_version="1", source="form"
        )
    return person


def shown(card):
    address = card.addresses[0]
    return (
        [one.shown for one in card.contacts],
        (address.city, address.street, address.postal_code),
        (card.has_birth_day, card.born_on),
        card.is_masked,
    )


MASKED = (
    ["a•••@example.com", "+7 ••• ••• ••67"],
    ("Almaty", "•••", "•••"),
    (True, None),
    True,
)
CLEAR = (
    ["aiman@example.com", "+77011234567"],
    ("Almaty", "Abay 1", "050000"),
    (True, date(1990, 5, 17)),
    False,
)


def test_a_card_is_masked(aiman):
    with CaptureQueriesContext(connection) as asked:
        card = queries.person_card(aiman)

    assert shown(card) == MASKED
    assert (card.name, card.language) == ("Айман Смағұлова", "kk")
    assert [(one.purpose, one.is_given) for one in card.consents] == [("news", False)]
    assert len(asked) == 5
    assert AuditEntry.objects.filter(act="people.reveal").count() == 0


def test_whoever_looks_says_why_and_the_audit_keeps_it(aiman):
    with context.working(actor="login:7"):
        card = services.reveal_person(person_id=aiman, reason="called about an order")

    entry = AuditEntry.objects.get(act="people.reveal")
    assert shown(card) == CLEAR
    assert (entry.actor, entry.subject, entry.reason) == (
        "login:7", f"person:{aiman}", "called about an order",
    )  # fmt: skip
    with pytest.raises(ReasonMissing):
        services.reveal_person(person_id=aiman, reason=" ")


def test_a_person_reads_the_own_card_in_clear(aiman):
    login = teams.staff("member")
    assert queries.own_card(login) is None

    login.person_id = aiman
    login.save()

    card = queries.own_card(login)
    assert shown(card) == CLEAR
    assert [(one.email, one.roles) for one in card.logins] == [("member@example.net", ("member",))]


def test_the_card_of_a_double_is_that_of_the_one_kept_with_the_contacts_of_both(aiman):
    double = services.record_person(draft=services.PersonDraft(given_name="Aiman", language="en"))
    services.add_email(person_id=double, given="second@example.com")
    services.merge_persons(kept_id=aiman, double_id=double, reason="a test")

    card = queries.person_card(double)

    assert (card.id, card.doubles) == (aiman, (double,))
    assert [one.shown for one in card.contacts] == [
        "a•••@example.com",
        "s•••@example.com",
        "+7 ••• ••• ••67",
    ]
    with pytest.raises(PersonUnknown):
        queries.person_card(0)
