"""Runs a case through the engine and holds each expectation against the result."""

from __future__ import annotations

import pyarrow as pa

from upline.cases.case import Case, Outcome, Report
from upline.cases.compare import Comparison
from upline.compensation import InputRefused, Inputs, PlanRefused, Result, run

NOT_COMPUTED = "plan.not_computed"


def run_case(case: Case) -> Report:
    """Run every period of a case, the carries of each feeding the next, and compare.

    A plan with rules that are not computed yet gives a report in which everything waits.
    """
    try:
        results = results_of(case)
    except PlanRefused as refusal:
        if any(fault.code != NOT_COMPUTED for fault in refusal.faults):
            return Report(case=case, refused=tuple(refusal.faults))
        waits_for = tuple(dict.fromkeys(fault.problem for fault in refusal.faults))
        outcomes = (Outcome(expectation=one, verdict="waiting") for one in case.expectations)
        return Report(case=case, outcomes=tuple(outcomes), waits_for=waits_for)
    except InputRefused as refusal:
        return Report(case=case, refused=tuple(refusal.faults))
    return Report(case=case, outcomes=tuple(Comparison(case, results).outcomes()))


def results_of(case: Case) -> dict[str, Result]:
    """Give what each period of a case comes to, by the period's name.

    Raises PlanRefused or InputRefused as a run does.
    """
    results: dict[str, Result] = {}
    carries = None
    for name in case.periods:
        results[name] = run(case.plan, _inputs(case, name, carries))
        carries = results[name].carries
    return results


def _inputs(case: Case, period: str, carries: pa.Table | None) -> Inputs:
    file = str(case.path)
    tables = {"members": case.members, "orders": case.orders}
    earnings = case.earnings.of_period(period) if case.earnings else None
    legs = case.legs.of_period(period) if case.legs else None
    if earnings is not None:
        tables["given earnings"] = earnings
    if legs is not None:
        tables["given legs"] = legs
    return Inputs(
        members=case.members.table(("id", "sponsor")),
        orders=case.orders.table(("id", "member", "date")),
        period=case.periods[period],
        calendar=case.calendars.get(period, ""),
        given_earnings=earnings.table(("member", "bonus", "amount")) if earnings else None,
        given_legs=legs.table(("member", "left", "right")) if legs else None,
        exchange=case.exchange,
        pay_exchange=case.pay_exchange,
        carries=carries,
        sources={name: rows.source(file) for name, rows in tables.items()},
    )
