"""What commissions tell others."""

from __future__ import annotations

from dataclasses import dataclass

from upline.foundation import outbox


@outbox.event("commissions.alarm_raised", version=1, topic="period:{period_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised:
    """A close is `late`, was `refused`, or `waits` for a person."""

    period_id: int
    kind: str
