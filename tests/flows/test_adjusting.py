"""What comes too late for a closed period is settled in the open one, by each bonus's rule."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tests import closing
from tests.closing import ANNA, BORIS, CELINA, NOVEMBER_2, OCTOBER
from upline.commissions import errors, queries, services
from upline.commissions.models import (
    AdjustedFact,
    AdjustedLine,
    AdjustedPay,
    Line,
    Statement,
    VolumeFact,
)
from upline.foundation import clock, context
from upline.ledger import queries as ledger
from upline.ledger.models import Journal

pytestmark = pytest.mark.django_db

INTO_WHAT_STANDS = """
INSERT INTO commissions_adjustedpay (adjustment_id, period_id, member_id, currency, pay_minor)
SELECT adjustment_id, period_id, 0, 'EUR', 5 FROM commissions_adjustedpay LIMIT 1
"""


@pytest.fixture
def members():
    found = closing.opened()
    closing.bought(found[CELINA], "A-1", "100.00")
    closing.bought(found[CELINA], "A-2", "33.33")
    closing.closed()
    return found


def refunded(members, number, part, of, *, key=None, **changed):
    original = VolumeFact.objects.get(key=f"order:{number}")
    return closing.bought(
        members[of],
        number,
        part,
        key=key or f"refund:{number}:1",
        opposite_of=original.pk,
        **changed,
    )


def owed(code):
    return -ledger.balance(f"commissions:payable:{code}", "EUR").minor


def lines():
    rows = AdjustedLine.objects.order_by("adjustment", "number")
    return list(rows.values_list("member__code", "fact__key", "before_units", "now_units"))


def test_a_late_refund_takes_back_its_part_of_the_lines_of_its_order(members):
    refunded(members, "A-1", "-40.00", CELINA)

    closing.adjusted()

    assert lines() == [(ANNA, "order:A-1", 500, 300), (BORIS, "order:A-1", 1000, 600)]
    assert (owed(ANNA), owed(BORIS)) == (500 + 167 - 200, 1000 + 333 - 400)


def test_refunds_in_parts_take_back_exactly_what_the_order_paid(members):
    for number, part in enumerate(("-0.01", "-11.11", "-22.21")):
        refunded(members, "A-2", part, CELINA, key=f"refund:A-2:{number}")
        closing.adjusted()

    assert (owed(ANNA), owed(BORIS)) == (500, 1000)
    assert lines()[-1] == (BORIS, "order:A-2", 222, 0)


def test_a_late_order_pays_its_own_lines_and_no_other_changes(members):
    closing.bought(members[BORIS], "B-1", "50.00")

    adjustment = closing.adjusted()

    assert lines() == [(ANNA, "order:B-1", 0, 500)]
    assert (owed(ANNA), owed(BORIS)) == (667 + 500, 1333)
    assert adjustment.posted_in.label == "2026-11"
    assert str(adjustment.effective_on) == "2026-11-02"


def test_a_late_order_that_is_refunded_in_part_pays_for_the_rest(members):
    closing.bought(members[BORIS], "B-1", "50.00")
    refunded(members, "B-1", "-10.00", BORIS)

    closing.adjusted()

    assert lines() == [(ANNA, "order:B-1", 0, 400)]


def test_what_is_sealed_stays_as_it_was(members):
    before = list(Line.objects.order_by("number").values()), list(Statement.objects.values())
    refunded(members, "A-1", "-100.00", CELINA)

    closing.adjusted()

    assert (
        list(Line.objects.order_by("number").values()),
        list(Statement.objects.values()),
    ) == before


def test_posting_again_posts_nothing_twice(members):
    refunded(members, "A-1", "-40.00", CELINA)
    adjustment = closing.adjusted()
    journals = Journal.objects.count()

    services.post_adjustment(number=adjustment.pk)

    assert Journal.objects.count() == journals
    assert owed(BORIS) == 933


def test_with_nothing_late_nothing_is_adjusted(members):
    with pytest.raises(errors.NothingLate):
        closing.adjusted()


def test_settled_facts_are_no_longer_late(members):
    refunded(members, "A-1", "-40.00", CELINA)
    assert [fact.key for fact in queries.late_facts(calendar="monthly")] == ["refund:A-1:1"]

    closing.adjusted()

    assert not queries.late_facts(calendar="monthly")
    with pytest.raises(errors.NothingLate):
        closing.adjusted()


def test_who_computed_an_adjustment_does_not_approve_it(members):
    refunded(members, "A-1", "-40.00", CELINA)
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        found = services.adjust_periods(calendar="monthly", reason="late")

        with pytest.raises(errors.NeedsAnother):
            services.approve_adjustment(number=found.pk, digest=found.digest)
        with pytest.raises(errors.AdjustmentNot, match="computed"):
            services.post_adjustment(number=found.pk)

    assert owed(BORIS) == 1333


def test_another_outcome_than_that_which_was_looked_at_is_not_approved(members):
    refunded(members, "A-1", "-40.00", CELINA)
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        found = services.adjust_periods(calendar="monthly", reason="late")

    with context.working(actor="login:4"), pytest.raises(errors.DigestDiffers):
        services.approve_adjustment(number=found.pk, digest="0" * 64)


def test_a_discarded_adjustment_gives_its_facts_back(members):
    refunded(members, "A-1", "-40.00", CELINA)
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        found = services.adjust_periods(calendar="monthly", reason="late")
        services.discard_adjustment(number=found.pk, reason="one more is to come")
    assert not AdjustedFact.objects.exists()

    closing.adjusted()

    assert owed(BORIS) == 933


def test_no_period_is_frozen_while_an_adjustment_waits_and_none_adjusted_during_a_close(members):
    refunded(members, "A-1", "-40.00", CELINA)
    december = NOVEMBER_2.replace(month=12)
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        found = services.adjust_periods(calendar="monthly", reason="late")
        with pytest.raises(errors.AdjustmentWaits):
            services.adjust_periods(calendar="monthly", reason="late")
    with pytest.raises(errors.AdjustmentWaits):
        closing.computed("2026-11", at=december)
    with context.working(actor="login:3"):
        services.discard_adjustment(number=found.pk, reason="first close November")

    closing.computed("2026-11", at=december)

    with pytest.raises(errors.CloseUnderWay):
        closing.adjusted(at=december)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE commissions_adjustedline SET now_units = 0",
        "DELETE FROM commissions_adjustedpay",
        "DELETE FROM commissions_adjustedfact",
        "UPDATE commissions_adjustment SET state = 'computed'",
        "UPDATE commissions_adjustment SET reason = 'another'",
        "DELETE FROM commissions_adjustment",
        INTO_WHAT_STANDS,
    ],
)
def test_the_database_refuses_to_change_what_was_adjusted(members, statement):
    refunded(members, "A-1", "-40.00", CELINA)
    closing.adjusted()

    with (
        pytest.raises(DatabaseError, match=r"stand|append-only|does not go"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_bonus_that_is_computed_again_is_so_in_every_later_period_that_changes():
    """300 points make a leader for life: with 50 late ones Boris was one in October already."""
    plan = (
        closing.PLAN.replace("own_pv: own(pv)", "own_pv: own(pv), ever: lifetime(group(pv))")
        .replace("group(pv) >= 300", "ever >= 300")
        .replace("levels: {1: 10 %, 2: 5 %}", "levels: {1: 10 %, 2: 5 %}, after_close: none")
        + "  leading: {kind: level, base: pv, levels: {1: 3.33 %}, requires: rank = 'Leader',"
        " after_close: recompute}\n"
    )
    members = closing.opened(plan)
    closing.bought(members[CELINA], "A-1", "260.00")
    closing.bought(members[CELINA], "A-2", "10.00", month=11)
    closing.closed()
    closing.closed("2026-11", at=NOVEMBER_2.replace(month=12))
    closing.bought(members[CELINA], "A-3", "50.00", day=30)

    closing.adjusted(at=NOVEMBER_2.replace(month=12))

    pays = AdjustedPay.objects.order_by("period", "member")
    assert list(pays.values_list("period__label", "member__code", "pay_minor")) == [
        (OCTOBER, BORIS, 866 + 167),
        ("2026-11", BORIS, 33),
    ]


def test_what_is_approved_already_is_not_approved_again_by_another_digest(members):
    refunded(members, "A-1", "-40.00", CELINA)
    found = closing.adjusted()
    by = {"calendar": "monthly", "label": OCTOBER}

    with context.working(actor="login:4"):
        with pytest.raises(errors.DigestDiffers):
            services.approve_adjustment(number=found.pk, digest="0" * 64)
        with pytest.raises(errors.DigestDiffers):
            services.approve_period(**by, digest="0" * 64)

        assert services.approve_adjustment(number=found.pk, digest=found.digest) == found
        run = queries.run_of(calendar="monthly", label=OCTOBER)
        assert services.approve_period(**by, digest=run.digest).pk == run.pk
