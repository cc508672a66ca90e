"""Refusals of orders. Each leaves everything as it was."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from upline.foundation.errors import DomainError


class OrderUnknown(DomainError):
    """There is no order of this number."""

    code = "orders.unknown"
    text = _("There is no order %(number)s.")
    remedy = _("Compare the number with the document it stands on.")


class OrderEmpty(DomainError):
    """An order was placed without lines, or with a line of no pieces."""

    code = "orders.empty"
    text = _(
        "The order %(reference)s has %(lines)s lines, and %(quantity)s pieces in its smallest."
    )
    remedy = _("Order at least one piece of at least one product.")


class BuyerUnclear(DomainError):
    """An order says neither that a member bought it nor which customer did, or says both."""

    code = "orders.buyer_unclear"
    text = _(
        "The order %(reference)s of kind %(kind)s has member %(member)s and customer %(customer)s."
    )
    remedy = _("Name the member of an own order, and no customer; name the customer of any other.")


class MemberCannotOrder(DomainError):
    """The member who buys, or is to be credited, may not."""

    code = "orders.member_cannot_order"
    text = _("The member %(member)s is %(status)s, so no order can be placed for them.")
    remedy = _("Place it for somebody else, or change the member's status first.")


class ReferenceUsedOtherwise(DomainError):
    """A reference that makes an act repeatable was used for another act."""

    code = "orders.reference_used_otherwise"
    text = _("The reference %(reference)s has been used for another %(act)s.")
    remedy = _("Give each act a reference of its own, and repeat it only for the same act.")


class OrderNotPayable(DomainError):
    """Money arrived for an order that cannot take it."""

    code = "orders.not_payable"
    text = _("The order %(number)s is %(status)s, so this payment was not applied.")
    remedy = _(
        "Record the money as a waiting receipt, and give it back or use it for another order."
    )


class PaymentDiffers(DomainError):
    """More or less money arrived than an order costs."""

    code = "orders.payment_differs"
    text = _("The order %(number)s costs %(due)s, but %(paid)s was paid, so it was not applied.")
    remedy = _(
        "Record the money as a waiting receipt; pay the order from such receipts when they are"
        " enough, and give the rest back."
    )


class PaymentInOtherCurrency(DomainError):
    """Money arrived in a currency that is not the order's."""

    code = "orders.payment_in_other_currency"
    text = _("The order %(number)s is in %(due)s, but %(paid)s was paid, so it was not applied.")
    remedy = _("Record the money as a waiting receipt, and give it back or exchange it.")


class ReceiptAlreadyUsed(DomainError):
    """A receipt has paid, or waits for, something else."""

    code = "orders.receipt_already_used"
    text = _("The receipt %(receipt)s has already been recorded: %(used)s.")
    remedy = _("Ask the payment provider which payment this is; money is recorded once.")


class ReceiptUnknown(DomainError):
    """There is no such waiting receipt."""

    code = "orders.receipt_unknown"
    text = _("There is no waiting receipt %(receipt)s.")
    remedy = _("Record it first, or take another from the list of waiting receipts.")


class NothingToShip(DomainError):
    """Pieces were to be sent that are not there to be sent."""

    code = "orders.nothing_to_ship"
    text = _("Line %(line)s of order %(number)s has %(left)s pieces to send, not %(asked)s.")
    remedy = _("Send what is left of it: sent and refunded pieces are not sent again.")


class OrderNotShippable(DomainError):
    """An order is not paid, or all of it is gone."""

    code = "orders.not_shippable"
    text = _("The order %(number)s is %(status)s and has nothing to send.")
    remedy = _("Send orders that are paid and not sent or refunded as a whole.")


class ShipmentUnknown(DomainError):
    """There is no such shipment."""

    code = "orders.shipment_unknown"
    text = _("There is no shipment %(reference)s.")
    remedy = _("Compare it with the carrier's number, or record the shipment first.")


class DeliveredBeforeShipped(DomainError):
    """A shipment was said to arrive before it left."""

    code = "orders.delivered_before_shipped"
    text = _("The shipment %(reference)s left at %(shipped_at)s, after %(delivered_at)s.")
    remedy = _("Correct the moment of delivery.")


class OrderNotCancellable(DomainError):
    """An order that is paid was to be cancelled."""

    code = "orders.not_cancellable"
    text = _("The order %(number)s is %(status)s, so it cannot be cancelled.")
    remedy = _("Refund it: money that came in goes out by a refund.")


class OrderNotRefundable(DomainError):
    """An order was to be refunded for which no money came."""

    code = "orders.not_refundable"
    text = _("The order %(number)s is %(status)s: there is nothing to give back.")
    remedy = _("Cancel an order that is not paid.")


class NothingLeftToRefund(DomainError):
    """More was to be given back than is left."""

    code = "orders.nothing_left_to_refund"
    text = _("Of order %(number)s %(left)s is left to refund, not %(asked)s.")
    remedy = _("Refund at most what is left, in the order's currency.")


class LineUnknown(DomainError):
    """There is no such line in the order."""

    code = "orders.line_unknown"
    text = _("The order %(number)s has no line %(line)s.")
    remedy = _("Take a line from the order's own list, each once.")


class LoadUnknown(DomainError):
    """There is no load of this reference."""

    code = "orders.load_unknown"
    text = _("Nothing was loaded under %(reference)s.")
    remedy = _("Compare the reference with that of the load.")
