"""The books looked over from the entries up: what a check finds wrong, each in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from upline.foundation.checking import Finding, Question, answers, one_snapshot

# What is hashed, as `domain.digest_of` writes it. Materialized: where the statistics are old, entries
# would be added up anew for every journal.
DIGESTS = """
WITH entries AS MATERIALIZED (
    SELECT journal_id,
           string_agg(account.code || E'\\n' || account.currency || E'\\n' || amount_minor, E'\\n'
                      ORDER BY line) AS lines
    FROM ledger_entry JOIN ledger_account AS account ON account.id = account_id
    GROUP BY journal_id
)
SELECT journal.id, journal.key
FROM ledger_journal AS journal
JOIN entries ON entries.journal_id = journal.id
WHERE digest <> sha256(convert_to(
    concat_ws(E'\\n', kind, to_char(effective_on, 'YYYY-MM-DD'), reference, memo,
              coalesce(reverses_id::text, ''), lines), 'UTF8'))
ORDER BY journal.id
"""
QUESTIONS = (
    Question(
        code="ledger.trial_balance",
        text="All balances in {} sum to {} instead of 0.",
        query="SELECT currency, sum(balance_minor) AS off_by FROM ledger_balance"
        " JOIN ledger_account AS account ON account.id = account_id"
        " GROUP BY currency HAVING sum(balance_minor) <> 0 ORDER BY currency",
    ),
    Question(
        code="ledger.trial_balance_of_entries",
        text="All entries in {} sum to {} instead of 0.",
        query="SELECT currency, sum(amount_minor) FROM ledger_entry"
        " GROUP BY currency HAVING sum(amount_minor) <> 0 ORDER BY currency",
    ),
    Question(
        code="ledger.balance_recount",
        text="Account {} in {} is kept as {} over {} entries; the entries give {} over {}.",
        query="SELECT code, currency, coalesce(kept.balance_minor, 0),"
        "  coalesce(kept.entry_count, 0), coalesce(counted.balance_minor, 0),"
        "  coalesce(counted.entry_count, 0)"
        " FROM ledger_balance AS kept FULL JOIN ("
        "  SELECT account_id, sum(amount_minor) AS balance_minor, count(*) AS entry_count"
        "  FROM ledger_entry GROUP BY account_id) AS counted USING (account_id)"
        " LEFT JOIN ledger_account AS account ON account.id = account_id"
        " WHERE (kept.balance_minor, kept.entry_count)"
        "  IS DISTINCT FROM (counted.balance_minor, counted.entry_count)"
        " ORDER BY code, currency",
    ),
    Question(
        code="ledger.journal_balanced",
        text="Journal {} ({}) does not balance: {} is off by {}.",
        query="SELECT journal_id, key, currency, off_by FROM ("
        "  SELECT journal_id, currency, sum(amount_minor) AS off_by FROM ledger_entry"
        "  GROUP BY journal_id, currency HAVING sum(amount_minor) <> 0) AS unbalanced"
        " LEFT JOIN ledger_journal AS journal ON journal.id = journal_id"
        " ORDER BY journal_id, currency",
    ),
    Question(
        code="ledger.journal_whole",
        text="Journal {} ({}) has {} entries instead of {}, or lines with gaps.",
        query="SELECT coalesce(journal_id, journal.id), key, coalesce(lines, 0), journal.entry_count"
        " FROM ledger_journal AS journal FULL JOIN ("
        "  SELECT journal_id, count(*) AS lines, min(line) AS first_line, max(line) AS last_line"
        "  FROM ledger_entry GROUP BY journal_id) AS entries ON journal_id = journal.id"
        " WHERE (lines, first_line, last_line) IS DISTINCT FROM (entry_count, 1, entry_count)"
        " ORDER BY 1",
    ),
    Question(
        code="ledger.entry_agrees",
        text="Line {} of journal {} has another currency than its account or another day than"
        " its journal.",
        query="SELECT line, journal_id FROM ledger_entry AS entry"
        " JOIN ledger_journal AS journal ON journal.id = journal_id"
        " JOIN ledger_account AS account ON account.id = account_id"
        " WHERE entry.currency <> account.currency"
        "  OR entry.effective_on <> journal.effective_on ORDER BY entry.id",
    ),
    Question(
        code="ledger.reversal_mirrors",
        text="Journal {} does not mirror journal {}, which it reverses.",
        query="SELECT journal.id, reverses_id FROM ledger_journal AS journal"
        " WHERE reverses_id IS NOT NULL AND EXISTS ("
        "  SELECT FROM (SELECT line, account_id, amount_minor FROM ledger_entry"
        "   WHERE journal_id = journal.id) AS given"
        "  FULL JOIN (SELECT line, account_id, amount_minor FROM ledger_entry"
        "   WHERE journal_id = journal.reverses_id) AS original USING (line, account_id)"
        "  WHERE given.amount_minor::numeric IS DISTINCT FROM -original.amount_minor::numeric)"
        " ORDER BY journal.id",
    ),
    Question(
        code="ledger.journal_digest",
        text="Journal {} ({}) is not what was posted: its digest differs.",
        query=DIGESTS,
    ),
)
COUNTED = """
SELECT (SELECT count(*) FROM ledger_journal), (SELECT count(*) FROM ledger_entry),
       (SELECT count(*) FROM ledger_account)
"""
GUARDS = """
SELECT tgrelid::regclass::text || '.' || tgname
FROM pg_trigger
WHERE tgrelid IN ('ledger_account'::regclass, 'ledger_journal'::regclass,
                  'ledger_entry'::regclass, 'ledger_balance'::regclass,
                  'ledger_closing'::regclass, 'ledger_rate'::regclass,
                  'ledger_ratesheet'::regclass)
  AND tgenabled IN ('O', 'A')
"""
GUARDS_WANTED = (
    "ledger_account.append_only",
    "ledger_balance.kept",
    "ledger_balance.wallet_kept",
    "ledger_closing.alone",
    "ledger_closing.append_only",
    "ledger_entry.added",
    "ledger_entry.append_only",
    "ledger_journal.added",
    "ledger_journal.append_only",
    "ledger_rate.added",
    "ledger_rate.append_only",
    "ledger_ratesheet.kept",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How much there is in the books."""

    journals: int
    entries: int
    accounts: int


def counted() -> Counted:
    """Count what is in the books."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        journals, entries, accounts = cursor.fetchone()
    return Counted(journals=journals, entries=entries, accounts=accounts)


def findings() -> list[Finding]:
    """Recount the books and list all that is off, in one snapshot; nothing is repaired."""
    with one_snapshot():
        return answers(QUESTIONS) + _missing_guards()


def _missing_guards() -> list[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        on = {name for (name,) in cursor.fetchall()}
    return [
        Finding(code="ledger.guard_off", problem=f"The trigger {name} is missing or switched off.")
        for name in GUARDS_WANTED
        if name not in on
    ]
