"""A small shop for tests: a market, three products with prices, a member; orders in one call."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.models import Sum

from upline.catalog import services as catalog
from upline.foundation.models import Message
from upline.ledger.models import Entry, Journal
from upline.money import Money
from upline.network.models import Member
from upline.orders import services
from upline.orders.models import Order, OrderLine, Refund, RefundLine

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)

# Prices with tax: retail, partner; volumes of the partner price.
PRODUCTS = {
    "TEA": (12_300, 9_840, {"pv": "20", "cv": "64.5"}),
    "CUP": (1_999, 1_499, {"pv": "3.333333"}),
    "LEAFLET": (0, 0, {}),
}


def opened(*, prices_include_tax=True):
    """Open the shop in Poland, with 23 % on everything, and enrol Aiman."""
    catalog.define_market(
        market=catalog.MarketDraft(
            code="PL",
            name="Polska",
            country="PL",
            currency="PLN",
            language="pl",
            prices_include_tax=prices_include_tax,
            time_zone="Europe/Warsaw",
        )
    )
    catalog.define_tax_category(code="standard", name="Standard")
    catalog.set_tax_rate(
        category="standard", country="PL", percent=Decimal(23), starts_on=date(2020, 1, 1)
    )
    for sku, (retail, partner, volumes) in PRODUCTS.items():
        name = {"pl": catalog.Texts(name=f"{sku} po polsku")}
        catalog.define_product(sku=sku, tax_category="standard", texts=name)
        for audience, minor in (("retail", retail), ("customer", retail), ("partner", partner)):
            catalog.set_price(
                price=catalog.PriceDraft(
                    sku=sku,
                    audience=audience,
                    market="PL",
                    amount=Money(minor, "PLN"),
                    volumes=volumes,
                    starts_at=NEW_YEAR,
                )
            )
    return member()


def member(code="AIMAN", number=1):
    return Member.objects.create(number=number, code=code, joined_on=date(2026, 1, 1), country="KZ")


def draft(reference="basket-1", *, lines=(("TEA", 2), ("CUP", 1)), **named):
    """Draft an order of Aiman's own, unless it is said otherwise."""
    who = {"kind": "own", "member_id": Member.objects.first().pk}
    order = {
        "reference": reference,
        "market": "PL",
        "audience": "partner",
        "channel": "store",
        "lines": tuple(services.LineDraft(sku=sku, quantity=count) for sku, count in lines),
        "placed_at": NOON,
        **who,
        **named,
    }
    return services.OrderDraft(**order)


def placed(reference="basket-1", **named):
    """Place an order and give its number."""
    return services.place_order(order=draft(reference, **named))


def payment(minor=21_179, *, receipt="pay-1", currency="PLN", account="cash:card", at=NOON):
    return services.Payment(
        receipt=receipt, amount=Money(minor, currency), received_at=at, account=account
    )


def paid(reference="basket-1", **named):
    """Place an order, pay it exactly, and give its number."""
    number = placed(reference, **named)
    services.confirm_payment(
        order_number=number,
        payment=payment(Order.objects.get(number=number).gross_minor, receipt=f"pay-{reference}"),
    )
    return number


def refund(number, reference="refund-1", **named):
    return services.RefundDraft(
        order_number=number, reference=reference, reason="Sent back", refunded_at=NOON, **named
    )


def lines(number):
    return list(OrderLine.objects.filter(order__number=number).order_by("position"))


def pieces(number, *counts):
    """So many pieces of each line, in order; none of a line that has 0."""
    return [
        services.Pieces(line_id=line.pk, quantity=count)
        for line, count in zip(lines(number), counts, strict=False)
        if count
    ]


def status(number):
    return Order.objects.get(number=number).status


def told():
    """The events told so far: name and what each is about."""
    return [
        (one.name.removeprefix("orders."), one.body.get("order_number"))
        for one in Message.objects.filter(name__startswith="orders.").order_by("id")
    ]


def balances():
    """What each account of the ledger holds, without those that hold nothing."""
    rows = Entry.objects.values_list("account__code", "currency").annotate(sum=Sum("amount_minor"))
    return {
        (code if cur == "PLN" else f"{code} {cur}"): minor for code, cur, minor in rows if minor
    }


def held(number):
    """What the ledger's journals of an order add up to on the accounts of money."""
    found = Entry.objects.filter(
        journal__reference=number, account__code__startswith="cash:"
    ).aggregate(sum=Sum("amount_minor"))
    return found["sum"] or 0


def written():
    """All that an act of orders may write, to be compared before and after a refusal."""
    return (
        list(Order.objects.order_by("id").values()),
        list(OrderLine.objects.order_by("id").values()),
        list(Refund.objects.order_by("id").values()),
        list(RefundLine.objects.order_by("id").values()),
        Journal.objects.count(),
        Message.objects.count(),
    )
