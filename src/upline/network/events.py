"""What the network tells others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from upline.foundation import outbox


@outbox.event("network.member_enrolled", version=1, topic="member:{member_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberEnrolled:
    member_id: int


@outbox.event("network.members_loaded", version=1, topic="members")
@dataclass(frozen=True, slots=True, kw_only=True)
class MembersLoaded:
    """Many at once, with numbers from the first to the last; no event follows for each."""

    first_number: int
    last_number: int
    count: int


@outbox.event("network.member_moved", version=1, topic="member:{member_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberMoved:
    """`tree` is `sponsor` or the code of a placement tree."""

    member_id: int
    tree: str
    effective_on: date


@outbox.event("network.member_status_changed", version=1, topic="member:{member_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberStatusChanged:
    member_id: int
    status: str
    effective_on: date


@outbox.event("network.holders_changed", version=1, topic="member:{member_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class HoldersChanged:
    member_id: int
    how: str
    effective_on: date


@outbox.event("network.members_merged", version=1, topic="member:{member_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class MembersMerged:
    member_id: int
    kept_id: int
    effective_on: date


@outbox.event("network.rank_granted", version=1, topic="member:{member_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class RankGranted:
    member_id: int
    rank: str
    from_on: date
    until_on: date | None


@outbox.event("network.rank_grant_ended", version=1, topic="member:{member_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class RankGrantEnded:
    member_id: int
    rank: str
    until_on: date
