"""Each role can do what the table says and nothing else; each address has a policy."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, get_resolver

from upline.foundation import access, clock
from upline.people.models import RoleGrant

# One right that marks the role, and one that it must not have.
CAN_AND_CANNOT = [
    ("owner", "roles.grant", None),
    ("finance", "payouts.approve", "roles.grant"),
    ("support", "orders.refund", "payouts.approve"),
    ("logistics", "orders.ship", "orders.refund"),
    ("marketing", "plans.edit", "plans.approve"),
    ("content", "content.edit", "orders.see"),
    ("auditor", "ledger.see", "ledger.correct"),
    ("member", "cabinet.use", "members.see"),
]


def login_with(*roles):
    login = get_user_model().objects.create_user(f"{'-'.join(roles) or 'nobody'}@example.com")
    for role in roles:
        RoleGrant.objects.create(login=login, role=role)
    return login


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "can", "cannot"), CAN_AND_CANNOT)
def test_each_role_can_and_cannot(role, can, cannot):
    login = login_with(role)

    assert login.has_perm(can)
    assert {right for right in access.RIGHTS if login.has_perm(right)} == access.rights_of(role)
    assert cannot is None or not login.has_perm(cannot)


def test_the_roles_are_these_eight():
    assert {role for role, _, _ in CAN_AND_CANNOT} == access.ROLES


def test_an_auditor_only_sees():
    assert {right.partition(".")[2] for right in access.rights_of("auditor")} == {"see"}


@pytest.mark.django_db
def test_a_withdrawn_role_and_a_closed_login_have_no_rights():
    withdrawn = login_with("finance")
    withdrawn.role_grants.update(withdrawn_at=clock.now())
    closed = login_with("support")
    closed.is_active = False

    assert not withdrawn.has_perm("payouts.approve")
    assert not closed.has_perm("orders.refund")


@pytest.mark.django_db
def test_several_roles_add_up():
    login = login_with("logistics", "content")

    assert login.has_perm("orders.ship")
    assert login.has_perm("content.edit")


def test_a_right_that_is_not_in_the_table_is_a_bug():
    with pytest.raises(ValueError, match=r"moon\.see"):
        access.needs("moon.see")


@access.needs("orders.refund")
def refund(request):
    return HttpResponse("refunded")


def asked_by(login, view=refund, **headers):
    request = RequestFactory().get("/orders/1/refund", **headers)
    request.user = login
    return view(request)


@pytest.mark.django_db
def test_a_view_admits_by_its_policy():
    assert asked_by(login_with("support")).content == b"refunded"
    with pytest.raises(PermissionDenied):
        asked_by(login_with("logistics"))
    sent = asked_by(AnonymousUser())
    assert (sent.status_code, sent["Location"]) == (
        302,
        "/accounts/login/?next=/orders/1/refund",
    )


def every_address(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback
        else:
            yield from every_address(pattern, prefix + str(pattern.pattern))


def test_no_address_is_without_a_policy():
    addresses = list(every_address(get_resolver()))

    assert addresses
    assert [route for route, view in addresses if access.policy_of(view) is None] == []


def test_an_address_without_a_policy_would_be_found(settings):
    settings.ROOT_URLCONF = "tests.flows.urls_without_policy"

    found = [route for route, view in every_address(get_resolver()) if not access.policy_of(view)]

    assert found == ["forgotten/", "deeper/forgotten-too/"]
