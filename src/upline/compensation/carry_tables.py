"""What a run leaves for later runs, as tables: carries, and what was carried in for no rule."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation import digests
from upline.compensation.carried import Entries, marked
from upline.compensation.columns import filled_rows
from upline.compensation.inputs import World
from upline.compensation.measures.elsewhere import left_elsewhere
from upline.compensation.measures.scopes import Figures
from upline.compensation.measures.windows import carry_texts, resolve_carries

_NAMED = pa.dictionary(pa.int32(), pa.string())


def carries_of(figures: Figures) -> pa.Table:
    """Give member, name, value: what this run leaves, and what other calendars' runs left."""
    world = figures.world
    parts = [_nothing(world)]
    for name, column in sorted(resolve_carries(figures.member_scope).items()):
        spread = column.spread(len(world))
        positions = filled_rows(spread)
        part = pa.table(
            {
                "member": world.own_ids_at(positions),
                "name": _repeated(named(name, world), len(positions)),
                "value": carry_texts(spread, positions, world),
            }
        )
        has_none = part["value"].null_count > 0
        parts.append(part.filter(pc.is_valid(part["value"])) if has_none else part)
    return pa.concat_tables([*parts, *_listed(left_elsewhere(figures), world)])


def lost_carries_of(figures: Figures) -> pa.Table:
    """Give member, name, value: what came in and no rule of the plan goes on with.

    So it is with what an earlier version of the plan counted, and titles of ranks it had.
    """
    world, ranks = figures.world, figures.world.plan.names.ranks
    kept = {*resolve_carries(figures.member_scope)}
    lost: dict[str, Entries] = {}
    for name, entries in world.carried.items():
        known = ranks.get(name.removeprefix("title of ")) if name in kept else None
        left = {at: text for at, text in entries.items() if known and text not in known}
        if name not in kept | world.carried.asked:
            left = entries
        if left:
            lost[named(name, world)] = left
    return pa.concat_tables([_nothing(world), *_listed(lost, world)])


def digests_in(world: World) -> dict[str, str]:
    """Give the digests of what was carried in."""
    own = {named(name, world): entries for name, entries in world.carried.items()}
    every = {**own, **world.carried_elsewhere}
    return {f"carries.{name}": _digest(entries, world) for name, entries in every.items()}


def digests_elsewhere(figures: Figures) -> dict[str, str]:
    """Give the digests of what is carried for the runs of other calendars."""
    left = left_elsewhere(figures)
    return {f"carries.{name}": _digest(entries, figures.world) for name, entries in left.items()}


def named(name: str, world: World) -> str:
    """Give the name under which a run's own carry leaves it."""
    return marked(name, world.calendar, world.plan.file)


def _digest(entries: Entries, world: World) -> str:
    listed = sorted((world.id_of(position), text) for position, text in entries.items())
    return digests.of_text(repr(listed))


def _listed(carries: Mapping[str, Entries], world: World) -> list[pa.Table]:
    """Write carries by name and position as tables; those of the company name no member."""
    return [
        pa.table(
            {
                "member": world.own_ids_at(np.fromiter(entries, np.int64, len(entries))),
                "name": _repeated(name, len(entries)),
                "value": pa.array(entries.values(), pa.string()),
            }
        )
        for name, entries in sorted(carries.items())
        if entries
    ]


def _nothing(world: World) -> pa.Table:
    """Give a table of no carries."""
    kinds = [("member", world.own_ids().type), ("name", _NAMED), ("value", pa.string())]
    return pa.schema(kinds).empty_table()


def _repeated(text: str, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(np.zeros(count, np.int32), [text])
