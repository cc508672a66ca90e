"""Times the loading of an old system's orders, and the life of single orders beside it.

The server is the embedded one with the settings it comes with: every commit waits for the disk.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.ledger import server

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
VOLUMES = ("pv", "cv")


def main(orders: int, members: int, singles: int, out: Path | None = None) -> dict[str, Any]:
    """Run the benchmark and print it."""
    with tempfile.TemporaryDirectory(prefix="upline-bench-") as folder, server(Path(folder)):
        print(f"{orders:,} orders of {members:,} members")
        _company(members)
        result = {"orders": orders, "members": members, **_load(orders, members), **_live(singles)}
        result["machine"] = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        if out is not None:
            out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        return result


def _company(members: int) -> None:
    from upline.catalog import services as catalog
    from upline.money import Money
    from upline.network.services import load_members

    catalog.define_market(
        market=catalog.MarketDraft(
            code="BG",
            name="България",
            country="BG",
            currency="EUR",
            language="bg",
            prices_include_tax=True,
            time_zone="Europe/Sofia",
        )
    )
    catalog.define_tax_category(code="standard", name="Standard")
    catalog.set_tax_rate(
        category="standard", country="BG", percent=Decimal(20), starts_on=date(2020, 1, 1)
    )
    catalog.define_product(
        sku="TEA", tax_category="standard", texts={"bg": catalog.Texts(name="Чай")}
    )
    for audience in ("retail", "partner"):
        catalog.set_price(
            price=catalog.PriceDraft(
                sku="TEA",
                audience=audience,
                market="BG",
                amount=Money(1_200, "EUR"),
                volumes={"pv": "10", "cv": "8"},
                starts_at=NEW_YEAR,
            )
        )
    numbers = np.arange(1, members + 1)
    load_members(
        pa.table(
            {
                "code": [f"M{number:07}" for number in numbers],
                "sponsor": [None, *(f"M{number // 2:07}" for number in numbers[1:])],
                "number": numbers,
                "joined_on": pa.array([date(2026, 1, 1)] * members),
                "country": ["BG"] * members,
                "given_name": ["Анна"] * members,
            }
        )
    )


def _load(orders: int, members: int) -> dict[str, Any]:
    from upline.orders import services

    chance = np.random.default_rng(1)
    noons = np.datetime64("2026-10-01T12:00:00") + chance.integers(0, 31 * 86_400, orders)
    table = pa.table(
        {
            "number": [f"OLD-{number}" for number in range(orders)],
            "member": [f"M{number:07}" for number in chance.integers(1, members + 1, orders)],
            "moment": pa.array(np.char.replace(noons.astype(str), "T", " ")),
            "currency": ["EUR"] * orders,
            "kind": ["own"] * orders,
            "net": [
                f"{cents // 100}.{cents % 100:02}" for cents in chance.integers(0, 20_000, orders)
            ],
            "tax": ["2.50"] * orders,
            "sku": ["TEA"] * orders,
            "pv": [f"{number}.5" for number in chance.integers(0, 200, orders)],
            "cv": [f"{number}" for number in chance.integers(0, 200, orders)],
        }
    )
    started = time.perf_counter()
    services.load_orders(table=table, reference="bench", volumes=VOLUMES)
    seconds = time.perf_counter() - started
    print(f"  load_orders: {seconds:.1f} s, {orders / seconds:,.0f} orders/s")
    started = time.perf_counter()
    journals = services.book_loaded_orders(reference="bench")
    booked = time.perf_counter() - started
    print(f"  book_loaded_orders: {journals} journals in {booked:.1f} s")
    return {"load_seconds": round(seconds, 1), "book_seconds": round(booked, 1)}


def _live(count: int) -> dict[str, Any]:
    """Place and pay orders one by one, each act its own transaction."""
    from upline.money import Money
    from upline.network.models import Member
    from upline.orders import services

    member = Member.objects.values_list("pk", flat=True)[0]
    moment = NEW_YEAR + timedelta(days=300)
    started = time.perf_counter()
    for number in range(count):
        placed = services.place_order(
            order=services.OrderDraft(
                reference=f"bench-{number}",
                market="BG",
                audience="partner",
                kind="own",
                channel="store",
                member_id=member,
                lines=(services.LineDraft(sku="TEA", quantity=2),),
                placed_at=moment,
            )
        )
        services.confirm_payment(
            order_number=placed,
            payment=services.Payment(
                receipt=f"bench-{number}", amount=Money(2_400, "EUR"), received_at=moment
            ),
        )
    milliseconds = 1000 * (time.perf_counter() - started) / max(count, 1)
    print(f"  placed and paid one by one: {milliseconds:.1f} ms an order")
    return {"place_and_pay_ms": round(milliseconds, 1)}


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:4]))
