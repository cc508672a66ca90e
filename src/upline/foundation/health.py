"""Whether the platform can do its work: what is asked, and the answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Min

from upline.foundation import clock
from upline.foundation.errors import DomainError
from upline.foundation.models import Delivery, Heartbeat

OLDEST_SERVER = 150_000
BEAT_WITHIN = timedelta(seconds=30)
LAG_AT_MOST = timedelta(minutes=5)


class MigrationsMissing(DomainError):
    """The tables of the database are older than the program."""

    code = "foundation.migrations_missing"
    text = "The database lacks %(count)s migrations; the first is %(first)s."
    remedy = (
        "Run `upline manage migrate`, and `upline grants` where the site has a role of its own."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question, whether its answer is good, and what to do if it is not."""

    name: str
    is_good: bool
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxState:
    """How many deliveries wait and are dead, and how long the first one due has waited."""

    waiting: int
    dead: int
    lag_seconds: int


def checks() -> list[Check]:
    """Ask everything; without a database nothing else can be asked."""
    try:
        return [_database(), _migrations(), _worker(), _outbox()]
    except DatabaseError as failure:
        return [Check(name="database", is_good=False, says=f"{type(failure).__name__}.")]


def _database() -> Check:
    connection.ensure_connection()
    version = connection.pg_version
    return Check(
        name="database",
        is_good=version >= OLDEST_SERVER,
        says=f"PostgreSQL {version // 10_000}.{version % 10_000}; 15 or later is needed.",
    )


def _migrations() -> Check:
    missing = missing_migrations()
    names = ", ".join(missing[:5])
    says = f"{len(missing)} missing: {names}. Run upline manage migrate." if missing else "All in."
    return Check(name="migrations", is_good=not missing, says=says)


def missing_migrations() -> list[str]:
    """Name the migrations that the database still needs, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def require_migrations() -> None:
    """Refuse to work on tables that are not as the program expects them. Raises MigrationsMissing."""
    missing = missing_migrations()
    if missing:
        raise MigrationsMissing(count=len(missing), first=missing[0])


def _worker() -> Check:
    age = heartbeat_age_seconds()
    if age is None:
        return Check(name="worker", is_good=False, says="No worker runs. Start upline worker.")
    is_good = age <= BEAT_WITHIN.total_seconds()
    return Check(name="worker", is_good=is_good, says=f"Last sign of life {age} s ago.")


def _outbox() -> Check:
    state = outbox_state()
    return Check(
        name="outbox",
        is_good=state.lag_seconds <= LAG_AT_MOST.total_seconds(),
        says=f"{state.waiting} wait, the first for {state.lag_seconds} s; {state.dead} are dead.",
    )


def heartbeat_age_seconds() -> int | None:
    """Give the seconds since the last sign of life of any worker, None if there was none."""
    last = Heartbeat.objects.aggregate(last=Max("beat_at"))["last"]
    return None if last is None else round((clock.now() - last).total_seconds())


def outbox_state() -> OutboxState:
    """Count what waits and what is dead."""
    undone = Delivery.objects.filter(state__in=[Delivery.State.WAITING, Delivery.State.DEAD])
    counts = dict(undone.values_list("state").annotate(Count("id")))
    first_due = Delivery.objects.filter(
        state=Delivery.State.WAITING, due_at__lte=clock.now()
    ).aggregate(first=Min("due_at"))["first"]
    lag = timedelta() if first_due is None else clock.now() - first_due
    return OutboxState(
        waiting=counts.get("waiting", 0),
        dead=counts.get("dead", 0),
        lag_seconds=round(lag.total_seconds()),
    )
