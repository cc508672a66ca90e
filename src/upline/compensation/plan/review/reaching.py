"""The ranks that somebody can reach, found from nobody holding any."""

from __future__ import annotations

from collections.abc import Iterator

from upline.compensation.plan import schema
from upline.compensation.plan.load import Plan
from upline.compensation.plan.review.ranges import Ranges


def ranges_of(
    plan: Plan,
    *,
    has_sales: bool = True,
    has_refunds: bool = True,
    unpaid: frozenset[str] = frozenset(),
) -> Ranges:
    """Give the ranges of a plan's values, with the ranks that somebody can reach.

    A rank that only those can reach who have one of that rank below stays out of reach: below the
    first of them there is nobody. Kept ranks may come in from before this plan.
    """
    ranges = Ranges(
        plan.file,
        plan.names,
        {},
        has_sales=has_sales,
        has_refunds=has_refunds and has_sales,
        unpaid=set(unpaid),
    )
    for name, ranks in plan.names.ranks.items():
        ranges.reachable[name] = set(ranks)
    for name, ladder in ladders(plan.file):
        is_old = {rank.rank for rank in ladder if has_sales and rank.kept != "this_period"}
        ranges.reachable[name] = is_old
    has_grown = True
    while has_grown:
        has_grown = False
        for name, ladder in ladders(plan.file):
            for rank in ladder:
                held = ranges.reachable[name]
                if rank.rank not in held and ranges.is_possible([(rank.needs, True)]):
                    ranges.reach(name, rank.rank)
                    has_grown = True
    ranges.reachable["title"] = ranges.reachable.get("rank", set())
    return ranges


def ladders(file: schema.PlanFile) -> Iterator[tuple[str, list[schema.Rank]]]:
    """Give every ladder whose needs the plan says itself."""
    for name, ladder in {"rank": file.ranks, **file.ladders}.items():
        if isinstance(ladder, list) and ladder:
            yield name, ladder
