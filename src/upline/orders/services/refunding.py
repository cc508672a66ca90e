"""Money that goes back: all of it, pieces, or an amount, until nothing is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from upline.catalog.amounts import in_decimals, in_millionths
from upline.foundation import audit, clock, outbox
from upline.money import Money
from upline.orders import domain
from upline.orders.domain import Figures, Part, Remaining
from upline.orders.errors import (
    LineUnknown,
    NothingLeftToRefund,
    OrderNotRefundable,
    ReferenceUsedOtherwise,
)
from upline.orders.events import OrderRefunded
from upline.orders.locks import digest_of, order_for_update, used_once
from upline.orders.models import Order, OrderLine, Refund, RefundLine
from upline.orders.services import booking
from upline.orders.services.sending import Pieces, by_line, keep_status, lines_of, unsent

Parts = Mapping[int, Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundDraft:
    """Why, when and whence money goes back; `reference` makes it repeatable.

    It goes back from the account where the order's money came in, unless one is named.
    """

    order_number: str
    reference: str
    reason: str
    refunded_at: datetime | None = None
    paid_from: str = ""


@transaction.atomic
def refund_order(*, refund: RefundDraft) -> int:
    """Give back all that is left of an order, and give the refund's id.

    Repeated it gives the same. Raises OrderUnknown, OrderNotRefundable, NothingLeftToRefund,
    ReferenceUsedOtherwise.
    """
    order = order_for_update(refund.order_number)
    digest = digest_of(order.number, "all")
    known = _refunded_before(refund.reference, digest)
    if known:
        return known
    lines = _refundable(order)
    left = {pk: remaining(line) for pk, line in lines.items()}
    if not any(one.quantity or _is_worth(one.figures) for one in left.values()):
        raise NothingLeftToRefund(number=order.number, left="nothing", asked="all")
    parts = {pk: domain.refund_of_all(one) for pk, one in left.items()}
    return _give_back(order, lines, parts, refund, digest)


@transaction.atomic
def refund_pieces(*, refund: RefundDraft, pieces: Sequence[Pieces]) -> int:
    """Take pieces of lines back, each at what is left of its price, and give the refund's id.

    Pieces that were not sent yet are taken first, and will not be sent. Repeated it gives the
    same. Raises what `refund_order` does, and LineUnknown.
    """
    order = order_for_update(refund.order_number)
    asked = sorted((one.line_id, one.quantity) for one in pieces)
    digest = digest_of(order.number, "pieces", asked)
    known = _refunded_before(refund.reference, digest)
    if known:
        return known
    lines = _refundable(order)
    parts = {}
    for line_id, quantity in by_line(order, lines, pieces).items():
        left = remaining(lines[line_id])
        if not 0 < quantity <= left.quantity:
            raise NothingLeftToRefund(
                number=order.number,
                left=f"{left.quantity} pieces of line {lines[line_id].position}",
                asked=quantity,
            )
        parts[line_id] = domain.refund_of_pieces(left, quantity)
    if not parts:
        raise NothingLeftToRefund(number=order.number, left="something", asked="no piece")
    return _give_back(order, lines, parts, refund, digest)


@transaction.atomic
def refund_amount(*, refund: RefundDraft, amount: Money, line_id: int | None = None) -> int:
    """Give an amount back over the whole order or one line, and give the refund's id.

    Net, tax and volumes follow in proportion; pieces stay sold, unless all that is left goes back.
    Repeated it gives the same. Raises what `refund_order` does, and LineUnknown.
    """
    order = order_for_update(refund.order_number)
    digest = digest_of(order.number, "amount", amount.minor, amount.currency, line_id)
    known = _refunded_before(refund.reference, digest)
    if known:
        return known
    lines = _refundable(order)
    if line_id is not None and line_id not in lines:
        raise LineUnknown(number=order.number, line=line_id)
    chosen = {pk: line for pk, line in lines.items() if line_id in (None, pk)}
    left = {pk: remaining(line) for pk, line in chosen.items()}
    whole = Money(sum(one.figures.gross_minor for one in left.values()), order.currency)
    if amount.currency != order.currency or not 0 < amount.minor <= whole.minor:
        raise NothingLeftToRefund(number=order.number, left=whole, asked=amount)
    shares = domain.refund_of_amount(list(left.values()), amount.minor)
    return _give_back(order, lines, dict(zip(left, shares, strict=True)), refund, digest)


def remaining(line: OrderLine) -> Remaining:
    """Give what of a line has not been refunded."""
    refunded = line.refunded_volumes
    return Remaining(
        quantity=line.quantity - line.refunded_quantity,
        figures=Figures(
            net_minor=line.net_minor - line.refunded_net_minor,
            tax_minor=line.tax_minor - line.refunded_tax_minor,
            retail_minor=line.retail_minor - line.refunded_retail_minor,
            volumes={
                name: _millionths(text) - _millionths(refunded.get(name, "0"))
                for name, text in line.volumes.items()
            },
        ),
    )


def _refunded_before(reference: str, digest: bytes) -> int:
    known = Refund.objects.filter(reference=reference).first()
    if known is None:
        return 0
    if bytes(known.digest) != digest:
        raise ReferenceUsedOtherwise(reference=reference, act="refund")
    return int(known.pk)


def _refundable(order: Order) -> dict[int, OrderLine]:
    if order.paid_at is None:
        raise OrderNotRefundable(number=order.number, status=order.status)
    return lines_of(order)


def _is_worth(figures: Figures) -> bool:
    return bool(figures.gross_minor or any(figures.volumes.values()))


def _give_back(
    order: Order,
    lines: Mapping[int, OrderLine],
    parts: Parts,
    draft: RefundDraft,
    digest: bytes,
) -> int:
    taken = {pk: one for pk, one in parts.items() if one.quantity or _is_worth(one.figures)}
    refund = Refund(
        order=order,
        reference=draft.reference,
        digest=digest,
        reason=draft.reason,
        refunded_at=draft.refunded_at or clock.now(),
        paid_from=draft.paid_from or order.paid_into,
        net_minor=sum(one.figures.net_minor for one in taken.values()),
        tax_minor=sum(one.figures.tax_minor for one in taken.values()),
    )
    with used_once(draft.reference, "refund"):
        refund.save(force_insert=True)
    RefundLine.objects.bulk_create(_refund_line(refund, pk, one) for pk, one in taken.items())
    for pk, one in taken.items():
        _take_off(lines[pk], one)
    order.refunded_minor += refund.net_minor + refund.tax_minor
    order.save(update_fields=["refunded_minor"])
    keep_status(order, lines)
    booking.book_refund(order, refund)
    audit.record(act="orders.refund", subject=f"order:{order.number}", reason=draft.reason)
    outbox.append(OrderRefunded(order_number=order.number, refund_id=refund.pk))
    return int(refund.pk)


def _refund_line(refund: Refund, line_id: int, part: Part) -> RefundLine:
    return RefundLine(
        refund=refund,
        line_id=line_id,
        quantity=part.quantity,
        net_minor=part.figures.net_minor,
        tax_minor=part.figures.tax_minor,
        retail_minor=part.figures.retail_minor,
        volumes={name: in_decimals(one) for name, one in part.figures.volumes.items()},
    )


def _take_off(line: OrderLine, part: Part) -> None:
    line.withdrawn_quantity += min(part.quantity, unsent(line))
    line.refunded_quantity += part.quantity
    line.refunded_net_minor += part.figures.net_minor
    line.refunded_tax_minor += part.figures.tax_minor
    line.refunded_retail_minor += part.figures.retail_minor
    line.refunded_volumes = {
        name: in_decimals(_millionths(line.refunded_volumes.get(name, "0")) + one)
        for name, one in part.figures.volumes.items()
    }
    line.save()


def _millionths(text: str) -> int:
    return in_millionths(Decimal(text))
