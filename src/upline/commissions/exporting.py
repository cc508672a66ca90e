"""What a period was frozen with, as the tables that `upline compute` reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa

from upline.commissions import frozen
from upline.commissions.calendars import calendar_named, find_period
from upline.commissions.computing import frozen_plan
from upline.commissions.errors import PeriodNot
from upline.commissions.models import State

_TABLES = ("members", "orders", "carries", "exchange", "pay_exchange")
# Ids of our database, by which nothing is computed; a plan may ask which positions are one person's.
_OURS = ("member_id", "fact_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A frozen period: the plan's text and every table that goes with it."""

    plan: str
    first_and_last_day: str
    tables: dict[str, pa.Table]


def export_period(*, calendar: str, label: str) -> Export:
    """Give what a frozen period is computed from; anybody can compute it again with it.

    Raises PeriodNot where it is not frozen yet.
    """
    period = find_period(calendar_named(calendar), label)
    if period is None or period.state == State.OPEN:
        raise PeriodNot(period=label, state=State.OPEN, act="exported", wanted="frozen or later")
    version = frozen_plan(period)
    tables = {}
    for name in _TABLES:
        table = frozen.kept(period, name)
        if table is not None:
            tables[name] = table.drop_columns([c for c in _OURS if c in table.column_names])
    days = f"{period.starts_on}..{period.ends_on - timedelta(days=1)}"
    return Export(plan=version.text, first_and_last_day=days, tables=tables)
