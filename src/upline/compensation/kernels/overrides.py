"""Overrides on groups that have broken away, from the bottom up."""

from __future__ import annotations

from upline.compensation.kernels import kernel


@kernel
def guaranteed(legs, above, due, least, gained, added):  # type: ignore[no-untyped-def]
    """Fill added[k] with what the head of leg k gives, so that the one above gets `least[k]`.

    legs[k] are positions of heads in rising order, above[k] who is paid on each, due[k] for what.
    A head gives at most what he has gained from legs of his own; `gained` comes in as 0 for every
    position. Those below stand behind him in preorder, so his legs are done before himself.
    """
    for k in range(len(legs) - 1, -1, -1):
        head = legs[k]
        lack = least[k] - due[k]
        if lack > 0 and gained[head] > 0:
            added[k] = min(lack, gained[head])
            gained[head] -= added[k]
        gained[above[k]] += due[k] + added[k]
