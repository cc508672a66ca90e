"""The ranks of a random plan: given, or with needs that ask for each other."""

from __future__ import annotations

from typing import Any

from tests.properties.plans.maker import Maker

RANKS = ("R1", "R2", "R3")
CLASSES = ("K1", "K2")


def ranks(maker: Maker) -> None:
    ranks_of_one_tree(maker)
    if not maker.has_needs or not maker.may("two_trees", 3):
        return
    # Only what never turns from yes to no as ranks rise: two trees may ask for each other.
    below = [
        "recruits(rank >= 'R1' in line) >= 1",
        "legs(rank >= 'R1' in line) >= 2",
        "recruits(rank >= 'R1') >= 1",
        "recruits(rank >= 'R1') + reach >= 3",
        "downline(rank >= 'R1') >= reach",
        "downline(rank >= 'R2' in line) >= 1 or flag",
    ]
    if "legs" in maker.parts:
        below += ["left(rank >= 'R1') >= 1", "right(rank >= 'R1' and personal) >= 1"]
    if "grid" in maker.parts:
        below.append("downline(rank >= 'R1' in grid) >= 1")
    for rank in maker.file["ranks"]:
        needs = [maker.chance.pick(below), maker.chance.pick(("flag", "own_pv >= 20", "active"))]
        rank["needs"] = needs[: maker.chance.number(1, 2)]
    if maker.chance.one_in(2):
        maker.file["ranks"][0].pop("needs")


def ranks_of_one_tree(maker: Maker) -> None:
    how = maker.chance.number(0, 5)
    if how == 0:
        return
    maker.has_ranks = True
    if how == 1:
        maker.file["ranks"] = {"given": list(RANKS)}
        return
    maker.has_needs = True
    maker.file["ranks"] = []
    for rank in RANKS:
        # Set before the needs are made: they may name every rank.
        one: dict[str, Any] = {"rank": rank}
        asked = needs(maker)
        if rank != "R1" or maker.chance.one_in(2):
            one["needs"] = asked
        kept = maker.chance.pick((None, None, "for_life", 1, 2))
        if kept is not None:
            one["kept"] = kept
        maker.file["ranks"].append(one)
    if maker.chance.one_in(3):
        maker.ladders = ["ladder"]
        maker.file["ladders"] = {
            "ladder": [
                {
                    "rank": "K1",
                    "needs": maker.chance.pick(("active", "own(units) >= 2", "flag")),
                },
                {
                    "rank": "K2",
                    "needs": maker.chance.pick(
                        (
                            "recruits(ladder >= 'K1') >= 1",
                            "lifetime(own(units)) >= 5",
                            "rank >= 'R2'",
                        )
                    ),
                    "kept": maker.chance.pick((1, "for_life")),
                },
            ]
        }


def needs(maker: Maker) -> list[Any]:
    below = (
        "recruits(rank >= 'R1' and active) >= 1",
        "recruits(rank >= 'R1') >= 2",
        "legs(rank >= 'R1') >= 1",
        "legs(title >= 'R2') >= 1",
        "downline(rank = 'R1') >= 2",
        "group(pv until rank >= 'R2') >= 150",
        "recruits(rank > 'R1') < 3",
        "downline(active until rank >= 'R2') > 0",
        "legs(rank >= 'R2') = 0",
        "recruits(flag until rank >= 'R2') > 0.5",
    )
    known = (
        *("own_pv >= 50", "active", "flag", "group(pv) >= 200", "recruits(active) >= 1"),
        *("min(own(pv), 100) + legs_sum(pv, 100) >= 150", "leg(1, pv) <= 400 or flag"),
        *("legs_from(2, pv) >= 50", "over(2, own_pv) >= 120", "held(2, active) = 2"),
        *(
            "share(leg(1, pv), group(pv)) <= 60 %",
            "previous(rank) >= 'R1'",
            "best(2, own_pv) > 90",
        ),
        *("group(pv until active) >= 40", "recruits(active in line) >= 1"),
    )
    options = (*below, *known, *known)
    made: list[Any] = [maker.chance.pick(options) for _ in range(maker.chance.number(0, 2))]
    if maker.chance.one_in(3):
        parts = [
            maker.chance.pick(below),
            {"all": [maker.chance.pick(known), maker.chance.pick(below)]},
        ]
        made.append({"any": parts})
    if maker.chance.one_in(5):
        made.append(f"not ({maker.chance.pick(below)} and {maker.chance.pick(known)})")
    return made
