"""In which language a page speaks, and how a reader takes another."""

from __future__ import annotations

import pytest

from tests.signing_in import login_with, signed_in
from upline.foundation.models import AuditEntry
from upline.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


@pytest.fixture
def polish():
    login = login_with("member")
    login.person = Person.objects.create(given_name="Zofia", language="pl")
    login.save()
    return login


def language(client, **headers):
    return client.get("/accounts/login/", headers=headers)["Content-Language"]


def test_a_stranger_reads_in_the_language_of_the_browser(client):
    assert language(client, accept_language="kk,ru;q=0.8,en;q=0.5") == "kk"
    assert language(client, accept_language="fr-FR,fr;q=0.9") == "en"
    assert language(client) == "en"


def test_a_strangers_choice_is_kept_in_a_cookie(client):
    answer = client.post("/language/", {"language": "bg", "next": "/accounts/login/"})

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert language(client, accept_language="kk") == "bg"


def test_the_language_of_the_person_wins(client, polish):
    client.post("/language/", {"language": "bg"})
    signed_in(client, polish)

    assert client.get("/accounts/", headers={"accept-language": "kk"})["Content-Language"] == "pl"


def test_a_choice_is_kept_with_the_person(client, polish):
    signed_in(client, polish)

    client.post("/language/", {"language": "ru"})

    polish.person.refresh_from_db()
    entry = AuditEntry.objects.get(act="people.change")
    assert polish.person.language == "ru"
    assert client.get("/accounts/")["Content-Language"] == "ru"
    assert (entry.subject, entry.after) == (f"person:{polish.person_id}", {"fields": ["language"]})


def test_choosing_the_same_language_again_writes_nothing(client, polish):
    signed_in(client, polish)

    client.post("/language/", {"language": "pl"})

    assert AuditEntry.objects.count() == 0


def test_an_unknown_language_changes_nothing(client, polish):
    signed_in(client, polish)

    answer = client.post("/language/", {"language": "xx"})

    polish.person.refresh_from_db()
    assert answer.status_code == 302
    assert polish.person.language == "pl"


def test_a_choice_leads_to_our_pages_alone(client):
    answer = client.post("/language/", {"language": "pl", "next": "//evil.example/"})

    assert answer["Location"] == "/"


def test_reading_the_address_changes_nothing(client):
    assert client.get("/language/", {"language": "pl"}).status_code == 405


def test_staff_without_a_second_factor_may_choose_a_language(client):
    client.force_login(login_with("finance"), backend="upline.web.accounts.backends.ByEmail")

    assert client.post("/language/", {"language": "pl"})["Location"] == "/"


def test_whoever_stands_in_reads_in_a_language_of_their_own(client, polish):
    signed_in(client, login_with("support"))
    client.post("/language/", {"language": "bg"})
    client.post(f"/accounts/stand-in/{polish.pk}/", {"reason": "request 4711"})

    answer = client.get("/accounts/")
    client.post("/language/", {"language": "ru"})

    polish.person.refresh_from_db()
    assert answer["Content-Language"] == "bg"
    assert polish.person.language == "pl"
