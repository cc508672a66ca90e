"""A network for tests in one call: a tree as nested dictionaries of codes."""

from __future__ import annotations

import itertools
from datetime import date

from upline.network import services
from upline.network.domain import Newcomer
from upline.network.models import Member
from upline.people.logins import open_login
from upline.people.models import Login, Person

JOINED = date(2026, 10, 1)
_keys = itertools.count()


def grown(tree, *, sponsor=None, names=None, joined=JOINED):
    """Enrol everybody of a tree like {"AIMAN": {"BORIS": {}}} and give the members by code."""
    members = {}
    for code, below in tree.items():
        given, family = (names or {}).get(code, (code.title(), "Test"))
        person = Person.objects.create(given_name=given, family_name=family)
        newcomer = Newcomer(
            person_id=person.pk, sponsor_id=sponsor, joined_on=joined, country="KZ", code=code
        )
        member_id = services.enrol(newcomer=newcomer, key=f"team:{next(_keys)}")
        members[code] = Member.objects.get(pk=member_id)
        members |= grown(below, sponsor=member_id, names=names, joined=joined)
    return members


def holder_of(member):
    return member.holders.get(place=1).person


def login_of(member, email=None):
    """Open a login for who holds a position."""
    login = staff("member", email or f"{member.code.lower()}@example.com")
    login.person = holder_of(member)
    login.save()
    return login


def staff(role, email=None):
    key = open_login(
        email=email or f"{role}@example.net",
        password="seven long unusual words",
        roles=[role],
        reason="a test",
    )
    return Login.objects.get(pk=key)
