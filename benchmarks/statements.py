"""Times the estimate, and the pages of statements and reasons, in a company of 200,000 members.

The estimate is computed as the worker does it; then each page is asked for as a browser does, one
after the other, by a process that is warm. Members are drawn by chance, and the one who is paid most
is among them. Queries are counted.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.closing import BY, CLOSED_AT, MONTH, PLAN, load_company
from benchmarks.ledger import server
from benchmarks.machine import keep, machine

ESTIMATE = "/my/estimate/"
STATEMENT = f"/my/statements/monthly/{MONTH}/"


def main(members: int, facts: int, visitors: int, out: Path | None = None) -> dict[str, Any]:
    """Run the benchmark and print it."""
    with tempfile.TemporaryDirectory(prefix="upline-bench-") as folder, server(Path(folder)):
        from upline.foundation import clock
        from upline.generate.company import company

        print(f"Statements and reasons: {members:,} members, {facts:,} facts, {PLAN.stem}")
        made = company(members=members, orders=facts, shape="bushy", months=1, start=MONTH, seed=1)
        load_company(made, PLAN)
        with clock.stopped_at(CLOSED_AT):
            steps, found = _estimated(visitors)
            found |= _closed(visitors, steps)
        return _report(steps, found, {"members": members, "facts": facts}, out)


def _estimated(visitors: int) -> tuple[dict[str, float], dict[str, dict[str, Any]]]:
    from django.conf import settings

    from upline.commissions import estimating, resident

    settings.ALLOWED_HOSTS.append("testserver")
    steps = {
        "estimate, computed and kept": _seconds(estimating.refresh_estimates),
        "estimate, nothing changed": _seconds(estimating.refresh_estimates),
        "estimate, made resident": _seconds(resident.warm),
    }
    codes = _visitors(visitors)
    of_month = f"{ESTIMATE}monthly/{MONTH}/"
    pages = {
        "estimate": lambda _: of_month,
        "estimate, lines searched": lambda _: f"{of_month}?search=m&order=level_up",
        "estimate, why not more": lambda _: f"{of_month}why-not/",
        "estimate, why this sum": _line_of(of_month, is_estimate=True),
    }
    return steps, {name: _page(address, codes) for name, address in pages.items()}


def _closed(visitors: int, steps: dict[str, float]) -> dict[str, dict[str, Any]]:
    from upline.commissions import resident, services
    from upline.foundation import context

    def close() -> None:
        with context.working(actor="login:3"):
            services.freeze_period(**BY)
            run = services.compute_period(**BY)
        with context.working(actor="login:4"):
            services.approve_period(**BY, digest=run.digest)
            services.post_period(**BY)
            services.seal_period(**BY)

    steps["close"] = _seconds(close)
    steps["closed period, made resident"] = _seconds(resident.warm)
    codes = _visitors(visitors)
    pages = {
        "statements": lambda _: "/my/statements/",
        "statement": lambda _: STATEMENT,
        "statement, lines searched": lambda _: f"{STATEMENT}?search=m&order=level_up",
        "statement, why not more": lambda _: f"{STATEMENT}why-not/",
        "statement, why this sum": _line_of(STATEMENT, is_estimate=False),
    }
    return {name: _page(address, codes) for name, address in pages.items()}


def _line_of(address: str, *, is_estimate: bool) -> Callable[[str], str]:
    """Give the page of a member's first line, or of the whole where he has none."""
    from upline.commissions import queries

    def of(code: str) -> str:
        ask = queries.estimate_lines if is_estimate else queries.statement_lines
        key = queries.StatementKey(member=code, calendar="monthly", label=MONTH)
        rows = ask(viewer=_login_of(code), of=key, language="en").rows
        return f"{address}lines/{rows[0].number}/" if rows else address

    return of


def _visitors(count: int) -> list[str]:
    """Draw members who are paid by chance; the first is the one with most lines."""
    from upline.commissions import queries

    figures = queries.team_figures()
    from upline.network.models import Member

    if figures is None:
        paid = Member.objects.order_by("id").values_list("id", flat=True)
        return list(Member.objects.filter(pk__in=list(paid[:count])).values_list("code", flat=True))
    chance = np.random.default_rng(1)
    order = np.argsort(-figures.paid_minor)
    ids = [int(figures.member_ids[order[0]])]
    ids += chance.choice(figures.member_ids, size=count - 1, replace=False).tolist()
    codes = dict(Member.objects.filter(pk__in=ids).values_list("id", "code"))
    return [codes[one] for one in ids]


def _page(address: Callable[[str], str], codes: list[str]) -> dict[str, Any]:
    """Ask for a page as each visitor; what a browser does only once is left out."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, times, queries = Client(), [], 0
    for code in codes:
        client.force_login(_login_of(code))
        wanted = address(code)
        client.get(wanted)
        with CaptureQueriesContext(connection) as asked:
            client.get(wanted)
        queries = max(queries, len(asked))
        began = time.perf_counter()
        response = client.get(wanted)
        times.append((time.perf_counter() - began) * 1e3)
        assert response.status_code == 200, (wanted, response.status_code)
    return {
        "p50": round(statistics.median(times), 1),
        "p95": round(float(np.percentile(times, 95)), 1),
        "most": round(max(times), 1),
        "of_the_best_paid": round(times[0], 1),
        "queries": queries,
    }


def _login_of(code: str) -> Any:
    from upline.network.models import Member
    from upline.people.logins import grant_role
    from upline.people.models import Login

    email = f"{code.lower()}@example.com"
    login = Login.objects.filter(email=email).first()
    if login is None:
        holder = Member.objects.get(code=code).holders.get(place=1)
        login = Login.objects.create(email=email, person_id=holder.person_id)
        grant_role(login_id=login.pk, role="member", reason="a benchmark")
    return login


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return round(time.perf_counter() - began, 2)


def _report(
    steps: dict[str, float],
    found: dict[str, dict[str, Any]],
    size: dict[str, int],
    out: Path | None,
) -> dict[str, Any]:
    for step, seconds in steps.items():
        print(f"  {step:32s} {seconds:7.2f} s")
    for name, one in found.items():
        print(
            f"  {name:32s} p50 {one['p50']:7.1f} ms   p95 {one['p95']:7.1f} ms   of the best paid"
            f" {one['of_the_best_paid']:7.1f} ms   {one['queries']:2d} queries"
        )
    result = {
        "work": f"estimate, and pages of statements under {PLAN.stem}, sequential, warm, one process",
        **size,
        "seconds": steps,
        "milliseconds": found,
        "machine": machine(),
    }
    keep(result, out)
    return result
