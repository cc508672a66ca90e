"""What a member reads of accounts and payouts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from upline.foundation.errors import DomainError
from upline.money import Money
from upline.payouts import contracts, methods, moving, requesting
from upline.payouts.errors import RuleMissing
from upline.payouts.models import Payout
from upline.payouts.models.moving import State

_SHOWN_AT_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What may be asked for in a currency: `method` is the account, `least` None without a fee set.

    `tax` would be kept of all of it by `law`, None where no contract is recorded; `refused` says why
    nothing is paid by the contract.
    """

    currency: str
    available: Money
    method: methods.MethodShown
    fee: Money | None
    least: Money | None
    tax: Money | None
    law: str
    refused: DomainError | None

    @property
    def is_open(self) -> bool:
        """Say whether something can be asked for now."""
        return self.refused is None and self.least is not None and not self.available < self.least


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutShown:
    """A payout as its member reads it."""

    id: int
    requested_at: datetime
    due_on: date
    amount: Money
    fee: Money
    tax: Money
    arriving: Money
    state: str
    held_for: str
    account: str

    @property
    def may_be_cancelled(self) -> bool:
        """Say whether the member may take it back."""
        return self.state in (State.DRAFT, State.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPayouts:
    """The accounts of a member, what may be asked for, and the last hundred payouts."""

    methods: tuple[methods.MethodShown, ...]
    offers: tuple[Offer, ...]
    payouts: tuple[PayoutShown, ...]


def payouts_of(member_id: int, available: dict[str, Money]) -> MemberPayouts:
    """Give what a member reads, from the amounts that are available by currency."""
    known = methods.methods_of(member_id)
    in_use = [one for one in known if one.ended_at is None]
    rows = Payout.objects.filter(member=member_id).select_related("method")
    rows = rows.defer("method__holder", "method__details").order_by("-pk")
    return MemberPayouts(
        methods=tuple(known),
        offers=tuple(_offer(member_id, one, available) for one in in_use),
        payouts=tuple(_shown(one) for one in rows[:_SHOWN_AT_MOST]),
    )


def _offer(member_id: int, method: methods.MethodShown, available: dict[str, Money]) -> Offer:
    currency = method.currency
    fee: Money | None
    least: Money | None
    try:
        fee, least = requesting.fee_on(currency), requesting.least_on(currency)
    except RuleMissing:
        fee = least = None
    all_of_it = available.get(currency, Money(0, currency))
    kept: contracts.Kept | None = None
    refused: DomainError | None = None
    try:
        kept = contracts.kept_now(member_id, all_of_it)
    except DomainError as found:
        refused = found
    return Offer(
        currency=currency,
        available=all_of_it,
        method=method,
        fee=fee,
        least=least,
        tax=kept.withheld.tax if kept else None,
        law=kept.withheld.rule.law if kept else "",
        refused=refused,
    )


def _shown(payout: Payout) -> PayoutShown:
    return PayoutShown(
        id=payout.pk,
        requested_at=payout.requested_at,
        due_on=payout.due_on,
        amount=moving.amount_of(payout),
        fee=Money(payout.fee_minor, payout.currency),
        tax=Money(payout.tax_minor, payout.currency),
        arriving=moving.arriving(payout),
        state=payout.state,
        held_for=payout.held_for,
        account=payout.method.shown,
    )


__all__ = ["MemberPayouts", "Offer", "PayoutShown", "payouts_of"]
