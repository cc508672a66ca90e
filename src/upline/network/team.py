"""A member's team: how many on which level, and a page of it, filtered and sorted in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.network import finding
from upline.network.genealogy import EPOCH, STATUSES, Genealogy
from upline.people import names

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
SORTED_BY = ("name", "code", "level", "joined", "team", "first_level")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCount:
    """How many stand on a level of a team."""

    level: int
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSummary:
    """A team in figures; the one at its top is not counted."""

    total: int
    first_level: int
    levels: tuple[LevelCount, ...]
    statuses: Mapping[str, int]
    joined_since: int


@dataclass(frozen=True, kw_only=True)
class TeamFilter:
    """Who of a team is wanted; what is not named does not matter. Spans are half-open.

    `mask` says it by place for whatever else is known of members.
    """

    words: str = ""
    level_from: int = 1
    level_until: int | None = None
    statuses: Sequence[str] = ()
    joined_from: date | None = None
    joined_before: date | None = None
    mask: Mask | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    """By what a page is sorted: a name of SORTED_BY, or a column of numbers by place."""

    by: str | npt.NDArray[Any] = "level"
    is_descending: bool = False
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class TeamPage:
    """Some places of a team, and how many there are in all."""

    places: Places
    total: int


ALL = TeamFilter()
BY_LEVEL = Order()


def summary(tree: Genealogy, top: int, *, since: date) -> TeamSummary:
    """Count a team by level, by status, and those who joined from a day on."""
    group = slice(top + 1, top + int(tree.size[top]))
    levels = np.bincount(tree.depth[group] - tree.depth[top])
    statuses = np.bincount(tree.status[group], minlength=len(STATUSES))
    return TeamSummary(
        total=int(tree.size[top]) - 1,
        first_level=len(tree.children(top)),
        levels=tuple(
            LevelCount(level=level, members=int(count))
            for level, count in enumerate(levels)
            if level
        ),
        statuses={name: int(count) for name, count in zip(STATUSES, statuses, strict=True)},
        joined_since=int((tree.joined[group] >= since.toordinal() - EPOCH).sum()),
    )


def page(
    tree: Genealogy, places: Places, *, order: Order = BY_LEVEL, first: int = 0, most: int = 50
) -> TeamPage:
    """Give a page of places that were found; equal ones stand in the order of the tree."""
    ranked = in_order(tree, places, order=order)
    return TeamPage(places=ranked[first : first + most], total=len(places))


def in_order(tree: Genealogy, places: Places, *, order: Order = BY_LEVEL) -> Places:
    """Sort places; equal ones stand in the order of the tree."""
    key = _key(tree, order)[places]
    ranked = np.argsort(-key.astype(np.int64) if order.is_descending else key, kind="stable")
    return places[ranked]


def found(tree: Genealogy, top: int, wanted: TeamFilter = ALL) -> Places:
    """Give all places of a team that a filter lets through, in the order of the tree."""
    first, last = top + 1, top + int(tree.size[top])
    group = slice(first, last)
    level = tree.depth[group] - tree.depth[top]
    keep = level >= wanted.level_from
    if wanted.level_until is not None:
        keep &= level < wanted.level_until
    if wanted.statuses:
        keep &= np.isin(tree.status[group], [STATUSES.index(one) for one in wanted.statuses])
    if wanted.joined_from is not None:
        keep &= tree.joined[group] >= wanted.joined_from.toordinal() - EPOCH
    if wanted.joined_before is not None:
        keep &= tree.joined[group] < wanted.joined_before.toordinal() - EPOCH
    if wanted.words.strip():
        keep &= finding.matching(tree, wanted.words, first=first, last=last)
    if wanted.mask is not None:
        keep &= wanted.mask[group]
    return np.flatnonzero(keep) + first


def _key(tree: Genealogy, order: Order) -> npt.NDArray[Any]:
    if not isinstance(order.by, str):
        return order.by
    columns = {
        "name": lambda: tree.by_name[names.ORDER_OF[order.language]],
        "code": lambda: tree.by_code,
        "level": lambda: tree.depth,
        "joined": lambda: tree.joined,
        "team": lambda: tree.size,
        "first_level": lambda: tree.first_level_of(np.arange(len(tree))),
    }
    return columns[order.by]()
