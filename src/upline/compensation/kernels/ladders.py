"""Ranks that depend on ranks below, in one sweep from the bottom."""

from __future__ import annotations

from upline.compensation.kernels import kernel

# What a counter counts, and the words of the small programs that decide each rank.
RECRUITS, LEGS, DOWNLINE, GROUP = 0, 1, 2, 3
PUSH_KNOWN, PUSH_COUNT, PUSH_FIGURE, PUSH_NUMBER, COMPARE = 0, 1, 2, 3, 4
AND, OR, NOT, ADD, SUBTRACT, TIMES, LEAST, GREATEST, REQUIRE = 5, 6, 7, 8, 9, 10, 11, 12, 13


@kernel
def plausible(known, leads, out, first, last):  # type: ignore[no-untyped-def]
    """Fill out[i] with the highest rank whose leading condition known[leads[r], i] holds, or -1.

    A rank without one (leads[r] < 0) is always plausible.
    """
    for i in range(first, last):
        found = len(leads) - 1
        while found >= 0 and leads[found] >= 0 and known[leads[found], i] == 0:
            found -= 1
        out[i] = found


@kernel
def climb(  # type: ignore[no-untyped-def]
    parent,
    kinds,
    cells,
    cell_at,
    stop_cells,
    stop_at,
    known,
    figures,
    words,
    operands,
    program_starts,
    highest,
    kept,
    stack,
    counts,
    subtree,
    rank,
):
    """Find every member's rank from the bottom up.

    What counter c adds for member i if his rank is r is cells[start + (r + 1) x a + i x b], where
    start, a and b are cell_at[c]: a step is 0 where nothing hangs on the rank or on the member.
    stop_cells likewise: 1 where nothing passes up from him. known[k, i] are conditions that need
    no rank below, figures[f, i] his numbers; the program of rank r is words[program_starts[r] :
    program_starts[r + 1]], in postfix, with operands naming a condition, a counter, a figure, a
    number or how to compare; REQUIRE takes a condition away, without which there is no rank r.
    highest[i] bounds the ranks that are looked at, kept[i] is the rank kept from before or -1; `stack` is scratch. counts[c, i] and subtree[c, i]
    come in as 0; rank[i] is filled, counts[c, i] hold what each member had below.
    """
    members = len(parent)
    counters = len(kinds)
    for i in range(members - 1, -1, -1):
        found = kept[i]
        for r in range(highest[i], found, -1):
            height = 0
            holds = True
            for w in range(program_starts[r], program_starts[r + 1]):
                word = words[w]
                operand = operands[w]
                if word == PUSH_COUNT:
                    below = counts[operand, i]
                    if kinds[operand] == GROUP:
                        # A group counts the member himself; his own figure does not hang on rank.
                        below += cells[cell_at[operand, 0] + i * cell_at[operand, 2]]
                    stack[height] = below
                    height += 1
                elif word == PUSH_KNOWN:
                    stack[height] = known[operand, i]
                    height += 1
                elif word == PUSH_FIGURE:
                    stack[height] = figures[operand, i]
                    height += 1
                elif word == PUSH_NUMBER:
                    stack[height] = operand
                    height += 1
                elif word == REQUIRE:
                    height -= 1
                    if stack[height] == 0:
                        holds = False
                        break
                elif word == NOT:
                    stack[height - 1] = 1 - stack[height - 1]
                else:
                    height -= 1
                    stack[height - 1] = joined(word, operand, stack[height - 1], stack[height])
            if holds:
                found = r
                break
        rank[i] = found
        above = parent[i]
        if above < 0:
            continue
        for c in range(counters):
            if stop_cells[stop_at[c, 0] + (found + 1) * stop_at[c, 1] + i * stop_at[c, 2]] != 0:
                continue
            own = cells[cell_at[c, 0] + (found + 1) * cell_at[c, 1] + i * cell_at[c, 2]]
            kind = kinds[c]
            if kind == RECRUITS:
                counts[c, above] += own
            elif kind == LEGS:
                if own > 0 or subtree[c, i] > 0:
                    counts[c, above] += 1
                    subtree[c, above] = 1
            else:
                counts[c, above] += own + counts[c, i]


@kernel
def joined(word, how, left, right):  # type: ignore[no-untyped-def]
    """Give what a word makes of two numbers; yes is 1."""
    if word == COMPARE:
        if how == 0:
            holds = left >= right
        elif how == 1:
            holds = left > right
        elif how == 2:
            holds = left <= right
        elif how == 3:
            holds = left < right
        elif how == 4:
            holds = left == right
        else:
            holds = left != right
        return 1 if holds else 0
    if word == AND or word == LEAST:
        return min(left, right)
    if word == OR or word == GREATEST:
        return max(left, right)
    if word == ADD:
        return left + right
    if word == SUBTRACT:
        return left - right
    return left * right
