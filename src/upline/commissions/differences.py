"""What lines of a closed period become when what came too late is counted, by each bonus's rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from upline.commissions import adjusted
from upline.compensation import Result, columns
from upline.compensation.columns import Numbers
from upline.compensation.late import bases_of, rounding_of, rule_after_close

_CHANGED = pa.schema(
    [
        *((adjusted.SCHEMA.field(name)) for name in adjusted.KEYS),
        ("before_units", pa.int64()),
        ("now_units", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A closed period computed again, and the lines as they stood.

    `members` and `orders` are the tables of the run; `new` are the facts that no adjustment counted
    before; `roots` name, for all facts of the orders that these belong to, the order.
    """

    result: Result
    members: pa.Table
    orders: pa.Table
    before: pa.Table
    places: int
    new: frozenset[int]
    roots: dict[int, int]


def changed_lines(again: Again) -> pa.Table:
    """Give each line whose amount changes: what tells it apart, what it was and what it is."""
    names = {part.bonus for part in again.result.paid} | set(
        pc.unique(again.before["bonus"]).to_pylist()
    )
    file = again.result.world.plan.file
    rules = {name: rule_after_close(file, name) for name in sorted(names)}
    now = _now(again)
    recomputed = [name for name, rule in rules.items() if rule == "recompute"]
    reversing = [name for name, rule in rules.items() if rule == "reverse_lines"]
    found = [_recomputed(again.before, now, recomputed)]
    found += [_reversed(again, now, name) for name in reversing]
    return pa.concat_tables(found).sort_by([(name, "ascending") for name in adjusted.KEYS])


def carries_after(again: Again, sealed: pa.Table | None) -> pa.Table:
    """Give what the period now leaves: of bonuses that are not computed again, what they left."""
    found = again.result.carries
    file = again.result.world.plan.file
    standing = [name for name, bonus in file.bonuses.items() if bonus.after_close != "recompute"]
    if sealed is None or not standing:
        return found
    pattern = "^(" + "|".join(standing) + ") "
    is_theirs = pc.match_substring_regex(found["name"], pattern)
    was_theirs = pc.match_substring_regex(sealed["name"], pattern)
    kept = [found.filter(pc.invert(is_theirs)), sealed.filter(was_theirs)]
    return pa.concat_tables([table.cast(found.schema) for table in kept]).combine_chunks()


def _now(again: Again) -> pa.Table:
    """Give the lines of the run that counts everything."""
    rows = again.result.line_rows()
    ids = again.members["member_id"].to_numpy()
    facts = again.orders["fact_id"].to_numpy()
    table = pa.table(
        {
            "member_id": ids[rows.member],
            "bonus": pa.array(rows.bonuses, pa.string()).take(pa.array(rows.bonus)),
            "level": np.where(rows.level < 0, -1, rows.level),
            "fact_id": _ids(facts, rows.order),
            "buyer_id": _ids(ids, rows.buyer),
            "units": rows.amount * 10 ** (again.places - rows.places),
        },
        schema=adjusted.SCHEMA,
    )
    return adjusted.summed(table, "units")


def _ids(table: np.ndarray, rows: np.ndarray) -> np.ndarray:
    if not len(table):
        return np.full(len(rows), -1, np.int64)
    return np.where(rows < 0, -1, table[np.maximum(rows, 0)])


def _recomputed(before: pa.Table, now: pa.Table, bonuses: list[str]) -> pa.Table:
    chosen = pa.array(bonuses, pa.string())
    was, is_ = (table.filter(pc.is_in(table["bonus"], chosen)) for table in (before, now))
    nothing_was, nothing_is = (pa.array(np.zeros(table.num_rows, np.int64)) for table in (is_, was))
    both = pa.concat_tables(
        [
            was.rename_columns([*adjusted.KEYS, "before_units"]).append_column(
                "now_units", nothing_is
            ),
            is_.append_column("before_units", nothing_was)
            .select([*adjusted.KEYS, "before_units", "units"])
            .rename_columns([*adjusted.KEYS, "before_units", "now_units"]),
        ]
    )
    found = adjusted.summed(both, "before_units", "now_units")
    return found.filter(pc.not_equal(found["before_units"], found["now_units"])).cast(_CHANGED)


def _reversed(again: Again, now: pa.Table, bonus: str) -> pa.Table:
    """Let a refund take back its part of what the order paid, and a late order pay its own lines.

    Nobody else's line changes. A refund takes a share of what is left of the order, so that refunds
    in any sequence add up to it exactly.
    """
    families = _families(again)
    rows = [row for family in families.values() for row in family]
    bases = bases_of(again.result, bonus, rows)
    facts = {row: again.orders["fact_id"][row].as_py() for row in rows}
    found = []
    for root, family in families.items() if bases else ():
        left = _base(bases, [row for row in family if _was_there(again, facts[row], root)])
        back = _base(bases, [row for row in family if not _was_there(again, facts[row], root)])
        share = 1 + back / left if left else Fraction(1)
        known = [facts[row] for row in family if facts[row] not in again.new]
        table = _of(again.before, bonus, known)
        added = _of(now, bonus, [root]) if root in again.new else table.slice(0, 0)
        found += _shares(again, bonus, root, (table, added), share)
    return pa.Table.from_pylist(found, schema=_CHANGED)


def _families(again: Again) -> dict[int, list[int]]:
    """Give the rows of each order that something new belongs to, with what took back of it."""
    first, end = again.result.world.period.start, again.result.world.period.end
    touched: dict[int, list[int]] = {}
    is_one = pc.is_in(again.orders["fact_id"], pa.array(list(again.roots), pa.int64()))
    for row in np.flatnonzero(np.asarray(is_one)).tolist():
        if first <= again.orders["date"][row].as_py() < end:
            root = again.roots[again.orders["fact_id"][row].as_py()]
            touched.setdefault(root, []).append(row)
    return {root: touched[root] for root in sorted(touched)}


def _was_there(again: Again, fact: int, root: int) -> bool:
    """Tell what is left of an order from what is newly taken back; a late order is there at once."""
    return fact not in again.new or fact == root


def _base(bases: dict[int, Fraction], rows: Sequence[int]) -> Fraction:
    return sum((bases[row] for row in rows), Fraction(0))


def _of(lines: pa.Table, bonus: str, facts: Sequence[int]) -> pa.Table:
    chosen = pc.is_in(lines["fact_id"], pa.array(facts, pa.int64()))
    return lines.filter(pc.and_(chosen, pc.equal(lines["bonus"], bonus)))


def _shares(
    again: Again, bonus: str, root: int, tables: tuple[pa.Table, pa.Table], share: Fraction
) -> list[dict[str, object]]:
    sums: dict[tuple[int, int, int], list[int]] = {}
    for place, table in enumerate(tables):
        for line in table.to_pylist():
            key = (line["member_id"], line["level"], line["buyer_id"])
            sums.setdefault(key, [0, 0])[place] += line["units"]
    found = []
    for (member, level, buyer), (before, added) in sums.items():
        now = _rounded(again, bonus, (before + added) * share)
        if now != before:
            found.append(
                {
                    "member_id": member,
                    "bonus": bonus,
                    "level": level,
                    "fact_id": root,
                    "buyer_id": buyer,
                    "before_units": before,
                    "now_units": now,
                }
            )
    return found


def _rounded(again: Again, bonus: str, units: Fraction) -> int:
    """Round as the bonus rounds its lines; what has few decimals already stays as it is."""
    if units.denominator == 1 and not units:
        return 0
    rounding = rounding_of(again.result.world.plan.file, bonus)
    exact = units / 10**again.places
    column = Numbers(np.asarray([exact.numerator], object), Fraction(1, exact.denominator))
    whole = columns.rounded(column, rounding.places, rounding.mode).values[0]
    return int(whole) * 10 ** (again.places - rounding.places)
