"""Whatever is done to the network, it agrees with a plain model, and what was before stays so.

The model is a dictionary of today; a copy of it is kept for each day. After every act the database
is asked for each of those days.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from upline.foundation import clock
from upline.foundation.errors import DomainError
from upline.network import queries, services
from upline.network.domain import Newcomer, Root, Slot
from upline.people.models import Person

pytestmark = pytest.mark.django_db

START = date(2026, 1, 1)
SIDES = ("left", "right")
_keys = itertools.count()

ACTS = st.tuples(
    st.sampled_from(
        [
            "enrol",
            "enrol",
            "enrol",
            "enrol_placed",
            "enrol_placed",
            "move",
            "move",
            "move_place",
            "move_place",
            "place",
            "terminate",
            "vacate",
            "freeze",
            "unfreeze",
        ]
    ),
    st.integers(0, 30),
    st.integers(0, 30),
    st.sampled_from(SIDES),
    st.integers(0, 2),
)


@dataclass(frozen=True)
class Stand:
    """A member today, in the model."""

    sponsor: int | None
    status: str = "active"
    parent: int | None = None
    side: str | None = None
    is_placed: bool = False
    # Since when in this position, for an act repeated on the same day changes nothing.
    seated_on: date | None = None


class Refused(Exception):
    """The model says no."""


def need(condition):
    if not condition:
        raise Refused


@dataclass
class Model:
    """The network as a dictionary, by the plainest code that does it."""

    now: dict[int, Stand] = field(default_factory=dict)
    days: dict[date, dict[int, Stand]] = field(default_factory=dict)
    today: date | None = None

    def way_up(self, member, link):
        while member is not None:
            yield member
            member = getattr(self.now[member], link)

    def lives(self, member):
        return self.now[member].status != "terminated"

    def move(self, member, sponsor):
        need(self.lives(member) and self.lives(sponsor))
        need(member not in self.way_up(sponsor, "sponsor"))
        self.now[member] = replace(self.now[member], sponsor=sponsor)

    def seat(self, member, parent, side):
        need(self.now[parent].is_placed and member not in self.way_up(parent, "parent"))
        holders = [
            one
            for one, stand in self.now.items()
            if (stand.parent, stand.side) == (parent, side) and one != member
        ]
        need(not holders)
        seated_on = self.today
        if (self.now[member].parent, self.now[member].side) == (parent, side):
            seated_on = self.now[member].seated_on
        self.now[member] = replace(
            self.now[member], parent=parent, side=side, is_placed=True, seated_on=seated_on
        )

    def move_place(self, member, parent, side):
        need(self.lives(member) and self.now[member].is_placed)
        self.seat(member, parent, side)

    def place(self, member, parent, side):
        own = self.now[member]
        need(self.lives(member))
        if own.parent is not None and own.seated_on == self.today:
            need((own.parent, own.side) == (parent, side))
            return
        need(not own.is_placed)
        self.seat(member, parent, side)

    def terminate(self, member, positions):
        if not self.lives(member):
            # Repeated: it changes nothing.
            return
        heir = next(
            (one for one in list(self.way_up(member, "sponsor"))[1:] if self.lives(one)), None
        )
        for one, stand in list(self.now.items()):
            if stand.sponsor == member:
                self.now[one] = replace(stand, sponsor=heir)
        own = self.now[member]
        if positions == "vacate" and own.is_placed:
            below = [one for one, stand in self.now.items() if stand.parent == member]
            need(len(below) < 2)
            for one in below:
                self.now[one] = replace(
                    self.now[one], parent=own.parent, side=own.side, seated_on=self.today
                )
            own = replace(own, parent=None, side=None, is_placed=False)
        self.now[member] = replace(own, status="terminated")

    def freeze(self, member):
        need(self.lives(member))
        self.now[member] = replace(self.now[member], status="frozen")

    def unfreeze(self, member):
        need(self.now[member].status == "frozen")
        self.now[member] = replace(self.now[member], status="active")


class Run:
    """One sequence of acts on the model and on the database."""

    def __init__(self):
        services.open_tree(code="binary", kind="binary")
        self.model = Model()
        self.day = START
        self.enrol(None, Root(tree="binary"))

    def enrol(self, sponsor, *places):
        person = Person.objects.create(given_name="Айгерім")
        newcomer = Newcomer(
            person_id=person.pk,
            sponsor_id=sponsor,
            joined_on=self.day,
            country="KZ",
            places=places,
        )
        member = services.enrol(newcomer=newcomer, key=f"run:{next(_keys)}")
        stand = Stand(sponsor=sponsor, is_placed=bool(places))
        if places and isinstance(places[0], Slot):
            under = {"parent": places[0].under_id, "side": places[0].side}
            stand = replace(stand, **under, seated_on=self.day)
        self.model.now[member] = stand
        self.model.days[self.day] = dict(self.model.now)

    def act(self, kind, first, second, side, later):
        self.day += timedelta(days=later)
        self.model.today = self.day
        members = list(self.model.now)
        one, other = members[first % len(members)], members[second % len(members)]
        slot = Slot(tree="binary", under_id=other, side=side)
        before = dict(self.model.now)
        try:
            if kind.startswith("enrol"):
                need(self.model.lives(one))
                if kind == "enrol_placed":
                    taken = {(stand.parent, stand.side) for stand in before.values()}
                    need(before[other].is_placed and (other, side) not in taken)
            else:
                self.on_model(kind, one, other, side)
        except Refused:
            self.model.now = before
            with pytest.raises(DomainError):
                self.on_database(kind, one, other, slot)
        else:
            self.on_database(kind, one, other, slot)
        self.model.days[self.day] = dict(self.model.now)

    def on_model(self, kind, one, other, side):
        match kind:
            case "move":
                self.model.move(one, other)
            case "move_place":
                self.model.move_place(one, other, side)
            case "place":
                self.model.place(one, other, side)
            case "terminate":
                self.model.terminate(one, "keep")
            case "vacate":
                self.model.terminate(one, "vacate")
            case "freeze":
                self.model.freeze(one)
            case "unfreeze":
                self.model.unfreeze(one)

    def on_database(self, kind, one, other, slot):
        when = {"effective_on": self.day, "reason": "a test"}
        match kind:
            case "enrol":
                self.enrol(one)
            case "enrol_placed":
                self.enrol(one, slot)
            case "move":
                services.move_sponsor(member_id=one, sponsor_id=other, **when)
            case "move_place":
                services.move_placement(member_id=one, at=slot, **when)
            case "place":
                services.place(member_id=one, at=slot, **when)
            case "terminate" | "vacate":
                positions = "keep" if kind == "terminate" else "vacate"
                services.terminate(member_id=one, positions=positions, **when)
            case "freeze":
                services.freeze(member_id=one, **when)
            case "unfreeze":
                services.unfreeze(member_id=one, **when)

    def agrees(self):
        for day, stands in self.model.days.items():
            rows = {row["id"]: row for row in queries.snapshot(on=day).to_pylist()}
            found = {
                one: (
                    rows[one]["sponsor"],
                    rows[one]["status"],
                    rows[one]["binary_parent"],
                    rows[one]["binary_side"],
                )
                for one in self.model.now
                if one in rows
            }
            assert found == {
                one: (stand.sponsor, stand.status, stand.parent, stand.side)
                for one, stand in stands.items()
            }, day


@settings(
    max_examples=20,
    deadline=None,
    # A failing sequence is short already, and each step asks a database.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(ACTS, min_size=5, max_size=30))
# A first place asked for again on its day, after a move.
@example(
    acts=[
        ("move_place", 3, 22, "left", 1),
        ("move_place", 2, 2, "left", 1),
        ("enrol_placed", 30, 28, "left", 0),
        ("place", 15, 26, "left", 0),
        ("move_place", 2, 2, "left", 1),
        ("move_place", 3, 22, "left", 1),
        ("enrol_placed", 9, 2, "right", 0),
        ("move_place", 12, 25, "left", 1),
    ]
)
def test_the_network_agrees_with_a_plain_model_on_every_day(acts):
    with clock.stopped_at(datetime(2026, 1, 1, tzinfo=UTC)) as _:
        run = Run()
        for act in acts:
            run.act(*act)
            run.agrees()
        services.turn_day(on=run.day)
        today = {one: queries.member_by_id(one) for one in run.model.now}

        assert {one: (facts.sponsor_id, facts.status) for one, facts in today.items()} == {
            one: (stand.sponsor, stand.status) for one, stand in run.model.now.items()
        }
