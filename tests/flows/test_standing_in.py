"""Support stands in for a member: with a reason, in the open, and without the member's own affairs."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.signing_in import login_with, signed_in
from upline.foundation import access, context
from upline.foundation.models import AuditEntry
from upline.people.models import Login, Person

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

REASON = "Cannot see the statement of October, request 4711"


@pytest.fixture
def member():
    login = login_with("member", email="aiman@example.com")
    login.person = Person.objects.create(given_name="Айман", language="ru")
    login.save()
    return login


@pytest.fixture
def support(client):
    login = login_with("support")
    signed_in(client, login)
    return login


def begin(client, login, reason=REASON):
    return client.post(reverse("accounts:stand_in", args=[login.pk]), {"reason": reason})


def entries():
    return list(AuditEntry.objects.order_by("pk").values_list("act", "subject", "actor", "reason"))


def test_support_sees_what_the_member_sees_and_each_page_says_so(client, support, member):
    answer = begin(client, member)
    page = client.get("/accounts/").content.decode()

    assert answer["Location"] == "/my/"
    assert client.get("/my/").wsgi_request.user == member
    assert "aiman@example.com" in page
    assert reverse("accounts:stand_back") in page


def test_begin_and_end_stand_in_the_audit_with_the_reason(client, support, member):
    begin(client, member)
    client.post(reverse("accounts:stand_back"))

    subject = f"login:{member.pk}"
    assert entries() == [
        ("people.stand_in", subject, f"login:{support.pk}", REASON),
        ("people.stand_back", subject, f"login:{support.pk} as {subject}", REASON),
    ]
    assert AuditEntry.objects.last().after == {"minutes": 0}


def test_back_is_oneself_with_every_door_passed(client, support, member):
    begin(client, member)
    client.post(reverse("accounts:stand_back"))

    assert client.get("/office/").status_code == 200
    assert client.get("/").wsgi_request.user == support
    assert client.get("/").wsgi_request.standing_in is None


def test_reading_the_address_of_going_back_changes_nothing(client, support, member):
    begin(client, member)

    answer = client.get(reverse("accounts:stand_back"))

    assert answer.status_code == 200
    assert answer.wsgi_request.user == member


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_reason_nobody_stands_in(client, support, member, reason):
    answer = begin(client, member, reason)

    assert answer.status_code == 200
    assert answer.wsgi_request.user == support
    assert entries() == []


def test_nobody_stands_in_for_staff_a_closed_login_or_themselves(client, support):
    finance = login_with("finance")
    both = login_with("member", "logistics")
    closed = login_with("member", email="closed@example.com", is_active=False)

    answers = [begin(client, login).status_code for login in (finance, both, closed, support)]

    assert answers == [403, 403, 403, 403]
    assert entries() == []


@pytest.mark.parametrize("role", sorted(access.ROLES - {"owner", "support"}))
def test_only_owner_and_support_stand_in(client, member, role):
    signed_in(client, login_with(role))

    assert begin(client, member).status_code == 403
    assert entries() == []


def test_whoever_stands_in_cannot_stand_in_further(client, support, member):
    other = login_with("member", email="boris@example.com")
    begin(client, member)

    assert begin(client, other).status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_logout",
        "mfa_activate_totp",
        "mfa_index",
        "usersessions_list",
    ],
)
def test_what_is_the_members_own_is_out_of_reach(client, support, member, name):
    begin(client, member)

    answer = client.post(reverse(name))

    assert answer["Location"] == reverse("accounts:stand_back")
    assert client.get("/accounts/").wsgi_request.user == member


def test_standing_in_lasts_an_hour_at_most(client, support, member):
    begin(client, member)

    assert client.session.get_expiry_age() == pytest.approx(3600, abs=60)


def test_a_member_whose_login_is_closed_meanwhile_is_left_at_once(client, support, member):
    begin(client, member)
    Login.objects.filter(pk=member.pk).update(is_active=False)

    assert client.get("/my/").status_code == 302


def test_acts_done_meanwhile_carry_both_names(client, support, member):
    from django.test import RequestFactory

    from upline.foundation.requests import RequestsAreNamed

    begin(client, member)
    request = RequestFactory().get("/")
    request.COOKIES = {key: one.value for key, one in client.cookies.items()}
    request.session, request.user, request.resolver_match = client.session, member, None
    seen = []

    def act(_request):
        from django.http import HttpResponse

        seen.append(context.present().actor)
        return HttpResponse()

    RequestsAreNamed(act)(request)

    assert seen == [f"login:{support.pk} as login:{member.pk}"]


def test_no_money_moves_while_somebody_stands_in():
    finance = login_with("finance")
    actor = context.as_another("login:1", f"login:{finance.pk}")

    with context.working(actor=actor):
        refused = {right for right in access.rights_of("finance") if not finance.has_perm(right)}
        with pytest.raises(context.ActsAsAnother, match="you must be yourself"):
            context.require_oneself(act="approve 2026-10")

    assert refused == access.MONEY_RIGHTS & access.rights_of("finance")
    assert "periods.approve" in refused
    assert "payouts.approve" in refused
    assert "ledger.see" not in refused


def test_every_right_to_money_exists():
    assert access.MONEY_RIGHTS <= access.RIGHTS


def test_a_forged_form_does_not_stand_in(support, member):
    strict = Client(enforce_csrf_checks=True)
    signed_in(strict, support)

    answer = begin(strict, member)

    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()
    assert entries() == []
