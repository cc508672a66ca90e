"""The wallet of a member on the card, and the accounts of the ledger behind it."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from upline.ledger.models import Account, Balance, Journal
from upline.money import Money
from upline.network.models import Member
from upline.payouts import accounts as wallets
from upline.payouts import queries as payouts
from upline.web.office.cells import Cell, Rows, Section
from upline.web.office.chart import meaning_of
from upline.web.office.rights import may
from upline.web.office.site import site
from upline.web.shared.wallet_words import cause_of

_LINES_SHOWN = 50


def wallet_sections(request: HttpRequest, member: Member) -> Sequence[Section]:
    """Give what a member has with us, by currency, and what moved it last."""
    found = payouts.wallet(viewer=request.user, member=member.code)
    wanted = payouts.LineFilter(most=_LINES_SHOWN)
    lines = payouts.wallet_lines(viewer=request.user, member=member.code, wanted=wanted)
    books = site.get_model_admin(Journal) if may(request, "ledger.see") else None
    return [
        Rows(
            title=_("Wallet"),
            heads=[_("Currency"), _("Accrued"), _("Available"), _("Reserved"), _("Owes us")],
            rows=[
                [
                    Cell(one.currency),
                    Cell(one.accrued),
                    Cell(one.available),
                    Cell(one.reserved),
                    Cell(one.owed),
                ]
                for one in found.balances
            ],
            figures=(1, 2, 3, 4),
            empty=_("Nothing was earned yet."),
        ),
        Rows(
            title=_("When it becomes available"),
            heads=[_("Day"), _("Amount")],
            rows=[
                [Cell(part.on or _("No day yet")), Cell(part.amount)]
                for one in found.balances
                for part in one.maturing
            ],
            figures=(1,),
            empty=_("Nothing is waiting."),
        ),
        Rows(
            title=_("What moved the wallet"),
            heads=[_("Day"), _("Cause"), _("Accrued"), _("Available"), _("Reserved")],
            rows=[
                [
                    Cell(one.effective_on),
                    Cell(
                        cause_of(one.kind),
                        note=one.statement.label if one.statement else "",
                        href=books.address_at("card", one.journal_id) if books else "",
                    ),
                    *(
                        Cell(amount or None)
                        for amount in (one.accrued, one.available, one.reserved)
                    ),
                ]
                for one in lines.rows
            ],
            figures=(2, 3, 4),
            empty=_("Nothing was booked for this member yet."),
        ),
    ]


def account_sections(member: Member) -> Sequence[Section]:
    """Give the accounts of the ledger that are a member's."""
    codes = [wallets.of_member(line, member.code) for line in wallets.LINES]
    held = list(Account.objects.filter(code__in=codes).order_by("code", "currency"))
    kept = dict(Balance.objects.filter(account__in=held).values_list("account", "balance_minor"))
    admin = site.get_model_admin(Account)
    return [
        Rows(
            title=_("Accounts"),
            heads=[_("Account"), _("Meaning"), _("Balance")],
            rows=[
                [
                    Cell(one.code, is_code=True, href=admin.address_of(one)),
                    Cell(meaning_of(one.code)),
                    Cell(Money(kept.get(one.pk, 0), one.currency)),
                ]
                for one in held
            ],
            figures=(2,),
            note=_("What we owe is negative: a credit."),
            empty=_("Nothing was booked for this member yet."),
        )
    ]
