"""Telling cheaply whether what an estimate was computed from is still the same."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta

from django.db import connection

from upline.commissions import rates
from upline.commissions.calendars import period_before
from upline.commissions.models import Adjustment, Estimate, Period, State
from upline.compensation.plan.asked import reach_days
from upline.foundation import outbox
from upline.foundation.errors import DomainError
from upline.ledger import queries as ledger
from upline.plans import queries as plans

_NEWS = ("network.", "people.")


def fingerprint_of(period: Period, *, rates_on: date, rates_days_back: int) -> str:
    """Give a text that changes whenever facts, members, plan, rates or earlier periods change.

    It is read before what it stands for, so that what comes between is found the next time.
    """
    states = period.calendar.periods.exclude(state=State.OPEN).order_by("id")
    approved = ledger.rates(on=rates_on, source=rates.SOURCE, days_back=rates_days_back)
    plan, reach = _plan(period)
    parts = {
        "plan": plan,
        "facts": _facts(period, reach),
        "news": _news(),
        "rates": sorted((*pair, str(rate)) for pair, rate in approved.items()),
        "rates_on": [rates_on.isoformat(), rates_days_back],
        "periods": [list(row) for row in states.values_list("id", "fence")],
        "before": _before(period),
        "adjustments": period.calendar.adjustments.filter(state=Adjustment.State.POSTED).count(),
    }
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plan(period: Period) -> tuple[str, int]:
    """Give the plan in force and how many days it looks back; a refusal by its code."""
    try:
        version = plans.plan_in_force(every=period.calendar.every, on=period.starts_on)
    except DomainError as refused:
        return refused.code, 0
    return version.digest, reach_days(plans.loaded(version).file)


_FACTS = """
SELECT count(*) FROM commissions_volumefact
WHERE occurred_at >= %(since)s::timestamp AT TIME ZONE %(zone)s - interval '1 day'
  AND occurred_at < %(until)s::timestamp AT TIME ZONE %(zone)s + interval '1 day'
"""


def _facts(period: Period, reach: int) -> int:
    """Count the facts that the period looks at: they are only ever added."""
    since = min(period.ends_on - timedelta(days=reach), period.starts_on)
    zone = period.calendar.time_zone
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"since": since, "until": period.ends_on, "zone": zone})
        return int(cursor.fetchone()[0])


# By name, for each is found by the end of an index. A message may be committed after a later one:
# those among the last are counted, too.
_TOLD = """
SELECT name, last.id, (SELECT count(*) FROM foundation_message AS one
                       WHERE one.name = told.name AND one.id > last.id - 10000)
FROM unnest(%s::text[]) AS told (name)
CROSS JOIN LATERAL (SELECT max(id) AS id FROM foundation_message AS one
                    WHERE one.name = told.name) AS last
WHERE last.id IS NOT NULL
ORDER BY name
"""


def _news() -> list[list[object]]:
    """Give how far network and people have told of changes."""
    names = sorted({one.name for one in outbox.registered() if one.name.startswith(_NEWS)})
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [names])
        return [list(row) for row in cursor.fetchall()]


def _before(period: Period) -> int | None:
    """Give the estimate of the period before, from which this one may take what it carries."""
    earlier = period_before(period)
    if earlier is None or earlier.state != State.OPEN:
        return None
    found = Estimate.objects.filter(period=earlier).order_by("-id").first()
    return None if found is None else found.pk
