"""What is done to orders: refunded whole, in pieces or by an amount; cancelled before they are paid."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from upline.foundation import ids
from upline.orders import services
from upline.orders.models import Order
from upline.orders.services import Pieces, RefundDraft
from upline.web.office.acts import Act, Doing, Reasoned
from upline.web.office.cells import Words
from upline.web.shared.fields import MoneyField


class Refunding(Reasoned):
    """A reason, and a reference by which the same form sent twice is one refund."""

    reference = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].initial = f"office-{ids.uuid7()}"


def _draft(doing: Doing) -> RefundDraft:
    return RefundDraft(
        order_number=doing.subject.number,
        reference=doing.entries["reference"],
        reason=doing.reason,
    )


def _has_left(order: Order) -> bool:
    return bool(order.paid_at is not None and order.refunded_minor < order.gross_minor)


def _whole(doing: Doing) -> Words:
    services.refund_order(refund=_draft(doing))
    return _("The order is refunded.")


class PiecesForm(Refunding):
    """How many pieces of each line come back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [
            one
            for one in self.subject.lines.order_by("position")
            if one.quantity > one.refunded_quantity
        ]
        for line in self.lines:
            left = line.quantity - line.refunded_quantity
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                label=line.name or line.sku,
                min_value=0,
                max_value=left,
                initial=0,
                help_text=_("Pieces left: %(number)s") % {"number": left},
            )
        self.order_fields(None)

    def clean(self) -> Any:
        entries = super().clean() or self.cleaned_data
        if not self.errors and not self.pieces():
            raise ValidationError(_("Name at least one piece."))
        return entries

    def pieces(self) -> list[Pieces]:
        """Give what comes back."""
        return [
            Pieces(line_id=line.pk, quantity=self.cleaned_data[f"line_{line.pk}"])
            for line in self.lines
            if self.cleaned_data.get(f"line_{line.pk}")
        ]


def _some(doing: Doing) -> Words:
    pieces = [
        Pieces(line_id=int(name.removeprefix("line_")), quantity=count)
        for name, count in doing.entries.items()
        if name.startswith("line_") and count
    ]
    services.refund_pieces(refund=_draft(doing), pieces=pieces)
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
        name="refund",
        label=_("Refund all"),
        right="orders.refund",
        form=Refunding,
        does=_whole,
        fits=_has_left,
        is_grave=True,
        explains=_EXPLAINS,
    ),
    Act(
        name="refund-pieces",
        label=_("Refund pieces"),
        right="orders.refund",
        form=PiecesForm,
        does=_some,
        fits=_has_left,
        explains=_EXPLAINS,
    ),
    Act(
        name="refund-amount",
        label=_("Refund an amount"),
        right="orders.refund",
        form=AmountForm,
        does=_amount,
        fits=_has_left,
        explains=_EXPLAINS,
    ),
    Act(
        name="cancel",
        label=_("Cancel"),
        right="orders.cancel",
        does=_cancel,
        fits=lambda order: order.status == Order.Status.PLACED,
        is_grave=True,
        explains=_("It was not paid yet, and never will be."),
    ),
)
