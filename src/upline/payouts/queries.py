"""What a wallet holds and what moved it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from upline.commissions import queries as commissions
from upline.ledger.models import Account, Balance, Entry, Journal
from upline.money import Money
from upline.network.errors import MemberUnknown
from upline.network.history import today
from upline.network.models import Member
from upline.network.seeing import positions_held_by
from upline.payouts import accounts, rules
from upline.payouts.models import DatedRule
from upline.payouts.payout_queries import MemberPayouts, Offer, PayoutShown, payouts_of

SEES_ALL = "payouts.see"


@dataclass(frozen=True, slots=True, kw_only=True)
class Maturing:
    """A part of what was earned and the day from which it may be withdrawn, None without a rule."""

    on: date | None
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """What a member has in one currency. All of it is positive, also what the member owes."""

    currency: str
    accrued: Money
    available: Money
    reserved: Money
    owed: Money
    maturing: tuple[Maturing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """What a member has with the company, by currency."""

    member: str
    balances: tuple[Balances, ...]
    window_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFilter:
    """Which lines of a wallet are asked for."""

    kind: str = ""
    currency: str = ""
    year: int | None = None
    first: int = 0
    most: int = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletLine:
    """One journal as it moved a wallet: plus is more for the member."""

    journal_id: int
    effective_on: date
    kind: str
    reference: str
    memo: str
    statement: commissions.PostedPeriod | None
    accrued: Money
    available: Money
    reserved: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LineList:
    """A page of lines, the latest first; `kinds`, `currencies` and `years` are those to filter by."""

    rows: tuple[WalletLine, ...]
    total: int
    kinds: tuple[str, ...]
    currencies: tuple[str, ...]
    years: tuple[int, ...]


def wallet(*, viewer: Any, member: str) -> Wallet:
    """Give what a member has. Raises MemberUnknown for who is neither oneself nor seen by right."""
    code = _seen(viewer, member).code
    day = today()
    held = _accounts_of(code)
    minors = dict(
        Balance.objects.filter(account__in=held.keys()).values_list("account", "balance_minor")
    )
    sums: dict[str, dict[str, int]] = {}
    for key, account in held.items():
        line = account.code.rpartition(":")[0]
        # The company's debt is a credit; for the member it is what he has.
        sums.setdefault(account.currency, {})[line] = -minors.get(key, 0)
    windows = rules.spans(DatedRule.Name.RETURN_WINDOW)
    return Wallet(
        member=code,
        balances=tuple(
            _balances(code, currency, sums[currency], windows, day) for currency in sorted(sums)
        ),
        window_days=rules.value_on(DatedRule.Name.RETURN_WINDOW, day),
    )


def currencies_paid_out() -> list[str]:
    """Give the currencies for which a fee of payouts was set."""
    return rules.currencies_of(DatedRule.Name.FEE)


def member_payouts(*, viewer: Any, member: str) -> MemberPayouts:
    """Give a member's accounts and payouts and what may be asked for. Raises MemberUnknown."""
    found = wallet(viewer=viewer, member=member)
    available = {one.currency: one.available for one in found.balances}
    return payouts_of(_seen(viewer, member).pk, available)


def wallet_lines(
    *,
    viewer: Any,
    member: str,
    wanted: LineFilter = LineFilter(),
) -> LineList:
    """Give a page of what moved a wallet. Raises MemberUnknown."""
    held = _accounts_of(_seen(viewer, member).code)
    entries = Entry.objects.filter(account__in=held.keys())
    chosen = entries
    if wanted.kind:
        chosen = chosen.filter(journal__kind=wanted.kind)
    if wanted.currency:
        chosen = chosen.filter(currency=wanted.currency)
    if wanted.year:
        chosen = chosen.filter(effective_on__year=wanted.year)
    keys = chosen.values("effective_on", "journal_id", "currency").distinct()
    shown = keys.order_by("-effective_on", "-journal_id", "currency")
    page = list(shown[wanted.first : wanted.first + wanted.most])
    return LineList(
        rows=tuple(_lines(page, held)),
        total=keys.count(),
        kinds=tuple(sorted(set(entries.values_list("journal__kind", flat=True)))),
        currencies=tuple(sorted({one.currency for one in held.values()})),
        years=tuple(one.year for one in entries.dates("effective_on", "year", order="DESC")),
    )


def _seen(viewer: Any, code: str) -> Member:
    for own in positions_held_by(viewer):
        if own.code == code:
            return own
    if viewer.has_perm(SEES_ALL):
        found = Member.objects.filter(code=code).first()
        if found is not None:
            return found
    raise MemberUnknown(member=code)


def _accounts_of(member: str) -> dict[int, Account]:
    codes = [accounts.of_member(line, member) for line in accounts.LINES]
    return {one.pk: one for one in Account.objects.filter(code__in=codes)}


def _balances(
    member: str,
    currency: str,
    sums: dict[str, int],
    windows: list[rules.Span],
    day: date,
) -> Balances:
    earned = sums.get(accounts.ACCRUED, 0)
    return Balances(
        currency=currency,
        accrued=Money(max(earned, 0), currency),
        available=Money(sums.get(accounts.AVAILABLE, 0), currency),
        reserved=Money(sums.get(accounts.RESERVED, 0), currency),
        owed=Money(max(-earned, 0), currency),
        maturing=tuple(_maturing(member, currency, windows, day)) if earned > 0 else (),
    )


def _maturing(
    member: str, currency: str, windows: list[rules.Span], day: date
) -> Iterable[Maturing]:
    """Give what was earned by the day from which it is available; what left, left the earliest."""
    rows = Entry.objects.filter(
        account__code=accounts.of_member(accounts.ACCRUED, member), account__currency=currency
    ).values_list("effective_on", "amount_minor", "journal__kind")
    gone, due = 0, []
    for earned_on, minor, kind in rows:
        if minor > 0:
            gone += minor
        else:
            on = day if kind == accounts.RECOVER else rules.available_on(earned_on, windows)
            due.append((on, -minor))
    left: dict[date | None, int] = {}
    # What has no rule yet is due last.
    for on, minor in sorted(due, key=lambda one: (one[0] is None, one[0] or day)):
        taken = min(gone, minor)
        gone -= taken
        if minor > taken:
            shown_on = on if on is None else max(on, day)
            left[shown_on] = left.get(shown_on, 0) + minor - taken
    return [Maturing(on=on, amount=Money(minor, currency)) for on, minor in left.items()]


def _lines(page: Sequence[dict[str, Any]], held: dict[int, Account]) -> Iterable[WalletLine]:
    journals = Journal.objects.in_bulk([one["journal_id"] for one in page])
    rows = (
        Entry.objects.filter(account__in=held.keys(), journal__in=journals.keys())
        .values("journal_id", "account_id")
        .annotate(minor=Sum("amount_minor"))
        .values_list("journal_id", "account_id", "minor")
    )
    moved: dict[tuple[int, str, str], int] = {}
    for journal_id, account_id, minor in rows:
        account = held[account_id]
        moved[journal_id, account.code.rpartition(":")[0], account.currency] = -int(minor)
    statements = commissions.posted_periods(one.reference for one in journals.values())
    for one in page:
        journal, unit = journals[one["journal_id"]], one["currency"]
        accrued, available, reserved = (
            Money(moved.get((journal.pk, line, unit), 0), unit) for line in accounts.LINES
        )
        yield WalletLine(
            journal_id=journal.pk,
            effective_on=journal.effective_on,
            kind=journal.kind,
            reference=journal.reference,
            memo=journal.memo,
            statement=statements.get(journal.reference),
            accrued=accrued,
            available=available,
            reserved=reserved,
        )


__all__ = [
    "Balances",
    "LineFilter",
    "LineList",
    "Maturing",
    "MemberPayouts",
    "Offer",
    "PayoutShown",
    "Wallet",
    "WalletLine",
    "currencies_paid_out",
    "member_payouts",
    "wallet",
    "wallet_lines",
]
