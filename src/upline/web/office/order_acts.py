"""What is done to orders: sent and delivered, refunded whole or in part, cancelled before they are paid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from upline.foundation import ids
from upline.orders import queries as orders
from upline.orders import services
from upline.orders.models import OrderLine
from upline.orders.services import Pieces, RefundDraft, ShipmentDraft
from upline.web.office.acts import Act, ActForm, Doing, Reasoned
from upline.web.office.cells import Cell, Rows, Section, Words
from upline.web.shared.fields import MoneyField
from upline.web.shared.templatetags.formats import moment

_LINE = "line_"


class Once(ActForm):
    """A reference by which the same form sent twice is one act."""

    reference = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].initial = f"office-{ids.uuid7()}"


class OfPieces(Once):
    """How many pieces of each line, where some are left."""

    # Whether all that is left is proposed.
    proposes_all = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in self.subject.lines.order_by("position"):
            left = self.left_of(line)
            if left > 0:
                self.fields[f"{_LINE}{line.pk}"] = forms.IntegerField(
                    label=line.name or line.sku,
                    min_value=0,
                    max_value=left,
                    initial=left if self.proposes_all else 0,
                    help_text=_("Pieces left: %(number)s") % {"number": left},
                )
        self.order_fields(None)

    def left_of(self, line: OrderLine) -> int:
        """Give how many pieces of a line the act can still take."""
        raise NotImplementedError

    def clean(self) -> Any:
        entries = super().clean() or self.cleaned_data
        if not self.errors and not pieces_of(entries):
            raise ValidationError(_("Name at least one piece."))
        return entries


def pieces_of(entries: Mapping[str, Any]) -> list[Pieces]:
    """Give the pieces that were entered, by line."""
    return [
        Pieces(line_id=int(name.removeprefix(_LINE)), quantity=count)
        for name, count in entries.items()
        if name.startswith(_LINE) and count
    ]


class ShipForm(OfPieces):
    """What leaves, and with whom."""

    proposes_all = True

    carrier = forms.CharField(label=_("Carrier"), max_length=60)
    tracking = forms.CharField(
        label=_("Number of the shipment"),
        max_length=100,
        required=False,
        help_text=_("By which the carrier finds it."),
    )

    def left_of(self, line: OrderLine) -> int:
        return int(line.quantity - line.withdrawn_quantity - line.shipped_quantity)

    def order_fields(self, field_order: Any) -> None:
        """Let the lines come first, then who takes them."""
        lines = [name for name in self.fields if name.startswith(_LINE)]
        super().order_fields(field_order or lines)


def _may(act: str) -> Callable[[Any], bool]:
    def fits(order: Any) -> bool:
        return act in order.may

    return fits


def _ship(doing: Doing) -> Words:
    entries = doing.entries
    draft = ShipmentDraft(
        order_number=doing.subject.number,
        reference=entries["reference"],
        carrier=entries["carrier"],
        tracking=entries["tracking"],
    )
    services.ship(shipment=draft, pieces=pieces_of(entries))
    return _("The shipment is recorded as sent.")


class DeliverForm(ActForm):
    """Which of the shipments on their way arrived."""

    shipment = forms.ChoiceField(label=_("Shipment"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_its_way = self.subject.shipments.filter(delivered_at__isnull=True)
        self.fields["shipment"].choices = [
            (
                one.reference,
                " · ".join(filter(None, (moment(one.shipped_at), one.carrier, one.tracking))),
            )
            for one in on_its_way.order_by("shipped_at", "pk")
        ]


def _deliver(doing: Doing) -> Words:
    services.deliver(shipment_reference=doing.entries["shipment"])
    return _("The shipment is recorded as delivered.")


def _deliver_shown(doing: Doing) -> Sequence[Section]:
    card = orders.order_card(viewer=doing.request.user, number=doing.subject.number)
    sent = next(one for one in card.shipments if one.reference == doing.entries["shipment"])
    return [
        Rows(
            title=_("Goods of this shipment"),
            heads=[_("Product"), _("Pieces")],
            rows=[
                [Cell(one.name or one.sku, note=one.sku), Cell(one.quantity)] for one in sent.pieces
            ],
            figures=(1,),
        )
    ]


class Refunding(Once, Reasoned):
    """A refund, with its reason."""


def _draft(doing: Doing) -> RefundDraft:
    return RefundDraft(
        order_number=doing.subject.number,
        reference=doing.entries["reference"],
        reason=doing.reason,
    )


def _whole(doing: Doing) -> Words:
    services.refund_order(refund=_draft(doing))
    return _("The order is refunded.")


class PiecesForm(OfPieces, Reasoned):
    """How many pieces of each line come back."""

    def left_of(self, line: OrderLine) -> int:
        return int(line.quantity - line.refunded_quantity)


def _some(doing: Doing) -> Words:
    services.refund_pieces(refund=_draft(doing), pieces=pieces_of(doing.entries))
    return _("The pieces are refunded.")


class AmountForm(Refunding):
    """An amount over the whole order, or over one line."""

    line = forms.TypedChoiceField(label=_("Of"), coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = self.subject.currency
        self.fields["amount"] = MoneyField(
            currency=currency,
            label=_("Amount"),
            help_text=_("In %(currency)s, with tax.") % {"currency": currency},
        )
        self.fields["line"].choices = [
            ("", _("the whole order")),
            *((one.pk, one.name or one.sku) for one in self.subject.lines.order_by("position")),
        ]
        self.order_fields(None)


def _amount(doing: Doing) -> Words:
    services.refund_amount(
        refund=_draft(doing), amount=doing.entries["amount"], line_id=doing.entries["line"]
    )
    return _("The amount is refunded.")


def _cancel(doing: Doing) -> Words:
    services.cancel_order(order_number=doing.subject.number, reason=doing.reason)
    return _("The order is cancelled.")


_EXPLAINS = _("The money goes back whence it came, and the volumes are taken back as well.")

ACTS = (
    Act(
        name="ship",
        label=_("Send"),
        right="orders.ship",
        form=ShipForm,
        does=_ship,
        fits=_may("ship"),
        is_main=True,
        explains=_("Records that goods left. What you leave out can be sent later."),
    ),
    Act(
        name="deliver",
        label=_("Record the delivery"),
        right="orders.deliver",
        form=DeliverForm,
        does=_deliver,
        fits=_may("deliver"),
        shows=_deliver_shown,
        is_main=True,
        explains=_("Records that a shipment arrived, with everything in it."),
    ),
    Act(
        name="refund",
        label=_("Refund all"),
        right="orders.refund",
        form=Refunding,
        does=_whole,
        fits=_may("refund"),
        is_grave=True,
        explains=_EXPLAINS,
    ),
    Act(
        name="refund-pieces",
        label=_("Refund pieces"),
        right="orders.refund",
        form=PiecesForm,
        does=_some,
        fits=_may("refund"),
        explains=_EXPLAINS,
    ),
    Act(
        name="refund-amount",
        label=_("Refund an amount"),
        right="orders.refund",
        form=AmountForm,
        does=_amount,
        fits=_may("refund"),
        explains=_EXPLAINS,
    ),
    Act(
        name="cancel",
        label=_("Cancel the order"),
        right="orders.cancel",
        does=_cancel,
        fits=_may("cancel"),
        is_grave=True,
        explains=_("It was not paid yet, and never will be."),
    ),
)
