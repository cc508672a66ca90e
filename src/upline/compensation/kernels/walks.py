"""Walks up the line: levels, generations, differentials. Each line is rounded by itself.

Sources (orders, or members' earnings) are grouped by the position they start from: those of
position p are starts[p] to starts[p + 1]. A walk adds to `totals`, or counts each receiver's lines
in `cursors`, or writes them from his cursor on: so lines stand together by who is paid.
"""

from __future__ import annotations

import numpy as np
from numba import int64, uint32, uint64

from upline.compensation.kernels import kernel
from upline.compensation.kernels.rounding import line_amount, rounded

NONE, COUNT_BETWEEN, REMOVE, MERGE_UP, ROLL_UP, BELOW = 0, 1, 2, 3, 4, 5
TOTALS, COUNT, WRITE = 0, 1, 2
# 8,192 amounts of at most 2^32 / 10,000 add up to less than 2^32.
_SOURCES_AT_ONCE = 8192


@kernel
def levels(  # type: ignore[no-untyped-def]
    first,
    last,
    starts,
    base,
    up,
    distance,
    qualified,
    counted,
    depth,
    stops,
    receiver_class,
    buyer_class,
    factors,
    deepest,
    mode,
    from_level,
    at_start,
    divisor,
    rounding,
    is_wide,
    has_depth,
    has_stops,
    totals,
    task,
    cursors,
    line_receiver,
    line_source,
    line_level,
    line_head,
    line_amounts,
):
    """Pay the lines of the sources that start from positions first to last - 1.

    up[k, i] is the nearest position above i worth a stop (for ROLL_UP: one that may take level
    k + 1); factors[receiver class, buyer class, level] x base / divisor is the line; the last
    level's factor serves all deeper ones up to `deepest`. With `at_start` the start itself stands
    on level 1.
    """
    rows = up.shape[0]
    listed = factors.shape[2] - 1
    counts_members = mode != NONE and mode != ROLL_UP
    measures = mode == NONE or from_level > 1
    for p in range(first, last):
        if starts[p] == starts[p + 1]:
            continue
        count = 0
        head = -1
        if at_start == 0:
            if (has_stops and stops[p]) or (mode == REMOVE and not counted[p]):
                continue
            if counted[p] and (mode == REMOVE or mode == MERGE_UP or mode == BELOW):
                count = 1
                head = p
            u = up[0, p]
            offered = 1
        else:
            offered = 1
            u = p
            if not qualified[p] and not counted[p]:
                u = -1 if has_stops and stops[p] else up[0, p]
        while u >= 0:
            away = from_level
            if measures:
                away = distance[p] - distance[u] + at_start
            level = away
            pays = qualified[u]
            if mode == ROLL_UP:
                level = offered
                if pays and (not has_depth or depth[u] >= level):
                    offered += 1
                else:
                    pays = False
            elif mode == COUNT_BETWEEN:
                level = count + 1
            elif mode == REMOVE or mode == BELOW:
                level = count
            elif mode == MERGE_UP:
                level = max(count, 1)
            if level > deepest:
                break
            if pays and away >= from_level and (not has_depth or depth[u] >= level):
                factor = factors[receiver_class[u], buyer_class[p], min(level, listed)]
                if factor != 0:
                    total = 0
                    at = cursors[u] if task != TOTALS else 0
                    for source in range(starts[p], starts[p + 1]):
                        value = base[source]
                        if value == 0:
                            continue
                        if task == COUNT:
                            at += 1
                            continue
                        amount = line_amount(value, factor, divisor, rounding, is_wide)
                        total += amount
                        if task == WRITE:
                            line_receiver[at] = u
                            line_source[at] = source
                            line_level[at] = level
                            line_head[at] = head
                            line_amounts[at] = amount
                            at += 1
                    totals[u] += total
                    if task != TOTALS:
                        cursors[u] = at
            if counts_members and counted[u]:
                count += 1
                if head < 0:
                    head = u
            if has_stops and stops[u]:
                break
            if mode == ROLL_UP:
                if offered > deepest:
                    break
                u = up[min(offered - 1, rows - 1), u]
            else:
                u = up[0, u]


@kernel
def generation_totals(  # type: ignore[no-untyped-def]
    parent,
    starts,
    base,
    qualified,
    counted,
    receiver_class,
    pays,
    factor,
    divisor,
    rounding,
    is_below,
    goes_on,
    passing,
    totals,
):
    """Add up what lines at one rate come to, where those `counted` tell generations, in one sweep.

    passing[i, k] comes in as 0: what all lines come to that i sees in the k-th generation, which is
    paid where pays[receiver_class[i], k]. With `is_below` the start itself begins a generation;
    with `goes_on` the last one takes all deeper ones. So a line is rounded once and not for each
    of those who get it, however many stand between two who are counted.
    """
    deepest = passing.shape[1] - 1
    for i in range(len(parent) - 1, -1, -1):
        if qualified[i]:
            for k in range(deepest + 1):
                if pays[receiver_class[i], k]:
                    totals[i] += passing[i, k]
        above = parent[i]
        if above < 0:
            continue
        shift = 1 if counted[i] else 0
        for k in range(deepest + 1):
            at = k + shift
            if at > deepest:
                if not goes_on:
                    break
                at = deepest
            passing[above, at] += passing[i, k]
        own = 0
        for source in range(starts[i], starts[i + 1]):
            own += rounded(base[source] * factor, divisor, rounding)
        at = 1 if is_below and counted[i] else 0
        if at > deepest and goes_on:
            at = deepest
        if at <= deepest:
            passing[above, at] += own


@kernel
def chained(up, classes, out):  # type: ignore[no-untyped-def]
    """Pack who is next above and the class of each into one number, so that a step is one look."""
    for i in range(len(up)):
        out[i] = (int64(up[i] + 1) << 32) | classes[i]


@kernel
def chain_totals(  # type: ignore[no-untyped-def]
    first, last, starts, base, chain, pays, factors, deepest, divisor, totals
):
    """Add up levels 1, 2, 3, ... along the chain of qualified uplines: the plain case of levels.

    Lines are not negative, not wide, halves go up; rates hang on the receiver's class and the
    level only: factors[class, level]. Buyers who do not pay bring nobody anything. About half
    of the general walk's time: neither sign nor mode is looked at line by line, and the sums are
    unsigned, for which a constant divisor takes no division.
    """
    listed = factors.shape[1] - 1
    mask = (1 << 32) - 1
    half, by = uint64(divisor // 2), uint64(divisor)
    p = first
    while p < last:
        here = p
        above = chain[p] >> 32
        p += 1
        if not pays[here]:
            continue
        # Neighbours below the same qualified upline bring their orders up the same chain.
        while p < last and chain[p] >> 32 == above and pays[p]:
            p += 1
        low, high = starts[here], starts[p]
        if low == high:
            continue
        u = above - 1
        level = 0
        while u >= 0 and level < deepest:
            level += 1
            step = chain[u]
            factor = factors[step & mask, min(level, listed)]
            if factor != 0:
                total = uint64(0)
                if divisor == 10000:
                    for source in range(low, high):
                        total += (uint64(base[source] * factor) + uint64(5000)) // uint64(10000)
                else:
                    for source in range(low, high):
                        total += (uint64(base[source] * factor) + half) // by
                totals[u] += int64(total)
            u = (step >> 32) - 1


@kernel
def narrow_chain_totals(  # type: ignore[no-untyped-def]
    first, last, starts, base, chain, pays, factors, deepest, totals
):
    """As chain_totals, where base x factor + 5000 fits 32 bits and is divided by 10,000.

    Eight levels are added up at once, side by side in one register of the processor; within so few
    sources their sums fit 32 bits, too. Two to three times as fast.
    """
    listed = factors.shape[1] - 1
    mask = (1 << 32) - 1
    uplines = np.zeros(8, np.int64)
    wanted = np.zeros(8, np.uint32)
    half, by = uint32(5000), uint32(10000)
    p = first
    while p < last:
        here = p
        above = chain[p] >> 32
        p += 1
        if not pays[here]:
            continue
        while p < last and chain[p] >> 32 == above and pays[p]:
            p += 1
        low, high = starts[here], starts[p]
        if low == high:
            continue
        u = above - 1
        level = 0
        while u >= 0 and level < deepest:
            count = 0
            while count < 8 and u >= 0 and level < deepest:
                level += 1
                step = chain[u]
                uplines[count] = u
                wanted[count] = factors[step & mask, min(level, listed)]
                count += 1
                u = (step >> 32) - 1
            for lane in range(count, 8):
                wanted[lane] = 0
            f0, f1, f2, f3, f4, f5, f6, f7 = (
                wanted[0],
                wanted[1],
                wanted[2],
                wanted[3],
                wanted[4],
                wanted[5],
                wanted[6],
                wanted[7],
            )
            begin = low
            while begin < high:
                end = min(begin + _SOURCES_AT_ONCE, high)
                t0 = t1 = t2 = t3 = t4 = t5 = t6 = t7 = uint32(0)
                for source in range(begin, end):
                    value = uint32(base[source])
                    t0 = uint32(t0 + uint32(uint32(value * f0) + half) // by)
                    t1 = uint32(t1 + uint32(uint32(value * f1) + half) // by)
                    t2 = uint32(t2 + uint32(uint32(value * f2) + half) // by)
                    t3 = uint32(t3 + uint32(uint32(value * f3) + half) // by)
                    t4 = uint32(t4 + uint32(uint32(value * f4) + half) // by)
                    t5 = uint32(t5 + uint32(uint32(value * f5) + half) // by)
                    t6 = uint32(t6 + uint32(uint32(value * f6) + half) // by)
                    t7 = uint32(t7 + uint32(uint32(value * f7) + half) // by)
                if count > 0:
                    totals[uplines[0]] += int64(t0)
                if count > 1:
                    totals[uplines[1]] += int64(t1)
                if count > 2:
                    totals[uplines[2]] += int64(t2)
                if count > 3:
                    totals[uplines[3]] += int64(t3)
                if count > 4:
                    totals[uplines[4]] += int64(t4)
                if count > 5:
                    totals[uplines[5]] += int64(t5)
                if count > 6:
                    totals[uplines[6]] += int64(t6)
                if count > 7:
                    totals[uplines[7]] += int64(t7)
                begin = end


@kernel
def enter_head(passed, nearest, code, place):  # type: ignore[no-untyped-def]
    """Enter a place under its code into a tree over the codes; -1 is never entered."""
    if code < 0:
        return
    k = len(passed) // 2 + code
    while k >= 1:
        passed[k] += 1
        # In preorder an ancestor has the lower number: the nearest head has the highest.
        nearest[k] = max(nearest[k], place)
        k >>= 1


@kernel
def leave_head(passed, nearest, code):  # type: ignore[no-untyped-def]
    """Empty what `enter_head` filled."""
    if code < 0:
        return
    k = len(passed) // 2 + code
    while k >= 1:
        passed[k] = 0
        nearest[k] = -1
        k >>= 1


@kernel
def heads_between(passed, nearest, low, high):  # type: ignore[no-untyped-def]
    """Count the places entered under codes from low to high - 1, and give the greatest."""
    codes = len(passed) // 2
    count, place = 0, -1
    first, last = low + codes, high + codes
    while first < last:
        if first & 1:
            count += passed[first]
            place = max(place, nearest[first])
            first += 1
        if last & 1:
            last -= 1
            count += passed[last]
            place = max(place, nearest[last])
        first >>= 1
        last >>= 1
    return count, place


@kernel
def relative_generations(  # type: ignore[no-untyped-def]
    first,
    last,
    starts,
    base,
    parent,
    head_code,
    head_low,
    head_high,
    is_outside,
    codes,
    qualified,
    depth,
    stops,
    receiver_class,
    buyer_class,
    factors,
    deepest,
    is_below,
    from_level,
    at_start,
    divisor,
    rounding,
    is_wide,
    totals,
    task,
    cursors,
    line_receiver,
    line_source,
    line_level,
    line_head,
    line_amounts,
):
    """As levels, where a head is whoever's code lies in the receiver's range, or outside of it.

    Those passed stand in a tree over the codes, so that a range is counted in few steps. With `at_start` the start itself is looked at as an upline.
    """
    listed = factors.shape[2] - 1
    passed = np.zeros(2 * codes, np.int64)
    nearest = np.full(2 * codes, -1, np.int64)
    for p in range(first, last):
        if starts[p] == starts[p + 1] or (stops[p] and at_start == 0):
            continue
        if is_below and at_start == 0:
            enter_head(passed, nearest, head_code[p], p)
        away = 0
        u = p if at_start else parent[p]
        while u >= 0:
            away += 1
            level = 0 if is_below else 1
            if is_outside:
                below, near_below = heads_between(passed, nearest, 0, head_low[u])
                above, near_above = heads_between(passed, nearest, head_high[u], codes)
                level += below + above
                head = max(near_below, near_above)
            else:
                inside, head = heads_between(passed, nearest, head_low[u], head_high[u])
                level += inside
            if qualified[u] and level <= deepest and level <= depth[u] and away >= from_level:
                factor = factors[receiver_class[u], buyer_class[p], min(level, listed)]
                if factor != 0:
                    at = cursors[u] if task != TOTALS else 0
                    for source in range(starts[p], starts[p + 1]):
                        value = base[source]
                        if value == 0:
                            continue
                        if task == COUNT:
                            at += 1
                            continue
                        amount = line_amount(value, factor, divisor, rounding, is_wide)
                        totals[u] += amount
                        if task == WRITE:
                            line_receiver[at] = u
                            line_source[at] = source
                            line_level[at] = level
                            line_head[at] = head
                            line_amounts[at] = amount
                            at += 1
                    if task != TOTALS:
                        cursors[u] = at
            enter_head(passed, nearest, head_code[u], u)
            if stops[u]:
                break
            u = parent[u]
        # Leave the tree as empty as it was, touching no more of it than was touched.
        leave_head(passed, nearest, head_code[p])
        u = parent[p]
        while u >= 0:
            leave_head(passed, nearest, head_code[u])
            if stops[u]:
                break
            u = parent[u]


@kernel
def next_greater(up, share, out):  # type: ignore[no-untyped-def]
    """Fill out[i] with the nearest position above i, along `up`, with a greater share, or -1."""
    for i in range(len(up)):
        u = up[i]
        while u >= 0 and share[u] <= share[i]:
            u = out[u]
        out[i] = u


@kernel
def differential(  # type: ignore[no-untyped-def]
    first,
    last,
    starts,
    base,
    up,
    greater,
    distance,
    share,
    qualified,
    blocks,
    total,
    worth,
    takes_rest,
    buyer_takes,
    buyer_is_paid,
    from_level,
    divisor,
    rounding,
    is_wide,
    totals,
    own_totals,
    task,
    cursors,
    line_receiver,
    line_source,
    line_level,
    line_taken,
    line_amounts,
):
    """Pay each upline what his share exceeds the greatest share already taken, or what is left.

    share, total in whole units; worth[i] turns one unit taken by i into money; up[i] is the
    nearest position above with a share, greater[i] the nearest whose share is greater than i's
    (or up itself where every share counts). base x taken x worth / divisor is the line. Level 0 is
    the buyer's own.
    """
    for p in range(first, last):
        if starts[p] == starts[p + 1]:
            continue
        taken = 0
        left = total[p]
        u = p if buyer_takes else up[p]
        if u == p and not ((qualified[p] or blocks[p]) and share[p] > 0):
            u = up[p]
        while u >= 0:
            away = distance[p] - distance[u]
            is_paid = qualified[u] and (buyer_is_paid if u == p else away >= from_level)
            takes = (is_paid or blocks[u]) and share[u] > 0
            if takes:
                if takes_rest:
                    part = max(min(left, share[u]), 0)
                    left -= part
                else:
                    part = max(share[u] - taken, 0)
                    taken = max(taken, share[u])
                factor = part * worth[u]
                if is_paid and factor != 0:
                    at = cursors[u] if task != TOTALS else 0
                    for source in range(starts[p], starts[p + 1]):
                        value = base[source]
                        if value == 0:
                            continue
                        if task == COUNT:
                            at += 1
                            continue
                        amount = line_amount(value, factor, divisor, rounding, is_wide)
                        if u == p:
                            own_totals[u] += amount
                        else:
                            totals[u] += amount
                        if task == WRITE:
                            line_receiver[at] = u
                            line_source[at] = source
                            line_level[at] = away
                            line_taken[at] = part
                            line_amounts[at] = amount
                            at += 1
                    if task != TOTALS:
                        cursors[u] = at
                if takes_rest and left <= 0:
                    break
            u = greater[u] if takes else up[u]


@kernel
def take_up(parent, has_own, own, out):  # type: ignore[no-untyped-def]
    """Fill out[i] with own[i] where has_own, else with the sum of what those directly below take."""
    for i in range(len(parent) - 1, -1, -1):
        if has_own[i]:
            out[i] = own[i]
        above = parent[i]
        if above >= 0 and not has_own[above]:
            out[above] += out[i]


@kernel
def group_totals(  # type: ignore[no-untyped-def]
    parent, takes, paid, rate, own, group, worth, divisor, rounding, taken, own_totals, totals
):
    """Add up, for all who are paid, rate x own, and in totals what recruits' groups left of it.

    `takes` says whose group takes rate x group, `taken` comes in as 0: it is that, else what those
    directly below take. A line is (rate x base - taken) x worth / divisor, rounded; `worth` has one
    value for all, or one for each member.
    """
    for i in range(len(parent) - 1, -1, -1):
        if takes[i]:
            taken[i] = rate[i] * group[i]
        if paid[i]:
            factor = worth[i] if len(worth) > 1 else worth[0]
            own_totals[i] = rounded(rate[i] * own[i] * factor, divisor, rounding)
        above = parent[i]
        if above < 0:
            continue
        if not takes[above]:
            taken[above] += taken[i]
        if paid[above]:
            factor = worth[above] if len(worth) > 1 else worth[0]
            left = rate[above] * group[i] - taken[i]
            totals[above] += rounded(left * factor, divisor, rounding)
