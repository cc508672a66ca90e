"""What is measured, in the form that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, connection
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from upline.foundation import health

REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "upline_requests", "Requests answered.", ["method", "route", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "upline_request_seconds", "Seconds to answer a request.", ["route"], registry=REGISTRY
)


class OfTheDatabase(Collector):
    """Asks the database when the figures are read, so that any process gives the same."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            yield from self._figures()
            is_up = 1
        except DatabaseError:
            is_up = 0
        yield _gauge("upline_database_up", "Whether the database answers.", is_up)

    def _figures(self) -> Iterator[GaugeMetricFamily]:
        state = health.outbox_state()
        yield _gauge("upline_outbox_waiting", "Deliveries that wait.", state.waiting)
        yield _gauge("upline_outbox_dead", "Deliveries given up by the worker.", state.dead)
        yield _gauge("upline_outbox_lag_seconds", "Wait of the first one due.", state.lag_seconds)
        age = health.heartbeat_age_seconds()
        if age is not None:
            yield _gauge("upline_worker_heartbeat_age_seconds", "Since the last sign of life.", age)
        jobs = GaugeMetricFamily("upline_jobs", "Jobs by state.", labels=["state"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")
            for state_name, count in cursor.fetchall():
                jobs.add_metric([state_name], count)
        yield jobs

    def describe(self) -> list[GaugeMetricFamily]:
        """Name nothing beforehand: registering must not ask the database."""
        return []


def _gauge(name: str, says: str, value: int) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value=value)


REGISTRY.register(OfTheDatabase())


def text() -> bytes:
    """Give all figures as text."""
    return generate_latest(REGISTRY)
