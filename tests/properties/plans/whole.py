"""Random sound plans as text: of every kind with all options, or kept to some parts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import yaml

from tests.properties.chance import Chance
from tests.properties.plans import awards, legs, levels, sections, shares
from tests.properties.plans.ceilings import ceilings
from tests.properties.plans.maker import Maker
from tests.properties.plans.ranks import ranks

# What a plan may use beside the simpler kinds; a run may be kept to some of it.
PARTS = (
    *("legs", "grid", "binary", "breakaway", "board", "best_of", "award", "grants", "heads"),
    *("balance", "budget", "limits", "withdraw", "nth", "customers", "two_trees", "calendars"),
)
# The dumper in C where there is one: it writes the same, ten times as fast.
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Make = Callable[[Maker, str], dict[str, Any]]


SIMPLE: tuple[Make, ...] = (
    *(shares.own, shares.own, levels.level, levels.level, levels.level, levels.level),
    *(shares.stairstep, shares.differential, shares.differential, shares.pool, awards.award),
)
FURTHER: dict[str, Make] = {
    "breakaway": awards.breakaway,
    "board": awards.board,
    "balance": shares.balance,
}


def bonuses(maker: Maker) -> None:
    """Add two to five simple bonuses, then some of the kinds that the parts of the plan name."""
    _simple_bonuses(maker)
    if not maker.parts:
        return
    made = maker.file["bonuses"]
    kinds = [legs.binary] * 5 if "binary" in maker.parts else []
    kinds += [make for part, make in FURTHER.items() if part in maker.parts]
    for place in range(maker.chance.pick((0, 1, 1, 2, 2, 3)) if kinds else 0):
        name = f"c{place}"
        made[name] = maker.chance.pick(kinds)(maker, name)
        maker.earned.append(name)
    _match(maker)
    if maker.may("best_of", 3):
        _choice(maker)
    ceilings(maker)


def _simple_bonuses(maker: Maker) -> None:
    maker.file["bonuses"] = {}
    parts: set[str] = set()
    for place in range(maker.chance.number(2, 5)):
        name = f"b{place}"
        made = maker.chance.pick(SIMPLE)(maker, name)
        part = made.get("own_part")
        part = part["as"] if isinstance(part, dict) else part
        if part in parts:
            made.pop("own_part")
            part = None
        parts.add(part or "")
        maker.file["bonuses"][name] = made
        maker.earned += [name, part] if part else [name]


def _match(maker: Maker) -> None:
    """Pay now and then on what the last bonus earned."""
    made = maker.file["bonuses"]
    if maker.earned[-1] in made and maker.chance.one_in(3):
        made["match"] = {
            "kind": "level",
            "base": f"earned({maker.earned[-1]})",
            "levels": {"1": "50 %", "2": "10 %"},
            "compression": maker.chance.pick(("none", "roll_up")),
            **maker.common(),
        }


def _choice(maker: Maker) -> None:
    """Pay only the better of some bonuses."""
    made = maker.file["bonuses"]
    of = maker.chance.some([name for name in made if not _asks(made, name)], 3)
    if len(of) > 1:
        made["best"] = {"kind": "best_of", "of": of, **maker.common()}
        if maker.chance.one_in(2):
            made["best"]["cap"] = maker.chance.pick(("1.50 EUR", "4.005 EUR", "9 EUR"))
        for name in ("rounding", "point_value", "wallet"):
            made["best"].pop(name, None)


def _asks(made: dict[str, Any], name: str) -> bool:
    """Say whether some bonus is reckoned on what this one earned: a circle in a choice."""
    return any(name in str(bonus) for other, bonus in made.items() if other != name)


def whole_plan(chance: Chance, parts: Collection[str] = PARTS, makes: type[Maker] = Maker) -> str:
    """Write a sound plan that may use any kind, or beside the simpler ones only some parts."""
    maker = makes(chance, parts)
    sections.money_head(maker)
    sections.trees(maker)
    sections.order_values(maker)
    sections.measures(maker)
    ranks(maker)
    sections.legal(maker)
    bonuses(maker)
    sections.calendars(maker)
    return yaml.dump(maker.file, Dumper=DUMPER, sort_keys=False, allow_unicode=True)


def random_plan(chance: Chance) -> str:
    """Write a sound plan of the simpler kinds."""
    return whole_plan(chance, ())
