"""Lines of a member are put in order alike, however many there are."""

import numpy as np
import pytest

from upline.compensation.kernels import sequences


@pytest.mark.parametrize("count", [0, 1, 2, 16, 17, 96, 97, 300, 4095, 4096, 9000])
@pytest.mark.parametrize("span", [1, 2, 255, 256, 70_000, 2**40])
def test_a_group_of_any_size_is_sorted_and_equal_keys_keep_their_sequence(count, span):
    chance = np.random.default_rng(count + span)
    keys = chance.integers(5 * 10**9, 5 * 10**9 + span, 3 * count + 7)
    rows = chance.permutation(len(keys))[:count].astype(np.int32)
    before = np.array([len(keys) - 1, len(keys) - 2], np.int32)
    sequence = np.concatenate([before[:1], rows, before[1:]]).astype(np.int32)
    starts = np.array([0, 1, 1 + count, 2 + count], np.int64)

    sequences.sort_groups(sequence, starts, keys, 1, 2)

    expected = rows[np.argsort(keys[rows], kind="stable")]
    assert sequence.tolist() == [before[0], *expected.tolist(), before[1]]


def test_what_is_in_order_stays_as_it_is():
    sequence, keys = np.arange(5, dtype=np.int32), np.array([3, 3, 4, 9, 9])

    sequences.sort_groups(sequence, np.array([0, 5], np.int64), keys, 0, 1)

    assert sequence.tolist() == [0, 1, 2, 3, 4]
