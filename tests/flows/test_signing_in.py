"""Signing in: password, second factor, recovery, sessions, throttling, languages."""

from __future__ import annotations

import re
import time

import pytest
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.signing_in import login_with, signed_in
from upline.foundation.models import AuditEntry
from upline.people import logins, second_factor
from upline.people.models import Login, Person
from upline.web.accounts.adapters import SecondFactor
from upline.web.accounts.passkeys import Place, place_of

PASSWORD = "quiet-river-at-dawn"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

pytestmark = pytest.mark.django_db


def opened(*roles, email="aiman@example.com"):
    return Login.objects.get(
        pk=logins.open_login(email=email, password=PASSWORD, roles=roles, reason="test")
    )


def try_password(client, password=PASSWORD, email="aiman@example.com", **more):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def code_now(secret=SECRET, ahead=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def acts():
    return list(AuditEntry.objects.order_by("pk").values_list("act", "subject"))


def test_a_member_signs_in_and_lands_in_the_cabinet(client):
    opened("member")

    answer = try_password(client, email="AIMAN@example.com")

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"] == "/my/"
    assert client.get("/my/").status_code == 200


def test_a_wrong_password_says_so_and_signs_nobody_in(client):
    opened("member")

    answer = try_password(client, password="loud-river-at-noon")

    assert answer.status_code == 200
    assert "email address and/or password" in answer.content.decode()
    assert client.get("/my/").status_code == 302


def test_there_is_no_sign_up(client):
    assert client.get("/accounts/signup/").status_code == 404


def test_somebody_sent_away_comes_back_to_where_they_wanted(client):
    opened("member")

    sent = client.get("/my/")
    answer = try_password(client, next="/my/")

    assert sent["Location"] == "/accounts/login/?next=/my/"
    assert answer["Location"] == "/my/"


def test_a_foreign_address_to_go_on_to_is_not_followed(client):
    opened("member")

    answer = try_password(client, next="https://evil.example/steal")

    assert answer["Location"] == "/"


def test_staff_without_a_second_factor_reach_nothing_but_its_set_up(client):
    opened("finance")
    try_password(client)

    for address in ("/office/", "/my/", "/", "/accounts/sessions/", "/accounts/password/change/"):
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/accounts/second-factor/app/add/?next="), address
    assert client.get("/accounts/second-factor/app/add/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_staff_set_their_second_factor_up_and_enter(client):
    login = opened("finance")
    try_password(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret

    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})

    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get("/office/").status_code == 200
    assert ("people.add_second_factor", f"login:{login.pk}") in acts()
    assert secret not in str(Authenticator.objects.get(user=login, type="totp").data)
    assert [one.subject for one in mail.outbox] == ["An authenticator app was added"]


def test_staff_with_a_second_factor_are_asked_for_its_code(client):
    login = opened("finance")
    second_factor.set_totp(login_id=login.pk, secret=SECRET, reason="test")

    first = try_password(client)
    before = client.get("/office/").status_code
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    second = client.post(reverse("mfa_authenticate"), {"code": code_now()})

    assert first["Location"] == reverse("mfa_authenticate")
    assert before == 302
    assert wrong.status_code == 200
    assert second.status_code == 302
    assert client.get("/office/").status_code == 200


def test_a_code_works_once(client):
    login = opened("finance")
    second_factor.set_totp(login_id=login.pk, secret=SECRET, reason="test")
    code = code_now()
    try_password(client)
    client.post(reverse("mfa_authenticate"), {"code": code})

    other = Client()
    try_password(other)
    answer = other.post(reverse("mfa_authenticate"), {"code": code})

    assert answer.status_code == 200
    assert other.get("/office/").status_code == 302


def test_guessing_codes_is_stopped_after_five(client):
    login = opened("finance")
    second_factor.set_totp(login_id=login.pk, secret=SECRET, reason="test")
    try_password(client)

    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    answer = client.post(reverse("mfa_authenticate"), {"code": code_now()})

    assert answer.status_code == 200
    assert "Too many failed" in answer.content.decode()
    assert client.get("/office/").status_code == 302


def test_a_session_from_before_the_second_factor_has_to_prove_it(client):
    login = opened("finance")
    try_password(client)
    second_factor.set_totp(login_id=login.pk, secret=SECRET, reason="set up elsewhere")

    sent = client.get("/office/")
    client.post(reverse("mfa_reauthenticate"), {"code": code_now()})

    assert sent["Location"].startswith(reverse("mfa_reauthenticate"))
    assert client.get("/office/").status_code == 200


def test_staff_cannot_remove_their_last_second_factor(client):
    login = login_with("finance")
    second_factor.set_totp(login_id=login.pk, secret=SECRET, reason="test")
    signed_in(client, login)

    answer = client.post(reverse("mfa_deactivate_totp"))

    assert answer.status_code == 200
    assert Authenticator.objects.filter(user=login).count() == 1


def test_a_lost_second_factor_is_taken_away_and_its_sessions_end(client):
    login = opened("finance")
    second_factor.set_totp(login_id=login.pk, secret=SECRET, reason="test")
    try_password(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})

    count = second_factor.forget_second_factor(login_id=login.pk, reason="lost the telephone")

    assert count == 1
    assert client.get("/office/").status_code == 302
    assert UserSession.objects.count() == 0
    assert acts()[-1] == ("people.forget_second_factor", f"login:{login.pk}")


def test_secrets_are_sealed_anew_with_a_new_key():
    login = login_with("finance")
    second_factor.set_totp(login_id=login.pk, secret=SECRET, reason="test")
    before = Authenticator.objects.get(user=login).data["secret"]

    count = second_factor.reseal()

    after = Authenticator.objects.get(user=login).data["secret"]
    assert count == 1
    assert before != after
    assert second_factor.unseal(after) == SECRET


def test_five_wrong_passwords_pause_signing_in_and_say_until_when(client):
    opened("member")

    answers = [try_password(client, password="loud-river-at-noon") for _ in range(5)]
    right = try_password(client)

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert right.status_code == 429
    page = right.content.decode()
    assert "Signing in is paused" in page
    assert "You can try again in 15 minutes." in page
    assert reverse("account_reset_password") in page
    assert 0 < int(right["Retry-After"]) <= 900
    assert client.get("/my/").status_code == 302


def test_another_address_is_not_locked_out_by_the_first(client):
    opened("member")
    for _ in range(5):
        try_password(client, password="loud-river-at-noon")

    elsewhere = Client(REMOTE_ADDR="203.0.113.9")

    assert try_password(elsewhere).status_code == 302


def test_a_lock_out_keeps_no_address_of_mail(client):
    from axes.models import AccessAttempt

    opened("member")
    try_password(client, password="loud-river-at-noon")

    kept = AccessAttempt.objects.get()

    assert "aiman" not in f"{kept.username} {kept.post_data} {kept.get_data} {kept.path_info}"
    assert "loud-river" not in kept.post_data


def test_a_new_password_is_chosen_by_a_link_that_works_once(client):
    login = opened("member")
    elsewhere = Client()
    try_password(elsewhere)

    client.post(reverse("account_reset_password"), {"email": "Aiman@example.com"})
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body).group(1)
    form = client.get(link, follow=True)
    action = form.context["action_url"]
    fresh = "green-lantern-over-water"
    client.post(action, {"password1": fresh, "password2": fresh})

    assert mail.outbox[0].to == ["aiman@example.com"]
    assert mail.outbox[0].subject == "Choose a new password"
    assert try_password(Client()).status_code == 200
    assert try_password(Client(), password=fresh).status_code == 302
    assert elsewhere.get("/my/").status_code == 302
    assert ("people.change_password", f"login:{login.pk}") in acts()
    assert "no longer good" in client.get(link, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client):
    opened("member")

    known = client.post(reverse("account_reset_password"), {"email": "aiman@example.com"})
    unknown = client.post(reverse("account_reset_password"), {"email": "boris@example.com"})

    assert known["Location"] == unknown["Location"] == reverse("account_reset_password_done")
    assert [one.to for one in mail.outbox] == [["aiman@example.com"]]


def test_a_mail_speaks_the_language_of_its_reader(client):
    login = opened("member")
    login.person = Person.objects.create(given_name="Айман", language="ru")
    login.save()

    client.post(
        reverse("account_reset_password"),
        {"email": "aiman@example.com"},
        headers={"accept-language": "pl"},
    )

    from django.utils import translation

    with translation.override("ru"):
        assert mail.outbox[0].subject == translation.gettext("Choose a new password")


def test_changing_the_password_ends_other_sessions_and_tells_by_mail(client):
    opened("member")
    elsewhere = Client()
    try_password(elsewhere)
    try_password(client)
    fresh = "green-lantern-over-water"

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh},
    )

    assert client.get("/my/").status_code == 200
    assert elsewhere.get("/my/").status_code == 302
    assert [one.subject for one in mail.outbox] == ["Your password was changed"]


def test_sessions_are_listed_and_the_others_ended(client):
    opened("member")
    elsewhere = Client(headers={"user-agent": "Mozilla/5.0 (Android 15) Firefox/145.0"})
    try_password(elsewhere)
    try_password(client)

    page = client.get(reverse("usersessions_list")).content.decode()
    client.post(reverse("usersessions_list"))

    assert "Firefox, Android" in page
    assert client.get("/my/").status_code == 200
    assert elsewhere.get("/my/").status_code == 302


def test_signing_out_ends_the_session_and_reading_the_address_does_not(client):
    opened("member")
    try_password(client)

    client.get(reverse("account_logout"))
    before = client.get("/my/").status_code
    client.post(reverse("account_logout"))

    assert before == 200
    assert client.get("/my/").status_code == 302


def test_a_session_of_staff_lasts_a_working_day_and_one_of_a_member_two_weeks(client):
    opened("member")
    try_password(client)
    staff = Client()
    login = opened("finance", email="boris@example.com")
    second_factor.set_totp(login_id=login.pk, secret=SECRET, reason="test")
    try_password(staff, email="boris@example.com")
    staff.post(reverse("mfa_authenticate"), {"code": code_now()})

    assert client.session.get_expiry_age() == 14 * 24 * 3600
    assert staff.session.get_expiry_age() == pytest.approx(12 * 3600, abs=60)


def test_a_closed_login_does_not_sign_in_and_its_session_ends(client):
    login = opened("member")
    try_password(client)
    Login.objects.filter(pk=login.pk).update(is_active=False)

    assert client.get("/my/").status_code == 302
    assert client.get("/my/")["Location"].startswith("/accounts/login/")
    assert try_password(Client()).status_code in {200, 302}
    assert Client().get("/my/").status_code == 302


def test_a_signed_in_page_asks_the_database_three_times(client, django_assert_num_queries):
    opened("member")
    try_password(client)

    with django_assert_num_queries(3):
        client.get("/accounts/")


def test_what_nobody_needs_any_more_goes_at_night(client):
    from datetime import timedelta

    from axes.models import AccessAttempt
    from django.contrib.sessions.models import Session
    from django.core.cache import cache
    from django.db import connection

    from upline.foundation import clock
    from upline.web.accounts.tasks import forget_old_sessions

    opened("member")
    gone, kept = Client(), Client()
    for one in (gone, kept):
        try_password(one)
    try_password(client, password="loud-river-at-noon")
    past = clock.now() - timedelta(days=31)
    Session.objects.filter(session_key=gone.session.session_key).update(expire_date=past)
    AccessAttempt.objects.update(attempt_time=past)
    cache.set("old", "value")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE web_accounts_cache SET expires = %s", [past])

    forget_old_sessions(timestamp=0)

    assert list(Session.objects.values_list("session_key", flat=True)) == [kept.session.session_key]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [
        kept.session.session_key
    ]
    assert AccessAttempt.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM web_accounts_cache")
        assert cursor.fetchone() == (0,)


def with_passkey(login, name="Telephone"):
    """Give a login a passkey; the key itself is of no use, for no test signs by it here."""
    return Authenticator.objects.create(
        user=login, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": {}}
    )


def test_signing_in_asks_any_device_for_a_verified_passkey(client):
    asked = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()

    question = asked["request_options"]["publicKey"]
    assert question["rpId"] == "testserver"
    assert question["userVerification"] == "required"
    assert not question.get("allowCredentials")


def test_a_passkey_is_made_for_this_host_and_signs_in_by_itself(client):
    signed_in(client, login_with("member"))

    page = client.get(reverse("mfa_add_webauthn"))

    question = page.context["js_data"]["creation_options"]["publicKey"]
    assert question["rp"]["id"] == "testserver"
    assert question["authenticatorSelection"]["residentKey"] == "required"
    assert question["authenticatorSelection"]["userVerification"] == "required"
    assert "passwordless" not in page.context["form"].fields


def test_a_page_opened_by_a_number_asks_for_no_passkey_and_leads_to_its_name(client):
    address = reverse("mfa_add_webauthn")
    signed_in(client, login_with("member"))

    page = client.get(address, headers={"host": "127.0.0.1:8003"}).content.decode()

    assert "data-passkey" not in page
    assert "Browsers keep passkeys for an address with a name alone" in page
    assert f'href="http://localhost:8003{address}"' in page


@pytest.mark.parametrize(
    ("host", "is_number", "better"),
    [
        ("localhost:8000", False, ""),
        ("shop.example.com", False, ""),
        ("[::1]:8000", True, "http://localhost:8000/here/?a=1"),
        ("192.168.1.20:8000", True, ""),
    ],
)
def test_an_address_of_this_computer_alone_has_a_name_beside_its_number(
    settings, host, is_number, better
):
    settings.ALLOWED_HOSTS = ["*"]

    place = place_of(RequestFactory().get("/here/?a=1", headers={"host": host}))

    assert place == Place(is_number=is_number, better=better)


def test_what_is_no_passkey_is_refused_and_nothing_is_kept(client):
    login = login_with("member")
    signed_in(client, login)
    client.get(reverse("mfa_add_webauthn"))

    for nonsense in ("", "{}", '{"id": "AAAA", "rawId": "AAAA", "type": "public-key"}', "[1]"):
        answer = client.post(
            reverse("mfa_add_webauthn"), {"name": "Telephone", "credential": nonsense}
        )
        assert answer.status_code == 200, nonsense

    assert Authenticator.objects.count() == 0


def test_nobody_names_or_removes_the_passkey_of_another(client):
    owner = login_with("member", email="dana@example.com")
    key = with_passkey(owner)
    signed_in(client, login_with("member"))

    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        address = reverse(name, args=[key.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "Mine"}).status_code == 404

    key.refresh_from_db()
    assert key.data["name"] == "Telephone"


def test_staff_cannot_remove_their_last_passkey_but_one_of_two(client):
    login = login_with("finance")
    first, second = with_passkey(login), with_passkey(login, "Computer")
    signed_in(client, login)

    one = client.post(reverse("mfa_remove_webauthn", args=[first.pk]))
    other = client.post(reverse("mfa_remove_webauthn", args=[second.pk]))

    assert (one.status_code, one["Location"]) == (302, reverse("mfa_list_webauthn"))
    assert other.status_code == 200
    assert [kept.data["name"] for kept in Authenticator.objects.all()] == ["Computer"]


def test_staff_with_passkeys_alone_prove_one_when_their_session_has_not(client):
    login = opened("finance")
    try_password(client)
    with_passkey(login)

    sent = client.get("/office/")

    assert sent["Location"].startswith(reverse("mfa_reauthenticate_webauthn"))


def test_a_new_passkey_is_called_by_the_browser_that_makes_it(rf):
    login = login_with("member")
    asked = rf.get("/", headers={"user-agent": "Mozilla/5.0 (Android 15) Firefox/145.0"})

    with context.request_context(asked):
        first = SecondFactor().generate_authenticator_name(login, Authenticator.Type.WEBAUTHN)
        with_passkey(login, first)
        second = SecondFactor().generate_authenticator_name(login, Authenticator.Type.WEBAUTHN)

    assert (first, second) == ("Firefox, Android", "Firefox, Android 2")
