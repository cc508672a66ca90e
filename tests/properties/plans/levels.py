"""Random bonuses along the line: levels by compression, and generations under heads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.properties.plans.maker import Maker

COMPRESSIONS = ("none", "count_between", "remove", "merge_up", "roll_up")


def level(maker: Maker, name: str) -> dict[str, Any]:
    made = level_lines(maker, name)
    if "head" in made and maker.may("heads", 3):
        made["head"] = maker.chance.pick(
            (
                "own_pv < receiver.own_pv",
                "reach <= receiver.reach",
                "own_pv = receiver.own_pv and flag",
                "reach != receiver.reach",
                "own_pv >= receiver.goal",
                "reach > receiver.reach or flag and own_pv >= receiver.own_pv",
                "not (own_pv < receiver.own_pv and country = receiver.country)",
                "reach - receiver.reach >= 1",
                "min(own_pv, receiver.own_pv) >= 50",
                "receiver.flag and share(own_pv, receiver.goal) > 0.4",
                ["reach > receiver.reach", {"any": ["flag", "type = receiver.type"]}],
                [{"any": ["reach > receiver.reach", "receiver.flag"]}, "own_pv > 0"],
            )
        )
    return maker.walked(made)


def level_lines(maker: Maker, name: str) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": "level", **maker.common(), **maker.sourced(members=True)}
    is_members = maker.is_of_members(made)
    if maker.is_counted(made):
        entry: Callable[[], Any] = maker.money
    elif maker.chance.one_in(4):
        entry = maker.rate_by
    else:
        entry = maker.rate
    starts = maker.chance.pick(
        ("parent", "parent", "parent", "buyer", "order.affiliate", "buyer.mentor")
    )
    if is_members and starts == "order.affiliate":
        starts = "buyer"
    made["starts"] = starts
    if maker.chance.one_in(4):
        made["tree"] = "line"
    if maker.chance.one_in(3):
        made["depth"] = maker.chance.pick(
            ("2", "reach", {"by": "country", "PL": "1", "otherwise": "3"})
        )
    if maker.chance.one_in(4):
        made["stop_above"] = maker.member_rule()
    if maker.chance.one_in(4):
        made["from_level"] = maker.chance.number(1, 3)
    if maker.chance.one_in(3):
        generations(maker, made)
    else:
        made["compression"] = maker.chance.pick(COMPRESSIONS)
        made["levels"] = levels(maker, entry)
        if made["compression"] != "none" and maker.chance.one_in(3):
            made["counts"] = maker.member_rule()
        if maker.chance.one_in(5):
            made["depth"] = "as_listed"
            made["levels"] = levels(maker, maker.money if maker.is_counted(made) else maker.rate)
    if not is_members and "lines" not in made:
        made["lines"] = maker.chance.pick(("per_order", "per_order", "per_buyer"))
        if made["lines"] == "per_order":
            maker.per_order.append(name)
    return made


def generations(maker: Maker, made: dict[str, Any]) -> None:
    relative = ["own_pv >= receiver.own_pv", "reach > receiver.reach"]
    if maker.has_ranks:
        relative += ["rank >= receiver.rank", "rank > receiver.rank"]
    made["head"] = maker.chance.pick((maker.member_rule(), maker.chance.pick(relative)))
    made["head_belongs_to"] = maker.chance.pick(("generation_above", "generation_below"))
    entry = maker.money if maker.is_counted(made) else maker.rate
    generations = level_map(maker, entry)
    if maker.chance.one_in(2):
        generations["0"] = entry()
    if maker.has_ranks and maker.chance.one_in(2):
        made["generations"] = {"by": "rank", "R1": generations, "R2+": level_map(maker, entry)}
    else:
        made["generations"] = generations
    if maker.chance.one_in(3):
        made["lines"] = "per_head"
    if maker.chance.one_in(5):
        made["depth"] = "as_listed"


def levels(maker: Maker, entry: Callable[[], Any]) -> Any:
    if maker.has_ranks and maker.chance.one_in(2):
        table = {"by": "rank", "R1": level_map(maker, entry), "R2+": level_map(maker, entry)}
        if maker.chance.one_in(3):
            table["otherwise"] = level_map(maker, entry)
        return table
    if maker.chance.one_in(6):
        return [
            {"when": maker.member_rule(), "then": level_map(maker, entry)},
            {"otherwise": level_map(maker, entry)},
        ]
    return level_map(maker, entry)


def level_map(maker: Maker, entry: Callable[[], Any]) -> dict[str, Any]:
    keys = maker.chance.pick(
        (("1", "2", "3"), ("1", "2..4"), ("1", "2", "3+"), ("2", "3..4"), ("1",), ("1..2", "5"))
    )
    made = {key: entry() for key in keys}
    if maker.chance.one_in(8):
        made["otherwise"] = entry()
    return made
