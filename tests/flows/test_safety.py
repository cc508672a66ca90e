"""What every answer tells the browser, the pages of what went wrong, and the settings of production."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from tests.signing_in import login_with, signed_in
from upline.config.urls import urlpatterns as ours
from upline.foundation import access
from upline.people import logins

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

UPLINE = Path(sys.executable).with_name("upline")


@access.open_to_all
def breaks(_request):
    raise RuntimeError("the name of a customer")


@access.open_to_all
def suspects(_request):
    raise SuspiciousOperation("what was sent")


@access.open_to_all
def cannot_read(_request):
    raise BadRequest("what was sent")


@access.needs("roles.grant")
def of_the_owner(_request):
    return HttpResponse("granted")


urlpatterns = [
    *ours,
    path("breaks/", breaks),
    path("suspects/", suspects),
    path("cannot-read/", cannot_read),
    path("of-the-owner/", of_the_owner),
]
handler400 = "upline.web.accounts.failures.bad_request"
handler403 = "upline.web.accounts.failures.refused"
handler404 = "upline.web.accounts.failures.not_found"
handler500 = "upline.web.accounts.failures.broken"

with_failing_pages = override_settings(ROOT_URLCONF=__name__)


def policy(response):
    parts = response["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for words in (part.split() for part in parts)}


@pytest.mark.parametrize("address", ["/accounts/login/", "/nowhere/", "/design/", "/office/"])
def test_every_page_has_the_strict_policy(client, address):
    signed_in(client, login_with("owner"))

    found = policy(client.get(address))

    assert found["default-src"] == ["'self'"]
    assert [one for one in found["script-src"] if not one.startswith("'nonce-")] == ["'self'"]
    assert found["style-src"] == ["'self'"]
    assert found["object-src"] == found["base-uri"] == found["frame-ancestors"] == ["'none'"]
    assert found["form-action"] == ["'self'"]


def test_the_nonce_of_a_page_is_the_one_of_its_policy_and_new_each_time(client):
    pages = [client.get("/accounts/login/") for _ in range(2)]
    nonces = [
        one.removeprefix("'nonce-").removesuffix("'")
        for page in pages
        for one in policy(page)["script-src"]
        if one.startswith("'nonce-")
    ]

    assert len(set(nonces)) == 2
    assert all(
        f'nonce="{one}"' in page.content.decode() for one, page in zip(nonces, pages, strict=True)
    )


def test_every_answer_carries_the_other_headers(client):
    answer = client.get("/accounts/login/")

    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


def test_pages_of_a_session_are_not_kept_by_the_browser(client):
    signed_in(client, login_with("member"))

    assert client.get("/accounts/")["Cache-Control"] == "private, no-store"


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(client):
    password = "quiet-river-at-dawn"
    logins.open_login(email="a@example.com", password=password, roles=["member"], reason="test")

    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "a@example.com", "password": password})
    client.post("/language/", {"language": "pl"})

    for name in ("sessionid", "csrftoken", "django_language"):
        assert client.cookies[name]["httponly"] is True, name
        assert client.cookies[name]["samesite"] == "Lax", name


def test_a_fragment_that_needs_signing_in_leads_the_whole_page_there(client):
    answer = client.get("/my/", headers={"hx-request": "true"})

    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/login/")
    assert "Location" not in answer


LANGUAGES = ["en", "ru", "bg", "kk", "pl"]


@with_failing_pages
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        ("/breaks/", 500, "Something broke on our side"),
        ("/suspects/", 400, "This request cannot be read"),
        ("/cannot-read/", 400, "This request cannot be read"),
        ("/of-the-owner/", 403, "You may not see this"),
        ("/nowhere/", 404, "There is nothing here"),
    ],
)
def test_what_went_wrong_is_said_in_the_language_of_the_reader(language, address, status, heading):
    from django.utils import translation

    client = signed_in(Client(raise_request_exception=False), login_with("member"))

    answer = client.get(address, headers={"accept-language": language})

    page = answer.content.decode()
    with translation.override(language):
        assert translation.gettext(heading) in page
    assert answer.status_code == status
    assert f'<html lang="{language}"' in page
    assert 'href="/"' in page


@with_failing_pages
def test_a_fault_of_ours_tells_its_number_and_nothing_else():
    client = Client(raise_request_exception=False)

    answer = client.get("/breaks/", headers={"x-request-id": "request-4711"})

    assert "request-4711" in answer.content.decode()
    assert "customer" not in answer.content.decode()


def test_a_form_without_its_token_is_refused_with_advice():
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.com"})

    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()


def test_asking_for_many_new_passwords_is_stopped(client):
    answers = [
        client.post("/accounts/password/reset/", {"email": "a@example.com"}) for _ in range(6)
    ]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "Too many requests" in answers[-1].content.decode()


def production(**more):
    key = urlsafe_b64encode(bytes(range(32))).decode()
    return {
        "PATH": os.environ["PATH"],
        "UPLINE_ENV": "production",
        "DATABASE_URL": "postgresql://upline_app:secret@127.0.0.1/upline",
        "UPLINE_SECRET_KEY": "".join(f"{number:x}-quiet-" for number in range(12)),
        "UPLINE_HOSTS": "upline.example.com",
        "UPLINE_ENCRYPTION_KEYS": f"first:{key}",
        "UPLINE_INDEX_KEY": key,
        "UPLINE_MAIL_URL": "smtp://upline:secret@mail.example.com:587",
        "UPLINE_MAIL_FROM": "office@upline.example.com",
        **more,
    }


def manage(*arguments, **more):
    return subprocess.run(
        [UPLINE, "manage", *arguments],
        env=production(**more),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_settings_of_production_pass_every_check_of_django():
    ran = manage("check", "--deploy", "--fail-level", "INFO")

    assert ran.stdout + ran.stderr == "System check identified no issues (1 silenced).\n"
    assert ran.returncode == 0


def test_production_names_its_cookies_for_this_host_alone():
    ran = manage("diffsettings")

    assert "SESSION_COOKIE_NAME = '__Host-session'" in ran.stdout
    assert "CSRF_COOKIE_NAME = '__Host-csrf'" in ran.stdout
    assert "SESSION_COOKIE_SECURE = True" in ran.stdout
    assert "CSRF_COOKIE_SECURE = True" in ran.stdout
    assert "LANGUAGE_COOKIE_SECURE = True" in ran.stdout
    assert "EMAIL_USE_TLS = True" in ran.stdout


def test_production_is_no_demo():
    ran = manage("check", UPLINE_DEMO="1")

    assert ran.returncode == 1
    assert "UPLINE_DEMO is 1; a demo's passwords are public." in ran.stderr


def test_a_demo_says_so_on_each_page(client, settings):
    from dataclasses import replace

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, is_demo=True)

    for address in ("/accounts/login/", "/nowhere/", "/design/"):
        page = client.get(address).content.decode()
        assert "Demo company. Logins and passwords are public." in page, address
