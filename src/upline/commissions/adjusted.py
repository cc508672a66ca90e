"""What adjustments made of closed periods: what they leave, and what their lines now are."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from upline.commissions import frozen, parts
from upline.commissions.errors import AdjustmentWaits
from upline.commissions.models import AdjustedPart, Adjustment, Calendar, Period, Run
from upline.foundation import copying

# What tells one pay line from another; -1 stands for none.
KEYS = ("member_id", "bonus", "level", "fact_id", "buyer_id")
SCHEMA = pa.schema(
    [
        ("member_id", pa.int64()),
        ("bonus", pa.string()),
        ("level", pa.int64()),
        ("fact_id", pa.int64()),
        ("buyer_id", pa.int64()),
        ("units", pa.int64()),
    ]
)
_UNDER_WAY = (Adjustment.State.COMPUTED, Adjustment.State.APPROVED)


def waiting(calendar: Calendar) -> Adjustment | None:
    """Give the adjustment that is computed and not posted yet, or None."""
    return Adjustment.objects.filter(calendar=calendar, state__in=_UNDER_WAY).first()


def refuse_waiting(calendar: Calendar) -> None:
    """Raise AdjustmentWaits where one is computed and not posted yet."""
    found = waiting(calendar)
    if found is not None:
        raise AdjustmentWaits(number=found.pk, calendar=calendar.name, state=found.state)


def carries_out(period: Period) -> pa.Table | None:
    """Give what a period leaves to the next: as the last posted adjustment found it, else its run."""
    found = AdjustedPart.objects.filter(
        period=period, table="carries_out", adjustment__state=Adjustment.State.POSTED
    )
    last = found.order_by("-adjustment_id").first()
    if last is None:
        return frozen.kept(period, "carries_out")
    mine = found.filter(adjustment_id=last.adjustment_id).order_by("number")
    return parts.joined(mine, name="carries_out", period=period)


def lines_of(run: Run) -> pa.Table:
    """Give the lines of a run as they stand after all adjustments that were posted."""
    names = pa.array(run.bonuses, pa.string())
    sealed = copying.copy_out(_SEALED, _types("bonus", pa.int32()), [run.pk])
    named = names.take(sealed["bonus"].combine_chunks()) if sealed.num_rows else sealed["bonus"]
    place = sealed.column_names.index("bonus")
    tables = [sealed.set_column(place, "bonus", named.cast(pa.string()))]
    tables.append(copying.copy_out(_SINCE, _types("bonus", pa.string()), [run.period_id]))
    return summed(pa.concat_tables([table.cast(SCHEMA) for table in tables]), "units")


def summed(lines: pa.Table, *figures: str) -> pa.Table:
    """Add up figures of equal lines, in the sequence of what tells them apart."""
    wanted = [(name, "sum") for name in figures]
    found = lines.group_by(list(KEYS), use_threads=False).aggregate(wanted)
    named = found.rename_columns([name.removesuffix("_sum") for name in found.column_names])
    return named.select([*KEYS, *figures]).sort_by([(name, "ascending") for name in KEYS])


def equal(left: pa.Table | None, right: pa.Table | None) -> bool:
    """Tell whether two periods leave the same, in whatever sequence."""
    return sorted(_rows(left)) == sorted(_rows(right))


def _rows(carries: pa.Table | None) -> Iterator[tuple[str, str, str]]:
    if carries is not None:
        texts = [pc.fill_null(carries[name].cast(pa.string()), "") for name in _CARRY]
        yield from zip(*(column.to_pylist() for column in texts), strict=True)


_CARRY = ("member", "name", "value")
_SEALED = """
SELECT member_id, bonus, coalesce(level, -1), coalesce(fact_id, -1), coalesce(buyer_id, -1),
       amount_units
FROM commissions_line WHERE run_id = %s
"""
_SINCE = """
SELECT line.member_id, line.bonus, coalesce(line.level, -1), coalesce(line.fact_id, -1),
       coalesce(line.buyer_id, -1), line.now_units - line.before_units
FROM commissions_adjustedline AS line
JOIN commissions_adjustment AS adjustment ON adjustment.id = line.adjustment_id
WHERE line.period_id = %s AND adjustment.state = 'posted'
"""


def _types(name: str, kind: pa.DataType) -> dict[str, pa.DataType]:
    types = dict(zip(SCHEMA.names, SCHEMA.types, strict=True))
    return types | {name: kind}
