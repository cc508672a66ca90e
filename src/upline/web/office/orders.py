"""Orders: the list, and the page of one with all that became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from upline.catalog import queries as catalog
from upline.catalog.models import Product
from upline.commissions.models import VolumeFact
from upline.money import Money
from upline.network import queries as network
from upline.network.models import Member
from upline.orders import queries as orders
from upline.orders.cards import OrderCard
from upline.orders.models import Order
from upline.web.office import filters, order_pay, words
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Rows, Section, Tab, facts
from upline.web.office.member_card import link_to
from upline.web.office.order_acts import ACTS
from upline.web.office.places import country_name
from upline.web.office.rights import may
from upline.web.office.site import site
from upline.web.office.trail import trail_tabs
from upline.web.shared.templatetags.formats import number, percent


def _of_member(rows: QuerySet, code: str) -> QuerySet:
    return rows.filter(member__in=Member.objects.filter(code__iexact=code).values("pk"))


def _refunded(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(refunded_minor__gt=0) if value == "yes" else rows.filter(refunded_minor=0)


@admin.register(Order, site=site)
class Orders(OfficeAdmin):
    """What was bought."""

    sees = "orders.see"
    address = "orders"
    heading = _("Orders")
    lookup = "number"
    empty = _("No order fits.")
    ordering = ("-placed_at", "-id")
    search_fields = ("number",)
    search_help_text = _("Number of the order, or code of the member or customer")
    list_display = ("order", "status", "buyer", "market", "amount", "refunded", "placed")
    list_select_related = ("market", "member")
    list_filter = (
        filters.choice("status", _("Status"), words.choices(words.ORDER)),
        filters.choice(
            "goods",
            _("Goods"),
            [("to_send", _("To be sent"))],
            lambda rows, _value: orders.with_goods_to_send(rows),
        ),
        filters.choice("kind", _("Kind"), words.choices(words.KIND_OF_ORDER)),
        filters.choice(
            "market",
            _("Market"),
            lambda: [(one.code, one.name) for one in catalog.markets()],
            lambda rows, value: rows.filter(market__code=value),
        ),
        filters.choice(
            "refunds", _("Refunds"), [("yes", _("With")), ("no", _("Without"))], _refunded
        ),
        filters.written("member", _("Member (code)"), _of_member),
        filters.days("placed", _("Placed"), "placed_at"),
    )
    acts = ACTS

    def more_urls(self) -> Sequence[URLPattern]:
        return order_pay.urls(self)

    def searched(self, request: HttpRequest, rows: QuerySet, text: str) -> QuerySet:  # noqa: ARG002
        """Find an order by its number, or those of a member or customer."""
        # Asked for first: where there is no such member, nothing of a guess is left in the query.
        members = list(Member.objects.filter(code__iexact=text).values_list("pk", flat=True))
        of_number = Order.objects.filter(number__startswith=text.upper()).values("pk")
        of_member = Order.objects.filter(member__in=members).values("pk")
        of_customer = Order.objects.filter(customer=text).exclude(customer="").values("pk")
        return rows.filter(pk__in=of_number.union(of_member, of_customer))

    def found(self, request: HttpRequest, key: str) -> Order:
        """Give an order with the acts that its state allows, asked for once."""
        order: Order = super().found(request, key)
        order.may = orders.acts_of(order)
        return order

    def prepare(self, request: HttpRequest, rows: Sequence[Order]) -> None:  # noqa: ARG002
        known = network.present().names_of([row.member_id for row in rows if row.member_id])
        for row in rows:
            row.known = known.get(row.member_id)

    @column(_("Order"))
    def order(self, row: Order) -> Cell:
        return Cell(row.number, is_code=True)

    @column(_("Status"))
    def status(self, row: Order) -> Cell:
        return words.status(words.ORDER, row.status)

    @column(_("Buyer"))
    def buyer(self, row: Order) -> Cell:
        if row.kind == Order.Kind.OWN:
            return self.member_of(row)
        if row.member is None:
            return Cell(row.customer)
        return Cell(
            _("Customer %(number)s") % {"number": row.customer},
            note=row.known.name if row.known else row.member.code,
        )

    def member_of(self, row: Order) -> Cell:
        if row.known is not None:
            return link_to(row.known)
        return Cell(row.member.code) if row.member else Cell("")

    @column(_("Market"))
    def market(self, row: Order) -> Cell:
        return Cell(row.market.name)

    @column(_("Amount"), is_figure=True)
    def amount(self, row: Order) -> Cell:
        return Cell(Money(row.gross_minor, row.currency))

    @column(_("Refunded"), is_figure=True)
    def refunded(self, row: Order) -> Cell:
        return Cell(Money(row.refunded_minor, row.currency) if row.refunded_minor else None)

    @column(_("Placed"))
    def placed(self, row: Order) -> Cell:
        return Cell(row.placed_at)

    def card(self, request: HttpRequest, subject: Any) -> Card:
        tabs = [
            Tab(name="", label=_("Order"), sections=lambda: self._order(request, subject)),
            Tab(name="way", label=_("What became of it"), sections=lambda: _way(request, subject)),
            Tab(name="volumes", label=_("Volumes"), sections=lambda: _volumes(subject)),
        ]
        if may(request, order_pay.SEES):
            pay = partial(order_pay.sections, self, request, subject.number)
            tabs.append(Tab(name="pay", label=_("Whom it pays"), sections=pay))
        tabs += trail_tabs(request, lambda: [f"order:{subject.number}"])
        return Card(
            title=_("Order %(number)s") % {"number": subject.number},
            status=self.status(subject),
            tabs=tabs,
        )

    def _order(self, request: HttpRequest, order: Order) -> Sequence[Section]:
        self.prepare(request, [order])
        card = orders.order_card(viewer=request.user, number=order.number)
        return [
            facts(
                _("Order"),
                (_("Number"), Cell(order.number, is_code=True)),
                (_("Kind"), words.word(words.KIND_OF_ORDER, order.kind)),
                (_("Credited to"), self.member_of(order)),
                (_("Customer"), order.customer),
                (_("Market"), order.market.name),
                (_("Country"), country_name(order.country)),
                (_("Audience"), words.word(words.AUDIENCE, order.audience)),
                (_("Channel"), words.word(words.CHANNEL, order.channel)),
                (_("Placed"), order.placed_at),
                (_("Paid"), order.paid_at),
                (_("Cancelled"), order.cancelled_at),
            ),
            _lines(card),
            facts(
                _("Sums"),
                (_("Net"), card.net),
                (_("Tax"), card.tax),
                (_("Gross"), card.gross),
                (_("Refunded"), card.refunded),
            ),
            _payments(card),
        ]


def _lines(card: OrderCard) -> Section:
    return Rows(
        title=_("Lines"),
        heads=[
            _("Product"),
            _("Pieces"),
            _("Price of one"),
            _("Gross"),
            _("Refunded"),
            _("To send"),
            _("Volumes"),
        ],
        rows=[
            [
                Cell(one.name or one.sku, note=one.sku, href=_product(one.sku)),
                Cell(one.quantity),
                Cell(one.unit),
                Cell(one.gross, note=_tax(one)),
                Cell(one.refunded_gross if one.refunded_gross.minor else None),
                Cell(one.to_send),
                Cell(written(one.volumes)),
            ]
            for one in card.lines
        ],
        figures=(1, 2, 3, 4, 5),
    )


def _product(sku: str) -> str:
    return str(site.get_model_admin(Product).address_at("card", sku)) if sku else ""


def _tax(line: Any) -> Any:
    if line.tax_percent is None:
        return ""
    return _("tax: %(percent)s") % {"percent": percent(line.tax_percent / 100, 2)}


def written(figures: Mapping[str, Any]) -> str:
    """Write volumes by name: PV 20, CV 64.5."""
    return ", ".join(
        f"{name.upper()} {number(Decimal(figure))}" for name, figure in sorted(figures.items())
    )


def _payments(card: OrderCard) -> Section:
    return Rows(
        title=_("Payments"),
        heads=[_("Receipt"), _("Amount"), _("Account"), _("Received"), _("Still waits")],
        rows=[
            [
                Cell(one.reference, is_code=True),
                Cell(one.amount),
                Cell(one.account, is_code=True),
                Cell(one.received_at),
                Cell(one.waits),
            ]
            for one in card.payments
        ],
        figures=(1, 4),
        empty=_("Nothing was paid yet."),
    )


def _way(request: HttpRequest, order: Order) -> Sequence[Section]:
    card = orders.order_card(viewer=request.user, number=order.number)
    return [
        Rows(
            title=_("Shipments"),
            heads=[_("Shipment"), _("Carrier"), _("Pieces"), _("Left"), _("Arrived")],
            rows=[
                [
                    Cell(one.reference, is_code=True, note=one.tracking),
                    Cell(one.carrier),
                    Cell([f"{each.quantity} × {each.name or each.sku}" for each in one.pieces]),
                    Cell(one.shipped_at),
                    Cell(one.delivered_at),
                ]
                for one in card.shipments
            ],
            empty=_("Nothing was sent yet."),
        ),
        Rows(
            title=_("Refunds"),
            heads=[_("Refund"), _("Amount"), _("Pieces"), _("Reason"), _("Moment")],
            rows=[
                [
                    Cell(one.reference, is_code=True),
                    Cell(one.gross),
                    Cell([f"{each.quantity} × {each.name or each.sku}" for each in one.pieces]),
                    Cell(one.reason),
                    Cell(one.refunded_at),
                ]
                for one in card.refunds
            ],
            figures=(1,),
            empty=_("Nothing was refunded."),
        ),
    ]


def _volumes(order: Order) -> Sequence[Section]:
    found = VolumeFact.objects.filter(order_number=order.number).select_related("member")
    return [
        Rows(
            title=_("What counts for pay"),
            heads=[_("Member"), _("Counts for"), _("Recorded"), _("Figures"), _("Takes back")],
            rows=[
                [
                    Cell(one.member.code, href=_member(one.member.code)),
                    Cell(one.occurred_at),
                    Cell(one.recorded_at),
                    Cell(written(one.figures)),
                    Cell(one.opposite_of_id is not None),
                ]
                for one in found.order_by("id")
            ],
            empty=_("Nothing of it counts yet: it is not paid."),
        )
    ]


def _member(code: str) -> str:
    return str(site.get_model_admin(Member).address_at("card", code))
