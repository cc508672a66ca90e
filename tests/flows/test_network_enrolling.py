"""Members join under a sponsor, get their places, and are read as of any day."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from upline.foundation.models import AuditEntry, Message
from upline.network import errors, queries, services
from upline.network.domain import Hold, Newcomer, Root, Slot, SpillOver
from upline.network.models import Holder, Member, Placement, Sponsorship
from upline.people.models import Person

pytestmark = pytest.mark.django_db

SPRING = date(2026, 3, 1)
SUMMER = date(2026, 6, 1)


def enrol(code, sponsor=None, *places, joined_on=SPRING, key=""):
    person = Person.objects.create(given_name=code)
    newcomer = Newcomer(
        person_id=person.pk,
        sponsor_id=sponsor,
        joined_on=joined_on,
        country="KZ",
        code=code,
        places=places,
    )
    return services.enrol(newcomer=newcomer, key=key or f"test:{code}")


def counted():
    return [kind.objects.count() for kind in (Member, Sponsorship, Placement, Holder, Message)]


def test_a_member_joins_under_a_sponsor_in_a_slot_and_the_snapshot_shows_it():
    services.open_tree(code="binary", kind="binary")
    aiman = enrol("Aiman", None, Root(tree="binary"))

    boris = enrol("Boris", aiman, Slot(tree="binary", under_id=aiman, side="right"))

    rows = queries.snapshot(on=SPRING).to_pylist()
    assert [row["code"] for row in rows] == ["Aiman", "Boris"]
    assert rows[1] == {
        "id": boris,
        "code": "Boris",
        "number": rows[0]["number"] + 1,
        "sponsor": aiman,
        "joined": SPRING,
        "status": "active",
        "country": "KZ",
        "person": Holder.objects.get(member=boris).person_id,
        "rank_grant": None,
        "binary_parent": aiman,
        "binary_side": "right",
    }
    assert queries.snapshot(on=date(2026, 2, 28)).num_rows == 0
    assert Message.objects.filter(name="network.member_enrolled").count() == 2
    assert AuditEntry.objects.filter(subject=f"member:{boris}").count() == 1


def test_the_same_key_gives_the_same_member_and_other_content_is_refused():
    person = Person.objects.create(given_name="Aiman")
    newcomer = Newcomer(person_id=person.pk, sponsor_id=None, joined_on=SPRING, country="KZ")
    first = services.enrol(newcomer=newcomer, key="form-1")
    before = counted()

    again = services.enrol(newcomer=newcomer, key="form-1")
    other = Newcomer(person_id=person.pk, sponsor_id=None, joined_on=SUMMER, country="KZ")
    with pytest.raises(errors.KeyAlreadyUsed):
        services.enrol(newcomer=other, key="form-1")

    assert again == first
    assert counted() == before


def test_what_cannot_be_is_refused_and_nothing_is_written():
    services.open_tree(code="binary", kind="binary")
    aiman = enrol("Aiman", None, Root(tree="binary"))
    enrol("Boris", aiman, Slot(tree="binary", under_id=aiman, side="left"))
    celina = enrol("Celina", aiman, joined_on=SUMMER)
    before = counted()

    with pytest.raises(errors.CodeTaken):
        enrol("aiman", aiman)
    with pytest.raises(errors.SlotTaken, match="Boris"):
        enrol("Dina", aiman, Slot(tree="binary", under_id=aiman, side="left"))
    with pytest.raises(errors.NoSuchSlot, match="left, right"):
        enrol("Dina", aiman, Slot(tree="binary", under_id=aiman, side="middle"))
    with pytest.raises(errors.NotPlaced, match="Celina"):
        enrol("Dina", aiman, Slot(tree="binary", under_id=celina, side="left"), joined_on=SUMMER)
    with pytest.raises(errors.BeforeJoining, match="Celina joined on 2026-06-01"):
        enrol("Dina", celina)
    with pytest.raises(errors.MemberUnknown):
        enrol("Dina", 999_999)
    with pytest.raises(errors.TreeUnknown, match="binary"):
        enrol("Dina", aiman, Root(tree="matrix"))

    assert counted() == before


@pytest.mark.parametrize(
    ("rule", "more", "expected"),
    [
        ("outer", {"side": "left"}, ("D", "left")),
        ("outer", {"side": "right"}, ("C", "right")),
        ("first_free", {}, ("B", "right")),
        ("balanced", {}, ("C", "left")),
        ("weaker", {"figures": {"left": 500, "right": 300}}, ("C", "left")),
        ("weaker", {"figures": {"left": 300, "right": 500}}, ("B", "right")),
    ],
)
def test_a_rule_finds_the_free_slot(rule, more, expected):
    services.open_tree(code="binary", kind="binary")
    ids = {"A": enrol("A", None, Root(tree="binary"))}
    for code, under, side in [("B", "A", "left"), ("C", "A", "right"), ("D", "B", "left")]:
        ids[code] = enrol(code, ids["A"], Slot(tree="binary", under_id=ids[under], side=side))

    new = enrol("New", ids["A"], SpillOver(tree="binary", rule=rule, **more))

    row = queries.snapshot(on=SPRING).to_pylist()[-1]
    assert row["id"] == new
    assert (row["binary_parent"], row["binary_side"]) == (ids[expected[0]], expected[1])


def test_a_matrix_fills_level_by_level():
    services.open_tree(code="matrix", kind="matrix", width=3)
    first = enrol("M0", None, Root(tree="matrix"))
    for number in range(1, 6):
        enrol(f"M{number}", first, SpillOver(tree="matrix", rule="first_free"))

    rows = {row["code"]: row for row in queries.snapshot(on=SPRING).to_pylist()}
    places = [(rows[f"M{n}"]["matrix_parent"], rows[f"M{n}"]["matrix_side"]) for n in range(1, 6)]
    assert places == [
        (first, "1"),
        (first, "2"),
        (first, "3"),
        (rows["M1"]["id"], "1"),
        (rows["M1"]["id"], "2"),
    ]


def test_who_waits_in_the_holding_place_is_placed_later_and_is_active_from_then_on():
    services.open_tree(code="binary", kind="binary", holding_days=30)
    aiman = enrol("Aiman", None, Root(tree="binary"))
    boris = enrol("Boris", aiman, Hold(tree="binary"))

    held = queries.snapshot(on=SPRING).to_pylist()[1]
    services.place(
        member_id=boris,
        at=Slot(tree="binary", under_id=aiman, side="left"),
        effective_on=date(2026, 3, 10),
    )

    placed = queries.snapshot(on=date(2026, 3, 10)).to_pylist()[1]
    assert (held["status"], held["binary_parent"]) == ("holding", None)
    assert (placed["status"], placed["binary_parent"]) == ("active", aiman)
    assert queries.snapshot(on=SPRING).to_pylist()[1] == held


def test_a_code_is_found_in_any_case():
    aiman = enrol("Aiman")

    assert queries.member("aIMAN").id == aiman
    with pytest.raises(errors.MemberUnknown):
        queries.member("Boris")


def test_a_table_of_members_is_loaded_with_sponsors_places_and_persons():
    services.open_tree(code="binary", kind="binary")
    table = pa.table(
        {
            "code": ["Celina", "Boris", "Aiman"],
            "sponsor": ["boris", "Aiman", None],
            "joined_on": ["2026-03-03", "2026-03-02", "2026-03-01"],
            "country": ["PL", "BG", "KZ"],
            "status": ["frozen", "", None],
            "person": ["one", "", "one"],
            "given_name": ["Айман", "Борис", "Айман"],
            "binary_parent": ["Aiman", "Aiman", ""],
            "binary_side": ["right", "left", "root"],
        }
    )

    loaded = services.load_members(table)

    rows = queries.snapshot(on=SUMMER).to_pylist()
    ids = {row["code"]: row["id"] for row in rows}
    assert loaded.members == 3
    assert [row["code"] for row in rows] == ["Aiman", "Boris", "Celina"]
    assert [row["sponsor"] for row in rows] == [None, ids["Aiman"], ids["Boris"]]
    assert [row["binary_side"] for row in rows] == [None, "left", "right"]
    assert [row["status"] for row in rows] == ["active", "active", "frozen"]
    assert rows[0]["person"] == rows[2]["person"] != rows[1]["person"]
    assert Person.objects.count() == 2


def test_a_load_lists_every_fault_with_row_and_remedy_and_writes_nothing():
    services.open_tree(code="binary", kind="binary")
    enrol("There", None, Root(tree="binary"))
    before = counted()
    table = pa.table(
        {
            "code": ["A", "a", "B", "C", "D", "E", "there", "F"],
            "sponsor": ["", "", "C", "B", "Nobody", "There", "", "E"],
            "joined_on": ["2026-03-01"] * 5 + ["2026-13-01", "2026-03-01", "2026-02-01"],
            "country": ["KZ"] * 4 + ["Poland"] + ["PL"] * 3,
            "binary_parent": ["There", "", "There", "", "", "", "", "There"],
            "binary_side": ["left", "", "left", "up", "", "", "", "right"],
        }
    )

    with pytest.raises(services.MembersRefused) as refused:
        services.load_members(table)

    found = [(fault.row, fault.column, fault.code) for fault in refused.value.faults]
    assert found == [
        (2, "code", "code_twice"),
        (3, "binary_side", "slot_twice"),
        (3, "sponsor", "circle"),
        (4, "binary_side", "side_unknown"),
        (5, "country", "country_unreadable"),
        (6, "joined_on", "day_unreadable"),
        (7, "code", "code_taken"),
        (8, "binary_parent", "placed_early"),
    ]
    assert counted() == before


def test_a_load_lists_what_does_not_fit_together():
    services.open_tree(code="binary", kind="binary")
    enrol("There", None, Root(tree="binary"))
    before = counted()
    table = pa.table(
        {
            "code": ["A", "a", "B", "C", "D", "there", "F"],
            "sponsor": ["", "", "C", "B", "Nobody", "", "A"],
            "joined_on": ["2026-03-02"] * 6 + ["2026-03-01"],
            "country": ["KZ"] * 7,
            "binary_parent": ["There", "", "There", "", "", "", "C"],
            "binary_side": ["left", "", "left", "", "", "", "right"],
        }
    )

    with pytest.raises(services.MembersRefused) as refused:
        services.load_members(table)

    found = [(fault.row, fault.column, fault.code) for fault in refused.value.faults]
    assert found == [
        (2, "code", "code_twice"),
        (3, "binary_side", "slot_twice"),
        (3, "sponsor", "circle"),
        (4, "sponsor", "circle"),
        (5, "sponsor", "sponsor_unknown"),
        (6, "code", "code_taken"),
        (7, "binary_parent", "placed_early"),
        (7, "sponsor", "joined_before_sponsor"),
    ]
    assert all(fault.remedy for fault in refused.value.faults)
    assert counted() == before
