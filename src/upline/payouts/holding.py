"""What stands in the way of a payout: an identity nobody looked at, an account that is new."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from upline.foundation import audit, clock, context
from upline.network.history import today
from upline.network.models import Holder
from upline.payouts import moving
from upline.payouts.errors import PayoutNotThere
from upline.payouts.models import IdentityReview, Method, Payout
from upline.payouts.models.moving import State
from upline.people import queries as people

Hold = Payout.Hold
# Where a payout is not with a bank or a provider yet.
_STILL_HERE = (State.DRAFT, State.APPROVED, State.QUEUED)
# What ends by itself or by an act of another room; what staff holds, staff lets go.
_PASSING = (Hold.IDENTITY, Hold.ACCOUNT_NEW)


def holder_of(member_id: int) -> int:
    """Give the person who signs for a position today."""
    return int(
        Holder.objects.filter(member=member_id, place=1, span__contains=today())
        .values_list("person_id", flat=True)
        .get()
    )


def is_confirmed(member_id: int) -> bool:
    """Say whether staff looked who signs for a position, and found them to be who they say."""
    same = people.all_of(holder_of(member_id))
    last = IdentityReview.objects.filter(person__in=same).order_by("-pk").first()
    return last is not None and last.verdict == IdentityReview.Verdict.CONFIRMED


def in_the_way(method: Method) -> str:
    """Give what forbids to pay to a method now, as a `Hold`; empty where nothing does."""
    if method.ended_at is not None:
        return str(Hold.ACCOUNT_ENDED)
    if not is_confirmed(method.member_id):
        return str(Hold.IDENTITY)
    if method.usable_from > clock.now():
        return str(Hold.ACCOUNT_NEW)
    return str(Hold.NONE)


def review_identity(*, person_id: int, is_confirmed: bool, reason: str) -> None:
    """Keep what was found about who a person is, and let go or hold what waits for it.

    Raises ReasonMissing, PersonUnknown.
    """
    verdict = IdentityReview.Verdict.CONFIRMED if is_confirmed else IdentityReview.Verdict.REFUSED
    same = people.all_of(person_id)
    with transaction.atomic():
        audit.record(
            act="payouts.review_identity",
            subject=f"person:{person_id}",
            reason=reason,
            after={"verdict": str(verdict)},
        )
        IdentityReview.objects.create(
            person_id=person_id,
            verdict=verdict,
            reason=reason.strip(),
            reviewed_by=context.present().actor,
        )
    members = Holder.objects.filter(person__in=same, place=1, span__contains=today())
    states = (State.HELD, *_STILL_HERE)
    waiting = Payout.objects.filter(member__in=members.values("member"), state__in=states)
    look_again(waiting.order_by("member__code", "pk").values_list("pk", flat=True))


def look_again(payouts: Iterable[int]) -> int:
    """Hold what may not be paid and let go what may, one by one, and give how many changed."""
    return sum(_look_again(one) for one in list(payouts))


def waiting() -> Iterable[int]:
    """Give the payouts whose hold may be over."""
    held = Payout.objects.filter(state=State.HELD, held_for__in=_PASSING)
    return held.order_by("member__code", "pk").values_list("pk", flat=True)


def _look_again(payout_id: int) -> bool:
    with transaction.atomic():
        payout = moving.locked(payout_id)
        found = in_the_way(payout.method)
        if payout.state == State.HELD and payout.held_for in _PASSING:
            if found == payout.held_for:
                return False
            if found:
                # From one hold to another goes by the draft, so that each is a step.
                moving.go(payout, State.DRAFT)
                moving.go(payout, State.HELD, held_for=found)
            else:
                moving.go(payout, State.DRAFT)
            return True
        if payout.state in _STILL_HERE and found:
            moving.go(payout, State.HELD, held_for=found)
            return True
    return False


def hold_for_account(method: Method) -> None:
    """Hold what was to go to an account that has ended, in the transaction of who ended it."""
    waiting = Payout.objects.filter(method=method, state__in=(State.HELD, *_STILL_HERE))
    for one in waiting.order_by("pk"):
        payout = moving.locked(one.pk)
        if payout.state == State.HELD:
            if payout.held_for == Hold.ACCOUNT_ENDED:
                continue
            moving.go(payout, State.DRAFT)
        if payout.state in _STILL_HERE:
            moving.go(payout, State.HELD, held_for=Hold.ACCOUNT_ENDED)


def hold(*, payout_id: int, reason: str) -> None:
    """Hold a payout that is not on its way yet. Raises PayoutNotThere, ReasonMissing."""
    with transaction.atomic():
        payout = moving.locked(payout_id)
        moving.require(payout, *_STILL_HERE)
        audit.record(act="payouts.hold", subject=f"payout:{payout_id}", reason=reason)
        moving.go(payout, State.HELD, held_for=Hold.STAFF, reason=reason)


def let_go(*, payout_id: int, reason: str) -> None:
    """Let a payout go that staff held; what else stands in its way holds it on.

    Raises PayoutNotThere, ReasonMissing.
    """
    with transaction.atomic():
        payout = moving.locked(payout_id)
        if payout.held_for != Hold.STAFF:
            raise PayoutNotThere(payout=payout_id, state=payout.state)
        audit.record(act="payouts.let_go", subject=f"payout:{payout_id}", reason=reason)
        moving.go(payout, State.DRAFT, reason=reason)
        found = in_the_way(payout.method)
        if found:
            moving.go(payout, State.HELD, held_for=found)
