"""Approving what was computed, posting it to the ledger exactly once, and sealing the period."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from django.db.models import Sum

from upline.commissions.calendars import calendar_named, period_labelled
from upline.commissions.computing import Say, latest_run, silent
from upline.commissions.errors import (
    DigestDiffers,
    NeedsAnother,
    PeriodFenced,
    PeriodNot,
    PostingDiffers,
)
from upline.commissions.freezing import previous
from upline.commissions.models import Period, Run, State, Statement
from upline.foundation import audit, clock, context, copying, locking
from upline.ledger import services as ledger

_MEMBERS_AT_ONCE = 20_000
_AFTER_APPROVAL = (State.APPROVED, State.POSTING, State.POSTED, State.SEALED)


def approve_period(*, calendar: str, label: str, digest: str, reason: str = "") -> Run:
    """Approve what was computed, by its digest; a second person does it. Repeatable.

    Raises PeriodNot, DigestDiffers, NeedsAnother.
    """
    period = period_labelled(calendar_named(calendar), label)
    with transaction.atomic():
        locking.take("period", str(period.pk))
        period = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
        if period.state in _AFTER_APPROVAL:
            return latest_run(period)
        if period.state != State.CALCULATED:
            raise PeriodNot(
                period=period, state=period.state, act="approved", wanted=State.CALCULATED
            )
        run = latest_run(period)
        actor = context.present().actor
        if digest != run.digest:
            raise DigestDiffers(period=period, computed=run.digest, approved=digest)
        if actor == run.computed_by:
            raise NeedsAnother(actor=actor, act="approve", period=period)
        run.approved_by, run.approved_at = actor, clock.now()
        run.save(update_fields=["approved_by", "approved_at"])
        _change(period, State.APPROVED, reason or "approved", {"digest": digest})
        return run


def post_period(*, calendar: str, label: str, say: Say = silent) -> Run:
    """Post an approved run to the ledger: one journal for each member, each exactly once.

    Journals go in chunks, each a transaction; begun again after a kill it finds what is there by
    its key. Raises PeriodNot, PeriodFenced, PostingDiffers.
    """
    period = period_labelled(calendar_named(calendar), label)
    if period.state not in _AFTER_APPROVAL:
        raise PeriodNot(period=period, state=period.state, act="posted", wanted=State.APPROVED)
    run = latest_run(period)
    if period.state in (State.POSTED, State.SEALED):
        return run
    _begin(period)
    after = 0
    while True:
        table, after = _journals(run, period, after)
        if table is None:
            break
        ledger.post_table(table=table)
        say(f"Posted up to member {after}")
    _check(run)
    with transaction.atomic():
        locking.take("period", str(period.pk))
        kept = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
        if kept.fence != period.fence:
            raise PeriodFenced(period=period)
        if kept.state == State.POSTING:
            _change(kept, State.POSTED, "posted", {"run": run.pk})
    return run


def seal_period(*, calendar: str, label: str) -> Period:
    """Seal a posted period: its digest goes on from that of the period before. Repeatable.

    Raises PeriodNot.
    """
    period = period_labelled(calendar_named(calendar), label)
    with transaction.atomic():
        locking.take("period", str(period.pk))
        period = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
        if period.state == State.SEALED:
            return period
        if period.state != State.POSTED:
            raise PeriodNot(period=period, state=period.state, act="sealed", wanted=State.POSTED)
        earlier = previous(period)
        chained = "" if earlier is None else earlier.sealed_digest
        text = f"{chained}\n{period}\n{latest_run(period).digest}"
        period.sealed_digest = hashlib.sha256(text.encode()).hexdigest()
        _change(period, State.SEALED, "sealed", {"seal": period.sealed_digest})
        return period


def _begin(period: Period) -> None:
    with transaction.atomic():
        locking.take("period", str(period.pk))
        kept = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
        if kept.state == State.APPROVED:
            _change(kept, State.POSTING, "posting begins", None)


def _change(period: Period, state: str, reason: str, after: dict[str, object] | None) -> None:
    before = period.state
    period.state = state
    period.changed_at = clock.now()
    period.save(update_fields=["state", "changed_at", "sealed_digest"])
    audit.record(
        act=f"commissions.{state}",
        subject=f"period:{period.pk}",
        reason=reason,
        before={"state": str(before)},
        after={"state": state, **(after or {})},
    )


_ENTRIES = """
SELECT statement.member_id, member.code, statement.currency, statement.pay_minor,
       total.bonus, total.posted_minor
FROM (SELECT * FROM commissions_statement WHERE run_id = {run} AND member_id > {after}
      ORDER BY member_id LIMIT {most}) AS statement
JOIN network_member AS member ON member.id = statement.member_id
LEFT JOIN commissions_total AS total
       ON total.run_id = {run} AND total.member_id = statement.member_id
ORDER BY statement.member_id, total.bonus
"""
_TYPES = {
    "member_id": pa.int64(),
    "code": pa.string(),
    "currency": pa.string(),
    "pay_minor": pa.int64(),
    "bonus": pa.int32(),
    "posted_minor": pa.int64(),
}


def _journals(run: Run, period: Period, after: int) -> tuple[pa.Table | None, int]:
    """Give the entries of the next members' journals, and the last member among them.

    Each bonus is an expense, the pay is owed to the member, and what rounding each bonus by itself
    leaves between them goes to the rounding account.
    """
    query = _ENTRIES.format(run=run.pk, after=after, most=_MEMBERS_AT_ONCE)
    found = copying.copy_out(query, _TYPES)
    if not found.num_rows:
        return None, after
    member = found["member_id"].to_numpy()
    last = int(member[-1])
    first_rows = np.flatnonzero(np.r_[True, member[1:] != member[:-1]])
    posted = np.nan_to_num(found["posted_minor"].to_numpy(zero_copy_only=False)).astype(np.int64)
    sums = np.add.reduceat(posted, first_rows)
    people = found.take(first_rows)
    pay = people["pay_minor"].to_numpy()
    names = pa.array([f"commissions:expense:{name}" for name in run.bonuses], pa.string())
    parts = [
        _entries(found, names.take(found["bonus"].combine_chunks()), posted),
        _entries(
            people, pc.binary_join_element_wise("commissions:payable", people["code"], ":"), -pay
        ),
        _entries(people, pa.repeat("rounding:commissions", len(pay)), pay - sums),
    ]
    table = pa.concat_tables(parts)
    # Always in one sequence: the same journal posted again must have the same content.
    table = table.append_column("place", pa.array(range(table.num_rows)))
    table = table.filter(pc.not_equal(table["amount_minor"], 0))
    table = table.sort_by([("member_id", "ascending"), ("place", "ascending")])
    count = table.num_rows
    return pa.table(
        {
            "key": pc.binary_join_element_wise(
                f"commissions:{run.pk}", table["member_id"].cast(pa.string()), ":"
            ),
            "kind": pa.repeat("commissions", count),
            "effective_on": pa.repeat(pa.scalar(_last_day(period), pa.date32()), count),
            "account": table["account"],
            "currency": table["currency"],
            "amount_minor": table["amount_minor"],
            "reference": pa.repeat(f"run:{run.pk}", count),
        }
    ), last


def _entries(rows: pa.Table, account: pa.Array, amount: np.ndarray) -> pa.Table:
    return pa.table(
        {
            "member_id": rows["member_id"],
            "account": account,
            "currency": rows["currency"],
            "amount_minor": amount,
        }
    )


def _last_day(period: Period) -> date:
    return period.ends_on - timedelta(days=1)


_POSTED = """
SELECT coalesce(sum(entry.amount_minor), 0)
FROM ledger_journal AS journal
JOIN ledger_entry AS entry ON entry.journal_id = journal.id
JOIN ledger_account AS account ON account.id = entry.account_id
WHERE journal.reference = %s AND entry.currency = %s AND account.code LIKE %s
"""


def _check(run: Run) -> None:
    """Compare what the ledger owes by the run with the statements. Raises PostingDiffers."""
    owed = Statement.objects.filter(run=run).values("currency").annotate(sum=Sum("pay_minor"))
    for row in owed.order_by("currency"):
        with connection.cursor() as cursor:
            cursor.execute(_POSTED, [f"run:{run.pk}", row["currency"], "commissions:payable:%"])
            posted = -int(cursor.fetchone()[0])
        if posted != row["sum"]:
            raise PostingDiffers(
                run=run.pk, currency=row["currency"], owed=row["sum"], posted=posted
            )
