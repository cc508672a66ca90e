"""Every name that a plan declares, and what is always there."""

from __future__ import annotations

from dataclasses import dataclass

from upline.compensation.plan.schema import GivenRanks, PlanFile

SUMS = ("own", "group", "downline", "recruits", "team", "left", "right", "company")
LEGS = ("legs", "leg", "legs_from", "legs_sum")
WINDOWS = ("over", "best", "held")
NUMERIC = ("points", "money", "count", "ratio", "number")
OF_A_MEMBER = (
    *("over", "best", "held", "lifetime", "previous", "position"),
    *("customers", "person", "sponsor_has", "earned"),
)
# How few and how many arguments each function takes.
ARGUMENTS = {
    **dict.fromkeys(SUMS, (1, 1)),
    "team": (2, 2),
    "legs": (1, 1),
    "leg": (2, 2),
    "legs_from": (2, 2),
    "legs_sum": (2, 2),
    "sponsor_has": (1, 1),
    "earned": (1, 1),
    "paid_on": (1, 1),
    "event_sum": (1, 1),
    "share": (2, 3),
    "customers": (1, 1),
    "person": (1, 1),
    "min": (2, 9),
    "max": (2, 9),
    "abs": (1, 1),
    "round": (2, 2),
    "floor": (1, 1),
    "ceil": (1, 1),
    "given": (1, 1),
    "days_since": (1, 1),
    "within": (2, 2),
    **dict.fromkeys(WINDOWS, (2, 2)),
    "lifetime": (1, 1),
    "previous": (1, 1),
    "position": (1, 9),
}
ORDER_BUILT_IN = {
    "id": "text",
    "member": "member",
    "date": "date",
    "order_count": "count",
    "kind": "text",
    "customer": "text",
    "currency": "text",
    "nth": "count",
}
MEMBER_BUILT_IN = {
    "id": "text",
    "sponsor": "member",
    "number": "count",
    "joined": "date",
    "joined_in_period": "yes_no",
    "personal": "yes_no",
    "person": "text",
    "placement_parent": "member",
    "side": "text",
}


@dataclass(frozen=True, slots=True)
class Names:
    """Every name of a plan with its unit; a rank's unit is `rank:LADDER`."""

    currency: str
    order: dict[str, str]
    member: dict[str, str]
    ranks: dict[str, tuple[str, ...]]
    bonuses: tuple[str, ...]
    trees: tuple[str, ...]


def names_of(file: PlanFile, *, refused: frozenset[tuple[str, str]] = frozenset()) -> Names:
    """Collect the names that a plan declares; measures get their units later.

    A name that was refused where it is declared is known, with a unit that is not.
    """
    order = {**ORDER_BUILT_IN, **{name: spec.unit for name, spec in file.orders.items()}}
    member = {**MEMBER_BUILT_IN, **{name: spec.unit for name, spec in file.members.items()}}
    ranks: dict[str, tuple[str, ...]] = {}
    if isinstance(file.ranks, GivenRanks):
        ranks["rank"] = tuple(file.ranks.given)
    elif file.ranks:
        ranks["rank"] = tuple(rank.rank for rank in file.ranks)
    for name, ladder in file.ladders.items():
        ranks[name] = tuple(rank.rank for rank in ladder)
    member.update({name: f"rank:{name}" for name in ranks})
    if "rank" in ranks:
        ranks["title"] = ranks["rank"]
        member["title"] = "rank:rank"
    parts = [
        part if isinstance(part, str) else part.name
        for bonus in file.bonuses.values()
        if (part := getattr(bonus, "own_part", None)) is not None
    ]
    lost = {name: section for section, name in sorted(refused)}
    for name, section in lost.items():
        if section in ("constants", "orders", "order_values"):
            order[name] = ""
        if section in ("constants", "members", "measures", "ladders"):
            member[name] = ""
    if ("ranks", "*") in refused:
        member["rank"] = member["title"] = ""
    bonuses = [*file.bonuses, *parts, *file.given_earnings]
    bonuses += [name for name, section in lost.items() if section == "bonuses"]
    trees = ["sponsor", *file.trees, *(name for name in lost if lost[name] == "trees")]
    return Names(file.currency, order, member, ranks, tuple(bonuses), tuple(trees))
