"""Whole-number rounding: x / d by integer identities, and (x * a) / d beyond 64 bits."""

from __future__ import annotations

from numba import int64, uint64

from upline.compensation.kernels import kernel

HALF_UP, HALF_EVEN, DOWN = 0, 1, 2
MODES = {"half_up": HALF_UP, "half_even": HALF_EVEN, "down": DOWN}


@kernel
def quotient(magnitude, divisor):  # type: ignore[no-untyped-def]
    """Divide a number that is not negative.

    Unsigned, and the usual powers of ten stand here as constants: so no division is issued.
    """
    whole = uint64(magnitude)
    if divisor == 10000:
        return int64(whole // uint64(10000))
    if divisor == 100000:
        return int64(whole // uint64(100000))
    if divisor == 1000000:
        return int64(whole // uint64(1000000))
    if divisor == 1000:
        return int64(whole // uint64(1000))
    if divisor == 100:
        return int64(whole // uint64(100))
    return int64(whole // uint64(divisor))


@kernel
def rounded(value, divisor, mode):  # type: ignore[no-untyped-def]
    """Divide `value` by a positive `divisor`, rounded to a whole number by `mode`.

    Half up takes a half away from zero: q = (2|x| + d) // 2d = (|x| + d // 2) // d, which holds
    for odd d too, since no half exists there. The sign is put back last.
    """
    magnitude = value if value >= 0 else -value
    if mode == 0:
        result = quotient(magnitude + divisor // 2, divisor)
    else:
        result = quotient(magnitude, divisor)
        rest = magnitude - result * divisor
        if mode == 1 and (rest > divisor - rest or (rest == divisor - rest and result & 1)):
            result += 1
    return result if value >= 0 else -result


@kernel
def all_rounded(values, divisor, mode, out, first, last):  # type: ignore[no-untyped-def]
    """Fill out[k] with values[k] / divisor, rounded, for first <= k < last."""
    for k in range(first, last):
        out[k] = rounded(values[k], divisor, mode)


@kernel
def wide_rounded(value, factor, divisor, mode):  # type: ignore[no-untyped-def]
    """Round value * factor / divisor where the product may pass 64 bits; divisor < 2**62.

    The product is kept as high and low 32-bit limbs and divided bit by bit. The result must fit;
    the range proof before a run sees to that.
    """
    negative = (value < 0) != (factor < 0)
    a = value if value >= 0 else -value
    b = factor if factor >= 0 else -factor
    mask = (1 << 32) - 1
    a_high, a_low = a >> 32, a & mask
    b_high, b_low = b >> 32, b & mask
    low = a_low * b_low
    middle_1 = a_high * b_low
    middle_2 = a_low * b_high
    # Four limbs of 32 bits, lowest first.
    carry = low >> 32
    limb_0 = low & mask
    total = carry + (middle_1 & mask) + (middle_2 & mask)
    limb_1 = total & mask
    carry = total >> 32
    total = carry + (middle_1 >> 32) + (middle_2 >> 32) + ((a_high * b_high) & mask)
    limb_2 = total & mask
    limb_3 = (total >> 32) + ((a_high * b_high) >> 32)
    result = 0
    rest = 0
    for index in range(4):
        limb = limb_3
        if index == 1:
            limb = limb_2
        elif index == 2:
            limb = limb_1
        elif index == 3:
            limb = limb_0
        for bit in range(31, -1, -1):
            rest = (rest << 1) | ((limb >> bit) & 1)
            result <<= 1
            if rest >= divisor:
                rest -= divisor
                result |= 1
    doubled = rest - (divisor - rest)
    if (mode == 0 and doubled >= 0) or (
        mode == 1 and (doubled > 0 or (doubled == 0 and result & 1))
    ):
        result += 1
    return -result if negative else result


@kernel
def line_amount(value, factor, divisor, mode, is_wide):  # type: ignore[no-untyped-def]
    """Round value * factor / divisor; `is_wide` where the product may not fit 64 bits."""
    if is_wide:
        return wide_rounded(value, factor, divisor, mode)
    return rounded(value * factor, divisor, mode)
