"""Cutting parts down to what their groups may have, in whole units."""

from __future__ import annotations

from upline.compensation.kernels import kernel
from upline.compensation.kernels.rounding import DOWN, wide_rounded


@kernel
def proportional(amount, group, unit, whole, allowed, is_wide, kept, rest):  # type: ignore[no-untyped-def]
    """Fill kept[k] with amount[k] * allowed / whole of its group, cut down to its own unit.

    Amounts are whole multiples of their units. rest[k], below whole, is what was cut off in parts
    of the unit.
    """
    for k in range(len(amount)):
        g = group[k]
        own = amount[k] // unit[k]
        if is_wide:
            share = wide_rounded(own, allowed[g], whole[g], DOWN)
        else:
            share = own * allowed[g] // whole[g]
        # The true difference is below `whole`, so 64 bits hold it even where the products wrap.
        rest[k] = own * allowed[g] - share * whole[g]
        kept[k] = share * unit[k]


@kernel
def handed_out(sequence, group, unit, left, kept):  # type: ignore[no-untyped-def]
    """Give one unit each, in sequence, as long as it fits into what is left of the group."""
    for k in sequence:
        if unit[k] <= left[group[k]]:
            kept[k] += unit[k]
            left[group[k]] -= unit[k]


@kernel
def taken_from(sequence, group, unit, excess, kept):  # type: ignore[no-untyped-def]
    """Take each group's excess from its parts in sequence, in whole units of each part."""
    for k in sequence:
        wanted = excess[group[k]]
        if wanted > 0 and kept[k] > 0:
            take = min((wanted + unit[k] - 1) // unit[k] * unit[k], kept[k])
            kept[k] -= take
            excess[group[k]] -= take
