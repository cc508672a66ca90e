"""Ranks and titles of one ladder, from the bottom of the sponsor tree up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference.scope import Standing, of_member
from tests.reference.world import WorldRefused
from upline.compensation.plan.schema import GivenRanks, Rank

if TYPE_CHECKING:
    from tests.reference.period import Period


def standing(period: Period, ladder: str, member: str) -> Standing:
    """Give a member's place: the highest rank whose needs hold or that is kept."""
    if ladder == "rank" and (given := period.company.given_rank(member)) is not None:
        return given
    if ("ladder", ladder) not in period.memo:
        period.memo["ladder", ladder] = "begun"
        for one in reversed(period.company.tree("sponsor").from_above):
            _reached(period, ladder, one)
    reached = _reached(period, ladder, member)
    names = period.company.ladder(ladder)
    held = [
        index
        for index, rank in enumerate(_ranks(period, ladder))
        if rank.rank in reached or _is_kept(period, ladder, rank, member)
    ]
    return Standing(names, max(held, default=-1))


def title(period: Period, ladder: str, member: str) -> Standing:
    """Give the highest place ever held, this period included."""
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
        period.memo[key] = {
            rank.rank
            for rank in _ranks(period, ladder)
            if period.rule(rank.needs, of_member(member))
        }
    reached = period.memo[key]
    if reached is None:
        raise WorldRefused(f"The ranks of {member} on {ladder} ask for themselves.")
    return reached  # type: ignore[return-value]


def _is_kept(period: Period, ladder: str, rank: Rank, member: str) -> bool:
    """Say whether the needs held in an earlier period and the rank is kept from then."""
    if rank.kept == "this_period":
        return False
    earlier = period.earlier()
    if isinstance(rank.kept, int):
        earlier = earlier[: rank.kept]
    return any(rank.rank in _reached(one, ladder, member) for one in earlier)
