"""Ranks and titles of one ladder, from the bottom of the sponsor tree up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference import calendars
from tests.reference.scope import Standing, of_member
from tests.reference.world import NotCovered, WorldRefused
from upline.compensation.plan.schema import GivenRanks, Rank

if TYPE_CHECKING:
    from tests.reference.period import Period

Memo = dict[tuple[object, ...], object]


class AsksForItself(WorldRefused):
    """A rank can only be found by way of itself."""


def standing(period: Period, ladder: str, member: str) -> Standing:
    """Give a member's place: the highest rank whose needs hold or that is kept."""
    if ladder == "rank" and (given := period.company.given_rank(member)) is not None:
        return given
    if calendars.elsewhere(period.company.file, ladder, period.calendar):
        return period.member_value(member, ladder)  # type: ignore[return-value]
    if ("ladder", ladder) not in period.memo:
        _find(period, ladder)
    reached = _reached(period, ladder, member)
    names = period.company.ladder(ladder)
    held = [
        index
        for index, rank in enumerate(_ranks(period, ladder))
        if rank.rank in reached or _is_kept(period, ladder, rank, member)
    ]
    return Standing(names, max(held, default=-1))


def _find(period: Period, ladder: str) -> None:
    """Find everybody's ranks from the bottom up; where two trees ask for each other, by rounds."""
    before = {**period.memo, ("ladder", ladder): "begun"}
    period.memo = dict(before)
    try:
        for one in reversed(period.company.tree("sponsor").from_above):
            _reached(period, ladder, one)
    except AsksForItself:
        period.hits["ranks by rounds"] += 1
        reached = _by_rounds(period, ladder, before)
        period.memo = {**before, **reached}


def _by_rounds(period: Period, ladder: str, before: Memo) -> Memo:
    """Begin with nobody holding a rank and give ranks until no more are to be given."""
    members = period.company.members
    reached: Memo = {("reached", ladder, member): set() for member in members}
    for _ in range(len(members) * len(_ranks(period, ladder)) + 1):
        period.memo = {**before, **reached}
        found: Memo = {key: _met(period, ladder, str(key[2])) for key in reached}
        if found == reached:
            return reached
        reached = found
    raise NotCovered(f"the ladder {ladder}, which finds no rest")


def title(period: Period, ladder: str, member: str) -> Standing:
    """Give the highest place ever held, this period included."""
    if calendars.elsewhere(period.company.file, ladder, period.calendar):
        return period.member_value(member, "title")  # type: ignore[return-value]
    now = standing(period, ladder, member)
    if period.previous is None:
        return now
    before = title(period.previous, ladder, member)
    return max(now, before, key=lambda one: one.index)


def _ranks(period: Period, ladder: str) -> list[Rank]:
    ranks = period.company.file.ranks if ladder == "rank" else period.company.file.ladders[ladder]
    assert not isinstance(ranks, GivenRanks)
    return ranks


def _reached(period: Period, ladder: str, member: str) -> set[str]:
    """Give the ranks whose needs hold in this period, whatever is kept."""
    key = ("reached", ladder, member)
    if key not in period.memo:
        period.memo[key] = None
        period.memo[key] = _met(period, ladder, member)
    reached = period.memo[key]
    if reached is None:
        raise AsksForItself(f"The ranks of {member} on {ladder} ask for themselves.")
    return reached  # type: ignore[return-value]


def _met(period: Period, ladder: str, member: str) -> set[str]:
    return {
        rank.rank for rank in _ranks(period, ladder) if period.rule(rank.needs, of_member(member))
    }


def _is_kept(period: Period, ladder: str, rank: Rank, member: str) -> bool:
    """Say whether the needs held in an earlier period and the rank is kept from then."""
    if rank.kept == "this_period":
        return False
    earlier = period.earlier()
    if isinstance(rank.kept, int):
        earlier = earlier[: rank.kept]
    return any(rank.rank in _reached(one, ladder, member) for one in earlier)
