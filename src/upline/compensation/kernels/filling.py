"""Trees of fixed width that are filled: each newcomer gets a place below his sponsor.

A balanced tree needs the sizes of groups. As long as the tree is flat, one is added to everybody
above a newcomer. Once that has cost too much, as in a chain, sizes go into a link-cut tree (Sleator
and Tarjan), where adding and asking take some log n steps: `nearer`, `farther` and `up` are the
splay trees of its paths, and `size` holds each node's figure less that of its parent there.
"""

from __future__ import annotations

from upline.compensation.kernels import kernel

# So many steps up for each member are cheaper than a link-cut tree.
_STEPS = 32


@kernel
def sequence_of_placing(joining, sponsor, is_placed, first, last, following, out):  # type: ignore[no-untyped-def]
    """Fill `out` with rows in order of joining; who comes before his sponsor follows him at once.

    `joining[k]` is the row that joined k-th. `is_placed` comes in as False; `first`, `last` (who
    waits for a sponsor) and `following` are scratch filled with -1.
    """
    placed = 0
    for start in joining:
        above = sponsor[start]
        if above >= 0 and not is_placed[above]:
            if first[above] < 0:
                first[above] = start
            else:
                following[last[above]] = start
            last[above] = start
            continue
        row = start
        while row >= 0:
            out[placed] = row
            placed += 1
            is_placed[row] = True
            if first[row] >= 0:
                row = first[row]
                continue
            while row != start and following[row] < 0:
                row = sponsor[row]
            row = -1 if row == start else following[row]


@kernel
def fill_chains(sequence, sponsor, depth, above, chain, place, last):  # type: ignore[no-untyped-def]
    """Fill a tree of width 1: everybody goes to the end of his sponsor's chain.

    `above` and `last` come in as -1, `place` as 0.
    """
    for row in sequence:
        upper = sponsor[row]
        chain[row] = row
        last[row] = row
        if upper < 0:
            continue
        end = last[chain[upper]]
        if place[end] - place[upper] + 1 <= depth:
            above[row] = end
            chain[row] = chain[upper]
            place[row] = place[end] + 1
            last[chain[upper]] = row


@kernel
def fill_levels(  # type: ignore[no-untyped-def]
    sequence,
    sponsor,
    width,
    depth,
    is_balanced,
    above,
    first,
    last,
    following,
    taken,
    cursor,
    level,
    up,
    nearer,
    farther,
    size,
):
    """Fill a tree of width 2 or more; `above` gets each one's parent, or -1 for want of a place.

    first[i], last[i] and following[i] are the first and the last one directly below, and the
    next one beside; they, `above`, `up`, `nearer` and `farther` come in as -1, `taken` (places
    taken directly below), `level` and `size` as 0, cursor[i] as i.
    """
    is_linked = False
    steps = 0
    for row in sequence:
        upper = sponsor[row]
        if is_balanced:
            size[row] = 1
        if upper < 0:
            continue
        parent = -1
        if is_balanced:
            parent = smallest_leg(upper, width, depth, first, following, taken, is_linked, up, nearer, farther, size)  # fmt: skip
        if parent < 0:
            parent = first_open(upper, width, depth, above, first, following, taken, cursor, level)
        if parent < 0:
            continue
        above[row] = parent
        taken[parent] += 1
        if first[parent] < 0:
            first[parent] = row
        else:
            following[last[parent]] = row
        last[parent] = row
        if is_linked:
            expose(parent, up, nearer, farther, size)
            size[parent] += 1
            up[row] = parent
        elif is_balanced:
            while parent >= 0:
                size[parent] += 1
                parent = above[parent]
                steps += 1
            if steps > _STEPS * len(above):
                # Each path of the link-cut tree is a single node at first.
                is_linked = True
                up[:] = above


@kernel
def first_open(top, width, depth, above, first, following, taken, cursor, level):  # type: ignore[no-untyped-def]
    """Give who has the first open place below `top`, level by level from the left, or -1.

    The cursor only goes on. It stands behind full members only, so each level that it crosses is
    whole: it crosses at most log n of them, and no member is passed by more cursors than that.
    """
    here = cursor[top]
    while taken[here] == width:
        climbed = 0
        while here != top and following[here] < 0:
            here = above[here]
            climbed += 1
        if here == top:
            level[top] += 1
            climbed += 1
        else:
            here = following[here]
        for _ in range(climbed):
            here = first[here]
    cursor[top] = here
    return here if level[top] < depth else -1


@kernel
def smallest_leg(  # type: ignore[no-untyped-def]
    top, width, depth, first, following, taken, is_linked, up, nearer, farther, size
):
    """Go at every step into the leg with the fewest members, of equal ones the first; -1 if too deep."""
    here = top
    for _ in range(depth):
        if taken[here] < width:
            return here
        leg = first[here]
        here = leg
        least = -1
        while leg >= 0:
            if is_linked:
                expose(leg, up, nearer, farther, size)
            if least < 0 or size[leg] < least:
                least = size[leg]
                here = leg
            leg = following[leg]
    return -1


@kernel
def expose(node, up, nearer, farther, size):  # type: ignore[no-untyped-def]
    """Make the path from the top to `node` one splay tree with `node` as its root.

    size[node] is then how many are in the node's group; what is added to it is added to all above.
    """
    below = -1
    here = node
    while here >= 0:
        splay(here, up, nearer, farther, size)
        cut = farther[here]
        if cut >= 0:
            size[cut] += size[here]
        farther[here] = below
        if below >= 0:
            size[below] -= size[here]
        below = here
        here = up[here]
    splay(node, up, nearer, farther, size)


@kernel
def splay(node, up, nearer, farther, size):  # type: ignore[no-untyped-def]
    """Bring a node to the root of its splay tree."""
    while is_inner(node, up, nearer, farther):
        parent = up[node]
        if is_inner(parent, up, nearer, farther):
            is_straight = (nearer[parent] == node) == (nearer[up[parent]] == parent)
            rotate(parent if is_straight else node, up, nearer, farther, size)
        rotate(node, up, nearer, farther, size)


@kernel
def is_inner(node, up, nearer, farther):  # type: ignore[no-untyped-def]
    """Say whether a node has a parent in its splay tree, not only a path above it."""
    parent = up[node]
    return parent >= 0 and (nearer[parent] == node or farther[parent] == node)


@kernel
def rotate(node, up, nearer, farther, size):  # type: ignore[no-untyped-def]
    """Lift a node above its parent in the splay tree; figures less those of parents follow."""
    parent = up[node]
    grand = up[parent]
    if grand >= 0:
        if nearer[grand] == parent:
            nearer[grand] = node
        elif farther[grand] == parent:
            farther[grand] = node
    if nearer[parent] == node:
        moved = farther[node]
        nearer[parent] = moved
        farther[node] = parent
    else:
        moved = nearer[node]
        farther[parent] = moved
        nearer[node] = parent
    up[node] = grand
    up[parent] = node
    own = size[node]
    size[node] = own + size[parent]
    size[parent] = -own
    if moved >= 0:
        up[moved] = parent
        size[moved] += own
