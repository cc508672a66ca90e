"""Moves, freezing, termination, merging, holders and granted ranks, each with its history."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction

from upline.foundation import clock
from upline.foundation.models import AuditEntry, Message
from upline.network import errors, queries, services
from upline.network.domain import Hold, Newcomer, Root, Share, Slot
from upline.network.models import Holder, Member, Placement, Sponsorship, Standing
from upline.people.models import Login, Person

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)
MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)
JULY = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def _in_july():
    with clock.stopped_at(datetime(2026, 7, 15, 12, tzinfo=UTC)):
        yield


def enrol(code, sponsor=None, *places, joined_on=MARCH, person=None):
    person = person or Person.objects.create(given_name=code)
    newcomer = Newcomer(
        person_id=person.pk,
        sponsor_id=sponsor,
        joined_on=joined_on,
        country="KZ",
        code=code,
        places=places,
    )
    return services.enrol(newcomer=newcomer, key=f"test:{code}")


def sponsors(on):
    rows = queries.snapshot(on=on).to_pylist()
    codes = {row["id"]: row["code"] for row in rows}
    return {row["code"]: codes.get(row["sponsor"]) for row in rows}


def written():
    kinds = (Member, Sponsorship, Placement, Holder, Standing, Message, AuditEntry)
    return [list(kind.objects.order_by("pk").values()) for kind in kinds]


def move(member, sponsor, on=JUNE):
    return services.move_sponsor(
        member_id=member, sponsor_id=sponsor, effective_on=on, reason="by request"
    )


def test_a_move_takes_everybody_below_from_a_day_on_and_leaves_the_past():
    a = enrol("A")
    b, c = enrol("B", a), enrol("C", a)
    d = enrol("D", b)

    assert move(b, c) is True

    assert sponsors(MAY) == {"A": None, "B": "A", "C": "A", "D": "B"}
    assert sponsors(JUNE) == {"A": None, "B": "C", "C": "A", "D": "B"}
    assert queries.upline_of(d, on=MAY) == [b, a]
    assert queries.upline_of(d, on=JUNE) == [b, c, a]
    assert queries.downline_of(a, on=JUNE) == [(c, 1), (b, 2), (d, 3)]
    assert queries.depth(d, on=JUNE) == 3
    assert queries.counts(a, on=JUNE) == queries.TeamCounts(first_level=1, total=3, levels=3)
    assert Member.objects.get(pk=b).sponsor_id == c
    assert Message.objects.get(name="network.member_moved").body == {
        "member_id": b,
        "tree": "sponsor",
        "effective_on": "2026-06-01",
    }


def test_a_repeated_move_changes_nothing_and_another_from_the_same_day_replaces_it():
    a = enrol("A")
    b, c, d = enrol("B", a), enrol("C", a), enrol("D", a)
    move(b, c)
    before = written()

    assert move(b, c) is False

    assert written() == before
    assert move(b, d) is True
    assert sponsors(JUNE)["B"] == "D"
    assert Sponsorship.objects.filter(member=b).count() == 2


def test_who_joined_within_the_period_moves_from_their_joining():
    a = enrol("A")
    b = enrol("B", a)
    c = enrol("C", a, joined_on=date(2026, 6, 10))

    move(c, b, on=JUNE)

    assert sponsors(date(2026, 6, 10))["C"] == "B"
    assert Sponsorship.objects.filter(member=c).count() == 1


def test_a_move_written_ahead_counts_from_its_day_and_the_turn_of_the_day_brings_it():
    a = enrol("A")
    b, c = enrol("B", a), enrol("C", a)
    august = date(2026, 8, 1)

    move(b, c, on=august)

    assert Member.objects.get(pk=b).sponsor_id == a
    assert sponsors(august)["B"] == "C"
    with pytest.raises(errors.LaterChange, match="2026-08-01"):
        move(b, None, on=JULY)
    with pytest.raises(errors.WouldMakeCircle, match="on 2026-08-01"):
        move(c, b, on=JULY)
    assert services.turn_day(on=JULY) == 0
    assert services.turn_day(on=august) == 1
    assert Member.objects.get(pk=b).sponsor_id == c


def test_moves_that_cannot_be_are_refused_and_nothing_is_written():
    a = enrol("A")
    b, c = enrol("B", a), enrol("C", a)
    d = enrol("D", b)
    late = enrol("Late", a, joined_on=JULY)
    services.terminate(member_id=c, effective_on=MAY, reason="left")
    services.seal_history(before_on=MAY, reason="April is sealed")
    before = written()

    with pytest.raises(errors.WouldMakeCircle, match="D stands under member B"):
        move(b, d)
    with pytest.raises(errors.WouldMakeCircle):
        move(b, b)
    with pytest.raises(errors.SponsorTerminated, match="2026-05-01"):
        move(b, c)
    with pytest.raises(errors.BeforeJoining, match="Late joined on 2026-07-01"):
        move(b, late)
    with pytest.raises(errors.MemberTerminated):
        move(c, b)
    with pytest.raises(errors.HistorySealed, match="2026-05-01"):
        move(d, a, on=date(2026, 4, 1))
    with pytest.raises(errors.MemberUnknown):
        move(b, 999_999)
    with pytest.raises(errors.ReasonMissing):
        services.move_sponsor(member_id=b, sponsor_id=a, effective_on=JUNE, reason=" ")

    assert written() == before


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_that_would_make_a_circle_together_do_not():
    a = enrol("A")
    b, c = enrol("B", a), enrol("C", a)
    together = threading.Barrier(2)
    answers = {}

    def moved(member, sponsor):
        together.wait()
        try:
            with clock.stopped_at(datetime(2026, 7, 15, tzinfo=UTC)):
                answers[member] = move(member, sponsor)
        except errors.WouldMakeCircle as refusal:
            answers[member] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=moved, args=pair) for pair in ((b, c), (c, b))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, answers.values())) == ["True", "network.would_make_circle"]
    assert set(queries.downline_of(a, on=JULY)) in ({(b, 1), (c, 2)}, {(c, 1), (b, 2)})


def test_the_database_refuses_what_no_service_would_write():
    services.open_tree(code="binary", kind="binary")
    a = enrol("A", None, Root(tree="binary"))
    b = enrol("B", a, Slot(tree="binary", under_id=a, side="left"))
    c = enrol("C", a)
    move(c, b)
    services.seal_history(before_on=JUNE, reason="May is sealed")
    refused = [
        (
            "UPDATE network_sponsorship SET span = '[2026-06-02,)' WHERE upper_inf(span)"
            f" AND member_id = {c}; UPDATE network_sponsorship SET span = '[2026-03-01,2026-07-01)'"
            f" WHERE NOT upper_inf(span) AND member_id = {c}"
        ),
        (
            "INSERT INTO network_sponsorship (member_id, sponsor_id, span)"
            f" VALUES ({b}, {c}, '[2026-07-01,)')"
        ),
        (
            "INSERT INTO network_placement (tree_id, member_id, parent_id, slot, span)"
            f" SELECT tree_id, {c}, {a}, 1, '[2026-07-01,2026-07-09)' FROM network_placement LIMIT 1"
        ),
        (
            "INSERT INTO network_placement (tree_id, member_id, parent_id, slot, span)"
            f" SELECT tree_id, {c}, {a}, 3, '[2026-07-01,)' FROM network_placement LIMIT 1"
        ),
        (
            f"UPDATE network_holder SET share_denominator = 2 WHERE member_id = {a};"
            " SET CONSTRAINTS ALL IMMEDIATE"
        ),
        f"DELETE FROM network_placement WHERE member_id = {b}",
        f"UPDATE network_sponsorship SET sponsor_id = {c} WHERE member_id = {b}",
        "UPDATE network_historyseal SET before_on = '2026-01-01'",
    ]
    before = written()

    for statement in refused:
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    assert written() == before


def test_a_placement_moves_with_everybody_below_and_its_slot_is_free_again():
    services.open_tree(code="binary", kind="binary")
    a = enrol("A", None, Root(tree="binary"))
    b = enrol("B", a, Slot(tree="binary", under_id=a, side="left"))
    c = enrol("C", a, Slot(tree="binary", under_id=a, side="right"))
    d = enrol("D", a, Slot(tree="binary", under_id=b, side="left"))
    to = Slot(tree="binary", under_id=c, side="right")

    moved = services.move_placement(member_id=b, at=to, effective_on=JUNE, reason="by request")
    again = services.move_placement(member_id=b, at=to, effective_on=JUNE, reason="by request")
    e = enrol("E", a, Slot(tree="binary", under_id=a, side="left"), joined_on=JUNE)

    assert (moved, again) == (True, False)
    assert queries.upline_of(d, on=MAY, tree="binary") == [b, a]
    assert queries.upline_of(d, on=JUNE, tree="binary") == [b, c, a]
    assert queries.upline_of(e, on=JUNE, tree="binary") == [a]
    before = written()
    with pytest.raises(errors.WouldMakeCircle):
        services.move_placement(
            member_id=c,
            at=Slot(tree="binary", under_id=d, side="left"),
            effective_on=JULY,
            reason="by request",
        )
    with pytest.raises(errors.SlotTaken, match="left under member A is taken by E"):
        services.move_placement(
            member_id=d,
            at=Slot(tree="binary", under_id=a, side="left"),
            effective_on=JULY,
            reason="by request",
        )
    with pytest.raises(errors.AlreadyPlaced):
        services.place(
            member_id=d, at=Slot(tree="binary", under_id=c, side="left"), effective_on=JULY
        )
    assert written() == before


def test_freezing_has_a_beginning_and_an_end():
    a = enrol("A")

    assert services.freeze(member_id=a, effective_on=MAY, reason="unpaid") is True
    assert services.freeze(member_id=a, effective_on=MAY, reason="unpaid") is False
    assert services.unfreeze(member_id=a, effective_on=JUNE, reason="paid") is True
    assert services.unfreeze(member_id=a, effective_on=JUNE, reason="paid") is False

    statuses = [queries.snapshot(on=on)["status"][0].as_py() for on in (MARCH, MAY, JUNE)]
    assert statuses == ["active", "frozen", "active"]
    with pytest.raises(errors.NotFrozen):
        services.unfreeze(member_id=a, effective_on=JULY, reason="again")


def test_whom_a_terminated_member_sponsored_rolls_up_past_terminated_ones():
    a = enrol("A")
    b = enrol("B", a)
    c = enrol("C", b)
    enrol("D", c)
    enrol("E", c, joined_on=JULY)
    services.terminate(member_id=b, effective_on=JUNE, reason="left")

    assert services.terminate(member_id=c, effective_on=JUNE, reason="left") is True
    before = written()
    assert services.terminate(member_id=c, effective_on=JUNE, reason="left") is False

    assert written() == before
    assert sponsors(MAY) == {"A": None, "B": "A", "C": "B", "D": "C"}
    assert sponsors(JULY) == {"A": None, "B": "A", "C": "A", "D": "A", "E": "A"}
    assert set(Member.objects.filter(sponsor=a).values_list("code", flat=True)) == set("BCDE")
    rows = {row["code"]: row["status"] for row in queries.snapshot(on=JUNE).to_pylist()}
    assert rows == {"A": "active", "B": "terminated", "C": "terminated", "D": "active"}


def test_a_position_is_kept_or_vacated_by_rule():
    services.open_tree(code="binary", kind="binary")
    a = enrol("A", None, Root(tree="binary"))
    b = enrol("B", a, Slot(tree="binary", under_id=a, side="left"))
    c = enrol("C", a, Slot(tree="binary", under_id=b, side="right"))
    d = enrol("D", a, Slot(tree="binary", under_id=c, side="left"))
    e = enrol("E", a, Slot(tree="binary", under_id=c, side="right"))

    services.terminate(member_id=b, effective_on=JUNE, reason="left", positions="vacate")
    with pytest.raises(errors.SeveralBelow, match="2 members stand under member C"):
        services.terminate(member_id=c, effective_on=JUNE, reason="left", positions="vacate")
    services.terminate(member_id=c, effective_on=JUNE, reason="left")

    rows = {row["id"]: row for row in queries.snapshot(on=JUNE).to_pylist()}
    assert [(rows[one]["binary_parent"], rows[one]["binary_side"]) for one in (b, c, d, e)] == [
        (None, None),
        (a, "left"),
        (c, "left"),
        (c, "right"),
    ]
    assert queries.upline_of(d, on=MAY, tree="binary") == [c, b, a]


def test_two_positions_of_one_person_merge_and_the_one_below_takes_the_place_above():
    person = Person.objects.create(given_name="Aiman")
    a = enrol("A")
    double = enrol("Double", a, person=person)
    child = enrol("Child", double)
    kept = enrol("Kept", child, person=person)

    merged = services.merge_positions(
        kept_id=kept, double_id=double, effective_on=JUNE, reason="enrolled twice"
    )
    again = services.merge_positions(
        kept_id=kept, double_id=double, effective_on=JUNE, reason="enrolled twice"
    )

    assert (merged, again) == (True, False)
    assert sponsors(MAY) == {"A": None, "Double": "A", "Child": "Double", "Kept": "Child"}
    assert sponsors(JUNE) == {"A": None, "Double": "A", "Child": "Kept", "Kept": "A"}
    assert Member.objects.get(pk=double).merged_into_id == kept
    with pytest.raises(errors.MergeIntoItself):
        services.merge_positions(kept_id=a, double_id=child, effective_on=JUNE, reason="no")


def test_a_position_is_sold_and_shared_and_every_day_knows_its_holders():
    a = enrol("A")
    first = Holder.objects.get(member=a).person_id
    second, third = (Person.objects.create(given_name=name).pk for name in ("Boris", "Celina"))

    def change(how, on, *shares):
        return services.change_holders(
            member_id=a,
            holders=[Share(person_id=person, share=share) for person, share in shares],
            how=how,
            effective_on=on,
            reason="contract 17",
        )

    assert change("sold", MAY, (second, Fraction(1))) is True
    assert change("sold", MAY, (second, Fraction(1))) is False
    assert change("shared", JUNE, (second, Fraction(2, 3)), (third, Fraction(1, 3))) is True

    held = [
        [(one.person_id, one.share) for one in queries.holders_of(a, on=on)]
        for on in (MARCH, MAY, JUNE)
    ]
    assert held == [
        [(first, 1)],
        [(second, 1)],
        [(second, Fraction(2, 3)), (third, Fraction(1, 3))],
    ]
    assert [one.id for one in queries.positions_of(third)] == [a]
    assert queries.positions_of(first) == []
    assert queries.snapshot(on=JUNE)["person"].to_pylist() == [second]
    before = written()
    with pytest.raises(errors.SharesUnequalOne, match="5/6"):
        change("shared", JULY, (second, Fraction(1, 2)), (third, Fraction(1, 3)))
    with pytest.raises(errors.HolderUnknown):
        change("inherited", JULY, (999_999, Fraction(1)))
    with pytest.raises(errors.NoSuchTransfer):
        change("stolen", JULY, (first, Fraction(1)))
    assert written() == before


def test_a_rank_is_granted_by_two_persons_and_expires():
    a = enrol("A")
    one, other = (
        Login.objects.create_user(f"{name}@example.com", "not-used-here-9").pk
        for name in ("dana", "egor")
    )
    draft = services.RankGrantDraft(
        member_id=a, rank="Gold", from_on=MAY, until_on=JULY, reason="came with a team"
    )
    grant = services.propose_rank(draft=draft, proposed_by=one)

    assert services.propose_rank(draft=draft, proposed_by=one) == grant
    assert queries.snapshot(on=MAY)["rank_grant"].to_pylist() == [None]
    with pytest.raises(errors.SamePerson):
        services.grant_rank(grant_id=grant, approved_by=one)
    assert services.grant_rank(grant_id=grant, approved_by=other) is True
    assert services.grant_rank(grant_id=grant, approved_by=other) is False

    ranks = [queries.snapshot(on=on)["rank_grant"][0].as_py() for on in (MARCH, MAY, JUNE, JULY)]
    assert ranks == [None, "Gold", "Gold", None]
    higher = services.RankGrantDraft(
        member_id=a, rank="Ruby", from_on=JUNE, until_on=None, reason="again"
    )
    second = services.propose_rank(draft=higher, proposed_by=one)
    with pytest.raises(errors.RankGrantOverlaps, match="Gold"):
        services.grant_rank(grant_id=second, approved_by=other)
    assert services.end_rank_grant(grant_id=grant, until_on=JUNE, reason="a mistake") is True
    assert services.grant_rank(grant_id=second, approved_by=other) is True
    assert queries.snapshot(on=JUNE)["rank_grant"].to_pylist() == ["Ruby"]


def test_who_waited_too_long_is_placed_by_the_rule_and_a_refusal_keeps_nobody_else():
    services.open_tree(code="binary", kind="binary", holding_days=30, holding_rule="balanced")
    a = enrol("A", None, Root(tree="binary"))
    b = enrol("B", a, Hold(tree="binary"))
    alone = enrol("Alone", None, Hold(tree="binary"))

    early = services.place_due(on=date(2026, 3, 30))
    done = services.place_due(on=date(2026, 3, 31))

    assert (early.placed, early.refused) == ((), ())
    assert done.placed == (b,)
    assert done.refused == ((alone, "network.not_placed"),)
    assert queries.upline_of(b, on=JUNE, tree="binary") == [a]
