"""Sums of a result for the overview of a period: by bonus, rank and country, against turnover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from upline.commissions.calendars import period_before
from upline.commissions.models import Period, Run
from upline.compensation import Result, columns
from upline.compensation.columns import Codes, Numbers
from upline.foundation import copying
from upline.money import currency_places

Array = npt.NDArray[Any]
_LARGEST = 10


def summary_of(
    result: Result, members: pa.Table, period: Period, exchange: Mapping[str, Fraction]
) -> dict[str, Any]:
    """Give the sums of a result as plain data; amounts are whole units of the plan's currency.

    Each is rounded by itself, so that parts may differ from the whole by their roundings. Turnover
    is without tax, and None where a rate is missing.
    """
    file = result.world.plan.file
    rates = file.exchange if isinstance(file.exchange, dict) else exchange
    places = currency_places(file.currency)
    minor = pay_minor(result)
    rows = result.world.forest.rows
    country = members["country"].combine_chunks().dictionary_encode()
    countries = np.asarray(country.indices)[rows]
    return {
        "currency": file.currency,
        "total": int(minor.sum()),
        "members": int(np.count_nonzero(minor)),
        "by_bonus": _by_bonus(result, places, file.rounding.mode),
        "by_rank": _by_rank(result, minor),
        "by_country": _slices(minor, countries, country.dictionary.to_pylist()),
        "turnover": turnover(period, file.currency, rates),
        "largest": _largest(result, members, minor, period),
        "highest": _highest(result, minor),
    }


def pay_minor(result: Result) -> Array:
    """Give what each position is paid in all, in whole units of the plan's currency."""
    file = result.world.plan.file
    exact = result.in_own_currency().totals.spread(len(result.world))
    places = currency_places(file.currency)
    return columns.as_int64(columns.rounded(exact, places, file.rounding.mode).values, "totals")


def turnover(period: Period, currency: str, exchange: Mapping[str, Fraction]) -> int | None:
    """Add up what the orders of a period's days brought without tax, in one currency's units."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TURNOVER,
            {
                "first": period.starts_on,
                "end": period.ends_on,
                "zone": period.calendar.time_zone,
            },
        )
        found = {code: Fraction(net) for code, net in cursor.fetchall() if net is not None}
    rates = {currency: Fraction(1), **exchange}
    if not found or not set(found) <= set(rates):
        return None
    whole = sum((net * rates[code] for code, net in found.items()), Fraction(0))
    return round(whole * 10 ** currency_places(currency))


_TURNOVER = """
SELECT fact.currency, sum((fact.figures ->> 'net')::numeric)
FROM commissions_volumefact AS fact
WHERE fact.occurred_at >= %(first)s::timestamp AT TIME ZONE %(zone)s - interval '1 day'
  AND fact.occurred_at < %(end)s::timestamp AT TIME ZONE %(zone)s + interval '1 day'
  AND (fact.occurred_at AT TIME ZONE %(zone)s)::date >= %(first)s
  AND (fact.occurred_at AT TIME ZONE %(zone)s)::date < %(end)s
GROUP BY fact.currency
"""


def _by_bonus(result: Result, places: int, mode: str) -> list[list[Any]]:
    found = []
    for part in result.paid:
        total = Numbers(np.asarray([int(part.totals.sum())], object), Fraction(1, 10**part.places))
        units = int(columns.rounded(total, places, mode).values[0])
        found.append([part.bonus, units, int(np.count_nonzero(part.totals))])
    return found


def _by_rank(result: Result, minor: Array) -> list[list[Any]]:
    """Give the sums by rank, the highest first; '' is no rank."""
    if "rank" not in result.world.plan.names.ranks:
        return []
    rank = result.figures.member_scope.named("rank")
    assert isinstance(rank, Codes)
    codes = rank.spread(len(result.world)).values
    return _slices(minor, codes + 1, ["", *rank.labels], everybody=True)[::-1]


def _slices(
    minor: Array, codes: Array, names: Iterable[str], *, everybody: bool = False
) -> list[list[Any]]:
    """Give name, sum and count of each code: of those who are paid, or of everybody."""
    named = list(names)
    counted = codes if everybody else codes[minor != 0]
    counts = np.bincount(counted, minlength=len(named))
    found = []
    for code, name in enumerate(named):
        if counts[code]:
            found.append([name, int(minor[codes == code].sum()), int(counts[code])])
    return found if everybody else sorted(found, key=lambda row: (-row[1], row[0]))


_BEFORE = """
SELECT member_id, sum(amount_units)::bigint FROM commissions_total
WHERE run_id = %s GROUP BY member_id
"""


def _largest(result: Result, members: pa.Table, minor: Array, period: Period) -> list[list[Any]]:
    """Give the members whose pay changed most against the period before: code, now, before."""
    run = run_before(period)
    if run is None or run.currency != result.world.plan.file.currency:
        return []
    types = {"member": pa.int64(), "units": pa.int64()}
    earlier = copying.copy_out(_BEFORE, types, [run.pk])
    ids = members["member_id"].combine_chunks()
    row = pc.index_in(earlier["member"].combine_chunks(), ids)
    is_here = np.asarray(pc.is_valid(row))
    rows = np.asarray(pc.fill_null(row, 0), np.int64)[is_here]
    before = np.zeros(len(minor), np.int64)
    exact = Numbers(earlier["units"].to_numpy()[is_here], Fraction(1, 10**run.places))
    mode = result.world.plan.file.rounding.mode
    whole = columns.rounded(exact, currency_places(run.currency), mode).values
    before[result.world.forest.positions[rows]] = columns.as_int64(whole, "totals")
    change = np.abs(minor - before)
    most = np.argsort(-change, kind="stable")[:_LARGEST]
    return [
        [result.world.id_of(int(at)), int(minor[at]), int(before[at])] for at in most if change[at]
    ]


def _highest(result: Result, minor: Array) -> list[Any]:
    """Give the member who is paid most, and how much; the first of equals."""
    if not len(minor):
        return ["", 0]
    at = int(np.argmax(minor))
    return [result.world.id_of(at), int(minor[at])]


def run_before(period: Period) -> Run | None:
    """Give the run of the period before, where it has one."""
    earlier = period_before(period)
    if earlier is None:
        return None
    return Run.objects.filter(period=earlier, fence=earlier.fence).first()
