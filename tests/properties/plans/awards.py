"""Random awards, groups broken away, and boards."""

from __future__ import annotations

from typing import Any

from tests.properties.plans.maker import Maker
from tests.properties.plans.ranks import CLASSES, RANKS


def award(maker: Maker, name: str) -> dict[str, Any]:
    made = award_at_once(maker, name)
    if maker.may("award", 3):
        made["hold"] = maker.chance.pick(("1", "2", "3"))
    if maker.may("award", 2):
        made["instalments"] = {"count": maker.chance.pick(("2", "3"))}
        if maker.chance.one_in(2):
            made["instalments"]["while"] = maker.member_rule()
    return made


def award_at_once(maker: Maker, _: str) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": "award", **maker.common()}
    made["once"] = maker.chance.pick(("per_period", "ever", "per_rank"))
    if made["once"] == "per_rank":
        if not maker.has_needs:
            made["once"] = "ever"
        else:
            by = maker.chance.pick(("rank", "rank", "title", *maker.ladders))
            names = CLASSES if by == "ladder" else RANKS
            made["amount"] = {
                "by": by,
                **{rank: maker.money() for rank in names[maker.chance.number(0, 1) :]},
            }
            return made
    made["amount"] = maker.by_rank(
        lambda: maker.chance.pick(
            (maker.money(), "0 EUR", "0.1 % * company(price)", "10 % * own(price)")
        )
    )
    return made


def breakaway(maker: Maker, _: str) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": "breakaway", **maker.common()}
    made["base"] = maker.chance.pick((maker.order_points(), maker.order_money()))
    made["head"] = maker.chance.pick((maker.member_rule(deep=False), "own_pv >= 20", "flag"))
    made["rate"] = maker.by_rank(maker.positive_rate)
    if not maker.chance.one_in(4):
        made["guarantee"] = maker.by_rank(lambda: maker.chance.pick(("5 EUR", "40 EUR", "90 EUR")))
    return maker.walked(made)


def board(maker: Maker, _: str) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": "board", **maker.common()}
    made |= {"width": maker.chance.pick("23"), "depth": maker.chance.pick("112")}
    made["pay"] = maker.by_rank(maker.sum_of_money)
    if maker.chance.one_in(2):
        made["joins"] = maker.order_rule()
    return made
