"""Each role, a login without a role and a stranger, against every address of the site.

The addresses are found by walking the map of addresses; what is expected stands in
`tests/access_table.py`. To add an address, add its row there: a failing test prints it.
"""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests import team
from tests.access_table import (
    ADDRESSES,
    ARGUMENTS,
    MACHINES,
    OBJECTS,
    OPEN,
    SIGNED_IN,
    STAFF,
)
from tests.signing_in import login_with, signed_in
from upline.foundation import access

pytestmark = pytest.mark.django_db

NOBODY, STRANGER = "no role", "stranger"
ROLES = [*sorted(access.ROLES), NOBODY, STRANGER]
ADMITTED, REFUSED, TO_SIGN_IN = "admitted", "refused", "sent to sign in"


def names_of(resolver, prefix=""):
    """Give the name of each address with the arguments that it takes."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name"
            yield prefix + pattern.name
        else:
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names_of(pattern, inner)


def address_of(name):
    """Give an address with arguments that name nothing."""
    resolver, short = get_resolver(), name
    while ":" in short:
        space, _, short = short.partition(":")
        resolver = resolver.namespace_dict[space][1]
    wanted = resolver.reverse_dict.getlist(short)[0][0][0][1]
    unknown = set(wanted) - set(ARGUMENTS)
    assert not unknown, f"Write into ARGUMENTS of tests/access_table.py: {sorted(unknown)}"
    return reverse(name, kwargs={key: ARGUMENTS[key] for key in wanted})


def browser(role):
    """Give a browser elsewhere in the world, in which somebody of a role is signed in."""
    client = Client(REMOTE_ADDR="203.0.113.9", raise_request_exception=False)
    if role == STRANGER:
        return client
    login = login_with() if role == NOBODY else login_with(role)
    login.set_password("seven long unusual words")
    login.save()
    return signed_in(client, login)


def became(response):
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/?next="):
        return TO_SIGN_IN
    assert response.status_code < 500, response.status_code
    return REFUSED if response.status_code == 403 else ADMITTED


def expected(role, who):
    if who == OPEN:
        return ADMITTED
    if who == MACHINES:
        return REFUSED
    if role == STRANGER:
        return TO_SIGN_IN
    if who == SIGNED_IN:
        return ADMITTED
    has_it = role != NOBODY and (
        role in access.STAFF_ROLES if who == STAFF else who in access.rights_of(role)
    )
    return ADMITTED if has_it else REFUSED


def test_every_address_stands_in_the_table():
    found = set(names_of(get_resolver()))
    missing = sorted(found - set(ADDRESSES))
    gone = sorted(set(ADDRESSES) - found)

    rows = "\n".join(f'    "{name}": ...,  # OPEN, SIGNED_IN, STAFF or a right' for name in missing)
    assert not missing, f"Add to ADDRESSES of tests/access_table.py, and to OBJECTS:\n{rows}"
    assert not gone, f"Take out of ADDRESSES of tests/access_table.py: {gone}"


def test_every_right_of_the_table_exists():
    kinds = {OPEN, SIGNED_IN, STAFF, MACHINES}

    assert {who for who in ADDRESSES.values() if who not in kinds} <= access.RIGHTS


@pytest.mark.parametrize("role", ROLES)
def test_each_address_admits_whom_the_table_says(role):
    client = browser(role)
    known = set(names_of(get_resolver())) & set(ADDRESSES)

    wrong = {}
    for name in sorted(known):
        came = became(client.get(address_of(name)))
        if came != expected(role, ADDRESSES[name]):
            wrong[name] = f"{came}; the table says {ADDRESSES[name]}"

    assert len(known) > 100
    assert wrong == {}


@pytest.mark.parametrize("role", ["auditor", "member", NOBODY, STRANGER])
def test_whoever_may_not_read_an_address_may_not_write_to_it(role):
    client = browser(role)
    known = set(names_of(get_resolver())) & set(ADDRESSES)
    closed = [name for name in sorted(known) if expected(role, ADDRESSES[name]) != ADMITTED]

    wrong = {}
    for name in closed:
        came = became(client.post(address_of(name), {"reason": "I want to"}))
        if came != expected(role, ADDRESSES[name]):
            wrong[name] = came

    assert len(closed) > 10
    assert wrong == {}


@pytest.fixture
def boris():
    members = team.grown({"ANNA": {"BORIS": {"CELINA": {}}, "DANA": {}}})
    login = team.login_of(members["BORIS"])
    return signed_in(Client(raise_request_exception=False), login)


def filled(owned, values, client):
    if not owned.query:
        return reverse(owned.name, kwargs=values)
    version = client.get(reverse("cabinet:team-map")).context["setting"]["version"]
    return reverse(owned.name, kwargs=values) + owned.query.format(version=quote(version))


@pytest.mark.parametrize("owned", OBJECTS, ids=lambda one: one.name)
def test_a_member_sees_what_is_below(owned, boris):
    assert boris.get(filled(owned, owned.own, boris)).status_code == 200


@pytest.mark.parametrize("owned", OBJECTS, ids=lambda one: one.name)
def test_what_belongs_to_others_looks_as_if_it_did_not_exist(owned, boris):
    answers = {
        str(values): boris.get(filled(owned, values, boris)).status_code for values in owned.foreign
    }

    assert answers
    assert set(answers.values()) == {404}, answers
