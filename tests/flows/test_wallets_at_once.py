"""Wallets settled by several at once, while others post to them: each cent moves once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests import closing
from tests.at_once import at_once
from tests.closing import ANNA, BORIS, CELINA
from upline.foundation import clock, context
from upline.ledger import checking
from upline.ledger import queries as books
from upline.ledger import services as ledger
from upline.ledger.models import Journal
from upline.ledger.services import EntryDraft
from upline.money import Money
from upline.payouts import services

pytestmark = pytest.mark.django_db(transaction=True)

NOVEMBER_14 = datetime(2026, 11, 14, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def members():
    found = closing.opened()
    closing.bought(found[CELINA], "A-1", "200")
    closing.bought(found[BORIS], "A-2", "100")
    closing.closed()
    with context.working(actor="login:1"):
        services.set_rule(
            name="return_window_days", value=14, starts_on=date(2026, 1, 1), reason="the law"
        )


def held(line, member=ANNA):
    return -books.balance(f"{line}:{member}", "EUR").minor


def settle_all():
    with clock.stopped_at(NOVEMBER_14):
        return services.settle_wallets()


def settle_anna():
    with clock.stopped_at(NOVEMBER_14):
        return services.settle_wallet(member=ANNA)


def clawback(nth):
    def posts():
        amount = Money(300, "EUR")
        return ledger.post(
            key=f"clawback:{nth}",
            kind="commissions.adjustment",
            effective_on=date(2026, 11, 14),
            entries=[
                EntryDraft(f"commissions:payable:{ANNA}", amount),
                EntryDraft("commissions:expense:levels", -amount),
            ],
        )

    return posts


def test_several_who_settle_at_once_move_each_wallet_once():
    found = at_once(settle_all, settle_anna, settle_all, settle_anna)

    assert sum(one.matured for one in found) == 2
    assert Journal.objects.filter(kind="wallet.mature").count() == 2
    assert (held("commissions:payable"), held("wallet:available")) == (0, 2_000)


@pytest.mark.parametrize("_attempt", range(5))
def test_what_is_taken_back_meanwhile_is_not_paid_out_besides(_attempt):
    at_once(settle_all, clawback(1), settle_anna, clawback(2))
    settle_all()

    # Whoever came first: 20.00 less twice 3.00, all of it in the wallet.
    assert (held("commissions:payable"), held("wallet:available")) == (0, 1_400)
    assert checking.findings() == []
