"""What is done with orders. Each act is one transaction, repeats safely and tells its event."""

from upline.orders.services.loading import (
    LoadReport,
    book_loaded_orders,
    check_orders,
    load_orders,
)
from upline.orders.services.paying import (
    Payment,
    confirm_payment,
    pay_from_receipts,
    record_receipt,
    return_receipt,
)
from upline.orders.services.placing import LineDraft, OrderDraft, cancel_order, place_order
from upline.orders.services.refunding import (
    RefundDraft,
    refund_amount,
    refund_order,
    refund_pieces,
)
from upline.orders.services.sending import Pieces, ShipmentDraft, deliver, ship

__all__ = [
    "LineDraft",
    "LoadReport",
    "OrderDraft",
    "Payment",
    "Pieces",
    "RefundDraft",
    "ShipmentDraft",
    "book_loaded_orders",
    "cancel_order",
    "check_orders",
    "confirm_payment",
    "deliver",
    "load_orders",
    "pay_from_receipts",
    "place_order",
    "record_receipt",
    "refund_amount",
    "refund_order",
    "refund_pieces",
    "return_receipt",
    "ship",
]
