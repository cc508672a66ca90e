"""Random bonuses on two legs: cycles, steps or whole; two to one, caps and carries."""

from __future__ import annotations

from typing import Any

from tests.properties.plans.maker import Maker


def binary(maker: Maker, _: str) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": "binary", "tree": "places", **maker.common()}
    unit = maker.chance.pick(("points", "points", "money", "count"))
    if unit != "money" and maker.chance.one_in(2):
        made["given_legs"] = unit
    else:
        made["base"] = {
            "points": maker.order_points,
            "money": maker.order_money,
            "count": lambda: maker.chance.pick(("units", "order_count")),
        }[unit]()
        if maker.chance.one_in(3):
            made["orders"] = maker.order_rule()
        made["own_volume"] = maker.chance.pick(("none", "none", "weak", "left", "right"))
    made |= matching(maker, unit)
    if maker.chance.one_in(2):
        made["carry"] = carry(maker)
    if maker.chance.one_in(2):
        # So low that matched volume goes beyond it.
        made["cap"] = maker.by_rank(lambda: maker.chance.pick(("0.10 EUR", "1 EUR", "6.5 EUR")))
    if "cap" in made:
        made["cap_uses"] = maker.chance.pick(("all", "paid", "paid"))
    return made


def matching(maker: Maker, unit: str) -> dict[str, Any]:
    """Give cycles or steps and what they pay."""
    how = maker.chance.number(0, 5)
    rate = "rate" if unit != "count" else "per_cycle"
    if how == 0:
        return {
            "steps": [
                {"sales": sales, "pay": maker.by_rank(maker.sum_of_money)}
                for sales in maker.chance.pick((("3", "6", "9"), ("30", "30", "100"), ("2",)))
            ],
            "max_ratio": maker.chance.pick(("2", "1", "1.5")),
        }
    if how in (1, 5) and rate == "rate":
        whole: dict[str, Any] = {"cycle": "whole", "rate": maker.by_rank(maker.positive_rate)}
        if not maker.chance.one_in(3):
            whole["two_to_one"] = two_to_one(maker)
        return whole
    size = {"points": ("50", "33.3"), "money": ("60", "12.5"), "count": ("2", "3")}[unit]
    one = maker.chance.pick(size)
    if how == 2:
        cycle = {"strong": str(2 * float(one)).removesuffix(".0"), "weak": one}
    else:
        cycle = {"left": one, "right": maker.chance.pick((one, one, size[0]))}
    made: dict[str, Any] = {"cycle": cycle}
    if rate == "rate" and maker.chance.one_in(2):
        made["rate"] = maker.by_rank(maker.positive_rate)
        if cycle.get("left", 0) == cycle.get("right", 1) and maker.chance.one_in(2):
            made["two_to_one"] = two_to_one(maker)
    else:
        made["per_cycle"] = maker.by_rank(maker.sum_of_money)
    return made


def two_to_one(maker: Maker) -> dict[str, Any]:
    rule = maker.chance.pick(("flag", "reach < 4", "reach < 5", maker.member_rule()))
    return {"members": rule, "rate": maker.positive_rate()}


def carry(maker: Maker) -> Any:
    if maker.chance.one_in(4):
        return maker.chance.pick(("all", "none"))
    made: dict[str, Any] = {}
    if maker.chance.one_in(2):
        made["most"] = maker.by_rank(lambda: maker.chance.pick(("40", "100", "300")))
    if maker.chance.one_in(2):
        made["periods"] = maker.chance.pick(("1", "2"))
    if maker.chance.one_in(3) or not made:
        made["flush"] = maker.member_rule()
    return made
