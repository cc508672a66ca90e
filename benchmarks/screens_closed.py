"""The closed month of the timed company, its orders, and the pages of the office over both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

BY = {"calendar": "monthly", "label": "2026-10"}
CLOSED_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LISTS = {
    "office": "/office/",
    "office, members": "/office/members/",
    "office, members by code": "/office/members/?q={code}",
    "office, members by name": "/office/members/?q={name}",
    "office, members by phone": "/office/members/?q=8+701+123+45+67",
    "office, member": "/office/members/{code}/",
    "office, statement": "/office/members/{code}/statements/monthly:2026-10/",
    "office, orders": "/office/orders/",
    "office, orders of a member": "/office/orders/?member={code}",
    "office, journals": "/office/journals/",
    "office, journals of a day": "/office/journals/?day_from=2026-10-31&day_to=2026-10-31",
    "office, audit": "/office/audit/",
    "office, audit by act": "/office/audit/?act=network.load_members",
    "office, periods": "/office/periods/",
    "office, period": "/office/periods/monthly:2026-10/",
}


def close_the_month() -> None:
    """Close and pay October."""
    from upline.commissions import services
    from upline.foundation import clock, context

    with clock.stopped_at(CLOSED_AT):
        with context.working(actor="login:1"):
            services.freeze_period(**BY)
            run = services.compute_period(**BY)
        with context.working(actor="login:2"):
            services.approve_period(**BY, digest=run.digest)
            services.post_period(**BY)
            services.seal_period(**BY)


def lines_of(codes: Sequence[str]) -> dict[str, int]:
    """Give the number of a line of each who has one."""
    from upline.commissions.models import Line
    from upline.network.models import Member

    found = {}
    for member in Member.objects.filter(code__in=codes):
        number = Line.objects.filter(member_id=member.pk).values_list("number", flat=True).first()
        if number is not None:
            found[member.code] = number
    return found


def load_orders(made: Any) -> None:
    """Load the orders whose facts there are already, and book them; nobody is told."""
    from upline.catalog import services as catalog
    from upline.foundation import context
    from upline.orders import services

    # Refunds are rows of their own there, which a load does not take.
    bought = made.orders.filter(pc.greater(made.orders["price"].cast(pa.float64()), 0))
    size = bought.num_rows
    with context.working(actor="login:1"):
        catalog.define_market(
            market=catalog.MarketDraft(
                code="BG",
                name="Bulgaria",
                country="BG",
                currency="EUR",
                language="bg",
                prices_include_tax=True,
                time_zone="Europe/Sofia",
            )
        )
        table = pa.table(
            {
                "number": bought["id"],
                "member": bought["member"],
                "moment": pc.cast(bought["date"], pa.string()),
                "currency": pa.repeat("EUR", size),
                "kind": pa.repeat("own", size),
                "net": bought["price"].cast(pa.string()),
                "tax": pa.repeat("0", size),
            }
        )
        services.load_orders(table=table, reference="benchmark")
        services.book_loaded_orders(reference="benchmark")


def office_pages(tree: Any, codes: Sequence[str], *, visits: int) -> dict[str, dict[str, Any]]:
    """Time the pages of the office, as the owner opens them."""
    from django.test import Client

    from benchmarks.screens import visited
    from upline.people.logins import grant_role
    from upline.people.models import Login

    owner = Login.objects.create(email="whole-office@example.com", is_active=True)
    grant_role(login_id=owner.pk, role="owner", reason="a benchmark")
    client = Client()
    found = {}
    for name, address in LISTS.items():
        wanted = [
            address.format(code=code, name=tree.at(tree.place_of_code(code)).name)
            for code in codes[:visits]
        ]
        found[name] = visited(client, [(owner, one) for one in wanted])
    return found
