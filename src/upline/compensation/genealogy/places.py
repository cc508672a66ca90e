"""What a filled tree says of members beside their pay: who found no place, and how levels stand."""

from __future__ import annotations

from upline.compensation.columns import Flags
from upline.compensation.genealogy.filling import without_place
from upline.compensation.genealogy.forest import Forest
from upline.compensation.measures.figures import Computed

NO_PLACE = "without_place"


def report_places(figures: Computed) -> None:
    """Report, as `TREE.without_place`, who found no place in a tree that is filled."""
    world = figures.world
    for name, tree in world.plan.file.trees.items():
        if tree.fill != "given":
            lost = without_place(world.forest, world.trees[name])
            figures.states[f"{name}.{NO_PLACE}"] = Flags(lost)


def place_state(figures: Computed, position: int, state: str) -> str | None:
    """Give what a matrix says of one member; None where the state is none of these.

    `TREE.capacity_level_2`: the places on a level below him; `TREE.capacity_total`: those on all
    levels of a matrix with a depth; `TREE.level_below.ID`: how many levels he stands below another,
    0 where he does not. These are too many to be listed for everybody.
    """
    world = figures.world
    name, _, asked = state.partition(".")
    form = world.plan.file.trees.get(name)
    if form is None or name not in world.trees:
        return None
    kind, _, other = asked.partition(".")
    if kind == "level_below":
        tree, above = world.trees[name], figures.position_of(other)
        places = tree.positions[world.forest.rows]
        return None if above < 0 else str(_levels(tree, int(places[position]), int(places[above])))
    if form.width is None:
        return None
    if asked == "capacity_total" and form.depth is not None:
        return str(sum(form.width**level for level in range(1, form.depth + 1)))
    level = asked.removeprefix("capacity_level_")
    if level == asked or not level.isdecimal():
        return None
    is_there = 1 <= int(level) <= (form.depth or int(level))
    return str(form.width ** int(level)) if is_there else "0"


def _levels(tree: Forest, place: int, above: int) -> int:
    """Count the levels from a place up to another; 0 where that does not stand above it."""
    levels = 0
    while place > above:
        place = int(tree.parent[place])
        levels += 1
    return levels if place == above else 0
