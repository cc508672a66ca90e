"""A run's outcome as rows: whole numbers and ids, appended by COPY."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from upline.commissions.models import Run
from upline.compensation import Result, columns
from upline.compensation.columns import Codes, Numbers
from upline.compensation.exchange import pay_rate
from upline.foundation import copying
from upline.foundation.progress import Say
from upline.money import currency_places

Array = npt.NDArray[Any]
_LINES_AT_ONCE = 200_000
_BY_MEMBER = [("member_id", "ascending"), ("bonus", "ascending")]


def keep(run: Run, result: Result, members: pa.Table, orders: pa.Table, say: Say) -> None:
    """Keep statements, totals, ranks and lines of a run; `members` and `orders` are its inputs."""
    ids = members["member_id"].to_numpy()
    say("Writing statements and totals")
    statements, totals = _pay(run, result, ids)
    # In the sequence of the keys, so that each index is written from one end to the other.
    copying.copy_in("commissions_statement", statements.sort_by("member_id"))
    copying.copy_in("commissions_total", totals.sort_by(_BY_MEMBER))
    say("Writing ranks")
    copying.copy_in("commissions_rankheld", _ranks(run, result, ids).sort_by("member_id"))
    say(f"Writing {len(result.line_sequence()):,} lines")
    with connection.cursor() as cursor:
        cursor.execute("SELECT commissions_begin_lines(%s)", [run.pk])
        lines = _lines(result, ids, orders["fact_id"].to_numpy())
        copying.copy_in(f"commissions_line_{run.pk}", lines)
        cursor.execute("SELECT commissions_end_lines(%s)", [run.pk])


def _constant(value: object, count: int, kind: pa.DataType) -> pa.Array:
    return pa.repeat(pa.scalar(value, kind), count)


def _pay(run: Run, result: Result, ids: Array) -> tuple[pa.Table, pa.Table]:
    """Give statements in the members' own currencies, and totals by bonus.

    A total is rounded once more, by member and bonus, to the smallest unit of the statement's
    currency; what these roundings leave over goes to the rounding account when it is posted.
    """
    world = result.world
    pay = result.in_own_currency()
    codes = pay.currencies.values
    has = np.zeros(len(world), np.bool_)
    parts = []
    for index, part in enumerate(result.paid):
        rows = np.flatnonzero(part.totals)
        has[rows] = True
        exact = Numbers(part.totals[rows], Fraction(1, 10**part.places))
        posted = in_currency(exact, codes[rows], pay.currencies, result)
        units = part.totals[rows] * 10 ** (result.places - part.places)
        parts.append((rows, np.full(len(rows), index), units, posted))
    paid = np.flatnonzero(has | (pay.units != 0))
    labels = pa.array(pay.currencies.labels, pa.string())
    statements = pa.table(
        {
            "run_id": _constant(run.pk, len(paid), pa.int64()),
            "member_id": ids[world.forest.rows[paid]],
            "currency": labels.take(pa.array(codes[paid])),
            "pay_minor": pay.units[paid],
        }
    )
    position, bonus, units, posted = (
        np.concatenate([part[place] for part in parts] or [np.zeros(0, np.int64)])
        for place in range(4)
    )
    totals = pa.table(
        {
            "run_id": _constant(run.pk, len(position), pa.int64()),
            "member_id": ids[world.forest.rows[position]],
            "bonus": bonus,
            "amount_units": units,
            "posted_minor": posted,
        }
    )
    return statements, totals


def in_currency(exact: Numbers, codes: Array, currencies: Codes, result: Result) -> Array:
    """Turn amounts into whole units of each member's currency."""
    file = result.world.plan.file
    given = result.world.rates["pay_exchange"]
    out = np.zeros(len(codes), np.int64)
    for code, label in enumerate(currencies.labels):
        rows = np.flatnonzero(codes == code)
        if not len(rows):
            continue
        rate = columns.constant(pay_rate(file, given, label))
        product = columns.multiplied(exact.taken(rows), rate)
        whole = columns.rounded(product, currency_places(label), file.rounding.mode)
        out[rows] = columns.as_int64(whole.values, "totals")
    return out


def _ranks(run: Run, result: Result, ids: Array) -> pa.Table:
    """Give the ranks that members hold, ladder by ladder; who has none on one has no row."""
    ranks = result.as_kept("ranks")
    held = pa.table(
        {
            "run_id": _constant(run.pk, ranks.num_rows, pa.int64()),
            # Ladder by ladder, members stand as they came in.
            "member_id": np.tile(ids, len(result.ladders())),
            **{name: ranks[name].cast(pa.string()) for name in ("ladder", "rank", "title")},
        }
    )
    held = held.filter(pc.is_valid(held["rank"]))
    title = held.column_names.index("title")
    return held.set_column(title, "title", pc.fill_null(held["title"], ""))


def _lines(result: Result, ids: Array, facts: Array) -> Iterator[pa.Table]:
    """Give the lines in parts, a member's side by side; `number` is its place in canonical order."""
    sequence = result.line_sequence()
    for numbers in _numbers_by_member(result, ids):
        lines = sequence.rows_at(numbers)
        yield pa.table(
            {
                "number": numbers,
                "member_id": ids[lines.member],
                "bonus": lines.bonus,
                "level": pa.array(lines.level, pa.int64(), mask=lines.level < 0),
                "fact_id": _looked_up(facts, lines.order),
                "buyer_id": _looked_up(ids, lines.buyer),
                "base_billionths": lines.base,
                "rate_billionths": lines.rate,
                "amount_units": lines.amount,
            }
        )


def _numbers_by_member(result: Result, ids: Array) -> Iterator[Array]:
    """Give the places of all lines in canonical order, by the keys of who gets them, in parts."""
    by_id = result.members_by_id()
    counts = result.line_sequence().counts()[by_id]
    by_key = np.argsort(ids[result.world.forest.rows[by_id]])
    begins, counts = (np.cumsum(counts) - counts)[by_key], counts[by_key]
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    cuts = np.searchsorted(ends, np.arange(_LINES_AT_ONCE, total, _LINES_AT_ONCE))
    for first, last in pairwise([0, *(cuts + 1).tolist(), len(ends)]):
        many = counts[first:last]
        before = np.cumsum(many) - many
        if many.any():
            yield np.repeat(begins[first:last] - before, many) + np.arange(int(many.sum()))


def _looked_up(table: Array, rows: Array) -> pa.Array:
    values = table[np.maximum(rows, 0)] if len(table) else np.zeros(len(rows), np.int64)
    return pa.array(values, pa.int64(), mask=rows < 0)
