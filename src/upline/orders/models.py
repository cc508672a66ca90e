"""Orders, what was paid for them, sent and taken back. Every figure used is copied here."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from upline.catalog.models import CURRENCY, Market, Product
from upline.foundation import clock
from upline.network.models import Member


class Load(models.Model):
    """Orders of an old system that came in as one table."""

    reference = models.CharField(max_length=100, unique=True)
    # sha256 of the columns, so that one reference is one table.
    digest = models.BinaryField(max_length=32)
    order_count = models.IntegerField()
    loaded_at = models.DateTimeField(default=clock.now)
    # When its money was booked, where that was asked for.
    booked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"load {self.reference}"


class Order(models.Model):
    """What somebody bought at once: the money and volumes agreed, and how far it has come."""

    class Kind(models.TextChoices):
        OWN = "own"
        CUSTOMER = "customer"

    class Status(models.TextChoices):
        PLACED = "placed"
        PAID = "paid"
        PARTLY_SHIPPED = "partly_shipped"
        SHIPPED = "shipped"
        DELIVERED = "delivered"
        CANCELLED = "cancelled"

    # Unique by constraint, which spares the second index that `unique=True` makes for LIKE.
    number = models.CharField(max_length=40, db_collation="C")
    # Under which the caller placed it, so that it is placed once; a loaded order has none.
    reference = models.CharField(max_length=100, null=True, blank=True)
    digest = models.BinaryField(max_length=32, null=True, blank=True)
    load = models.ForeignKey(Load, null=True, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.PLACED)
    channel = models.CharField(max_length=20)
    audience = models.CharField(max_length=10)
    # Who is credited with the volumes; the buyer of an own order.
    member = models.ForeignKey(
        Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    customer = models.CharField(max_length=40, blank=True, db_collation="C")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+", db_index=False)
    country = models.CharField(max_length=2)
    time_zone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    # The sum of its refunds, kept beside them so that a list need not add them up.
    refunded_minor = models.BigIntegerField(default=0)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # The receipt by which it was paid, or the key under which waiting receipts were used.
    paid_reference = models.CharField(max_length=100, blank=True)
    # Where the money came in, and whence refunds go unless they say otherwise.
    paid_into = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="orders_order_number_once"),
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(reference__isnull=False),
                name="orders_order_placed_once",
            ),
            models.UniqueConstraint(
                fields=["paid_reference"],
                condition=~Q(paid_reference=""),
                name="orders_order_paid_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="own", member__isnull=False, customer="")
                | (Q(kind="customer") & ~Q(customer="")),
                name="orders_order_buyer_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["placed", "cancelled"], paid_at__isnull=True, paid_reference=""
                )
                | Q(
                    status__in=["paid", "partly_shipped", "shipped", "delivered"],
                    paid_at__isnull=False,
                ),
                name="orders_order_paid_by_status",
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled") ^ Q(cancelled_at__isnull=True),
                name="orders_order_cancelled_by_status",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY), name="orders_order_currency"
            ),
            models.CheckConstraint(
                condition=Q(
                    net_minor__gte=0, tax_minor__gte=0, gross_minor=F("net_minor") + F("tax_minor")
                ),
                name="orders_order_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("gross_minor")),
                name="orders_order_refunds_within_it",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor=0) | Q(paid_at__isnull=False),
                name="orders_order_refunded_only_if_paid",
            ),
            models.CheckConstraint(
                condition=Q(load__isnull=True, reference__isnull=False, digest__isnull=False)
                | Q(load__isnull=False, reference__isnull=True),
                name="orders_order_placed_or_loaded",
            ),
        ]
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="orders_order_newest_first"),
            models.Index(fields=["member", "-placed_at"], name="orders_order_by_member"),
            models.Index(
                fields=["customer", "-placed_at"],
                condition=~Q(customer=""),
                name="orders_order_by_customer",
            ),
            models.Index(
                fields=["-placed_at", "-id"],
                condition=Q(status__in=["paid", "partly_shipped"]),
                name="orders_order_to_send",
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.number}"


class OrderLine(models.Model):
    """One product of an order, with every figure that was used, and what became of its pieces."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.SmallIntegerField()
    product = models.ForeignKey(
        Product, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sku = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=300, blank=True)
    quantity = models.IntegerField()
    # As priced: with the tax where the order's prices include it. Of a loaded line, which brings
    # sums alone, nobody knows them.
    unit_minor = models.BigIntegerField(null=True)
    unit_retail_minor = models.BigIntegerField(null=True)
    unit_volumes = models.JSONField(null=True)
    tax_category = models.CharField(max_length=40, blank=True)
    tax_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    # Of all pieces together. What retail buyers would have paid is net, to be held against net.
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    retail_minor = models.BigIntegerField()
    volumes = models.JSONField(default=dict)
    shipped_quantity = models.IntegerField(default=0)
    delivered_quantity = models.IntegerField(default=0)
    # Pieces refunded, and those among them that had not been sent and never will be.
    refunded_quantity = models.IntegerField(default=0)
    withdrawn_quantity = models.IntegerField(default=0)
    refunded_net_minor = models.BigIntegerField(default=0)
    refunded_tax_minor = models.BigIntegerField(default=0)
    refunded_retail_minor = models.BigIntegerField(default=0)
    refunded_volumes = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="orders_orderline_place"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="orders_orderline_quantity"),
            models.CheckConstraint(
                condition=Q(
                    net_minor__gte=0,
                    tax_minor__gte=0,
                    retail_minor__gte=0,
                    gross_minor=F("net_minor") + F("tax_minor"),
                ),
                name="orders_orderline_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    delivered_quantity__gte=0,
                    shipped_quantity__gte=F("delivered_quantity"),
                    shipped_quantity__lte=F("quantity") - F("withdrawn_quantity"),
                ),
                name="orders_orderline_sent_within_it",
            ),
            models.CheckConstraint(
                condition=Q(
                    withdrawn_quantity__gte=0,
                    refunded_quantity__gte=F("withdrawn_quantity"),
                    refunded_quantity__lte=F("quantity"),
                ),
                name="orders_orderline_pieces_refunded_within_it",
            ),
            models.CheckConstraint(
                condition=Q(
                    refunded_net_minor__gte=0,
                    refunded_net_minor__lte=F("net_minor"),
                    refunded_tax_minor__gte=0,
                    refunded_tax_minor__lte=F("tax_minor"),
                    refunded_retail_minor__gte=0,
                    refunded_retail_minor__lte=F("retail_minor"),
                ),
                name="orders_orderline_refunds_within_it",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.position} of order {self.order_id}"


class Receipt(models.Model):
    """Money that came in and fits no order yet: it waits in the ledger until it is used or returned."""

    reference = models.CharField(max_length=100, unique=True)
    # As the sender named it; it need not exist.
    order_number = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    used_minor = models.BigIntegerField(default=0)
    returned_minor = models.BigIntegerField(default=0)
    account = models.CharField(max_length=100)
    received_at = models.DateTimeField()
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=1, used_minor__gte=0, returned_minor__gte=0)
                & Q(amount_minor__gte=F("used_minor") + F("returned_minor")),
                name="orders_receipt_used_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(amount_minor__gt=F("used_minor") + F("returned_minor")),
                name="orders_receipt_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"receipt {self.reference}"


class Shipment(models.Model):
    """Goods of an order that left together."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    reference = models.CharField(max_length=100, unique=True)
    carrier = models.CharField(max_length=60, blank=True)
    tracking = models.CharField(max_length=100, blank=True)
    shipped_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(delivered_at__gte=F("shipped_at")),
                name="orders_shipment_delivered_after_it_left",
            ),
        ]

    def __str__(self) -> str:
        return f"shipment {self.reference}"


class ShipmentLine(models.Model):
    """How many pieces of a line a shipment holds."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="orders_shipmentline_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orders_shipmentline_quantity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"


class Refund(models.Model):
    """Money given back for an order, or for a part of it. Appended, never changed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    reference = models.CharField(max_length=100, unique=True)
    # sha256 of what was asked for, so that one reference is one refund.
    digest = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=500)
    refunded_at = models.DateTimeField()
    paid_from = models.CharField(max_length=100)
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(net_minor__gte=0, tax_minor__gte=0), name="orders_refund_not_below_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"refund {self.reference}"


class RefundLine(models.Model):
    """What of a line a refund took back, in positive figures. Appended, never changed."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refund_lines")
    # 0 where money was given back and no piece.
    quantity = models.IntegerField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    retail_minor = models.BigIntegerField()
    volumes = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="orders_refundline_once"),
            models.CheckConstraint(
                condition=Q(
                    quantity__gte=0, net_minor__gte=0, tax_minor__gte=0, retail_minor__gte=0
                ),
                name="orders_refundline_not_below_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"refund {self.refund_id} of line {self.line_id}"
