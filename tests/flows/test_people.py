"""Persons: names, contacts, consents, and one person known twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from upline.foundation.models import AuditEntry, Message
from upline.people import errors, queries, services
from upline.people.models import Contact, Login, Person

pytestmark = pytest.mark.django_db


def record(given, family="", language="en", birth_on=None):
    draft = services.PersonDraft(
        given_name=given, family_name=family, language=language, birth_on=birth_on
    )
    return services.record_person(draft=draft)


def given_names(found):
    return [one.given_name for one in found]


def test_a_person_is_found_from_any_keyboard_and_sorted_for_the_reader():
    for given, family in [
        ("Борис", "Иванов"),
        ("Łucja", "Iwanowska"),
        ("Әйгерім", "Ильясова"),
        ("Anna", "Ivanova"),
    ]:
        record(given, family)

    assert given_names(queries.found_by_name("iva", language="en")) == ["Anna", "Борис"]
    assert given_names(queries.found_by_name("ива", language="ru")) == ["Борис", "Anna"]
    assert given_names(queries.found_by_name("Лу Iwan", language="pl")) == ["Łucja"]
    assert given_names(queries.found_by_name("aigerim", language="kk")) == ["Әйгерім"]
    assert queries.found_by_name(" -! ", language="en") == []


def test_contacts_are_kept_encrypted_in_one_form_and_found_by_it():
    person = record("Aiman")

    phone = services.add_phone(person_id=person, given="8 (701) 123-45-67", country="KZ")
    same = services.add_phone(person_id=person, given="+7 701 123 45 67", country="PL")
    email = services.add_email(person_id=person, given=" Aiman@Example.COM ")
    other = services.add_email(person_id=person, given="second@example.com")
    services.end_contact(contact_id=email, reason="bounced")

    assert same == phone
    assert Contact.objects.get(pk=phone).value == "+77011234567"
    assert given_names(queries.found_by_contact("+77011234567")) == ["Aiman"]
    assert queries.found_by_contact("aiman@example.com") == []
    assert Contact.objects.get(pk=other).is_first
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM people_contact")
        assert all(b"701" not in bytes(value) for (value,) in cursor.fetchall())


def test_what_cannot_be_read_is_refused_and_never_repeated_in_the_message():
    person = record("Aiman")

    with pytest.raises(errors.PhoneUnreadable) as refused:
        services.add_phone(person_id=person, given="12345", country="KZ")
    with pytest.raises(errors.EmailUnreadable):
        services.add_email(person_id=person, given="aiman@nowhere")
    with pytest.raises(errors.NameMissing):
        record("  ")
    with pytest.raises(errors.LanguageUnknown, match="kk"):
        record("Aiman", language="de")
    with pytest.raises(errors.DayUnreadable):
        record("Aiman", birth_on=date(2999, 1, 1))
    with pytest.raises(errors.PersonUnknown):
        services.add_email(person_id=999_999, given="a@example.com")

    assert "12345" not in str(refused.value)
    assert Contact.objects.count() == 0
    assert Person.objects.count() == 1


def test_a_change_writes_the_keys_anew_and_the_audit_names_fields_not_values():
    person = record("Aiman", "Ahmetova")

    services.change_person(
        person_id=person,
        draft=services.PersonDraft(given_name="Aiman", family_name="Смирнова"),
    )

    assert given_names(queries.found_by_name("smirn", language="en")) == ["Aiman"]
    assert queries.found_by_name("ahmet", language="en") == []
    assert AuditEntry.objects.get(act="people.change").after == {"fields": ["family_name"]}


def test_an_address_is_replaced_not_changed():
    person = record("Aiman")
    home = services.AddressDraft(kind="home", country="kz", city="Almaty", street="Abaya 1")

    first = services.add_address(person_id=person, draft=home)
    again = services.add_address(person_id=person, draft=home)
    moved = services.AddressDraft(kind="home", country="PL", city="Łódź", street="Piotrkowska 5")
    second = services.add_address(person_id=person, draft=moved)

    addresses = Person.objects.get(pk=person).addresses.order_by("pk")
    assert (again, second != first) == (first, True)
    assert [one.ended_at is None for one in addresses] == [False, True]


def test_the_last_consent_counts_and_none_is_ever_edited():
    person = record("Aiman")

    def said(answer, text="2026-11"):
        return services.record_consent(
            person_id=person,
            purpose="newsletter",
            is_given=answer,
            text_version=text,
            source="registration form",
        )

    assert queries.has_consented(person, purpose="newsletter") is False
    assert said(True) == said(True)
    assert queries.has_consented(person, purpose="newsletter") is True
    said(False)
    assert queries.has_consented(person, purpose="newsletter") is False
    assert Message.objects.filter(name="people.consent_recorded").count() == 2
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE people_consent SET is_given = true")


def test_who_may_be_the_same_is_hinted_with_reasons():
    born = date(1990, 5, 17)
    aiman = record("Айман", "Смирнова", birth_on=born)
    twin = record("Aiman", "Smirnova", birth_on=born)
    sister = record("Dana", "Smirnova")
    for person in (aiman, twin, sister):
        services.add_phone(person_id=person, given="+77011234567", country="KZ")

    found = [(one.id, reasons) for one, reasons in queries.doubles_of(aiman)]

    assert found == [(twin, ("contact", "name and birth date")), (sister, ("contact",))]


def test_a_merge_moves_what_the_double_has_and_can_be_undone():
    kept, double, third = record("Aiman"), record("Айман"), record("Ayman")
    services.merge_persons(kept_id=double, double_id=third, reason="same passport")
    for person in (kept, double):
        services.add_email(person_id=person, given="aiman@example.com")
    phone = services.add_phone(person_id=double, given="+77011234567", country="KZ")
    login = Login.objects.create_user("aiman@example.com", "not-used-here-9")
    Login.objects.filter(pk=login.pk).update(person=double)
    before = people_rows()

    merge = services.merge_persons(kept_id=kept, double_id=double, reason="same passport")
    again = services.merge_persons(kept_id=kept, double_id=double, reason="same passport")

    assert again == merge
    assert queries.all_of(third) == [kept, double, third]
    assert queries.person(third).id == kept
    assert Contact.objects.get(pk=phone).person_id == kept
    assert Login.objects.get(pk=login.pk).person_id == kept
    with pytest.raises(errors.PersonMerged):
        services.add_email(person_id=double, given="other@example.com")
    with pytest.raises(errors.MergeOfOne):
        services.merge_persons(kept_id=kept, double_id=kept, reason="no")
    assert services.undo_merge(merge_id=merge, reason="two sisters") is True
    assert services.undo_merge(merge_id=merge, reason="two sisters") is False
    assert people_rows() == before


def people_rows():
    kinds = (Person, Contact, Login)
    return [
        list(kind.objects.order_by("pk").values("pk", *names))
        for kind, names in zip(
            kinds, (["merged_into"], ["person", "is_first"], ["person"]), strict=True
        )
    ]
