"""From a file to the load of an app, and from its faults back to the lines of the file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from django.db import connection, transaction

from upline.catalog import loading as catalog
from upline.catalog import queries as markets
from upline.catalog.errors import TableRefused
from upline.catalog.models import Market
from upline.company.errors import CompanyMissing, VolumesWaiting
from upline.company.services import TAX_CATEGORY
from upline.compensation import Fault, InputRefused, Place, load_plan
from upline.compensation.tables import Source
from upline.foundation import outbox
from upline.foundation.models import AuditEntry, Company
from upline.foundation.progress import Say
from upline.network import services as network
from upline.network.services import MembersRefused
from upline.orders import services as orders
from upline.orders.models import Load
from upline.plans.models import PlanVersion, State
from upline.runs.tables import CsvSource, read_table

# What an order knows of itself; all else that a plan asks of orders are volumes.
_OF_ORDERS = ("price", "net", "tax", "retail", "kind", "customer", "currency")
_NO_VOLUMES = ("text", "member", "date", "yes_no")
_PATIENCE_SECONDS = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file to be loaded: what it holds, and the market of rows that name none.

    `volumes` are the columns of orders that hold volumes; None stands for those of the plans.
    """

    what: str
    path: Path
    market: str = ""
    volumes: Sequence[str] | None = None
    is_check: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file: `count` members, orders ..., or nothing because it was there."""

    count: int
    is_new: bool = True
    words: str = ""


class FaultOfRow(Protocol):
    """What the loads of the apps find; row 1 is the first of values, 0 the table as a whole."""

    @property
    def row(self) -> int: ...
    @property
    def column(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def problem(self) -> str: ...
    @property
    def remedy(self) -> str: ...


class FileRefused(InputRefused):
    """Nothing of a file was loaded; `faults` lists everything that is wrong with it."""

    what = "The file"


def load_file(*, wanted: Wanted, say: Say) -> Outcome:
    """Load a CSV or Parquet file as a whole, or only check it.

    The same file again changes nothing, and the outcome says so. Raises FileRefused with every
    fault and its line, CompanyMissing, MarketUnknown; then nothing was written.
    """
    if not Company.objects.exists():
        raise CompanyMissing
    say("Reading")
    table, source = read_table(wanted.path)
    try:
        return _LOADS[wanted.what](wanted, table, say)
    except (MembersRefused, TableRefused) as refused:
        raise FileRefused(_placed(refused.faults, source)) from refused


def _placed(faults: Iterable[FaultOfRow], source: Source) -> list[Fault]:
    return [
        Fault(_place(fault, source), fault.code, fault.problem, fault.remedy) for fault in faults
    ]


def _place(fault: FaultOfRow, source: Source) -> Place:
    if fault.row:
        return source.place(fault.row - 1, fault.column)
    names = source.columns
    column = names.index(fault.column) + 1 if fault.column in names else 0
    return Place(source.name, 1 if isinstance(source, CsvSource) else 0, column)


def _members(wanted: Wanted, table: pa.Table, say: Say) -> Outcome:
    if wanted.market:
        country = markets.market_terms(wanted.market).country
        table = _filled(table, "country", country)
    # The audit keeps which file was loaded: that is how the same one is known again.
    reason = f"load of the file {reference_of(wanted)}"
    loads = AuditEntry.objects.filter(act="network.load_members", reason=reason)
    if loads.exists():
        return Outcome(count=table.num_rows, is_new=False)
    if wanted.is_check:
        say("Checking")
        return Outcome(count=network.check_members(table))
    say("Loading")
    loaded = network.load_members(table, reason=reason)
    words = f", numbers {loaded.first_number} to {loaded.last_number}" if loaded.members else ""
    return Outcome(count=loaded.members, words=words)


def _orders(wanted: Wanted, table: pa.Table, say: Say) -> Outcome:
    if wanted.market:
        table = _filled(table, "market", markets.market_terms(wanted.market).code)
    volumes = _volumes(table) if wanted.volumes is None else wanted.volumes
    reference = reference_of(wanted)
    known = Load.objects.filter(reference=reference).first()
    if wanted.is_check and known is None:
        say("Checking")
        return Outcome(count=orders.check_orders(table=table, volumes=volumes))
    if known is None:
        say("Loading")
        count = orders.load_orders(table=table, reference=reference, volumes=volumes).order_count
    else:
        count = known.order_count
    if not wanted.is_check:
        # Also where they were there: a kill after the load may have left their volumes unrecorded.
        say("Recording volumes")
        try:
            outbox.drain(until=outbox.horizon(), patience_seconds=_PATIENCE_SECONDS)
        except outbox.OutboxBlocked as blocked:
            raise VolumesWaiting(count=count, cause=blocked) from blocked
    return Outcome(count=count, is_new=known is None)


def _products(wanted: Wanted, table: pa.Table, say: Say) -> Outcome:
    full = _filled(table, "tax_category", TAX_CATEGORY)
    return _catalogue(wanted, say, lambda: catalog.load_products(table=full))


def _prices(wanted: Wanted, table: pa.Table, say: Say) -> Outcome:
    active = list(Market.objects.filter(is_active=True).values_list("code", flat=True)[:2])
    if wanted.market or len(active) == 1:
        code = markets.market_terms(wanted.market or active[0]).code
        table = _filled(table, "market", code)
    volumes = _volumes(table, is_price=True) if wanted.volumes is None else wanted.volumes
    return _catalogue(wanted, say, lambda: catalog.load_prices(table=table, volumes=volumes))


def _catalogue(wanted: Wanted, say: Say, load: Callable[[], catalog.LoadedRows]) -> Outcome:
    """Load products or prices; a check does the same and takes it back."""
    say("Checking" if wanted.is_check else "Loading")
    with transaction.atomic():
        before = _rows_written()
        loaded = load()
        is_new = _rows_written() > before
        transaction.set_rollback(wanted.is_check)
    return Outcome(count=loaded.rows, is_new=is_new)


def _rows_written() -> int:
    """Count what the present transaction has written to the catalogue so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd), 0) FROM pg_stat_xact_user_tables"
            " WHERE relname = ANY(%s)",
            [["catalog_product", "catalog_producttext", "catalog_price"]],
        )
        return int(cursor.fetchone()[0])


_LOADS: dict[str, Callable[[Wanted, pa.Table, Say], Outcome]] = {
    "members": _members,
    "products": _products,
    "prices": _prices,
    "orders": _orders,
}


def book(wanted: Wanted) -> int:
    """Book the money of orders that were loaded from a file; again it changes nothing."""
    return orders.book_loaded_orders(reference=reference_of(wanted))


def reference_of(wanted: Wanted) -> str:
    """Name a file by what stands in it, so that the same one is known again under any name."""
    found = hashlib.sha256(wanted.market.encode())
    with wanted.path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            found.update(block)
    return found.hexdigest()[:32]


def _filled(table: pa.Table, name: str, value: str) -> pa.Table:
    """Add a column of one value where the table has none of that name."""
    if name in table.column_names:
        return table
    return table.append_column(name, pa.array([value] * table.num_rows, pa.string()))


def _volumes(table: pa.Table, *, is_price: bool = False) -> list[str]:
    """Name the volumes that approved plans ask of orders; those with a default may be left out.

    A retail or a gift's price may bring none at all, so a table of prices may lack each of them.
    """
    found: set[str] = set()
    for version in PlanVersion.objects.filter(state=State.APPROVED):
        fields = load_plan(version.text, file=f"{version.name}.yaml").file.orders
        found.update(
            name
            for name, spec in fields.items()
            if name not in _OF_ORDERS
            and spec.unit not in _NO_VOLUMES
            and (name in table.column_names or not (is_price or spec.default is not None))
        )
    return sorted(found)
