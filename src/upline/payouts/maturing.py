"""What was earned becomes available when its return window is over; what is owed is taken back.

Each chunk is one transaction that first locks the balances it looks at, so that nothing is posted to
them between reading and moving. A journal's key counts what went before, so that a chunk that is
repeated after a kill moves nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from upline.foundation.progress import Say, silent
from upline.ledger import services as ledger
from upline.ledger.services import EntryDraft, JournalDraft
from upline.money import Money
from upline.network.history import today
from upline.payouts import accounts, rules
from upline.payouts.models import DatedRule

MEMBERS_AT_ONCE = 10_000

# Accounts that hold something, by number: the order in which posting locks balances.
_LOCK_NEXT = """
SELECT account.id, account.code, account.currency, balance.balance_minor
FROM ledger_account AS account JOIN ledger_balance AS balance ON balance.account_id = account.id
WHERE account.id > %s AND account.code LIKE 'commissions:payable:%%' AND balance.balance_minor <> 0
ORDER BY account.id LIMIT %s
FOR UPDATE OF balance
"""
_LOCK_THESE = """
SELECT account.id, account.code, account.currency, balance.balance_minor
FROM ledger_account AS account JOIN ledger_balance AS balance ON balance.account_id = account.id
WHERE account.code = ANY(%s) AND balance.balance_minor <> 0
ORDER BY account.id
FOR UPDATE OF balance
"""
# What was recovered came from the wallet and waits for no window.
_SUMS = """
SELECT entry.account_id,
       coalesce(sum(entry.amount_minor) FILTER (WHERE entry.amount_minor > 0), 0),
       -coalesce(sum(entry.amount_minor) FILTER (WHERE entry.amount_minor < 0), 0),
       -coalesce(sum(entry.amount_minor) FILTER (WHERE entry.amount_minor < 0 AND (
           journal.kind = 'wallet.recover' OR entry.effective_on + span.days <= %(today)s
       )), 0)
FROM ledger_entry AS entry
JOIN ledger_journal AS journal ON journal.id = entry.journal_id
LEFT JOIN unnest(%(since)s::date[], %(until)s::date[], %(days)s::integer[])
    AS span (since, until, days)
    ON entry.effective_on >= span.since AND entry.effective_on < span.until
WHERE entry.account_id = ANY(%(accounts)s)
GROUP BY entry.account_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrued:
    """A member's account of what was earned: its number, whose it is, what it holds."""

    account_id: int
    member: str
    currency: str
    balance_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How many wallets got money that became available, and from how many debts were taken."""

    matured: int = 0
    recovered: int = 0

    def __add__(self, other: Settled) -> Settled:
        return Settled(
            matured=self.matured + other.matured, recovered=self.recovered + other.recovered
        )


def settle_wallets(*, say: Say = silent) -> Settled:
    """Make available what is due for it and recover what is owed, for all members.

    A chunk of members in each transaction; repeatable on the same day and every other. Raises what
    the ledger refuses, as a closed day.
    """
    done, after = Settled(), 0
    while True:
        with transaction.atomic():
            held = _locked(_LOCK_NEXT, [after, MEMBERS_AT_ONCE])
            if not held:
                return done
            done += _settle(held)
        after = held[-1].account_id
        say(f"{done.matured} wallets were credited, {done.recovered} debts taken back")


def settle_wallet(*, member: str) -> Settled:
    """Do the same for one member, in the transaction of the caller or one of its own."""
    with transaction.atomic():
        return _settle(_locked(_LOCK_THESE, [[accounts.of_member(accounts.ACCRUED, member)]]))


def _locked(query: str, values: Sequence[object]) -> list[Accrued]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [
            Accrued(
                account_id=account_id,
                member=accounts.member_of(code),
                currency=currency,
                balance_minor=minor,
            )
            for account_id, code, currency, minor in cursor.fetchall()
        ]


def _settle(held: Sequence[Accrued]) -> Settled:
    if not held:
        return Settled()
    day = today()
    matured = list(_matured(held, day))
    recovered = list(_recovered([one for one in held if one.balance_minor > 0], day))
    ledger.post_many(journals=[*matured, *recovered])
    return Settled(matured=len(matured), recovered=len(recovered))


def _matured(held: Sequence[Accrued], day: date) -> Iterator[JournalDraft]:
    sums = _sums(held, day)
    for one in held:
        gone, _, due = sums[one.account_id]
        if due > gone:
            yield _moved(
                one,
                due - gone,
                source=accounts.ACCRUED,
                target=accounts.AVAILABLE,
                # What left the account only grows, so the sum names the act.
                key=f"{accounts.MATURE}:{one.member}:{one.currency}:{gone}",
                kind=accounts.MATURE,
                day=day,
            )


def _recovered(owing: Sequence[Accrued], day: date) -> Iterator[JournalDraft]:
    """Take what members owe out of what is available to them, as far as that goes."""
    if not owing:
        return
    sums = _sums(owing, day)
    codes = [accounts.of_member(accounts.AVAILABLE, one.member) for one in owing]
    available = {(one.member, one.currency): one for one in _locked(_LOCK_THESE, [codes])}
    for one in owing:
        kept = available.get((one.member, one.currency))
        if kept is None:
            continue
        _, earned, _ = sums[one.account_id]
        yield _moved(
            one,
            min(one.balance_minor, -kept.balance_minor),
            source=accounts.AVAILABLE,
            target=accounts.ACCRUED,
            key=f"{accounts.RECOVER}:{one.member}:{one.currency}:{earned}",
            kind=accounts.RECOVER,
            day=day,
        )


def _sums(held: Sequence[Accrued], day: date) -> dict[int, tuple[int, int, int]]:
    """Give of each account what left it, what came, and how much of that is past its window."""
    windows = rules.spans(DatedRule.Name.RETURN_WINDOW)
    values = {
        "today": day,
        "since": [one.since for one in windows],
        "until": [one.until for one in windows],
        "days": [one.value for one in windows],
        "accounts": [one.account_id for one in held],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, values)
        return {
            account_id: (int(gone), int(earned), int(due))
            for account_id, gone, earned, due in cursor.fetchall()
        }


def _moved(  # noqa: PLR0913 - the parts of a journal of two entries
    of: Accrued, minor: int, *, source: str, target: str, key: str, kind: str, day: date
) -> JournalDraft:
    amount = Money(minor, of.currency)
    return JournalDraft(
        key=key,
        kind=kind,
        effective_on=day,
        entries=(
            EntryDraft(accounts.of_member(source, of.member), amount),
            EntryDraft(accounts.of_member(target, of.member), -amount),
        ),
        reference=f"wallet:{of.member}",
    )
