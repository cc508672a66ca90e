"""Who sees whom equals a plain walk up the sponsors, on random forests and after every move."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import team as teams
from upline.foundation import clock
from upline.foundation.errors import DomainError
from upline.network import queries, services
from upline.network.models import Member

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["enrol", "enrol", "root", "move", "move", "terminate"]),
        st.integers(0, 20),
        st.integers(0, 20),
    ),
    min_size=2,
    max_size=14,
)


def walks(sponsors, member, top):
    while member is not None and member != top:
        member = sponsors[member]
    return member == top


def act(kind, one, other):
    if kind in ("enrol", "root"):
        number = Member.objects.count()
        teams.grown({f"M{number}": {}}, sponsor=one if kind == "enrol" else None)
    elif kind == "move":
        services.move_sponsor(member_id=one, sponsor_id=other, effective_on=DAY, reason="a test")
    else:
        services.terminate(member_id=one, effective_on=DAY, reason="a test")


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS)
def test_who_sees_whom_equals_a_plain_walk(acts):
    from django.db import transaction

    with (
        clock.stopped_at(datetime(2026, 11, 2, 12, tzinfo=UTC)),
        transaction.atomic(),
    ):
        teams.grown({"M0": {}})
        for kind, first, second in acts:
            members = list(Member.objects.order_by("number").values_list("pk", flat=True))
            one, other = members[first % len(members)], members[second % len(members)]
            try:
                act(kind, one, other)
            except DomainError:
                continue
        agrees()
        transaction.set_rollback(True)


def agrees():
    sponsors = dict(Member.objects.values_list("pk", "sponsor"))
    tree = queries.present()
    places = {one: tree.place_of(one) for one in sponsors}
    for top in sponsors:
        below = {one for one in sponsors if walks(sponsors, one, top)}
        assert {one for one in sponsors if tree.is_below(places[one], places[top])} == below
        assert tree.at(places[top]).total == len(below) - 1
        assert {int(tree.ids[place]) for place in tree.children(places[top])} == {
            one for one, sponsor in sponsors.items() if sponsor == top
        }
        for one in below:
            way = [int(tree.ids[place]) for place in tree.path(places[one], places[top])]
            assert (way[0], way[-1]) == (top, one)
            assert all(sponsors[low] == high for high, low in itertools.pairwise(way))
    last = Member.objects.order_by("-number").first()
    viewer = teams.login_of(last, email=f"{last.code}@example.com".lower())
    assert {one for one in sponsors if queries.sees(viewer, one)} == {
        one for one in sponsors if walks(sponsors, one, last.pk)
    }
