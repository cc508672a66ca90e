"""Dated values that never hold, and what a closed period does not count of late orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from upline.compensation.errors import InputRefused
from upline.compensation.periods import Period
from upline.compensation.plan import schema, values
from upline.compensation.plan.calendars import calendars_of, spec_of
from upline.compensation.plan.review.finding import Finding
from upline.compensation.plan.review.scales import all_values, values_in

# No line of these names an order that could be taken back.
_WITHOUT_ORDERS = (schema.Binary, schema.Pool, schema.Award, schema.Breakaway, schema.Board)


def timing_findings(file: schema.PlanFile) -> Iterator[Finding]:
    """Find versions that are over before the plan begins or begin too late, and idle reversals."""
    yield from _late(file)
    yield from _past(file)
    for name, bonus in file.bonuses.items():
        if isinstance(bonus, _WITHOUT_ORDERS) and bonus.after_close == "reverse_lines":
            yield Finding("nothing_reversed", bonus.place, (("what", name),))


def _late(file: schema.PlanFile) -> Iterator[Finding]:
    begin = file.version
    for value in all_values(file):
        if isinstance(value, values.Versions) and value.versions[0][0] > begin:
            days = (("begin", begin.isoformat()), ("day", value.versions[0][0].isoformat()))
            yield Finding("version_late", value.place, days)


def _past(file: schema.PlanFile) -> Iterator[Finding]:
    """Find versions that others replace before the first period; an order may be older than it."""
    first = _first_day(file)
    contents = {id(part.value) for part in file.order_values.values()}
    of_orders = {id(one) for one in values_in(part.value for part in file.order_values.values())}
    for value in all_values(file):
        if not isinstance(value, values.Versions) or id(value) in of_orders | contents:
            continue
        for (day, then, _), (replaced, _, _) in pairwise(value.versions):
            if first is not None and replaced <= first:
                days = (("begin", first.isoformat()), ("day", day.isoformat()))
                yield Finding("version_past", values.place_of_value(then), days)


def _first_day(file: schema.PlanFile) -> date | None:
    """Give the first day of the earliest period that the plan is in force in, where it is known."""
    specs = [spec_of(calendar, file) for calendar in calendars_of(file)]
    try:
        return min(Period.with_day(file.version, one.every, one.starts).start for one in specs)
    except InputRefused:
        return None
