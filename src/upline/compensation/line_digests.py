"""The digests of pay lines, taken part by part as the lines are picked out."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

import numpy.typing as npt

from upline.compensation.decimals import SHOWN_PLACES
from upline.compensation.digests import CodesDigest, NumbersDigest
from upline.compensation.line_rows import LineRows, LineSequence
from upline.compensation.own_ids import looked_up
from upline.compensation.parallel import mapped

Array = npt.NDArray[Any]


class _Digest(Protocol):
    def add(self, values: Array) -> None: ...

    def hexdigest(self) -> str: ...


class LineDigests:
    """Takes the lines of a sequence part by part and gives the digest of each of their columns."""

    def __init__(self, sequence: LineSequence) -> None:
        self._ranks = sequence.id_ranks
        self._digests: dict[str, _Digest] = {}
        count = len(sequence)
        if not count:
            return
        billionth, amount = Fraction(1, 10**SHOWN_PLACES), Fraction(1, 10**sequence.places)
        units = {"base": billionth, "rate": billionth, "amount": amount}
        for name, divisor in sequence.divisors().items():
            unit = units.get(name, Fraction(1))
            self._digests[name] = NumbersDigest(unit, divisor, count)
        self._digests["bonus"] = CodesDigest(sequence.bonuses, sequence.bonuses_with_lines())

    def add(self, part: LineRows) -> None:
        """Add the lines that come next."""
        members, orders = self._ranks
        columns = {
            "member": members[part.member],
            "bonus": part.bonus,
            "order": looked_up(orders, part.order),
            "buyer": looked_up(members, part.buyer),
            "level": part.level,
            "base": part.base,
            "rate": part.rate,
            "amount": part.amount,
        }
        mapped(lambda name: self._digests[name].add(columns[name]), columns)

    def digests(self) -> dict[str, str]:
        """Give the digest of each column, once all lines were added."""
        return {name: digest.hexdigest() for name, digest in self._digests.items()}
