"""What journals and the lines of the chart are called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Case, CharField, F, Q, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from upline.ledger.accounts import CHART
from upline.ledger.models import Balance, Entry
from upline.web.office.cells import Words

JOURNALS: Mapping[str, Words] = {
    "commissions": _("Commissions of a period"),
    "orders.load": _("Loaded orders"),
    "orders.payment": _("Payment of an order"),
    "orders.receipt": _("Receipt that waits"),
    "orders.receipt_return": _("Returned receipt"),
    "orders.refund": _("Refund of an order"),
    "payout.reserve": _("Set aside for a payout"),
    "payout.release": _("Payout did not take place"),
    "payout.paid": _("Paid out"),
    "payout.return": _("Payout came back"),
    "reversal": _("Reversal"),
    "wallet.mature": _("Pay became available"),
    "wallet.recover": _("Kept for what was owed"),
}

LINES: Mapping[str, Words] = {
    "cash": _("Money that we hold"),
    "receivable": _("What others owe us"),
    "stock": _("Goods that we hold, at cost"),
    "sales": _("What was sold, net of tax"),
    "discounts": _("What was taken off prices"),
    "delivery": _("What customers pay for delivery"),
    "tax:vat": _("VAT owed, by country"),
    "tax:withheld": _("Tax kept from payouts"),
    "deposits": _("Money taken for what is not sold yet"),
    "wallet": _("Money of members kept with us"),
    "commissions:expense": _("Commissions, by bonus"),
    "commissions:payable": _("Commissions owed, by member"),
    "affiliates:expense": _("Affiliate fees, by offer"),
    "affiliates:payable": _("Affiliate fees owed"),
    "fees": _("What banks and providers charge"),
    "losses": _("What is given up"),
    "goods": _("Cost of goods sold"),
    "rounding": _("What rounding leaves"),
    "opening": _("Against balances brought from elsewhere"),
    "capital": _("What the owners put in and took out"),
    "exchange": _("Between two currencies of one act"),
    "payouts": _("Payouts on their way to a bank"),
    "suspense": _("Money whose purpose is not known yet"),
}


def line_of(code: str) -> str:
    """Give the line of the chart that an account belongs to: the longest that fits."""
    fitting = [
        line.prefix for line in CHART if code == line.prefix or code.startswith(f"{line.prefix}:")
    ]
    return max(fitting, key=len, default=code)


def meaning_of(code: str) -> Words:
    line = line_of(code)
    return LINES.get(line, line)


def sums_by_line(on: date | None) -> dict[tuple[str, str], int]:
    """Give what each line of the chart holds in each currency, at the end of a day or by now.

    The database adds up: there are as many accounts as members.
    """
    rows = Balance.objects.all() if on is None else Entry.objects.filter(effective_on__lte=on)
    sums = (
        rows.annotate(chart_line=_line_in_database(), unit=F("account__currency"))
        .values("chart_line", "unit")
        .annotate(minor=Sum("balance_minor" if on is None else "amount_minor"))
        .exclude(minor=0)
        .order_by("chart_line", "unit")
    )
    return {(one["chart_line"], one["unit"]): int(one["minor"]) for one in sums}


def _line_in_database() -> Case:
    """Say by its code to which line an account belongs: the longest that fits."""
    prefixes = sorted((line.prefix for line in CHART), key=len, reverse=True)
    return Case(
        *(
            When(
                Q(account__code=prefix) | Q(account__code__startswith=f"{prefix}:"),
                then=Value(prefix),
            )
            for prefix in prefixes
        ),
        default=F("account__code"),
        output_field=CharField(db_collation="C"),
    )
