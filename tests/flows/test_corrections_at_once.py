"""Several enter, book and reject one sheet of corrections at once: it is booked once, or not at all."""

from __future__ import annotations

from decimal import Decimal
from threading import Thread

import pytest
from django.db import connection

from tests import closing
from tests.closing import BORIS, CELINA, NOVEMBER_2
from upline.commissions import correction_booking, services
from upline.commissions.models import CorrectionSheet, VolumeFact
from upline.foundation import clock, context
from upline.foundation.errors import DomainError
from upline.ledger import queries as ledger
from upline.ledger.models import Journal
from upline.money import Money

pytestmark = pytest.mark.django_db(transaction=True)

DRAFTS = [services.PayDraft(member=BORIS, amount=Money(2500, "EUR"), reason="a prize")]


@pytest.fixture
def members():
    found = closing.opened()
    closing.bought(found[CELINA], "A-1", "100.00")
    return found


def enter():
    return services.enter_pay(key="one", calendar="monthly", drafts=DRAFTS)


def together(*acts):
    """Do acts at once, each as a person of its own and on a connection of its own."""
    told: list[str] = []

    def work(number, act):
        try:
            with clock.stopped_at(NOVEMBER_2), context.working(actor=f"login:{number}"):
                told.append(str(act().pk))
        except DomainError as refused:
            told.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=work, args=(place + 4, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(told)


def entered():
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        return enter()


def owed():
    return -ledger.balance(f"commissions:payable:{BORIS}", "EUR").minor


def test_a_sheet_that_several_enter_under_one_key_is_one(members):
    told = together(enter, enter, enter)

    assert told == [str(CorrectionSheet.objects.get().pk)] * 3
    assert CorrectionSheet.objects.get().rows.count() == 1


def test_two_who_approve_at_once_book_once(members):
    sheet = entered()

    def approve():
        return services.approve_corrections(number=sheet.pk, digest=sheet.digest)

    assert together(approve, approve, approve) == [str(sheet.pk)] * 3
    assert (owed(), Journal.objects.filter(kind=correction_booking.KIND).count()) == (2500, 1)


def test_who_approves_and_who_rejects_at_once_decide_once(members):
    sheet = entered()

    told = together(
        lambda: services.approve_corrections(number=sheet.pk, digest=sheet.digest),
        lambda: services.reject_corrections(number=sheet.pk, reason="not decided"),
    )

    sheet.refresh_from_db()
    assert told == sorted([str(sheet.pk), "commissions.corrections_state"])
    assert owed() == (2500 if sheet.state == "booked" else 0)


def test_a_booking_that_dies_before_its_end_leaves_nothing(members, monkeypatch):
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        draft = services.VolumeDraft(
            member=CELINA,
            figure="pv",
            value=Decimal(40),
            counts_on=NOVEMBER_2.date(),
            reason="an order that was lost",
        )
        sheets = [enter(), services.enter_volume(key="two", drafts=[draft])]

    def dies(*_):
        raise RuntimeError

    monkeypatch.setattr(correction_booking, "_decide", dies)
    for sheet in sheets:
        with (
            clock.stopped_at(NOVEMBER_2),
            context.working(actor="login:4"),
            pytest.raises(RuntimeError),
        ):
            services.approve_corrections(number=sheet.pk, digest=sheet.digest)

    assert (owed(), VolumeFact.objects.filter(key__startswith="correction:").count()) == (0, 0)
