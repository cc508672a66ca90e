"""Ranks that depend on ranks below, in one sweep from the bottom."""

from __future__ import annotations

from upline.compensation.kernels import kernel

# What a counter counts, and the words of the small programs that decide each rank.
RECRUITS, LEGS, DOWNLINE, GROUP = 0, 1, 2, 3
PUSH_KNOWN, PUSH_COUNTER, AND, OR, NOT = 0, 1, 2, 3, 4


@kernel
def climb(  # type: ignore[no-untyped-def]
    parent,
    kinds,
    values,
    stops,
    known,
    thresholds,
    comparisons,
    words,
    operands,
    program_starts,
    kept,
    counts,
    subtree,
    rank,
):
    """Find every member's rank from the bottom up.

    values[c, r + 1, i] is what counter c adds for member i if his rank is r (stops likewise: 1
    where nothing passes up from him); known[k, i] conditions that need no rank below; the program
    of rank r is words[program_starts[r] : program_starts[r + 1]], in postfix, with operands
    naming a known condition or a counter's threshold. kept[i] is the rank kept from before or -1.
    counts[c, i] and subtree[c, i] come in as 0; rank[i] is filled, counts[c, i] hold what each
    member had below.
    """
    members = len(parent)
    ranks = len(program_starts) - 1
    counters = len(kinds)
    stack = [False] * 32
    for i in range(members - 1, -1, -1):
        found = kept[i]
        for r in range(ranks - 1, -1, -1):
            if r <= kept[i]:
                break
            height = 0
            for w in range(program_starts[r], program_starts[r + 1]):
                word = words[w]
                operand = operands[w]
                if word == PUSH_KNOWN:
                    stack[height] = known[operand, i] != 0
                    height += 1
                elif word == PUSH_COUNTER:
                    counter = comparisons[operand, 0]
                    below = counts[counter, i]
                    if kinds[counter] == GROUP:
                        # A group counts the member himself; his own figure does not hang on rank.
                        below += values[counter, 0, i]
                    wanted = thresholds[operand]
                    how = comparisons[operand, 1]
                    if how == 0:
                        stack[height] = below >= wanted
                    elif how == 1:
                        stack[height] = below > wanted
                    elif how == 2:
                        stack[height] = below <= wanted
                    elif how == 3:
                        stack[height] = below < wanted
                    elif how == 4:
                        stack[height] = below == wanted
                    else:
                        stack[height] = below != wanted
                    height += 1
                elif word == NOT:
                    stack[height - 1] = not stack[height - 1]
                else:
                    height -= 1
                    if word == AND:
                        stack[height - 1] = stack[height - 1] and stack[height]
                    else:
                        stack[height - 1] = stack[height - 1] or stack[height]
            if stack[0]:
                found = r
                break
        rank[i] = found
        above = parent[i]
        if above < 0:
            continue
        for c in range(counters):
            own = values[c, found + 1, i]
            if stops[c, found + 1, i] != 0:
                continue
            kind = kinds[c]
            if kind == RECRUITS:
                counts[c, above] += own
            elif kind == LEGS:
                has = 1 if (own > 0 or subtree[c, i] > 0) else 0
                counts[c, above] += has
                if has:
                    subtree[c, above] = 1
            else:
                counts[c, above] += own + counts[c, i]
