"""Times the close of a month, from the command to statements that can be read, step by step.

The server is the embedded one with the settings it comes with: every commit waits for the disk.
What was paid is compared with the engine's own answer on the same company.
"""

from __future__ import annotations

import os
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.ledger import server
from benchmarks.machine import keep, machine

PLAN = Path("examples/plans/unilevel-compression.yaml")
MONTH = "2026-10"
BY = {"calendar": "monthly", "label": MONTH}
CLOSED_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def main(members: int, facts: int, out: Path | None = None) -> dict[str, Any]:
    """Run the benchmark and print it; raises AssertionError where cents differ."""
    with tempfile.TemporaryDirectory(prefix="upline-bench-") as folder, server(Path(folder)):
        from upline.generate.company import company

        print(f"The close of a month: {members:,} members, {facts:,} facts, {PLAN.stem}")
        made = company(members=members, orders=facts, shape="bushy", months=1, start=MONTH, seed=1)
        began = time.perf_counter()
        load_company(made, PLAN)
        print(f"  (the company, loaded beforehand: {time.perf_counter() - began:.1f} s)")
        with _memory() as peak:
            steps = _close()
        return _report(members, facts, steps, peak["bytes"], out)


def load_company(made: Any, plan: Path) -> None:
    """Load members, an approved plan, a monthly calendar and one fact for each order."""
    from upline.commissions import services
    from upline.foundation import context, copying
    from upline.network.services import load_members
    from upline.plans.services import approve_plan, draft_plan

    with context.working(actor="command:bench"):
        version = draft_plan(text=plan.read_text(encoding="utf-8"), file=str(plan))
    with context.working(actor="login:1"):
        approve_plan(version_id=version.pk)
        services.open_calendar(
            name="monthly", every="month", starts_on=date(2026, 10, 1), time_zone="Europe/Sofia"
        )
        load_members(
            pa.table(
                {
                    "code": made.members["id"],
                    "sponsor": made.members["sponsor"],
                    "number": made.members["number"],
                    "joined_on": made.members["joined"],
                    "country": made.members["country"],
                    "given_name": made.members["name"],
                }
            )
        )
    ids = copying.copy_out(
        "SELECT code, id FROM network_member", {"code": pa.string(), "id": pa.int64()}
    )
    rows = pc.index_in(made.orders["member"], ids["code"].combine_chunks())
    noon = pc.add(
        made.orders["date"].cast(pa.timestamp("us")), pa.scalar(12 * 3600, pa.duration("s"))
    )
    texts = [made.orders[name].cast(pa.string()) for name in ("pv", "cv", "price")]
    figures = pc.binary_join_element_wise(
        '{"pv":"', texts[0], '","cv":"', texts[1], '","price":"', texts[2], '"}', ""
    )
    count = made.orders.num_rows
    copying.copy_in(
        "commissions_volumefact",
        pa.table(
            {
                "key": pc.binary_join_element_wise("order:", made.orders["id"], ""),
                "member_id": ids["id"].combine_chunks().take(rows),
                "order_number": made.orders["id"],
                "occurred_at": pc.binary_join_element_wise(
                    pc.strftime(noon, "%Y-%m-%d %H:%M:%S"), "+00", ""
                ),
                "recorded_at": pa.repeat("2026-10-31 12:00:00+00", count),
                "customer": pc.fill_null(made.orders["customer"], ""),
                "kind": made.orders["kind"],
                "currency": pa.repeat("EUR", count),
                "figures": figures,
            }
        ),
    )
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _close() -> dict[str, float]:
    """Close the month and give the seconds of each step."""
    from upline.commissions import queries, services
    from upline.foundation import clock, context

    steps: dict[str, float] = {}
    last = time.perf_counter()

    def ended(step: str) -> None:
        nonlocal last
        now = time.perf_counter()
        steps[step] = steps.get(step, 0.0) + now - last
        last = now

    doing = "freeze"

    def say(text: str) -> None:
        nonlocal doing
        ended(doing)
        doing = text.split(" up to", maxsplit=1)[0]

    with clock.stopped_at(CLOSED_AT):
        with context.working(actor="login:3"):
            services.freeze_period(**BY)
            run = services.compute_period(**BY, say=say)
        ended(doing)
        doing = "approve and post"
        with context.working(actor="login:4"):
            services.approve_period(**BY, digest=run.digest)
            services.post_period(**BY, say=lambda _: None)
            ended(doing)
            services.seal_period(**BY)
    richest = queries.richest(run)
    found = queries.statement(**BY, member=richest)
    assert found is not None
    assert queries.lines(**BY, member=richest)
    ended("seal, and read a statement with lines")
    _assert_same(run)
    return steps


def _assert_same(run: Any) -> None:
    """Compare with the engine on what was exported."""
    from upline.commissions import queries
    from upline.commissions.exporting import export_period
    from upline.compensation import Inputs, Period, load_plan
    from upline.compensation import run as compute

    found = export_period(**BY)
    result = compute(
        load_plan(found.plan, file="plan.yaml"),
        Inputs(
            members=found.tables["members"],
            orders=found.tables["orders"],
            period=Period.parse(found.first_and_last_day),
        ),
        keep_lines=False,
    )
    theirs = {
        part.bonus: int(part.totals.sum()) * 10 ** (run.places - part.places)
        for part in result.paid
    }
    ours = {row.bonus: int(row.amount.scaleb(run.places)) for row in queries.totals_of(run)}
    assert ours == {bonus: units for bonus, units in theirs.items() if units}, (ours, theirs)


@contextmanager
def _memory() -> Iterator[dict[str, int]]:
    """Watch the memory of this process and of the server, a page shared by several counted once."""
    peak = {"bytes": 0}
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.25):
            peak["bytes"] = max(peak["bytes"], _used())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield peak
    finally:
        is_over.set()
        watching.join()


def _used() -> int:
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = folder.name == str(os.getpid())
            if not is_ours and "postgres" not in (folder / "comm").read_text():
                continue
            for line in (folder / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            continue
    return total


def _report(
    members: int, facts: int, steps: dict[str, float], peak: int, out: Path | None
) -> dict[str, Any]:
    whole = sum(steps.values())
    for step, seconds in steps.items():
        print(f"  {step:55s} {seconds:6.1f} s {seconds / whole:5.0%}")
    print(f"  {'in all':55s} {whole:6.1f} s; peak memory with the server {peak / 2**30:.2f} GiB")
    result = {
        "work": f"close of a month under {PLAN.stem}, command to readable statements",
        "members": members,
        "facts": facts,
        "seconds": round(whole, 1),
        "steps": {step: round(seconds, 1) for step, seconds in steps.items()},
        "peak_memory_mib": peak // 2**20,
        "peak_of_the_process_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "machine": machine(),
    }
    keep(result, out)
    return result
