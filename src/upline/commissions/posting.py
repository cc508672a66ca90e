"""Approving what was computed, posting it to the ledger exactly once, and sealing the period."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from upline.commissions import persons, remarks
from upline.commissions.calendars import calendar_named, period_before, period_labelled
from upline.commissions.computing import latest_run
from upline.commissions.errors import (
    DigestDiffers,
    EarlierPeriodOpen,
    PeriodNot,
    PostingDiffers,
    RoundingTooLarge,
)
from upline.commissions.models import Period, Run, State
from upline.foundation import audit, clock, context, copying, locking
from upline.foundation.progress import Say, silent
from upline.ledger import services as ledger
from upline.network import services as network

# What the ledger calls our journals.
KIND = "commissions"
MEMBERS_AT_ONCE = 20_000
_AFTER_APPROVAL = (State.APPROVED, State.POSTING, State.POSTED, State.SEALED)


def approve_period(*, calendar: str, label: str, digest: str, reason: str = "") -> Run:
    """Approve what was computed, by its digest; a person does it who did not compute. Repeatable.

    The reason is kept as a remark; past a limit of a standing approval it is needed. Raises
    PeriodNot, DigestDiffers, NeedsPerson, NeedsAnother, RemarkMissing.
    """
    period = period_labelled(calendar_named(calendar), label)
    with transaction.atomic():
        locking.take("period", str(period.pk))
        period.refresh_from_db()
        if period.state not in (State.CALCULATED, *_AFTER_APPROVAL):
            raise PeriodNot(
                period=period, state=period.state, act="approved", wanted=State.CALCULATED
            )
        run = latest_run(period)
        if digest != run.digest:
            raise DigestDiffers(period=period, computed=run.digest, approved=digest)
        if period.state != State.CALCULATED:
            return run
        actor = persons.another(run.computed_by, act="approve", period=period)
        remarks.keep_of_approval(period, run, text=reason, by=actor)
        approved(period, run, reason=reason or "approved")
        return run


def approved(period: Period, run: Run, *, reason: str) -> None:
    """Write an approval down in the name of the present work; the caller holds the period's lock."""
    run.approved_by, run.approved_at = context.present().actor, clock.now()
    run.save(update_fields=["approved_by", "approved_at"])
    _change(period, State.APPROVED, reason, {"digest": run.digest})


def post_period(*, calendar: str, label: str, say: Say = silent) -> Run:
    """Post an approved run to the ledger: one journal for each member, each exactly once.

    Journals go in chunks, each a transaction; begun again after a kill it finds what is there by
    its key. Raises PeriodNot, PostingDiffers, RoundingTooLarge, and what the ledger refuses, as a
    closed day; posting goes on where it stood when that is mended.
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
        period.refresh_from_db()
        if period.state == State.POSTING:
            _change(period, State.POSTED, "posted", {"run": run.pk})
    return run


def seal_period(*, calendar: str, label: str) -> Period:
    """Seal a posted period: its digest goes on from that of the period before. Repeatable.

    From then on the history of the network before its end stands, too. Raises PeriodNot,
    EarlierPeriodOpen.
    """
    period = period_labelled(calendar_named(calendar), label)
    with transaction.atomic():
        locking.take("period", str(period.pk))
        period.refresh_from_db()
        if period.state == State.SEALED:
            return period
        if period.state != State.POSTED:
            raise PeriodNot(period=period, state=period.state, act="sealed", wanted=State.POSTED)
        earlier = period_before(period)
        if earlier is not None and earlier.state != State.SEALED:
            raise EarlierPeriodOpen(period=period, earlier=earlier, state=earlier.state)
        chained = "" if earlier is None else earlier.sealed_digest
        period.sealed_digest = seal_of(period, latest_run(period).digest, chained)
        _change(period, State.SEALED, "sealed", {"seal": period.sealed_digest})
        network.seal_history(before_on=period.ends_on, reason="the period is sealed")
        return period


def seal_of(period: Period, digest: str, sealed_before: str) -> str:
    """Give the seal of a period: the digest of its run, chained to the seal of the period before."""
    return hashlib.sha256(f"{sealed_before}\n{period}\n{digest}".encode()).hexdigest()


def _begin(period: Period) -> None:
    with transaction.atomic():
        locking.take("period", str(period.pk))
        period.refresh_from_db()
        if period.state == State.APPROVED:
            _change(period, State.POSTING, "posting begins", None)


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
    query = _ENTRIES.format(run=run.pk, after=after, most=MEMBERS_AT_ONCE)
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
    _refuse_large_rounding(run, people, pay - sums)
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
            "kind": pa.repeat(KIND, count),
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


def _refuse_large_rounding(run: Run, people: pa.Table, left: npt.NDArray[np.int64]) -> None:
    """Refuse what no roundings leave: half a unit for each bonus, and half a unit for the whole."""
    wrong = np.flatnonzero(2 * np.abs(left) > len(run.bonuses) + 1)
    if len(wrong):
        first = int(wrong[0])
        raise RoundingTooLarge(run=run.pk, left=int(left[first]), member=people["code"][first])


# The first part counts journals, so that none of nothing but rounding is missed either.
_POSTED = """
SELECT count(DISTINCT journal.id), coalesce(sum(entry.amount_minor) FILTER (
           WHERE account.code LIKE 'commissions:payable:%%'), 0)
FROM ledger_journal AS journal
JOIN ledger_entry AS entry ON entry.journal_id = journal.id
JOIN ledger_account AS account ON account.id = entry.account_id
WHERE journal.reference = %s AND journal.kind = %s AND entry.currency = %s
"""
_OWED = """
SELECT statement.currency, sum(statement.pay_minor),
       count(*) FILTER (WHERE statement.pay_minor <> 0 OR EXISTS (
           SELECT FROM commissions_total AS total
           WHERE total.run_id = statement.run_id AND total.member_id = statement.member_id
             AND total.posted_minor <> 0
       ))
FROM commissions_statement AS statement WHERE statement.run_id = %s
GROUP BY statement.currency ORDER BY statement.currency
"""


def _check(run: Run) -> None:
    """Compare what the ledger owes by the run with the statements. Raises PostingDiffers."""
    with connection.cursor() as cursor:
        cursor.execute(_OWED, [run.pk])
        for currency, owed, journals in cursor.fetchall():
            cursor.execute(_POSTED, [f"run:{run.pk}", KIND, currency])
            found, posted = cursor.fetchone()
            if (found, -posted) != (journals, owed):
                raise PostingDiffers(
                    run=run.pk,
                    currency=currency,
                    owed=owed,
                    journals=journals,
                    posted=-posted,
                    found=found,
                )
