"""Money asked for: by the member, or because a wallet holds enough."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from upline.foundation import audit, clock, context, locking
from upline.foundation.errors import DomainError
from upline.foundation.logs import get
from upline.foundation.progress import Say, silent
from upline.ledger.models import Balance
from upline.money import Money
from upline.network.history import today
from upline.network.models import Member
from upline.payouts import accounts, contracts, holding, methods, moving, rules
from upline.payouts.errors import (
    AmountTooSmall,
    MemberOwes,
    MethodMissing,
    PayoutUnknown,
    WalletTooSmall,
)
from upline.payouts.models import DatedRule, Payout
from upline.payouts.models.moving import State


def request_payout(*, viewer: Any, member: str, amount: Money, key: str) -> int:
    """Set an amount aside to be paid to the member's account, and give the payout's id.

    `key` is the name of the wish: the same again is the same payout. What stands in the way holds
    it. Raises WalletTooSmall, AmountTooSmall, MemberOwes, MethodMissing, RuleMissing,
    MemberUnknown, ActsAsAnother, and what the rules of tax refuse.
    """
    position = methods.own_position(viewer, member)
    with transaction.atomic():
        locking.take(*methods.lock_of(member))
        return _request(position, amount, f"asked:{member}:{key}", Payout.Origin.ASKED)


def fee_on(currency: str) -> Money:
    """Give what a payout in a currency costs today. Raises RuleMissing."""
    return Money(rules.required(DatedRule.Name.FEE, today(), currency=currency), currency)


def least_on(currency: str) -> Money:
    """Give the least that is paid out today: the rule's figure, and more than the fee takes."""
    set_minor = rules.value_on(DatedRule.Name.MINIMUM, today(), currency=currency) or 0
    return Money(max(set_minor, fee_on(currency).minor + 1), currency)


def cancel_payout(*, viewer: Any, payout_id: int) -> None:
    """Take a payout of one's own back before it is approved; the money is available again.

    Raises PayoutUnknown, PayoutNotThere, ActsAsAnother.
    """
    code = Payout.objects.filter(pk=payout_id).values_list("member__code", flat=True).first()
    if code is None:
        raise PayoutUnknown(payout=payout_id)
    methods.own_position(viewer, code)
    _cancel(payout_id, "by the member itself")


def cancel_for_member(*, payout_id: int, reason: str) -> None:
    """Do the same as staff, with a reason. Raises PayoutUnknown, PayoutNotThere, ReasonMissing."""
    _cancel(payout_id, reason)


def _cancel(payout_id: int, reason: str) -> None:
    with transaction.atomic():
        payout = moving.locked(payout_id)
        if payout.state == State.CANCELLED:
            return
        moving.require(payout, State.DRAFT, State.HELD)
        audit.record(act="payouts.cancel", subject=f"payout:{payout_id}", reason=reason)
        moving.go(payout, State.CANCELLED, reason=reason)
        moving.release(payout)


def request_due(*, say: Say = silent) -> int:
    """Ask for all who have an account and at least the threshold of its currency; give how many.

    One a day and wallet, each in a transaction of its own, so that it may be killed and repeated.
    Who cannot be paid is left for another day and named in the log.
    """
    count, day = 0, today()
    thresholds = {
        one: rules.value_on(DatedRule.Name.THRESHOLD, day, currency=one)
        for one in rules.currencies_of(DatedRule.Name.THRESHOLD)
    }
    for currency, threshold in thresholds.items():
        if threshold is None:
            continue
        for code in _members_with(currency, threshold):
            count += _request_all(code, currency, threshold)
        say(f"{count} payouts were asked for by threshold")
    return count


def _members_with(currency: str, threshold: int) -> list[str]:
    rows = Balance.objects.filter(
        account__code__startswith=f"{accounts.AVAILABLE}:",
        account__currency=currency,
        balance_minor__lte=-max(threshold, 1),
    )
    return [
        accounts.member_of(code)
        for code in rows.order_by("account__code").values_list("account__code", flat=True)
    ]


def _request_all(member: str, currency: str, threshold: int) -> bool:
    position = Member.objects.get(code=member)
    try:
        with transaction.atomic():
            locking.take(*methods.lock_of(member))
            if methods.in_use(position.pk, currency) is None:
                return False
            available = moving.locked_wallet(member, currency).get(accounts.AVAILABLE, 0)
            if available < max(threshold, 1):
                return False
            key = f"threshold:{member}:{currency}:{today()}"
            if Payout.objects.filter(request_key=key).exists():
                return False
            amount = Money(available, currency)
            _request(position, amount, key, Payout.Origin.THRESHOLD)
    except DomainError as refused:
        get(__name__).warning("a payout by threshold was refused", code=refused.code)
        return False
    return True


def _request(position: Member, amount: Money, key: str, origin: str) -> int:
    before = Payout.objects.filter(request_key=key).first()
    if before is not None:
        return int(before.pk)
    method = methods.in_use(position.pk, amount.currency)
    if method is None:
        raise MethodMissing(member=position.code, currency=amount.currency)
    least = least_on(amount.currency)
    if amount < least:
        raise AmountTooSmall(amount=amount, least=least)
    _check_wallet(position.code, amount)
    kept = contracts.keep(position.pk, amount)
    tax_minor = kept.withheld.tax.minor if kept else 0
    fee_minor = fee_on(amount.currency).minor
    if amount.minor <= fee_minor + tax_minor:
        raise AmountTooSmall(amount=amount, least=Money(fee_minor + tax_minor + 1, amount.currency))
    held_for, now, actor = holding.in_the_way(method), clock.now(), context.present().actor
    payout = Payout.objects.create(
        member=position,
        method=method,
        currency=amount.currency,
        amount_minor=amount.minor,
        fee_minor=fee_minor,
        tax_minor=tax_minor,
        contract=kept.contract if kept else None,
        tax_rule=kept.withheld.rule.id if kept else "",
        origin=origin,
        request_key=key,
        requested_at=now,
        requested_by=actor,
        due_on=today(),
        state=State.HELD if held_for else State.DRAFT,
        held_for=held_for,
        state_at=now,
        state_by=actor,
    )
    moving.reserve(payout)
    return int(payout.pk)


def _check_wallet(member: str, amount: Money) -> None:
    """Refuse what is not there; until the transaction ends nobody else takes it."""
    kept = moving.locked_wallet(member, amount.currency)
    owed = Money(max(-kept.get(accounts.ACCRUED, 0), 0), amount.currency)
    if owed:
        raise MemberOwes(owed=owed)
    available = Money(kept.get(accounts.AVAILABLE, 0), amount.currency)
    if available < amount:
        raise WalletTooSmall(amount=amount, available=available)
