"""Whatever comes in, on whatever day: closed periods pay what the engine pays on the same inputs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import closing
from upline.commissions.models import RankHeld, Statement, VolumeFact
from upline.commissions.queries import run_of, totals_of
from upline.compensation import Inputs, Period, load_plan, run
from upline.ledger import queries as ledger

pytestmark = pytest.mark.django_db

CLOSED_AT = datetime(2027, 1, 2, 9, tzinfo=UTC)
MONTHS = ("2026-10", "2026-11", "2026-12")
PLAN = (
    closing.PLAN.replace("own_pv: own(pv)", "own_pv: own(pv), ever: lifetime(group(pv))")
    .replace("group(pv) >= 300", "ever >= 300")
    .replace("two-levels", "carried-ranks")
    + "  leading: {kind: level, base: pv, levels: {1: 3.33 %}, requires: rank = 'Leader'}\n"
)


@dataclass(frozen=True)
class Sale:
    """Points on an hour after the start of October, and which part of them is taken back."""

    member: str
    hours: int
    cents: int
    taken_back: int


sales = st.lists(
    st.builds(
        Sale,
        member=st.sampled_from([closing.ANNA, closing.BORIS, closing.CELINA]),
        hours=st.integers(0, 24 * 92 - 1),
        cents=st.integers(0, 60_000),
        taken_back=st.sampled_from([0, 0, 0, 30, 100]),
    ),
    max_size=8,
)


def points(cents):
    return str(Decimal(cents).scaleb(-2))


def recorded(made, members):
    """Record every sale and what is taken back of it; give them as orders of the engine."""
    # October begins at 21:00 UTC in Sofia, in summer time.
    start = datetime(2026, 9, 30, 21, tzinfo=UTC)
    rows = []
    for number, sale in enumerate(made):
        at = start + timedelta(hours=sale.hours)
        # Clocks go back by an hour at 01:00 UTC on 25 October.
        is_winter = at >= datetime(2026, 10, 25, 1, tzinfo=UTC)
        day = (at + timedelta(hours=2 if is_winter else 3)).date()
        parts = {f"order:{number}": sale.cents}
        if sale.taken_back:
            parts[f"refund:{number}"] = -(sale.cents * sale.taken_back // 100)
        for key, cents in parts.items():
            closing.bought(
                members[sale.member], str(number), points(cents), key=key, occurred_at=at
            )
            rows.append({"id": key, "member": sale.member, "date": str(day), "pv": points(cents)})
    return rows


def engines(rows, plan=PLAN):
    """Give the pay, totals and ranks of each month, computed in sequence by the engine alone."""
    table = pa.table({
        "id": [closing.ANNA, closing.BORIS, closing.CELINA],
        "sponsor": [None, closing.ANNA, closing.BORIS],
        "number": [1, 2, 3],
    })  # fmt: skip
    names = ("id", "member", "date", "pv")
    orders = pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in names})
    carries, found = None, []
    for month in MONTHS:
        period = Period.parse(month)
        inputs = Inputs(members=table, orders=orders, period=period, carries=carries)
        result = run(load_plan(plan, file="plan.yaml"), inputs)
        carries = result.carries
        pay = {row["member"]: int(row["pay_amount"].scaleb(2)) for row in result.pay.to_pylist()}
        ranks = {row["member"]: row["rank"] for row in result.ranks.to_pylist() if row["rank"]}
        found.append((pay, result.company_total(), ranks))
    return found


def closes():
    found = []
    for month in MONTHS:
        closing.closed(month, at=CLOSED_AT)
        this = run_of(calendar="monthly", label=month)
        statements = Statement.objects.filter(run=this).exclude(pay_minor=0)
        pay = dict(statements.values_list("member__code", "pay_minor"))
        ranks = dict(RankHeld.objects.filter(run=this).values_list("member__code", "rank"))
        found.append((pay, sum(row.amount for row in totals_of(this)), ranks))
    return found


@settings(max_examples=6, deadline=None)
@given(made=sales)
def test_periods_closed_in_sequence_pay_what_the_engine_pays(made):
    before = transaction.savepoint()
    rows = recorded(made, closing.opened(PLAN))

    found = closes()

    assert found == engines(rows)
    assert VolumeFact.objects.count() == len(rows)
    for code in (closing.ANNA, closing.BORIS, closing.CELINA):
        owed = sum(pay.get(code, 0) for pay, _, _ in found)
        assert -ledger.balance(f"commissions:payable:{code}", "EUR").minor == owed
    transaction.savepoint_rollback(before)
