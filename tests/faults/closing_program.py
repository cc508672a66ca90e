"""Closes periods as programs of their own, to be killed: forked from one that has imported all.

It reads commands, a line each, a task and the address of a database, and says which program does it, how far
that is, and how it ended. A step is said just before it begins.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

MEMBERS = 2_000
FACTS = 4_000
BY = {"calendar": "monthly", "label": "2026-10"}
CLOSED_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
# Small, so that a post has many transactions to be killed between.
MEMBERS_AT_ONCE = 100
ENTRIES_AT_ONCE = 250
LATE = 400


def main() -> None:
    os.environ["UPLINE_ENV"] = "test"
    from upline.foundation import start

    start.start_without_database()
    _import_all()
    _say("ready")
    for line in sys.stdin:
        task, url = line.split()
        pid = os.fork()
        if not pid:
            _do(task, url)
        _, status = os.waitpid(pid, 0)
        _say(f"ended {status}")


def _do(task: str, url: str) -> None:
    from django.db import OperationalError, connections

    from upline.config import settings

    connections.databases["default"].update(settings.database(url))
    _say(f"pid {os.getpid()}")
    code = 1
    try:
        TASKS[task]()
        code = 0
    except OperationalError:
        # What a killed server raises; the test looks at how it ended.
        pass
    except Exception:  # noqa: BLE001 - it leaves without the clean-up in which it would be shown
        traceback.print_exc()
    finally:
        # Without the clean-up of the one that it was forked from.
        os._exit(code)


def _say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def _import_all() -> None:
    """Import and compile what a close needs, so that a program begins with its work."""
    import pyarrow as pa

    from tests import closing
    from upline.commissions import posting
    from upline.compensation import Inputs, Period, load_plan, run
    from upline.ledger import bulk

    posting.MEMBERS_AT_ONCE = MEMBERS_AT_ONCE
    bulk.ENTRIES_AT_ONCE = ENTRIES_AT_ONCE
    members = {"id": ["a", "b"], "sponsor": [None, "a"], "number": [1, 2], "person": [1, 2]}
    orders = {"id": ["1"], "member": ["b"], "date": ["2026-10-05"], "pv": ["7"]}
    inputs = Inputs(
        members=pa.table(members), orders=pa.table(orders), period=Period.parse("2026-10")
    )
    run(load_plan(closing.PLAN, file="plan.yaml"), inputs).receipt()


def _load() -> None:
    """Make the company whose month is closed."""
    import pyarrow as pa
    from django.core.management import call_command

    from tests import closing
    from upline.commissions import services
    from upline.foundation import clock, context
    from upline.network.services import load_members

    call_command("migrate", verbosity=0)
    with clock.stopped_at(CLOSED_AT), context.working(actor="login:1"):
        closing.approved(closing.PLAN)
        services.open_calendar(
            name="monthly", every="month", starts_on=date(2026, 10, 1), time_zone="Europe/Sofia"
        )
        codes = [f"M{number:05}" for number in range(MEMBERS)]
        load_members(
            pa.table(
                {
                    "code": codes,
                    "sponsor": [None] + [codes[n // 3] for n in range(MEMBERS - 1)],
                    "number": list(range(1, MEMBERS + 1)),
                    "joined_on": [date(2026, 9, 1)] * MEMBERS,
                    "country": ["BG"] * MEMBERS,
                    "given_name": [code.title() for code in codes],
                }
            )
        )
        _record("order", FACTS, 31)


def _record(word: str, count: int, days: int) -> None:
    """Record facts of October, each once."""
    from upline.commissions import services
    from upline.commissions.facts import FactDraft
    from upline.network.models import Member

    ids = list(Member.objects.order_by("number").values_list("pk", flat=True))
    noon = datetime(2026, 10, 1, 12, tzinfo=UTC)
    services.record_volume(
        [
            FactDraft(
                key=f"{word}:{number}",
                member_id=ids[number * 7 % MEMBERS],
                order_number=f"{word}-{number}",
                occurred_at=noon + timedelta(days=number % days),
                currency="EUR",
                figures={"pv": Decimal(number * 37 % 9973) / 100},
            )
            for number in range(count)
        ]
    )


def _close() -> None:
    from upline.commissions import services
    from upline.foundation import clock, context

    with clock.stopped_at(CLOSED_AT):
        with context.working(actor="login:3"):
            _say("step freeze")
            services.freeze_period(**BY)
            _say("step compute")
            run = services.compute_period(**BY)
        with context.working(actor="login:4"):
            _say("step approve")
            services.approve_period(**BY, digest=run.digest)
            _say("step post")
            services.post_period(**BY)
            _say("step seal")
            services.seal_period(**BY)
    _say("sealed")
    # Whoever would kill it at the very end finds it still there.
    time.sleep(0.05)


def _adjust() -> None:
    """Settle what came too late for the month; whoever begins again goes on with what is there."""
    from upline.commissions import services
    from upline.commissions.models import Adjustment
    from upline.foundation import clock, context

    with clock.stopped_at(CLOSED_AT):
        _record("late", LATE, 29)
        with context.working(actor="login:3"):
            _say("step adjust")
            found = Adjustment.objects.first() or services.adjust_periods(
                calendar=BY["calendar"], reason="orders came late"
            )
        with context.working(actor="login:4"):
            _say("step agree")
            services.approve_adjustment(number=found.pk, digest=found.digest)
            _say("step settle")
            services.post_adjustment(number=found.pk)
    _say("settled")
    time.sleep(0.05)


def _post() -> None:
    """Post something that no close knows of."""
    from itertools import islice

    from tests.faults import ledger_program
    from upline.ledger import services

    services.post_many(journals=islice(ledger_program.drafts(), 500))


TASKS = {"load": _load, "close": _close, "adjust": _adjust, "post": _post}

if __name__ == "__main__":
    main()
