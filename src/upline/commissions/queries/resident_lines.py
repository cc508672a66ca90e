"""Lines of a resident result, a member's, by pages: an estimate has none in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.commissions.errors import LineUnknown
from upline.commissions.models import VolumeFact
from upline.commissions.queries.facts import LineFilter, LineList, LineRow
from upline.commissions.queries.line_pages import found_by
from upline.commissions.queries.seeing import Reader
from upline.commissions.resident import Resident
from upline.compensation.columns import Numbers, rounded
from upline.compensation.decimals import SHOWN_PLACES
from upline.compensation.explain.wording import Wording

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A member's lines: bonus by its place, the line's place in it, and what it is of."""

    bonus: Array
    place: Array
    fact: Array
    buyer: Array
    level: Array
    units: Array

    @property
    def numbers(self) -> Array:
        """Give each line a number by what it is of, so that it keeps it in a newer estimate."""
        of_fact = self.fact >= 0
        source = np.where(of_fact, self.fact, np.maximum(self.buyer, 0))
        return np.asarray(_numbered((source << 1) | of_fact, self.level, self.bonus))


def number_of(fact: int, level: int | None, bonus: int) -> int:
    """Give the number of a line that is of an order."""
    return int(_numbered(fact << 1 | 1, -1 if level is None else level, bonus))


def _numbered(source: Any, level: Any, bonus: Any) -> Any:
    return (source << 18) | ((level + 1) << 6) | bonus


def page(by: Reader, held: Resident, position: int, words: Wording, wanted: LineFilter) -> LineList:
    """Give a page of a member's lines of a resident result."""
    own = own_lines(held, position)
    rows = np.flatnonzero(_chosen(held, own, wanted))
    rows = rows[_sequence(own, rows, wanted.order)]
    names = [part.bonus for part in held.result.paid]
    levels = np.unique(own.level)
    shown = rows[wanted.first : wanted.first + wanted.most]
    return LineList(
        rows=tuple(_rows(by, held, own, shown, words)),
        total=len(rows),
        bonuses=tuple(
            (names[code], words.bonus(names[code])) for code in np.unique(own.bonus).tolist()
        ),
        levels=tuple(level for level in levels.tolist() if level >= 0),
    )


def own_lines(held: Resident, position: int) -> Own:
    """Give all lines of a member."""
    result = held.result
    parts = []
    for code, part in enumerate(result.paid):
        if part.lines is None or not part.totals[position]:
            continue
        place = np.flatnonzero(part.lines.receiver == position)
        lines = part.lines
        scale = 10 ** (result.places - part.places)
        parts.append(
            (
                np.full(len(place), code, np.int64),
                place,
                _looked_up(held.fact_ids, result.world.orders.rows, lines.order[place]),
                _looked_up(held.member_ids, result.world.forest.rows, lines.buyer[place]),
                lines.level[place].astype(np.int64),
                lines.amount[place].astype(np.int64) * scale,
            )
        )
    empty = [np.zeros(0, np.int64)] * 6
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else empty
    return Own(
        bonus=columns[0],
        place=columns[1],
        fact=columns[2],
        buyer=columns[3],
        level=columns[4],
        units=columns[5],
    )


def _looked_up(ids: Array, rows: Array, places: Array) -> Array:
    """Give the ids in the database of some places; -1 stays -1."""
    found = np.full(len(places), -1, np.int64)
    is_known = places >= 0
    found[is_known] = ids[rows[places[is_known]]]
    return found


def place_of(held: Resident, position: int, number: int) -> tuple[int, int]:
    """Give the bonus and the place in it of a line by its number. Raises LineUnknown."""
    own = own_lines(held, position)
    found = np.flatnonzero(own.numbers == number)
    if not len(found):
        member = held.result.world.id_of(position)
        raise LineUnknown(member=member, label=held.period.label, number=number)
    return int(own.bonus[found[0]]), int(own.place[found[0]])


def row_of(
    by: Reader, held: Resident, position: int, found: tuple[int, int], words: Wording
) -> LineRow:
    """Give one line of a member."""
    own = own_lines(held, position)
    bonus, place = found
    row = np.flatnonzero((own.bonus == bonus) & (own.place == place))
    return _rows(by, held, own, row, words)[0]


def _chosen(held: Resident, own: Own, wanted: LineFilter) -> Array:
    chosen = np.ones(len(own.bonus), np.bool_)
    if wanted.bonus:
        names = [part.bonus for part in held.result.paid]
        chosen &= own.bonus == (names.index(wanted.bonus) if wanted.bonus in names else -1)
    if wanted.level is not None:
        chosen &= own.level == wanted.level
    if wanted.search.strip():
        facts, buyers = found_by(wanted.search)
        chosen &= np.isin(own.fact, facts) | np.isin(own.buyer, buyers)
    return chosen


def _sequence(own: Own, rows: Array, order: str) -> Array:
    number = own.numbers[rows]
    keys = {
        "amount_up": own.units[rows],
        "level_up": own.level[rows],
        "level_down": -own.level[rows],
        "number_up": number,
    }
    return np.asarray(np.lexsort((number, keys.get(order, -own.units[rows]))))


def _rows(by: Reader, held: Resident, own: Own, rows: Array, words: Wording) -> Sequence[LineRow]:
    facts = [int(one) for one in own.fact[rows] if one >= 0]
    buyers = [int(one) for one in own.buyer[rows] if one >= 0]
    orders = dict(VolumeFact.objects.filter(pk__in=facts).values_list("id", "order_number"))
    codes = by.codes_of(buyers)
    numbers = own.numbers
    found = []
    for row in rows.tolist():
        part = held.result.paid[int(own.bonus[row])]
        assert part.lines is not None
        place, level = int(own.place[row]), int(own.level[row])
        found.append(
            LineRow(
                number=int(numbers[row]),
                bonus=part.bonus,
                title=words.bonus(part.bonus),
                level=None if level < 0 else level,
                order=orders.get(int(own.fact[row])),
                buyer=codes.get(int(own.buyer[row])),
                base=_shown(part.lines.base.at(place)),
                rate=_shown(part.lines.rate.at(place)),
                amount=Decimal(int(own.units[row])).scaleb(-held.result.places),
                currency=held.result.world.plan.file.currency,
            )
        )
    return found


def _shown(exact: Fraction) -> Decimal:
    """Round as lines in the database are."""
    single = Numbers(np.asarray([exact.numerator], object), Fraction(1, exact.denominator))
    return Decimal(int(rounded(single, SHOWN_PLACES, "half_up").values[0])).scaleb(-SHOWN_PLACES)
