"""Batches: payouts that go together, made by one person and approved by another."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from upline.foundation import audit, clock, context, locking
from upline.money import Money
from upline.network.history import today
from upline.payouts import holding, moving, providers
from upline.payouts.errors import (
    BatchDecided,
    BatchDiffers,
    BatchUnknown,
    NothingToPay,
    PayoutNotThere,
    SecondPersonNeeded,
)
from upline.payouts.models import Batch, Payout
from upline.payouts.models.moving import State

_LOCK = ("payout", "batch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many payouts of a batch are of one currency and kind of account, and what they take."""

    currency: str
    kind: str
    count: int
    amount: Money
    arriving: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a batch holds now, and its digest: what a checker approves."""

    batch: int
    payouts: tuple[Payout, ...]
    shares: tuple[Share, ...]
    digest: str


def prepare_batch(*, provider: str) -> int:
    """Put all payouts that are ready and that a provider can pay into a batch, and give its id.

    What may not be paid any more is held. Raises ProviderUnknown, NothingToPay.
    """
    kinds = providers.provider_of(provider).kinds
    ready = Payout.objects.filter(
        state=State.DRAFT, batch__isnull=True, due_on__lte=today(), method__kind__in=kinds
    )
    holding.look_again(ready.order_by("member__code", "pk").values_list("pk", flat=True))
    with transaction.atomic():
        locking.take(*_LOCK)
        chosen = list(locking.rows(ready).values_list("pk", flat=True))
        if not chosen:
            raise NothingToPay(provider=provider)
        batch = Batch.objects.create(
            provider=provider, prepared_by=context.present().actor, prepared_at=clock.now()
        )
        Payout.objects.filter(pk__in=chosen).update(batch=batch)
        audit.record(
            act="payouts.prepare_batch",
            subject=f"payout_batch:{batch.pk}",
            reason=context.present().reason or "payouts that are ready",
            after={"provider": provider, "count": len(chosen)},
        )
    return int(batch.pk)


def contents(batch_id: int) -> Contents:
    """Give what a batch holds, by currency and kind of account too. Raises BatchUnknown."""
    if not Batch.objects.filter(pk=batch_id).exists():
        raise BatchUnknown(batch=batch_id)
    return _contents(batch_id)


def remove_from_batch(*, payout_id: int, reason: str) -> None:
    """Take one out of a batch that nobody approved yet; it waits for the next.

    Raises PayoutNotThere, ReasonMissing.
    """
    with transaction.atomic():
        payout = moving.locked(payout_id)
        if payout.state != State.DRAFT or payout.batch_id is None:
            raise PayoutNotThere(payout=payout_id, state=payout.state)
        audit.record(
            act="payouts.remove_from_batch",
            subject=f"payout:{payout_id}",
            reason=reason,
            before={"batch": payout.batch_id},
        )
        payout.batch = None
        payout.save(update_fields=["batch"])


def approve_batch(*, batch_id: int, digest: str) -> None:
    """Let what a batch holds be paid, if it is what the checker looked at.

    The same again changes nothing. Raises BatchUnknown, BatchDecided, BatchDiffers,
    SecondPersonNeeded, NothingToPay, ActsAsAnother.
    """
    context.require_oneself(act=_("approve a batch of payouts"))
    actor = context.present().actor
    with transaction.atomic():
        batch = _locked(batch_id)
        if batch.state == Batch.State.APPROVED and batch.digest == digest:
            return
        _require_prepared(batch)
        if batch.prepared_by == actor:
            raise SecondPersonNeeded(by=actor, batch=batch_id)
        # Who takes a payout back or changes an account meanwhile waits for these rows.
        payouts = list(locking.rows(Payout.objects.filter(batch=batch).select_related("member")))
        if not payouts:
            raise NothingToPay(provider=batch.provider)
        if _contents(batch_id).digest != digest:
            raise BatchDiffers(batch=batch_id)
        _decide(batch, Batch.State.APPROVED, digest)
        audit.record(
            act="payouts.approve_batch",
            subject=f"payout_batch:{batch_id}",
            reason=context.present().reason or "looked at and in order",
            after={"digest": digest, "count": len(payouts)},
        )
        for one in payouts:
            moving.go(one, State.APPROVED)


def dissolve_batch(*, batch_id: int, reason: str) -> None:
    """Give up a batch that nobody approved; its payouts wait for another.

    Raises BatchUnknown, BatchDecided, ReasonMissing.
    """
    with transaction.atomic():
        batch = _locked(batch_id)
        _require_prepared(batch)
        audit.record(
            act="payouts.dissolve_batch", subject=f"payout_batch:{batch_id}", reason=reason
        )
        held = [one.pk for one in locking.rows(Payout.objects.filter(batch=batch))]
        Payout.objects.filter(pk__in=held).update(batch=None)
        _decide(batch, Batch.State.DISSOLVED, "")


def _locked(batch_id: int) -> Batch:
    locking.take(*_LOCK)
    batch: Batch | None = Batch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise BatchUnknown(batch=batch_id)
    return batch


def _require_prepared(batch: Batch) -> None:
    if batch.state != Batch.State.PREPARED:
        raise BatchDecided(batch=batch.pk, state=batch.state)


def _decide(batch: Batch, state: str, digest: str) -> None:
    batch.state, batch.digest = state, digest
    batch.decided_by, batch.decided_at = context.present().actor, clock.now()
    batch.save()


def _contents(batch_id: int) -> Contents:
    rows = Payout.objects.filter(batch=batch_id).select_related("member", "method")
    payouts = tuple(rows.defer("method__holder", "method__details").order_by("pk"))
    counts: Counter[tuple[str, str]] = Counter()
    amounts: Counter[tuple[str, str]] = Counter()
    arriving: Counter[tuple[str, str]] = Counter()
    lines = []
    for one in payouts:
        share = (one.currency, one.method.kind)
        counts[share] += 1
        amounts[share] += one.amount_minor
        arriving[share] += moving.arriving(one).minor
        account = bytes(one.method.details_index).hex()
        figures = (one.pk, one.member_id, one.currency, one.amount_minor, one.fee_minor)
        lines.append(" ".join(map(str, (*figures, one.tax_minor, one.method_id, account))))
    return Contents(
        batch=batch_id,
        payouts=payouts,
        shares=tuple(
            Share(
                currency=currency,
                kind=kind,
                count=count,
                amount=Money(amounts[currency, kind], currency),
                arriving=Money(arriving[currency, kind], currency),
            )
            for (currency, kind), count in sorted(counts.items())
        ),
        digest=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    )
