"""Ranks: the highest whose needs hold, titles, and ranks kept from before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from upline.compensation.columns import Codes
from upline.compensation.measures.scopes import Figures
from upline.compensation.plan import schema
from upline.compensation.ranks.program import Program, title_before


@dataclass(frozen=True, slots=True)
class Ranked:
    """The outcome of one ladder; `kept` marks ranks that stand only because they are kept."""

    rank: npt.NDArray[np.int32]
    title: npt.NDArray[np.int32]
    kept: npt.NDArray[np.bool_]


def rank_members(name: str, ranks: list[schema.Rank], figures: Figures) -> Ranked:
    """Give every member's rank on one ladder and write its carries.

    A rank reached by its needs is kept for as long as it says: for life, or so many periods after
    the last one in which its needs held.
    """
    program = Program.of(name, ranks, figures)
    count = len(figures.world)
    brought = title_before(figures, name, ranks)
    kept = _kept(name, ranks, figures, count)
    reached = program.run(np.full(count, -1, np.int32) if program.is_flat else kept)
    held = np.maximum(reached, kept)
    title = np.maximum(brought, held)
    labels = tuple(one.rank for one in ranks)
    figures.members[name] = Codes(held, labels, is_ranked=True)
    if name == "rank":
        figures.members["title"] = Codes(title, labels, is_ranked=True)
    figures.carries[f"title of {name}"] = Codes(title, labels)
    _write_kept(name, ranks, figures, program, held)
    return Ranked(held, title, program.only_kept(held))


def _kept(
    name: str, ranks: list[schema.Rank], figures: Figures, count: int
) -> npt.NDArray[np.int32]:
    """Give the highest rank that each member keeps from before."""
    kept = np.full(count, -1, np.int32)
    for code, rank in enumerate(ranks):
        left = figures.world.carried.get(f"kept {name} {rank.rank}", {})
        for position, periods in left.items():
            if periods == "for_life" or int(periods) > 0:
                kept[position] = max(kept[position], code)
    return kept


def _write_kept(
    name: str,
    ranks: list[schema.Rank],
    figures: Figures,
    program: Program,
    rank: npt.NDArray[np.int32],
) -> None:
    for code, one in enumerate(ranks):
        if one.kept == "this_period":
            continue
        key = f"kept {name} {one.rank}"
        fresh = program.holds(code, rank)
        labels = ["for_life"] if one.kept == "for_life" else [str(n) for n in range(one.kept + 1)]
        codes = np.full(len(rank), -1, np.int32)
        for position, periods in figures.world.carried.get(key, {}).items():
            if periods == "for_life":
                codes[position] = labels.index(periods) if periods in labels else -1
            elif int(periods) > 1:
                codes[position] = min(int(periods) - 1, len(labels) - 1)
        codes[fresh] = len(labels) - 1
        figures.carries[key] = Codes(codes, tuple(labels))
