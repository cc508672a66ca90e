"""Each role, a login without a role and a stranger, against every address of the site.

The addresses are found by walking the map of addresses; what is expected stands in
`tests/access_table.py`. To add an address, add its row there: a failing test prints it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests import closing, team
from tests.access_table import (
    ADDRESSES,
    ARGUMENTS,
    ASKS,
    BELOW,
    CLOSED,
    ELSEWHERE,
    MACHINES,
    OBJECTS,
    OFFICE_OBJECTS,
    OPEN,
    OPEN_NOW,
    SIGNED_IN,
    STAFF,
    TREE,
    WITH_LINES,
    Line,
)
from tests.signing_in import login_with, signed_in
from upline.commissions import estimating, queries
from upline.foundation import access, clock
from upline.people.models import Login

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who signs in, and the numbers of the lines that pay each in each month."""

    logins: Mapping[str, Login]
    numbers: Mapping[tuple[str, str], frozenset[int]]

    def client_of(self, code):
        return signed_in(Client(raise_request_exception=False), self.logins[code])

    def address(self, name, values):
        """Give an address; a line is one that pays who it says and not who asks."""
        filled = {
            key: min(self.numbers[value.of, value.label]) if isinstance(value, Line) else value
            for key, value in values.items()
        }
        return reverse(name, kwargs=filled)


@pytest.fixture(scope="module")
def company(kept_database):
    """The company of the objects: October is closed, November is estimated."""
    members = team.grown(TREE)
    closing.calendar_of(closing.PLAN)
    for code, member in members.items():
        closing.bought(member, f"{code}-1", "100")
        closing.bought(member, f"{code}-2", "100", month=11, day=2)
    closing.closed(CLOSED)
    with clock.stopped_at(closing.NOVEMBER_2):
        estimating.refresh_estimates()
    finance = team.staff("finance", "reads@example.net")
    lists = {CLOSED: queries.statement_lines, OPEN_NOW: queries.estimate_lines}
    return Company(
        logins={code: team.login_of(member) for code, member in members.items()},
        numbers={
            (code, label): numbers_in(lists[label], finance, code, label)
            for code in (ASKS, *BELOW, *ELSEWHERE)
            for label in (CLOSED, OPEN_NOW)
        },
    )


def numbers_in(lines, viewer, member, label):
    key = queries.StatementKey(member=member, calendar="monthly", label=label)
    found = frozenset(row.number for row in lines(viewer=viewer, of=key, language="en").rows)
    assert found, f"{member} is paid nothing in {label}"
    return found


def asked(company, client, owned, values):
    address = company.address(owned.name, values)
    if owned.query:
        version = client.get(reverse("cabinet:team-map")).context["setting"]["version"]
        address += owned.query.format(version=quote(version))
    return client.get(address)


@pytest.mark.parametrize("owned", OBJECTS, ids=lambda one: one.name)
def test_a_member_sees_the_own_and_what_is_below(owned, company):
    client = company.client_of(ASKS)

    answers = [asked(company, client, owned, values).status_code for values in owned.seen]

    assert answers == [200] * len(owned.seen)


@pytest.mark.parametrize("owned", OBJECTS, ids=lambda one: one.name)
def test_what_belongs_to_others_looks_as_if_it_did_not_exist(owned, company):
    client = company.client_of(ASKS)

    answers = [asked(company, client, owned, values).status_code for values in owned.hidden]

    assert answers == [404] * len(owned.hidden) != []


@pytest.mark.parametrize("who", [*ROLES, *BELOW, *ELSEWHERE])
def test_nobody_else_reads_a_line_of_a_member_in_the_cabinet(who, company):
    client = company.client_of(who) if who in company.logins else browser(who)
    lines = [one for one in OBJECTS if any(isinstance(x, Line) for x in one.seen[0].values())]

    came = {one.name: asked(company, client, one, one.seen[0]) for one in lines}

    # A login of the role member that holds no position finds as little as another member.
    fits = {REFUSED: 403, TO_SIGN_IN: 302, ADMITTED: 404}
    role = "member" if who in company.logins else who
    assert {name: answer.status_code for name, answer in came.items()} == {
        name: fits[expected(role, ADDRESSES[name])] for name in came
    }
    assert len(came) == 2


@pytest.mark.parametrize("name", WITH_LINES)
@pytest.mark.parametrize("named", [ASKS, *BELOW, *ELSEWHERE])
def test_whoever_is_named_in_the_address_the_lines_are_the_own(name, named, company):
    label = WITH_LINES[name]
    values = {"calendar": "monthly", "label": label}

    address = company.address(name, values)
    shown = company.client_of(ASKS).get(f"{address}?member={named}").content.decode()

    links = re.findall(rf'href="{re.escape(address)}lines/(\d+)/', shown)
    assert {int(number) for number in links} == company.numbers[ASKS, label]


@pytest.mark.parametrize("role", ROLES)
def test_staff_read_what_is_of_a_member_by_their_right_alone(role, company):
    client = company.client_of(ASKS) if role == "member" else browser(role)

    answers = {
        name: client.get(company.address(name, values)) for name, values in OFFICE_OBJECTS.items()
    }

    assert {name: became(answer) for name, answer in answers.items()} == {
        name: expected(role, ADDRESSES[name]) for name in OFFICE_OBJECTS
    }
    admitted = [answer.status_code for answer in answers.values() if became(answer) == ADMITTED]
    assert set(admitted) <= {200}
