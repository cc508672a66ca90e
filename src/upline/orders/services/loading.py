"""Paid orders of an old system, brought in at once for the set-up of a company."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from pyarrow import csv

from upline.foundation import clock, outbox, set_aside
from upline.foundation.copying import LARGE_LOAD, copy_in, copy_out, count_rows
from upline.ledger import services as ledger
from upline.ledger.services import EntryDraft, JournalDraft
from upline.money import Money
from upline.orders.errors import LoadUnknown, ReferenceUsedOtherwise
from upline.orders.events import OrdersLoaded
from upline.orders.locks import used_once
from upline.orders.models import Load, Order
from upline.orders.services import loading_columns
from upline.orders.services.booking import SALES, tax_account
from upline.orders.services.loading_columns import Loaded

TABLES = ("orders_order", "orders_orderline")
# From so many on, and if they are not few beside those there, indexes are built afterwards.
MANY_ORDERS = 50_000
OPENING = "opening:orders"

_TAKEN = """
SELECT known.number FROM orders_order AS known JOIN orders_loaded_number USING (number)
"""
_IDS = """
SELECT nextval(pg_get_serial_sequence('orders_order', 'id')) FROM generate_series(1, %s)
"""
_SUMS = """
SELECT country, currency, (paid_at AT TIME ZONE time_zone)::date AS day,
       sum(gross_minor)::bigint, sum(net_minor)::bigint, sum(tax_minor)::bigint
FROM orders_order WHERE load_id = %s
GROUP BY country, currency, day ORDER BY country, currency, day
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load brought."""

    load_id: int
    order_count: int
    line_count: int


@transaction.atomic
def load_orders(*, table: pa.Table, reference: str, volumes: Sequence[str] = ()) -> LoadReport:
    """Bring in paid and delivered orders, a row for each line, and tell OrdersLoaded.

    Columns: number, moment, currency, kind (own, customer), net, tax; where wanted member (code),
    customer, market (needed where several have the currency), retail (without tax; left out where
    goods cost everybody the same), sku, name, quantity, and those that `volumes` names. Rows of one
    number are one order. A moment without a zone is told by the market's clocks.

    Repeated with the same table it changes nothing. Raises TableRefused with every fault,
    ReferenceUsedOtherwise.
    """
    digest = _digest(table, volumes)
    known = Load.objects.filter(reference=reference).first()
    if known is not None:
        return _loaded_before(known, digest, table.num_rows)
    loaded = loading_columns.read(table, volumes=volumes, taken=_taken)
    load = Load(
        reference=reference,
        digest=digest,
        order_count=loaded.orders.num_rows,
        loaded_at=clock.now(),
    )
    with used_once(reference, "load"):
        load.save(force_insert=True)
    with _room_for(loaded.orders.num_rows):
        _write(loaded, load)
    outbox.append(OrdersLoaded(load_id=load.pk))
    return LoadReport(
        load_id=load.pk, order_count=loaded.orders.num_rows, line_count=loaded.lines.num_rows
    )


@transaction.atomic
def check_orders(*, table: pa.Table, volumes: Sequence[str] = ()) -> int:
    """Check a table as a load would, write nothing, and give how many orders it holds.

    Raises TableRefused with every fault.
    """
    return int(loading_columns.read(table, volumes=volumes, taken=_taken).orders.num_rows)


@transaction.atomic
def book_loaded_orders(*, reference: str) -> int:
    """Book the money of loaded orders against `opening:orders`; give the number of journals.

    One journal for each day, country and currency. Again it changes nothing. Raises LoadUnknown,
    and what the ledger refuses, as a closed day.
    """
    load = Load.objects.select_for_update().filter(reference=reference).first()
    if load is None:
        raise LoadUnknown(reference=reference)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [load.pk])
        journals = [_journal(reference, *row) for row in cursor.fetchall() if row[3]]
    ledger.post_many(journals=journals)
    if load.booked_at is None:
        load.booked_at = clock.now()
        load.save(update_fields=["booked_at"])
    return len(journals)


def _journal(reference: str, country: str, currency: str, day: date, *sums: int) -> JournalDraft:
    gross, net, tax = sums
    amounts = {OPENING: gross, SALES: -net, tax_account(country): -tax}
    return JournalDraft(
        key=f"orders:load:{reference}:{country}:{currency}:{day}",
        kind="orders.load",
        effective_on=day,
        entries=tuple(
            EntryDraft(account, Money(minor, currency))
            for account, minor in amounts.items()
            if minor
        ),
        reference=f"load:{reference}",
    )


def _digest(table: pa.Table, volumes: Sequence[str]) -> bytes:
    found = hashlib.sha256(repr(sorted(volumes)).encode())
    for block in table.to_batches(max_chunksize=100_000):
        sink = io.BytesIO()
        csv.write_csv(block, sink)
        found.update(sink.getbuffer())
    return found.digest()


def _loaded_before(known: Load, digest: bytes, rows: int) -> LoadReport:
    if bytes(known.digest) != digest:
        raise ReferenceUsedOtherwise(reference=known.reference, act="load")
    return LoadReport(load_id=known.pk, order_count=known.order_count, line_count=rows)


def _taken(numbers: pa.Array) -> pa.Array:
    """Give those of the numbers that orders have already."""
    if not Order.objects.exists():
        return pa.array([], pa.string())
    with connection.cursor() as cursor:
        cursor.execute(
            'CREATE TEMP TABLE orders_loaded_number (number text COLLATE "C") ON COMMIT DROP'
        )
    copy_in("orders_loaded_number", pa.table({"number": numbers}))
    found = copy_out(_TAKEN, {"number": pa.string()})
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE orders_loaded_number")
    return found["number"].combine_chunks()


@contextmanager
def _room_for(count: int) -> Iterator[None]:
    """Set indexes and references aside where building them afterwards is quicker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orders_order")
        there = int(cursor.fetchone()[0])
    if count < MANY_ORDERS or 2 * count < there or not set_aside.may_set_aside(TABLES):
        yield
        if count >= LARGE_LOAD:
            count_rows(TABLES)
        return
    with set_aside.set_aside(TABLES):
        yield


def _write(loaded: Loaded, load: Load) -> None:
    ids = copy_out(_IDS, {"id": pa.int64()}, [loaded.orders.num_rows])["id"]
    orders = loaded.orders.append_column("id", ids)
    rows = orders.num_rows
    orders = orders.append_column("load_id", pa.array([load.pk] * rows, pa.int64()))
    copy_in("orders_order", orders)
    places = loaded.lines["order_place"]
    lines = loaded.lines.drop_columns("order_place").append_column("order_id", pc.take(ids, places))
    copy_in("orders_orderline", lines)
