"""Closed periods looked over: lines, totals, statements, what was posted, frozen parts and seals.

Each figure is added up again from what it was made of. Nothing is computed anew and nothing is
repaired; `upline periods export` and `upline compute` repeat the computation itself.
"""

from __future__ import annotations

from itertools import groupby

from django.db.models import F

from upline.commissions import frozen
from upline.commissions.computing import digest_of
from upline.commissions.models import Period, Run, State
from upline.commissions.posting import seal_of
from upline.foundation.checking import Finding, Question, answers, cut, one_snapshot
from upline.money import currency_places

# A run stands as long as its close was not taken back.
_STANDING = """
SELECT run.id, run.places, run.currency, jsonb_array_length(run.bonuses) AS bonus_count
FROM commissions_run AS run JOIN commissions_period AS period
  ON period.id = run.period_id AND period.fence = run.fence
WHERE period.state NOT IN ('open', 'frozen')
"""
_POSTED = """
SELECT run.id, run.bonuses, period.state
FROM commissions_run AS run JOIN commissions_period AS period
  ON period.id = run.period_id AND period.fence = run.fence
WHERE period.state IN ('posting', 'posted', 'sealed')
"""
_LINES = f"""
WITH standing AS MATERIALIZED ({_STANDING}),
summed AS (
    SELECT run_id, member_id, bonus, sum(amount_units) AS units FROM commissions_line
    WHERE run_id IN (SELECT id FROM standing) GROUP BY run_id, member_id, bonus
),
kept AS (
    SELECT run_id, member_id, bonus, amount_units AS units FROM commissions_total
    WHERE run_id IN (SELECT id FROM standing)
)
SELECT run_id, member_id, bonus, coalesce(kept.units, 0), coalesce(summed.units, 0)
FROM kept FULL JOIN summed USING (run_id, member_id, bonus)
WHERE coalesce(kept.units, 0) <> coalesce(summed.units, 0)
ORDER BY run_id, member_id, bonus
"""  # noqa: S608 - of our own constants
# Each bonus is rounded by itself, and so is the whole.
_STATEMENTS = f"""
WITH standing AS MATERIALIZED ({_STANDING}),
summed AS (
    SELECT run_id, member_id, sum(posted_minor) AS minor, sum(amount_units) AS units
    FROM commissions_total WHERE run_id IN (SELECT id FROM standing) GROUP BY run_id, member_id
),
paid AS (
    SELECT run_id, member_id, currency, pay_minor FROM commissions_statement
    WHERE run_id IN (SELECT id FROM standing)
)
SELECT run_id, member_id, coalesce(pay_minor, 0), coalesce(minor, 0), coalesce(units, 0), places
FROM paid FULL JOIN summed USING (run_id, member_id)
JOIN standing ON standing.id = run_id
LEFT JOIN unnest(%(currencies)s::text[], %(decimals)s::integer[]) AS money (currency, decimals)
  ON money.currency = standing.currency
WHERE 2 * abs(coalesce(pay_minor, 0) - coalesce(minor, 0)) > bonus_count + 1
   OR pay_minor IS NULL
   OR (paid.currency = standing.currency AND places >= decimals
       AND 2 * abs(pay_minor * 10::numeric ^ (places - decimals) - coalesce(units, 0))
           > 10::numeric ^ (places - decimals))
ORDER BY run_id, member_id
"""  # noqa: S608 - of our own constants
# A journal of a run names run and member by its key; while a run is posted, some are not there yet.
_JOURNALS = f"""
WITH posted AS MATERIALIZED ({_POSTED}),
owed AS (
    SELECT run_id, member_id, currency, code, pay_minor
    FROM commissions_statement AS statement JOIN network_member AS member ON member.id = member_id
    WHERE run_id IN (SELECT id FROM posted) AND pay_minor <> 0
),
booked AS (
    SELECT split_part(journal.key, ':', 2)::bigint AS run_id,
           split_part(journal.key, ':', 3)::bigint AS member_id, entry.currency,
           min(account.code) AS account, -sum(entry.amount_minor) AS minor
    FROM ledger_journal AS journal
    JOIN ledger_entry AS entry ON entry.journal_id = journal.id
    JOIN ledger_account AS account ON account.id = entry.account_id
    WHERE journal.kind = 'commissions' AND journal.key ~ '^commissions:\\d+:\\d+$'
      AND account.code LIKE 'commissions:payable:%%'
    GROUP BY 1, 2, 3
)
SELECT run_id, member_id, coalesce(pay_minor, 0), currency, coalesce(minor, 0)
FROM owed FULL JOIN booked USING (run_id, member_id, currency)
LEFT JOIN posted ON posted.id = run_id
WHERE (coalesce(pay_minor, 0) <> coalesce(minor, 0)
       AND NOT (posted.state = 'posting' AND minor IS NULL AND posted.id IS NOT NULL))
   OR account <> 'commissions:payable:' || code
ORDER BY run_id, member_id, currency
"""  # noqa: S608 - of our own constants
_EXPENSES = f"""
WITH posted AS MATERIALIZED ({_POSTED}),
earned AS (
    SELECT total.run_id, posted.bonuses ->> total.bonus::integer AS bonus, statement.currency,
           sum(total.posted_minor) AS minor
    FROM commissions_total AS total
    JOIN posted ON posted.id = total.run_id AND posted.state <> 'posting'
    JOIN commissions_statement AS statement
      ON statement.run_id = total.run_id AND statement.member_id = total.member_id
    GROUP BY 1, 2, 3
),
booked AS (
    SELECT split_part(journal.key, ':', 2)::bigint AS run_id,
           substr(account.code, length('commissions:expense:') + 1) AS bonus, entry.currency,
           sum(entry.amount_minor) AS minor
    FROM ledger_journal AS journal
    JOIN ledger_entry AS entry ON entry.journal_id = journal.id
    JOIN ledger_account AS account ON account.id = entry.account_id
    WHERE journal.kind = 'commissions' AND journal.key ~ '^commissions:\\d+:\\d+$'
      AND account.code LIKE 'commissions:expense:%%'
      AND split_part(journal.key, ':', 2)::bigint NOT IN (
          SELECT id FROM posted WHERE state = 'posting')
    GROUP BY 1, 2, 3
)
SELECT run_id, bonus, coalesce(earned.minor, 0), currency, coalesce(booked.minor, 0)
FROM earned FULL JOIN booked USING (run_id, bonus, currency)
WHERE coalesce(earned.minor, 0) <> coalesce(booked.minor, 0)
ORDER BY run_id, bonus, currency
"""  # noqa: S608 - of our own constants
_ADJUSTED = """
WITH owed AS (
    SELECT adjustment_id, period_id, member_id, pay.currency, pay.pay_minor, member.code
    FROM commissions_adjustedpay AS pay
    JOIN commissions_adjustment AS adjustment ON adjustment.id = adjustment_id
    JOIN network_member AS member ON member.id = member_id
    WHERE adjustment.state = 'posted' AND pay.pay_minor <> 0
),
booked AS (
    SELECT split_part(journal.key, ':', 2)::bigint AS adjustment_id,
           split_part(journal.key, ':', 3)::bigint AS period_id,
           split_part(journal.key, ':', 4)::bigint AS member_id, entry.currency,
           min(account.code) AS account, -sum(entry.amount_minor) AS minor
    FROM ledger_journal AS journal
    JOIN ledger_entry AS entry ON entry.journal_id = journal.id
    JOIN ledger_account AS account ON account.id = entry.account_id
    WHERE journal.kind = 'commissions.adjustment' AND journal.key ~ '^adjustment:\\d+:\\d+:\\d+$'
      AND account.code LIKE 'commissions:payable:%%'
    GROUP BY 1, 2, 3, 4
)
SELECT adjustment_id, member_id, coalesce(pay_minor, 0), currency, coalesce(minor, 0)
FROM owed FULL JOIN booked USING (adjustment_id, period_id, member_id, currency)
LEFT JOIN commissions_adjustment AS adjustment ON adjustment.id = adjustment_id
WHERE (coalesce(pay_minor, 0) <> coalesce(minor, 0) AND adjustment.state IS DISTINCT FROM 'approved')
   OR account <> 'commissions:payable:' || code
ORDER BY adjustment_id, member_id
"""
_ADJUSTED_LINES = """
SELECT adjustment_id, member_id, bonus, coalesce(kept.units, 0), coalesce(summed.units, 0)
FROM (SELECT adjustment_id, period_id, member_id, bonus, amount_units AS units
      FROM commissions_adjustedtotal) AS kept
FULL JOIN (
    SELECT adjustment_id, period_id, member_id, bonus, sum(now_units - before_units) AS units
    FROM commissions_adjustedline GROUP BY 1, 2, 3, 4
) AS summed USING (adjustment_id, period_id, member_id, bonus)
WHERE coalesce(kept.units, 0) <> coalesce(summed.units, 0)
ORDER BY adjustment_id, member_id, bonus
"""
# Each row is one journal, and each journal one row; one of volume is a fact.
_CORRECTED = """
WITH booked AS (
    SELECT sheet.id AS sheet_id, one.number, one.currency, one.amount_minor AS minor,
           'commissions:payable:' || member.code AS account
    FROM commissions_correctionsheet AS sheet
    JOIN commissions_correction AS one ON one.sheet_id = sheet.id
    JOIN network_member AS member ON member.id = one.member_id
    WHERE sheet.state = 'booked' AND sheet.what = 'pay'
),
posted AS (
    SELECT split_part(journal.key, ':', 2)::bigint AS sheet_id,
           split_part(journal.key, ':', 3)::bigint AS number,
           entry.currency, -sum(entry.amount_minor) AS minor, min(account.code) AS account
    FROM ledger_journal AS journal
    JOIN ledger_entry AS entry ON entry.journal_id = journal.id
    JOIN ledger_account AS account ON account.id = entry.account_id
    WHERE journal.kind = 'commissions.correction' AND account.code LIKE 'commissions:payable:%%'
    GROUP BY 1, 2, 3
)
SELECT sheet_id, number, coalesce(booked.minor, 0), currency, coalesce(posted.minor, 0)
FROM booked FULL JOIN posted USING (sheet_id, number, currency)
WHERE coalesce(booked.minor, 0) <> coalesce(posted.minor, 0) OR booked.account <> posted.account
ORDER BY sheet_id, number
"""
_CORRECTED_VOLUME = """
SELECT one.sheet_id, one.number
FROM commissions_correctionsheet AS sheet
JOIN commissions_correction AS one ON one.sheet_id = sheet.id
LEFT JOIN commissions_volumefact AS fact
  ON fact.key = 'correction:' || one.sheet_id || ':' || one.number
WHERE sheet.state = 'booked' AND sheet.what = 'volume'
  AND (fact.id IS NULL OR fact.member_id <> one.member_id
       OR (fact.figures ->> one.figure)::numeric <> one.value)
ORDER BY one.sheet_id, one.number
"""
_PARTS = """
SELECT name, id FROM (
    SELECT 'frozen part' AS name, id, digest, body FROM commissions_frozenpart
    UNION ALL SELECT 'adjusted part', id, digest, body FROM commissions_adjustedpart
) AS part WHERE decode(digest, 'hex') <> sha256(body) ORDER BY name, id
"""


def findings() -> list[Finding]:
    """Look all closed periods over and list what is off, in one snapshot."""
    with one_snapshot():
        return [*answers(_questions()), *_damaged_runs(), *_broken_seals()]


def _questions() -> tuple[Question, ...]:
    currencies = sorted(set(Run.objects.values_list("currency", flat=True)))
    return (
        Question(
            code="commissions.total_of_lines",
            text="Run {}: the total of member {} by bonus {} is {} units; the lines give {}.",
            query=_LINES,
        ),
        Question(
            code="commissions.statement_of_totals",
            text="Run {}: the statement of member {} is {}; the totals give {} ({} units of {} "
            "places).",
            query=_STATEMENTS,
            values={
                "currencies": currencies,
                "decimals": [currency_places(one) for one in currencies],
            },
        ),
        Question(
            code="commissions.statement_posted",
            text="Run {}: member {} has a statement of {} {}; the ledger has {}.",
            query=_JOURNALS,
        ),
        Question(
            code="commissions.expense_posted",
            text="Run {}: bonus {} comes to {} {}; the ledger has {}.",
            query=_EXPENSES,
        ),
        Question(
            code="commissions.adjustment_posted",
            text="Adjustment {}: member {} has a difference of {} {}; the ledger has {}.",
            query=_ADJUSTED,
        ),
        Question(
            code="commissions.adjustment_of_lines",
            text="Adjustment {}: the difference of member {} by {} is {} units; its lines give {}.",
            query=_ADJUSTED_LINES,
        ),
        Question(
            code="commissions.correction_posted",
            text="Corrections {}: row {} gives {} {}; the ledger has {}.",
            query=_CORRECTED,
        ),
        Question(
            code="commissions.correction_counted",
            text="Corrections {}: row {} is not among the facts as it was entered.",
            query=_CORRECTED_VOLUME,
        ),
        Question(
            code="commissions.part_digest",
            text="The {} {} is not what was kept: its digest differs.",
            query=_PARTS,
        ),
    )


def _damaged_runs() -> list[Finding]:
    """Compare the digest of each run that stands with its receipt and the parts it was computed from."""
    runs = Run.objects.select_related("period__calendar").defer("summary")
    standing = runs.filter(fence=F("period__fence")).exclude(
        period__state__in=[State.OPEN, State.FROZEN]
    )
    damaged = [
        run
        for run in standing.order_by("pk")
        if digest_of(run.receipt, frozen.digests(run.period)) != run.digest
    ]
    problems = [
        f"Run {run.pk} of {run.period} is not what was approved: digests differ." for run in damaged
    ]
    return cut("commissions.run_digest", problems)


def _broken_seals() -> list[Finding]:
    """Follow the chain of seals of each calendar: each goes on from the one before."""
    problems = []
    periods = Period.objects.select_related("calendar").order_by("calendar_id", "starts_on")
    digests = dict(Run.objects.values_list("period_id", "digest").order_by("fence"))
    for _, chain in groupby(periods, key=lambda one: one.calendar_id):
        sealed_before, is_open = "", False
        for period in chain:
            if period.state != State.SEALED:
                is_open = True
                continue
            if is_open:
                problems.append(f"The period {period} is sealed, and one before it is not.")
            if seal_of(period, digests.get(period.pk, ""), sealed_before) != period.sealed_digest:
                problems.append(f"The seal of {period} does not go on from the period before.")
            sealed_before = period.sealed_digest
    return cut("commissions.seal_chain", problems)
