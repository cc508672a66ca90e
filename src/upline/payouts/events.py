"""What payouts tell others."""

from __future__ import annotations

from dataclasses import dataclass

from upline.foundation import outbox


@outbox.event("payouts.method_changed", version=1, topic="member:{member_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class MethodChanged:
    """A member's account was added, changed or ended.

    `contact_ids` are the contacts of the holder as they were before: a notice goes to each, also
    where somebody changes the contacts next.
    """

    member_id: int
    currency: str
    change: str
    usable_from: str
    contact_ids: list[int]


@outbox.event("payouts.payout_moved", version=1, topic="payout:{payout_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutMoved:
    """A payout came to a state."""

    payout_id: int
    member_id: int
    state: str
    held_for: str
