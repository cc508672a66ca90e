"""What differences of lines come to: by bonus and member, in the currency in which he is paid."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import numpy as np
import pyarrow as pa
from django.db.models import Sum

from upline.commissions import parts, storing
from upline.commissions.computing import latest_run
from upline.commissions.differences import Again
from upline.commissions.models import (
    AdjustedPay,
    AdjustedTotal,
    Adjustment,
    Period,
    Run,
    Statement,
    Total,
)
from upline.compensation.columns import Codes, Numbers
from upline.foundation import copying

_Key = tuple[int, str]


def keep(adjustment: Adjustment, period: Period, again: Again, lines: pa.Table) -> list[str]:
    """Keep the difference to each bonus and to the pay of each member, and give their digests.

    What a member has been paid and what he would be paid are rounded each in the same way, and the
    difference of these is posted: so sealed pay and adjustments add up to the cent.
    """
    changes = _changes(lines)
    if not changes:
        return []
    run = latest_run(period)
    members = sorted({member for member, _ in changes})
    codes, currencies = _currencies(again, members)
    units, posted = _before(run, period, set(members))
    paid = _paid_before(run, period, set(members))
    exact = {key: units[key] + changes[key] for key in changes}
    now = _in_currency(exact, members, codes, currencies, again)
    wholes: dict[_Key, int] = defaultdict(int)
    for member, bonus in units.keys() | changes.keys():
        key = (member, bonus)
        wholes[(member, "")] += units[key] + changes.get(key, 0)
    pay = _in_currency(wholes, members, codes, currencies, again)
    totals = {
        "member_id": [member for member, _ in sorted(changes)],
        "bonus": [bonus for _, bonus in sorted(changes)],
        "amount_units": [changes[key] for key in sorted(changes)],
        "posted_minor": [now[key] - posted[key] for key in sorted(changes)],
    }
    pays = {
        "member_id": members,
        "currency": [currencies[codes[place]] for place in range(len(members))],
        "pay_minor": [pay[(member, "")] - paid[member] for member in members],
    }
    digests = []
    for table, columns in (("adjustedtotal", totals), ("adjustedpay", pays)):
        digests += _written(adjustment, period, table, pa.table(columns))
    return digests


def _changes(lines: pa.Table) -> dict[_Key, int]:
    found: dict[_Key, int] = defaultdict(int)
    for line in lines.select(["member_id", "bonus", "before_units", "now_units"]).to_pylist():
        found[(line["member_id"], line["bonus"])] += line["now_units"] - line["before_units"]
    return {key: change for key, change in found.items() if change}


def _currencies(again: Again, members: list[int]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Give the currency in which each member is paid by the period, as codes."""
    pay = again.result.in_own_currency().currencies
    rows = {int(one): row for row, one in enumerate(again.members["member_id"].to_numpy())}
    positions = again.result.world.forest.positions
    values = pay.spread(len(again.result.world)).values
    return np.asarray([values[positions[rows[one]]] for one in members]), pay.labels


def _before(run: Run, period: Period, members: set[int]) -> tuple[dict[_Key, int], dict[_Key, int]]:
    """Give what each bonus gave members so far: exactly, and as it was posted."""
    units: dict[_Key, int] = defaultdict(int)
    posted: dict[_Key, int] = defaultdict(int)
    sealed = Total.objects.filter(run=run).values_list(
        "member_id", "bonus", "amount_units", "posted_minor"
    )
    since = (
        AdjustedTotal.objects.filter(period=period, adjustment__state=Adjustment.State.POSTED)
        .values_list("member_id", "bonus")
        .annotate(Sum("amount_units"), Sum("posted_minor"))
    )
    named = ((member, run.bonuses[bonus], *rest) for member, bonus, *rest in sealed.iterator())
    for rows in (named, since.iterator()):
        for member, bonus, amount, minor in rows:
            if member in members:
                units[(member, bonus)] += int(amount)
                posted[(member, bonus)] += int(minor)
    return units, posted


def _paid_before(run: Run, period: Period, members: set[int]) -> dict[int, int]:
    paid: dict[int, int] = defaultdict(int)
    since = AdjustedPay.objects.filter(
        period=period, adjustment__state=Adjustment.State.POSTED
    ).values_list("member_id", "pay_minor")
    sealed = Statement.objects.filter(run=run).values_list("member_id", "pay_minor")
    for rows in (sealed, since):
        for member, minor in rows.iterator():
            if member in members:
                paid[member] += minor
    return paid


def _in_currency(
    exact: dict[_Key, int],
    members: list[int],
    codes: np.ndarray,
    currencies: tuple[str, ...],
    again: Again,
) -> dict[_Key, int]:
    keys = sorted(exact)
    place = {member: at for at, member in enumerate(members)}
    amounts = Numbers(
        np.asarray([exact[key] for key in keys], np.int64), Fraction(1, 10**again.places)
    )
    theirs = np.asarray([codes[place[member]] for member, _ in keys], np.int64)
    found = storing.in_currency(amounts, theirs, Codes(theirs, currencies), again.result)
    return dict(zip(keys, found.tolist(), strict=True))


def _written(adjustment: Adjustment, period: Period, table: str, rows: pa.Table) -> list[str]:
    digests = [part.digest for part in parts.split(rows)]
    for name, value in (("adjustment_id", adjustment.pk), ("period_id", period.pk)):
        rows = rows.append_column(name, pa.repeat(pa.scalar(value, pa.int64()), rows.num_rows))
    copying.copy_in(f"commissions_{table}", rows)
    return digests
