"""A run's outcome as rows: whole numbers and ids, appended by COPY."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
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
    copying.copy_in("commissions_rankheld", _ranks(run, result, members).sort_by("member_id"))
    say(f"Writing {len(result.line_rows()):,} lines")
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


def _ranks(run: Run, result: Result, members: pa.Table) -> pa.Table:
    ranks = result.ranks
    ids = members["member_id"].combine_chunks()
    row = pc.index_in(ranks["member"].combine_chunks(), members["id"].combine_chunks())
    table = pa.table(
        {
            "run_id": _constant(run.pk, ranks.num_rows, pa.int64()),
            "member_id": ids.take(row),
            "ladder": ranks["ladder"].cast(pa.string()),
            "rank": ranks["rank"].cast(pa.string()),
            "title": pc.fill_null(ranks["title"].cast(pa.string()), ""),
        }
    )
    return table.filter(pc.is_valid(table["rank"]))


def _lines(result: Result, ids: Array, facts: Array) -> Iterator[pa.Table]:
    """Give the lines in parts, a member's side by side; `number` is its place in canonical order."""
    lines = result.line_rows()
    sequence = np.argsort(ids[lines.member], kind="stable")
    for start in range(0, len(sequence), _LINES_AT_ONCE):
        rows = sequence[start : start + _LINES_AT_ONCE]
        level = lines.level[rows]
        yield pa.table(
            {
                "number": rows,
                "member_id": ids[lines.member[rows]],
                "bonus": lines.bonus[rows],
                "level": pa.array(level, pa.int64(), mask=level < 0),
                "fact_id": _looked_up(facts, lines.order[rows]),
                "buyer_id": _looked_up(ids, lines.buyer[rows]),
                "base_billionths": lines.base[rows],
                "rate_billionths": lines.rate[rows],
                "amount_units": lines.amount[rows],
            }
        )


def _looked_up(table: Array, rows: Array) -> pa.Array:
    values = table[np.maximum(rows, 0)] if len(table) else np.zeros(len(rows), np.int64)
    return pa.array(values, pa.int64(), mask=rows < 0)
