"""Whenever facts come in: sealed pay and adjustments are what a run pays that knew all at once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import closing
from tests.closing import ANNA, BORIS, CELINA
from tests.properties.test_closes import MONTHS, engines, points
from upline.commissions import errors
from upline.commissions.models import (
    AdjustedFact,
    AdjustedLine,
    AdjustedPay,
    Line,
    Statement,
    VolumeFact,
)
from upline.ledger import queries as ledger

pytestmark = pytest.mark.django_db

START = datetime(2026, 9, 30, 21, tzinfo=UTC)
CLOSED_AT = datetime(2027, 1, 2, 9, tzinfo=UTC)
RECOMPUTED = (
    closing.PLAN.replace("own_pv: own(pv)", "own_pv: own(pv), ever: lifetime(group(pv))")
    .replace("group(pv) >= 300", "ever >= 300")
    .replace("levels: {1: 10 %, 2: 5 %}", "levels: {1: 10 %, 2: 5 %}, after_close: recompute")
    + "  leading: {kind: level, base: pv, levels: {1: 3.33 %}, requires: rank = 'Leader',"
    " after_close: recompute}\n"
    "  fund: {kind: pool, fund: 2 % * company(pv) * 1 EUR, shares: 1, requires: own_pv >= 50,"
    " after_close: recompute}\n"
)


@dataclass(frozen=True)
class Sale:
    """Points on an hour, after how many closes they are heard of, and what is taken back when."""

    member: str
    hours: int
    cents: int
    heard: int
    taken_back: int
    later: int


def sales(most):
    return st.lists(
        st.builds(
            Sale,
            member=st.sampled_from([ANNA, BORIS, CELINA]),
            hours=st.integers(0, 24 * 92 - 2),
            cents=st.integers(0, 60_000),
            heard=st.integers(0, 3),
            taken_back=st.sampled_from([0, 0, 30, 77, 100]),
            later=st.integers(0, 3),
        ),
        max_size=most,
    )


def rows_of(made):
    """Give every sale and what is taken back of it as rows, with the round in which it is heard."""
    found = []
    for number, sale in enumerate(made):
        at = START + timedelta(hours=sale.hours)
        is_winter = at >= datetime(2026, 10, 25, 1, tzinfo=UTC)
        day = str((at + timedelta(hours=2 if is_winter else 3)).date())
        parts = [(f"order:{number}", sale.cents, sale.heard)]
        if sale.taken_back:
            back = -(sale.cents * sale.taken_back // 100)
            parts.append((f"refund:{number}", back, min(sale.heard + sale.later, 3)))
        for key, cents, heard in parts:
            row = {"id": key, "member": sale.member, "date": day, "pv": points(cents)}
            found.append((row, at, heard))
    return found


def lived(made, members):
    """Close three months; before each, and after the last, hear what is new and adjust."""
    told = rows_of(made)
    for turn, month in enumerate((*MONTHS, "")):
        for row, at, heard in told:
            if heard == turn:
                number = row["id"].partition(":")[2]
                original = VolumeFact.objects.filter(key=f"order:{number}").first()
                closing.bought(
                    members[row["member"]],
                    number,
                    row["pv"],
                    key=row["id"],
                    occurred_at=at,
                    opposite_of=original.pk if row["id"].startswith("refund") else None,
                )
        with suppress(errors.NothingLate):
            closing.adjusted(at=CLOSED_AT)
        if month:
            closing.closed(month, at=CLOSED_AT)
    return [row for row, _, _ in told]


def paid(month, code):
    statement = Statement.objects.filter(run__period__label=month, member__code=code)
    since = AdjustedPay.objects.filter(period__label=month, member__code=code)
    return sum(row.pay_minor for row in (*statement, *since))


@settings(max_examples=8, deadline=None)
@given(made=sales(7))
def test_sealed_pay_and_adjustments_are_what_a_run_pays_that_knew_all(made):
    before = transaction.savepoint()
    members = closing.opened(RECOMPUTED)

    rows = lived(made, members)

    expected = engines(rows, RECOMPUTED)
    for month, (pay, _total, _ranks) in zip(MONTHS, expected, strict=True):
        for code in (ANNA, BORIS, CELINA):
            assert paid(month, code) == pay.get(code, 0), (month, code)
    for code in (ANNA, BORIS, CELINA):
        owed = sum(pay.get(code, 0) for pay, _, _ in expected)
        assert -ledger.balance(f"commissions:payable:{code}", "EUR").minor == owed
    transaction.savepoint_rollback(before)


@settings(max_examples=8, deadline=None)
@given(made=sales(6))
def test_an_order_that_is_taken_back_whole_paid_nothing_in_the_end_and_no_line_of_another_changed(
    made,
):
    before = transaction.savepoint()
    members = closing.opened(closing.PLAN)

    lived(made, members)

    roots = {fact.opposite_of_id or fact.pk for fact in VolumeFact.objects.all() if was_late(fact)}
    assert {line.fact_id for line in AdjustedLine.objects.all()} <= roots
    for order in VolumeFact.objects.filter(key__startswith="order:"):
        family = VolumeFact.objects.filter(order_number=order.order_number)
        left = sum((Decimal(fact.figures["pv"]) for fact in family), Decimal(0))
        if not left:
            assert paid_on(family) == 0, order.key
    transaction.savepoint_rollback(before)


def was_late(fact):
    return AdjustedFact.objects.filter(fact=fact).exists()


def paid_on(family):
    facts = [fact.pk for fact in family]
    sealed = sum(line.amount_units for line in Line.objects.filter(fact_id__in=facts))
    since = AdjustedLine.objects.filter(fact_id__in=facts)
    return sealed + sum(line.now_units - line.before_units for line in since)
