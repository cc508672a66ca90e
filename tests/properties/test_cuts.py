"""Laws of cutting parts down to a ceiling, on random parts."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from upline.compensation.after.cuts import Parts

AMOUNTS = st.lists(st.tuples(st.integers(1, 10**13), st.integers(0, 3)), min_size=1, max_size=40)
CEILINGS = st.lists(st.integers(0, 10**14), min_size=4, max_size=4)


def parts_of(rows, unit=1):
    amount = np.asarray([one * unit for one, _ in rows], np.int64)
    group = np.asarray([group for _, group in rows], np.int64)
    return Parts(amount, group, np.full(len(rows), unit, np.int64), (np.arange(len(rows)),))


def by_group(values, group):
    return [int(values[group == one].sum()) for one in range(4)]


@settings(deadline=None)
@given(AMOUNTS, CEILINGS, st.sampled_from(["in_proportion", "last_first"]))
def test_parts_add_up_to_the_ceiling_and_none_gains(rows, ceilings, how):
    parts = parts_of(rows)

    kept = parts.cut(np.asarray(ceilings), how)

    whole = by_group(parts.amount, parts.group)
    assert by_group(kept, parts.group) == [min(*pair) for pair in zip(whole, ceilings, strict=True)]
    assert ((kept >= 0) & (kept <= parts.amount)).all()


@settings(deadline=None)
@given(AMOUNTS, CEILINGS)
def test_a_share_is_the_exact_one_cut_down_or_a_unit_more(rows, ceilings):
    parts = parts_of(rows)

    kept = parts.cut(np.asarray(ceilings), "in_proportion").tolist()

    whole = by_group(parts.amount, parts.group)
    for (amount, group), share in zip(rows, kept, strict=True):
        exact = Fraction(amount * min(ceilings[group], whole[group]), whole[group])
        assert exact - 1 < share < exact + 1


@settings(deadline=None)
@given(AMOUNTS, CEILINGS, st.randoms(use_true_random=False))
def test_the_sequence_in_which_parts_come_in_changes_nothing(rows, ceilings, chance):
    parts = parts_of(rows)
    order = list(range(len(rows)))
    chance.shuffle(order)
    shuffled = Parts(
        parts.amount[order], parts.group[order], parts.unit[order], (parts.keys[0][order],)
    )

    for how in ("in_proportion", "last_first"):
        kept = parts.cut(np.asarray(ceilings), how)
        assert (shuffled.cut(np.asarray(ceilings), how) == kept[order]).all()


@settings(deadline=None)
@given(AMOUNTS, CEILINGS, st.sampled_from(["in_proportion", "last_first"]))
def test_coarse_parts_stay_whole_and_never_pass_the_ceiling(rows, ceilings, how):
    parts = parts_of([(amount % 10**9 + 1, group) for amount, group in rows], unit=100)

    kept = parts.cut(np.asarray(ceilings), how)

    assert not (kept % 100).any()
    for got, most, whole in zip(
        by_group(kept, parts.group), ceilings, by_group(parts.amount, parts.group), strict=True
    ):
        assert got <= max(most, 0) or got == whole
        assert got > min(most, whole) - 100
