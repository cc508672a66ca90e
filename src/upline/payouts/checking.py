"""Wallets looked over: what members have against what closed periods gave and what moved it since."""

from __future__ import annotations

from upline.foundation.checking import Finding, Question, answers, one_snapshot
from upline.payouts.models.moving import OPEN

# A move within a wallet: two entries, between the accounts of one member.
_MOVES = """
SELECT journal.id, journal.key
FROM ledger_journal AS journal
WHERE journal.kind IN ('wallet.mature', 'wallet.recover') AND (
    SELECT count(*) <> 2
        OR count(DISTINCT substring(account.code FROM '[^:]+$')) <> 1
        OR count(*) FILTER (WHERE account.code LIKE 'commissions:payable:%%') <> 1
        OR count(*) FILTER (WHERE account.code LIKE 'wallet:available:%%') <> 1
    FROM ledger_entry AS entry JOIN ledger_account AS account ON account.id = entry.account_id
    WHERE entry.journal_id = journal.id
)
ORDER BY journal.id
"""
_OVERDRAWN = """
SELECT account.code, account.currency, balance.balance_minor
FROM ledger_balance AS balance JOIN ledger_account AS account ON account.id = balance.account_id
WHERE account.code LIKE 'wallet:%%' AND balance.balance_minor > 0
ORDER BY account.code, account.currency
"""
# What closes, adjustments and corrections say is taken from themselves, everything else from the ledger.
_HELD = """
WITH accounts AS MATERIALIZED (
    SELECT id, currency, substring(code FROM '[^:]+$') AS code FROM ledger_account
    WHERE code LIKE 'commissions:payable:%%' OR code LIKE 'wallet:available:%%'
       OR code LIKE 'wallet:reserved:%%'
),
held AS (
    SELECT accounts.code, accounts.currency, -sum(balance.balance_minor) AS minor
    FROM accounts JOIN ledger_balance AS balance ON balance.account_id = accounts.id GROUP BY 1, 2
),
moved AS (
    SELECT accounts.code, accounts.currency, -sum(entry.amount_minor) AS minor
    FROM accounts
    JOIN ledger_entry AS entry ON entry.account_id = accounts.id
    JOIN ledger_journal AS journal ON journal.id = entry.journal_id
    WHERE journal.kind NOT IN (
        'commissions', 'commissions.adjustment', 'commissions.correction',
        'wallet.mature', 'wallet.recover'
    )
    GROUP BY 1, 2
),
given AS (
    SELECT member.code, currency, sum(minor) AS minor FROM (
        SELECT statement.member_id, statement.currency, statement.pay_minor AS minor
        FROM commissions_statement AS statement
        JOIN commissions_run AS run ON run.id = statement.run_id
        JOIN commissions_period AS period
          ON period.id = run.period_id AND period.fence = run.fence
        WHERE period.state IN ('posted', 'sealed')
           OR (period.state = 'posting' AND EXISTS (
               SELECT FROM ledger_journal AS journal
               WHERE journal.key = 'commissions:' || run.id || ':' || statement.member_id))
        UNION ALL
        SELECT pay.member_id, pay.currency, pay.pay_minor
        FROM commissions_adjustedpay AS pay
        JOIN commissions_adjustment AS adjustment ON adjustment.id = pay.adjustment_id
        WHERE adjustment.state = 'posted'
           OR (adjustment.state = 'approved' AND EXISTS (
               SELECT FROM ledger_journal AS journal
               WHERE journal.key = 'adjustment:' || adjustment.id || ':' || pay.period_id || ':'
                     || pay.member_id))
        UNION ALL
        SELECT one.member_id, one.currency, one.amount_minor
        FROM commissions_correction AS one
        JOIN commissions_correctionsheet AS sheet ON sheet.id = one.sheet_id
        WHERE sheet.state = 'booked' AND sheet.what = 'pay'
    ) AS pays JOIN network_member AS member ON member.id = pays.member_id
    GROUP BY 1, 2
)
SELECT code, coalesce(held.minor, 0), currency,
       coalesce(given.minor, 0), coalesce(moved.minor, 0)
FROM held FULL JOIN given USING (code, currency) FULL JOIN moved USING (code, currency)
WHERE coalesce(held.minor, 0) <> coalesce(given.minor, 0) + coalesce(moved.minor, 0)
ORDER BY code, currency
"""
# Set aside while a payout is open, gone from the wallet when it is paid, back in it otherwise.
_PAYOUTS = """
WITH moved AS (
    SELECT substr(journal.reference, length('payout:') + 1)::bigint AS id,
           -coalesce(sum(entry.amount_minor) FILTER (WHERE account.code LIKE 'wallet:reserved:%%'), 0)
               AS set_aside,
           sum(entry.amount_minor) AS gone
    FROM ledger_journal AS journal
    JOIN ledger_entry AS entry ON entry.journal_id = journal.id
    JOIN ledger_account AS account ON account.id = entry.account_id
    WHERE journal.reference ~ '^payout:[0-9]+$' AND account.code LIKE 'wallet:%%'
    GROUP BY 1
)
SELECT id, coalesce(payout.state, 'unknown to us'), coalesce(payout.amount_minor, 0),
       coalesce(payout.currency, ''), coalesce(moved.set_aside, 0), coalesce(moved.gone, 0)
FROM payouts_payout AS payout FULL JOIN moved USING (id)
WHERE coalesce(moved.set_aside, 0)
          <> CASE WHEN payout.state = ANY (%(open)s) THEN payout.amount_minor ELSE 0 END
   OR coalesce(moved.gone, 0)
          <> CASE WHEN payout.state = 'paid' THEN payout.amount_minor ELSE 0 END
ORDER BY id
"""
QUESTIONS = (
    Question(
        code="payouts.move_within_a_wallet",
        text="Journal {} ({}) is no move within the wallet of one member.",
        query=_MOVES,
    ),
    Question(
        code="payouts.wallet_overdrawn",
        text="Account {} in {} is overdrawn by {}.",
        query=_OVERDRAWN,
    ),
    Question(
        code="payouts.wallet_of_periods",
        text="Member {} has {} {}; closed periods, adjustments and corrections gave {}, other "
        "acts {}.",
        query=_HELD,
    ),
    Question(
        code="payouts.payout_booked",
        text="Payout {} is {} over {} {}; the ledger has {} set aside for it and {} gone.",
        query=_PAYOUTS,
        values={"open": list(OPEN)},
    ),
)


def findings() -> list[Finding]:
    """Look all wallets over and list what is off, in one snapshot."""
    with one_snapshot():
        return answers(QUESTIONS)
