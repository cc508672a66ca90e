"""Matching the two legs of every member, without a loop over cycles."""

from __future__ import annotations

from upline.compensation.kernels import kernel

# As many cycles as there are.
NO_MOST = 2**62


@kernel
def even(left, right, units, most):  # type: ignore[no-untyped-def]
    """Give how many cycles take `units` (left, right) from the two legs, and what they take."""
    count = min(left // units[0], right // units[1], most)
    return count, count * units[0], count * units[1]


@kernel
def two_to_one(left, right, units, most):  # type: ignore[no-untyped-def]
    """Give how many units of the weak leg meet two of the other, and what is taken."""
    left_units, right_units = left // units[0], right // units[0]
    if left_units >= right_units:
        count = min(right_units, most)
        return count, 2 * count * units[0], count * units[0]
    count = min(left_units, most)
    return count, count * units[0], 2 * count * units[0]


@kernel
def anew(left, right, units, most):  # type: ignore[no-untyped-def]
    """Give how many cycles take `units` (strong, weak), the strong leg decided anew for each.

    While the legs differ by strong - weak or more the same leg stays strong. From then on it
    changes with every cycle, so that each pair of cycles takes strong + weak from both; at last
    one more cycle may go. Where strong < weak the difference only grows.
    """
    strong, weak = units[0], units[1]
    is_left = left >= right
    high, low = (left, right) if is_left else (right, left)
    step = strong - weak
    count = min(high // strong, low // weak, most)
    if step > 0 and count >= (high - low) // step:
        count = (high - low) // step
        high, low = high - count * strong, low - count * weak
        # Legs that have become equal: the left one is strong.
        is_left |= high == low
        pairs = min(low // (strong + weak), (most - count) // 2)
        count += 2 * pairs
        high, low = high - pairs * (strong + weak), low - pairs * (strong + weak)
        if count < most and high >= strong and low >= weak:
            count, high, low = count + 1, high - strong, low - weak
    else:
        high, low = high - count * strong, low - count * weak
    if is_left:
        return count, left - high, right - low
    return count, left - low, right - high


@kernel
def matched(  # type: ignore[no-untyped-def]
    left, right, units, is_anew, may, may_two, most, most_two, cycles, used_left, used_right, is_two
):
    """Fill cycles, what they use of each leg, and who was matched two to one.

    `units` are what a cycle takes from left and right or, with `is_anew`, from the strong and the
    weak leg; may[i] says who is matched, may_two[i] who is two to one where one leg has twice the
    units of the other; most and most_two bound the cycles. A leg below 0 matches nothing.
    """
    for i in range(len(left)):
        first, second = max(left[i], 0), max(right[i], 0)
        low = min(first // units[0], second // units[0])
        if may_two[i] and low > 0 and max(first // units[0], second // units[0]) >= 2 * low:
            is_two[i] = True
            cycles[i], used_left[i], used_right[i] = two_to_one(first, second, units, most_two[i])
        elif may[i]:
            if is_anew:
                cycles[i], used_left[i], used_right[i] = anew(first, second, units, most[i])
            else:
                cycles[i], used_left[i], used_right[i] = even(first, second, units, most[i])
