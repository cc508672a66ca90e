"""Payouts on their way: handed over once, asked about, and settled by what a provider says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from upline.foundation import audit, clock, context
from upline.foundation.progress import Say, silent
from upline.payouts import holding, moving, providers, switch
from upline.payouts.errors import BatchUnknown, PayoutNotThere, SecondPersonNeeded
from upline.payouts.methods import destination_of
from upline.payouts.models import Batch, Message, Payout
from upline.payouts.models.moving import State
from upline.payouts.orders import PayoutOrder, key_of
from upline.payouts.providers import Answer, NoAnswer, Notice, Told

# As long a call may run before somebody else asks what became of it.
ASKED_AFTER = timedelta(minutes=5)
CONTRADICTION = "a provider says that it paid what had failed"
_ON_THE_WAY = (State.SUBMITTED, State.UNKNOWN)
Outcome = Message.Outcome


def queue_batch(*, batch_id: int) -> int:
    """Put what is approved in a batch into the queue, and give how many.

    Repeatable. Raises BatchUnknown, PayoutsStopped.
    """
    if not Batch.objects.filter(pk=batch_id).exists():
        raise BatchUnknown(batch=batch_id)
    waiting = Payout.objects.filter(batch=batch_id, state=State.APPROVED).order_by("pk")
    numbers = list(waiting.values_list("pk", flat=True))
    if numbers:
        audit.record(
            act="payouts.queue_batch",
            subject=f"payout_batch:{batch_id}",
            reason=context.present().reason or "the batch is approved",
            after={"count": len(numbers)},
        )
    return sum(_queue(one) for one in numbers)


def send_queued(*, say: Say = silent) -> int:
    """Ask providers to pay what is queued, one by one, and give how many were asked for.

    May be killed and repeated, also by several at once: each is handed over once. Raises
    PayoutsStopped as soon as somebody stops payouts.
    """
    called = [one for one in providers.names() if providers.provider_of(one).is_called]
    queued = Payout.objects.filter(state=State.QUEUED, batch__provider__in=called)
    count = 0
    for number in list(queued.order_by("pk").values_list("pk", flat=True)):
        count += _send(number)
        say(f"{count} payouts were handed over")
    return count


def orders_for_bank(*, batch_id: int) -> list[PayoutOrder]:
    """Hand what is queued in a batch of the bank over, and give what its file is to hold.

    The same again gives the same orders: a file that was lost is written once more. Raises
    BatchUnknown, PayoutsStopped.
    """
    batch = Batch.objects.filter(pk=batch_id, provider="bank").first()
    if batch is None:
        raise BatchUnknown(batch=batch_id)
    queued = Payout.objects.filter(batch=batch, state=State.QUEUED).order_by("pk")
    for one in list(queued.values_list("pk", flat=True)):
        with transaction.atomic():
            _hand_over(one)
    sent = Payout.objects.filter(batch=batch, state__in=_ON_THE_WAY).order_by("pk")
    return [_order_of(one) for one in sent.select_related("method", "member")]


def ask_about(*, say: Say = silent) -> int:
    """Ask what became of payouts whose end nobody told us, and give how many were settled.

    Nothing is ever sent again: one of which the provider has not heard stays unknown until staff
    finds out.
    """
    called = [one for one in providers.names() if providers.provider_of(one).is_called]
    long_ago = Q(asked_at__lte=clock.now() - ASKED_AFTER)
    waiting = Payout.objects.filter(long_ago, state__in=_ON_THE_WAY, provider__in=called)
    settled = 0
    for one in waiting.order_by("asked_at", "pk"):
        try:
            answer = providers.provider_of(one.provider).ask(one.key, one.provider_reference)
        except NoAnswer:
            answer = Answer(told=Told.UNHEARD)
        Payout.objects.filter(pk=one.pk).update(asked_at=clock.now())
        settled += settle(payout_id=one.pk, answer=answer) == Outcome.APPLIED
        say(f"{settled} payouts were settled")
    return settled


def ask_about_paid() -> int:
    """Ask whether what was paid in the last days came back, and give how many did."""
    called = [one for one in providers.names() if providers.provider_of(one).is_called]
    since = clock.now() - timedelta(days=10)
    paid = Payout.objects.filter(state=State.PAID, state_at__gte=since, provider__in=called)
    count = 0
    for one in paid.order_by("pk"):
        try:
            answer = providers.provider_of(one.provider).ask(one.key, one.provider_reference)
        except NoAnswer:
            continue
        if answer.told in (Told.RETURNED, Told.FAILED):
            count += settle(payout_id=one.pk, answer=answer) == Outcome.APPLIED
    return count


def receive(*, provider: str, body: bytes, headers: Mapping[str, str]) -> Sequence[str]:
    """Take what a provider told by itself, each message once, and give what came of each.

    Raises ProviderUnknown, MessageRefused.
    """
    told = providers.provider_of(provider).notices(body, headers)
    return [_take(provider, one) for one in told]


def settle_by_hand(*, payout_id: int, told: Told, reason: str) -> None:
    """Record what the bank's statement or the provider's people say of a payout.

    Whoever prepared its batch does not. Raises PayoutNotThere, SecondPersonNeeded, ReasonMissing,
    ActsAsAnother.
    """
    context.require_oneself(act=_("record what became of a payout"))
    actor = context.present().actor
    with transaction.atomic():
        payout = moving.locked(payout_id)
        states = (*_ON_THE_WAY, State.PAID) if told == Told.RETURNED else _ON_THE_WAY
        if payout.state not in states:
            raise PayoutNotThere(payout=payout_id, state=payout.state)
        if payout.batch and payout.batch.prepared_by == actor:
            raise SecondPersonNeeded(by=actor, batch=payout.batch_id)
        audit.record(
            act="payouts.settle",
            subject=f"payout:{payout_id}",
            reason=reason,
            before={"state": payout.state},
            after={"told": str(told)},
        )
        _settle(payout, Answer(told=told, reason=reason))


def settle(*, payout_id: int, answer: Answer) -> str:
    """Bring a payout to where a provider says that it is, with its journal, and give the outcome.

    Repeatable, in any order: what is known changes nothing, and an earlier word that comes late is
    not taken for news. A provider that says paid where the money was given back already stops all
    payouts.
    """
    with transaction.atomic():
        return _settle(moving.locked(payout_id), answer)


def _settle(payout: Payout, answer: Answer) -> str:
    if answer.reference and not payout.provider_reference:
        payout.provider_reference = answer.reference[:200]
        payout.save(update_fields=["provider_reference"])
    state, told = payout.state, answer.told
    reason = answer.reason[:1000]
    if state in _ON_THE_WAY:
        return _settle_on_the_way(payout, told, reason)
    if state == State.PAID and told in (Told.RETURNED, Told.FAILED):
        # Some providers call it failed when the receiving bank sends a payment back.
        moving.go(payout, State.RETURNED, reason=reason)
        moving.book_return(payout)
        return str(Outcome.APPLIED)
    if state == State.FAILED and told == Told.PAID:
        switch.stop_payouts(reason=CONTRADICTION)
        return str(Outcome.CONTRADICTS)
    return str(Outcome.KNOWN)


def _settle_on_the_way(payout: Payout, told: Told, reason: str) -> str:
    if told == Told.PAID:
        moving.go(payout, State.PAID, reason=reason)
        moving.book_paid(payout)
    elif told in (Told.FAILED, Told.RETURNED):
        state = State.FAILED if told == Told.FAILED else State.RETURNED
        moving.go(payout, state, reason=reason)
        moving.release(payout)
    elif told == Told.ACCEPTED and payout.state == State.UNKNOWN:
        moving.go(payout, State.SUBMITTED, reason=reason)
    elif told == Told.UNHEARD and payout.state == State.SUBMITTED:
        moving.go(payout, State.UNKNOWN, reason=reason)
    else:
        return str(Outcome.KNOWN)
    return str(Outcome.APPLIED)


def _take(provider: str, notice: Notice) -> str:
    found = Payout.objects.filter(key=notice.key, provider=provider).exclude(key="").first()
    with transaction.atomic():
        if found is not None:
            # Copies of a message wait here for each other.
            moving.locked(found.pk)
        known = Message.objects.filter(provider=provider, number=notice.number).first()
        if known is not None:
            return str(Outcome.KNOWN)
        outcome = (
            str(Outcome.STRANGE)
            if found is None
            else settle(payout_id=found.pk, answer=notice.answer)
        )
        message = Message(
            provider=provider,
            number=notice.number[:200],
            payout_key=notice.key[:40],
            told=str(notice.answer.told),
            outcome=outcome,
        )
        Message.objects.bulk_create([message], ignore_conflicts=True)
    return outcome


def _queue(payout_id: int) -> bool:
    with transaction.atomic():
        payout = moving.locked(payout_id)
        if payout.state != State.APPROVED:
            return False
        switch.require_running()
        moving.go(payout, State.QUEUED)
    return True


def _send(payout_id: int) -> bool:
    with transaction.atomic():
        order = _hand_over(payout_id)
    if order is None:
        return False
    provider = providers.provider_of(
        Payout.objects.values_list("provider", flat=True).get(pk=payout_id)
    )
    # From here on a kill leaves it submitted, and it is asked about; it is never sent again.
    try:
        answer = provider.submit(order)
    except NoAnswer:
        answer = Answer(told=Told.UNHEARD)
    settle(payout_id=payout_id, answer=answer)
    return True


def _hand_over(payout_id: int) -> PayoutOrder | None:
    """Note that a payout is handed over, with its key, or hold it where something is in the way."""
    payout = moving.locked(payout_id)
    if payout.state != State.QUEUED or payout.batch is None:
        return None
    found = holding.in_the_way(payout.method)
    if found:
        moving.go(payout, State.HELD, held_for=found)
        return None
    switch.require_running()
    payout.key, payout.provider = key_of(payout.pk), payout.batch.provider
    payout.asked_at = clock.now()
    order = _order_of(payout)
    moving.go(payout, State.SUBMITTED)
    return order


def _order_of(payout: Payout) -> PayoutOrder:
    return PayoutOrder(
        id=payout.pk,
        key=payout.key,
        amount=moving.arriving(payout),
        method=destination_of(payout.method),
        holder=payout.method.holder,
        reference=f"{payout.member.code} {payout.pk}",
        due_on=payout.due_on,
    )
