"""Volumes as text: read exactly or refused, never rounded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from upline.catalog.errors import VolumeUnreadable

# Volumes have six decimals at most, so that they are whole numbers of millionths everywhere.
VOLUME_PLACES = 6
MILLIONTHS = 10**VOLUME_PLACES
_VOLUME = re.compile(r"[0-9]{1,12}([.][0-9]{1,6})?", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


def read_volumes(given: Mapping[str, Decimal | str]) -> dict[str, Decimal]:
    """Read volumes by name, exactly. Raises VolumeUnreadable.

    >>> read_volumes({"pv": "12.50"})
    {'pv': Decimal('12.5')}
    """
    read = {}
    for name, value in given.items():
        text = f"{value:f}" if isinstance(value, Decimal) else value
        whole, _, decimals = text.partition(".")
        exact = f"{whole}.{decimals.rstrip('0')}" if decimals.rstrip("0") else whole
        if not _NAME.fullmatch(name) or not _VOLUME.fullmatch(exact):
            raise VolumeUnreadable(name=name, given=value)
        read[name] = Decimal(exact)
    return read


def volumes_as_text(volumes: Mapping[str, Decimal]) -> dict[str, str]:
    """Write volumes as they are stored: by name, plain decimals without empty places.

    >>> volumes_as_text({"pv": Decimal("12.50"), "cv": Decimal("1E+2")})
    {'cv': '100', 'pv': '12.5'}
    """
    return {name: in_decimals(in_millionths(volumes[name])) for name in sorted(volumes)}


def in_millionths(volume: Decimal) -> int:
    """Give a volume as a whole number of millionths."""
    whole = volume.scaleb(VOLUME_PLACES)
    if whole != int(whole):
        raise VolumeUnreadable(name="", given=volume)
    return int(whole)


def in_decimals(millionths: int) -> str:
    """Write millionths as a plain decimal.

    >>> in_decimals(12_500_000), in_decimals(-1), in_decimals(0)
    ('12.5', '-0.000001', '0')
    """
    sign = "-" if millionths < 0 else ""
    whole, rest = divmod(abs(millionths), MILLIONTHS)
    decimals = f"{rest:06d}".rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"
