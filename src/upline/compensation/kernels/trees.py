"""Sweeps over a forest in preorder: every parent stands before its children.

`parent[i]` is the position above i, or -1; a backward sweep therefore meets children first.
"""

from __future__ import annotations

from upline.compensation.kernels import kernel


@kernel
def preorder(parent, rank, first_child, next_sibling, position):  # type: ignore[no-untyped-def]
    """Lay members out depth first, children in order of `rank`; returns how many were reached.

    `parent` (row of the sponsor or -1), `rank` (rows in order of joining: rank[k] is the row that
    joined k-th); `first_child`, `next_sibling` are scratch filled with -1; `position[row]` out.
    Fewer reached than rows means that the rest stands in circles.
    """
    count = len(parent)
    first_root = -1
    for k in range(count - 1, -1, -1):
        row = rank[k]
        above = parent[row]
        if above < 0:
            next_sibling[row] = first_root
            first_root = row
        else:
            next_sibling[row] = first_child[above]
            first_child[above] = row
    reached = 0
    row = first_root
    while row >= 0:
        position[row] = reached
        reached += 1
        if first_child[row] >= 0:
            row = first_child[row]
            continue
        while row >= 0 and next_sibling[row] < 0:
            row = parent[row]
        if row >= 0:
            row = next_sibling[row]
    return reached


@kernel
def elders(parent, age, elder):  # type: ignore[no-untyped-def]
    """Fill elder[age[row]] with when the one above the row joined, or -1.

    Returns False if somebody joined before the one above him.
    """
    is_after = True
    for row in range(len(parent)):
        above = parent[row]
        own = age[row]
        found = age[above] if above >= 0 else -1
        elder[own] = found
        is_after &= found < own
    return is_after


@kernel
def places_by_age(elder, size, cursor, place):  # type: ignore[no-untyped-def]
    """Find each one's place in preorder, where everybody joined after the one above him.

    Two sweeps over members by age: sizes of groups from the last to the first, then each one's
    place behind his elder siblings' groups. `size` comes in as 1; `cursor` is scratch.
    """
    count = len(elder)
    for k in range(count - 1, -1, -1):
        first = elder[k]
        if first >= 0:
            size[first] += size[k]
    free = 0
    for k in range(count):
        first = elder[k]
        if first >= 0:
            here = cursor[first]
            cursor[first] = here + size[k]
        else:
            here = free
            free += size[k]
        cursor[k] = here + 1
        place[k] = here


@kernel
def placed_rows(joining, place, position, rows):  # type: ignore[no-untyped-def]
    """Fill position[row] and rows[position] from the place of the k-th to join."""
    for k in range(len(joining)):
        row, here = joining[k], place[k]
        position[row] = here
        rows[here] = row


@kernel
def placed_elders(elder, place, above):  # type: ignore[no-untyped-def]
    """Fill above[position] with the parent's position or -1, from the place of the k-th to join."""
    for k in range(len(elder)):
        upper = elder[k]
        above[place[k]] = -1 if upper < 0 else place[upper]


@kernel
def placed_parents(parent, position, rows, out):  # type: ignore[no-untyped-def]
    """Fill rows[position[row]] with row, and out[position[row]] with the parent's position."""
    for row in range(len(parent)):
        place = position[row]
        rows[place] = row
        above = parent[row]
        out[place] = -1 if above < 0 else position[above]


@kernel
def add_up(parent, values):  # type: ignore[no-untyped-def]
    """Turn each member's value into the sum of the whole group below and including him."""
    for i in range(len(values) - 1, -1, -1):
        above = parent[i]
        if above >= 0:
            values[above] += values[i]


@kernel
def add_up_until(parent, values, stops):  # type: ignore[no-untyped-def]
    """As add_up, but nothing passes up from a member who stops."""
    for i in range(len(values) - 1, -1, -1):
        above = parent[i]
        if above >= 0 and not stops[i]:
            values[above] += values[i]


@kernel
def add_to_parent(parent, values, out):  # type: ignore[no-untyped-def]
    """Add each member's value to the one directly above."""
    for i in range(len(values)):
        above = parent[i]
        if above >= 0:
            out[above] += values[i]


@kernel
def add_capped_to_parent(parent, values, most, out):  # type: ignore[no-untyped-def]
    """Add each member's value to the one directly above, at most `most` of the one above."""
    for i in range(len(values)):
        above = parent[i]
        if above >= 0:
            out[above] += min(values[i], most[above])


@kernel
def greatest_legs(parent, values, top):  # type: ignore[no-untyped-def]
    """Fill top[k, i] with the (k+1)-th greatest value directly below i; top comes in as minimum."""
    depth = top.shape[0]
    for i in range(len(values)):
        above = parent[i]
        if above < 0:
            continue
        value = values[i]
        for k in range(depth):
            if value > top[k, above]:
                value, top[k, above] = top[k, above], value


@kernel
def greatest_leg(parent, values, top):  # type: ignore[no-untyped-def]
    """Fill top[i] with the greatest value directly below i, 0 where nobody is; it comes in as minimum.

    Whoever is below i comes after him, so that his figure is settled in a sweep from the last.
    """
    lowest = top[0] if len(top) else 0
    for i in range(len(values) - 1, -1, -1):
        above = parent[i]
        if above >= 0 and values[i] > top[above]:
            top[above] = values[i]
        if top[i] == lowest:
            top[i] = 0


@kernel
def take_places(parent, codes, known, taken, is_right):  # type: ignore[no-untyped-def]
    """Put everybody at a side, known[codes[row]], of the one above him; fills `is_right`.

    `taken`, two places for each row, comes in as False. Returns how many have no side (-1), or
    one that is taken.
    """
    faults = 0
    for row in range(len(parent)):
        side = known[codes[row]]
        above = parent[row]
        is_right[row] = side == 1
        if above < 0:
            continue
        if side < 0 or taken[2 * above + side]:
            faults += 1
        else:
            taken[2 * above + side] = True
    return faults


@kernel
def split_legs(parent, is_right, groups, places, left, right, first, last):  # type: ignore[no-untyped-def]
    """Write the groups of first to last - 1 as the left or right leg of whoever stands above.

    The legs of the one at position i stand at places[i]; they come in as 0.
    """
    for i in range(first, last):
        above = parent[i]
        if above >= 0:
            if is_right[i]:
                right[places[above]] = groups[i]
            else:
                left[places[above]] = groups[i]


@kernel
def nearest_above(parent, holds, out):  # type: ignore[no-untyped-def]
    """Fill out[i] with the nearest position above i for which `holds`, or -1."""
    for i in range(len(parent)):
        above = parent[i]
        if above < 0:
            out[i] = -1
        elif holds[above]:
            out[i] = above
        else:
            out[i] = out[above]


@kernel
def group_starts(groups, starts):  # type: ignore[no-untyped-def]
    """Count members of each group into starts[g + 1], then turn counts into starts."""
    for g in groups:
        starts[g + 1] += 1
    for g in range(1, len(starts)):
        starts[g] += starts[g - 1]


@kernel
def group_rows(groups, starts, rows):  # type: ignore[no-untyped-def]
    """Fill `rows` with row numbers, those of group g from starts[g] on, in order of row."""
    cursor = starts.copy()
    for row in range(len(groups)):
        g = groups[row]
        rows[cursor[g]] = row
        cursor[g] += 1


@kernel
def sum_groups(starts, values, out, first, last):  # type: ignore[no-untyped-def]
    """Fill out[g] with the sum of values[starts[g] : starts[g + 1]] for first <= g < last."""
    for g in range(first, last):
        total = 0
        for index in range(starts[g], starts[g + 1]):
            total += values[index]
        out[g] = total


@kernel
def count_above(parent, out):  # type: ignore[no-untyped-def]
    """Fill out[i] with how many stand above i."""
    for i in range(len(parent)):
        above = parent[i]
        out[i] = 0 if above < 0 else out[above] + 1
