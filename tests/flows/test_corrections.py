"""Corrections by hand: entered with a reason by one person, booked by another, each once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests import closing
from tests.closing import ANNA, BORIS, CELINA, NOVEMBER_2
from upline.commissions import checking as commissions_checking
from upline.commissions import errors, queries, services
from upline.commissions.correcting import PayDraft, VolumeDraft
from upline.commissions.models import Correction, CorrectionSheet, Statement, VolumeFact
from upline.foundation import clock, context
from upline.ledger import queries as ledger
from upline.ledger.models import Journal
from upline.money import Money
from upline.payouts import checking as payouts_checking

pytestmark = pytest.mark.django_db

PAY = "member,amount,currency,reason\n"
VOLUME = "member,figure,volume,counts_on,reason\n"


@pytest.fixture
def members():
    found = closing.opened()
    closing.bought(found[CELINA], "A-1", "100.00")
    closing.closed()
    return found


def as_person(actor, act, **named):
    with clock.stopped_at(NOVEMBER_2), context.working(actor=actor):
        return act(**named)


def pay_of(code=BORIS, minor=2500, reason="a prize of the spring congress"):
    return PayDraft(member=code, amount=Money(minor, "EUR"), reason=reason)


def volume_of(code=CELINA, value="40", on=date(2026, 11, 1), reason="an order that was lost"):
    return VolumeDraft(member=code, figure="pv", value=Decimal(value), counts_on=on, reason=reason)


def entered(*drafts, key="congress"):
    wanted = drafts or (pay_of(),)
    return as_person("login:3", services.enter_pay, key=key, calendar="monthly", drafts=wanted)


def entered_volume(*drafts, key="lost orders"):
    return as_person("login:3", services.enter_volume, key=key, drafts=drafts or (volume_of(),))


def booked(sheet):
    return as_person("login:4", services.approve_corrections, number=sheet.pk, digest=sheet.digest)


def owed(code):
    return -ledger.balance(f"commissions:payable:{code}", "EUR").minor


def findings():
    return [one.problem for one in (*commissions_checking.findings(), *payouts_checking.findings())]


def test_pay_by_hand_is_owed_when_another_person_approved_it(members):
    sheet = entered(pay_of(), pay_of(ANNA, -150, "paid twice in September"))
    before = (owed(ANNA), owed(BORIS))

    found = booked(sheet)

    assert before == (500, 1000)
    assert (owed(ANNA), owed(BORIS)) == (350, 3500)
    assert (found.state, found.booked_in.label, found.effective_on) == (
        "booked",
        "2026-11",
        date(2026, 11, 2),
    )
    journal = Journal.objects.get(key=f"correction:{sheet.pk}:0")
    assert journal.memo == "a prize of the spring congress"
    assert ledger.balance("commissions:expense:by_hand", "EUR") == Money(2350, "EUR")
    assert findings() == []


def test_what_a_closed_period_paid_stays_as_it_was(members):
    before = list(Statement.objects.values())

    booked(entered())

    assert list(Statement.objects.values()) == before


def test_who_entered_corrections_does_not_book_them(members):
    sheet = entered()

    with pytest.raises(errors.NeedsAnother):
        as_person("login:3", services.approve_corrections, number=sheet.pk, digest=sheet.digest)
    with pytest.raises(errors.NeedsPerson):
        as_person("worker", services.approve_corrections, number=sheet.pk, digest=sheet.digest)

    assert owed(BORIS) == 1000
    assert CorrectionSheet.objects.get().state == "entered"


def test_what_was_not_looked_at_is_not_booked(members):
    sheet = entered()

    with pytest.raises(errors.DigestDiffers):
        as_person("login:4", services.approve_corrections, number=sheet.pk, digest="0" * 64)

    assert owed(BORIS) == 1000


def test_booking_again_books_nothing_twice(members):
    sheet = entered()
    booked(sheet)

    booked(sheet)

    assert owed(BORIS) == 3500


def test_the_same_key_is_the_same_sheet_and_other_rows_under_it_are_refused(members):
    sheet = entered()

    assert entered().pk == sheet.pk
    with pytest.raises(errors.CorrectionsDiffer, match="congress"):
        entered(pay_of(minor=2600))
    assert Correction.objects.count() == 1


def test_rejected_corrections_never_count(members):
    sheet = entered()

    as_person("login:4", services.reject_corrections, number=sheet.pk, reason="not decided")

    with pytest.raises(errors.CorrectionsNot, match="rejected"):
        booked(sheet)
    assert owed(BORIS) == 1000


def test_volume_by_hand_counts_for_its_day_and_is_paid_on(members):
    booked(entered_volume())
    december = NOVEMBER_2.replace(month=12)

    closing.closed("2026-11", at=december)

    fact = VolumeFact.objects.get(key__startswith="correction:")
    assert (fact.order_number, fact.figures) == (f"HAND-{fact.key.split(':')[1]}-1", {"pv": "40"})
    assert (owed(ANNA), owed(BORIS)) == (500 + 200, 1000 + 400)
    assert findings() == []


def test_volume_by_hand_for_a_closed_period_is_settled_as_an_adjustment(members):
    booked(entered_volume(volume_of(on=date(2026, 10, 20))))

    late = [one.key for one in queries.late_facts(calendar="monthly")]
    assert late == [VolumeFact.objects.latest("pk").key]
    closing.adjusted()

    assert (owed(ANNA), owed(BORIS)) == (500 + 200, 1000 + 400)


def test_every_fault_of_a_table_is_listed_with_its_line_and_nothing_is_written(members):
    text = (
        PAY
        + "NOBODY,5.00,EUR,a prize\n"
        + "BORIS,5.001,EUR,a prize\n"
        + "BORIS,five,EUR,a prize\n"
        + "BORIS,5.00,PLN,a prize\n"
        + "BORIS,5.00,EUR,\n"
        + "BORIS,0.00,EUR,nothing\n"
        + "ANNA,7.00,EUR,a prize\n"
        + "ANNA,7.00,EUR,a prize\n"
    )

    with pytest.raises(errors.CorrectionsRefused) as refused:
        as_person("login:3", services.enter_pay_table, key="table", calendar="monthly", text=text)

    assert refused.value.problem.splitlines()[1:8] == [
        "- line 2: there is no member 'NOBODY'",
        "- line 3: EUR has no such small unit.",
        "- line 4: 'five' is no figure; write a decimal with a point",
        "- line 5: BORIS is paid in EUR",
        "- line 6: the reason is missing; the member reads it",
        "- line 7: the amount is nothing",
        "- line 9: the same stands in line 8 already",
        *refused.value.problem.splitlines()[8:9],
    ]
    assert not CorrectionSheet.objects.exists()


def test_every_fault_of_a_table_of_volume_is_listed(members):
    text = (
        VOLUME
        + "CELINA,bv,40,2026-11-01,lost\n"
        + "CELINA,pv,40,2026-09-30,lost\n"
        + "CELINA,pv,40,2026-11-03,lost\n"
        + "CELINA,pv,40,1 November,lost\n"
        + "CELINA,pv,0,2026-11-01,lost\n"
    )

    with pytest.raises(errors.CorrectionsRefused) as refused:
        as_person("login:3", services.enter_volume_table, key="table", text=text)

    assert refused.value.problem.splitlines()[1:6] == [
        "- line 2: no plan counts a volume 'bv'; there are: pv",
        "- line 3: no period has the day 2026-09-30",
        "- line 4: the day 2026-11-03 has not come yet",
        "- line 5: '1 November' is not a day; write 2026-11-02",
        "- line 6: the volume is nothing",
    ]


def test_a_table_of_pay_is_entered_as_one_sheet(members):
    text = PAY + "BORIS,5.00,EUR,a prize\nanna,-1.50,EUR,paid twice\n"

    sheet = as_person(
        "login:3", services.enter_pay_table, key="table", calendar="monthly", text=text
    )
    booked(sheet)

    assert (sheet.count, owed(ANNA), owed(BORIS)) == (2, 350, 1500)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE commissions_correction SET amount_minor = 9",
        "DELETE FROM commissions_correction",
        "UPDATE commissions_correctionsheet SET digest = 'x'",
        (
            "UPDATE commissions_correctionsheet SET state = 'booked', decided_by = entered_by,"
            " decided_at = now(), booked_in_id = (SELECT min(id) FROM commissions_period),"
            " effective_on = '2026-11-02'"
        ),
        (
            "UPDATE commissions_correctionsheet SET state = 'booked', decided_by = 'worker',"
            " decided_at = now(), booked_in_id = (SELECT min(id) FROM commissions_period),"
            " effective_on = '2026-11-02'"
        ),
        (
            "UPDATE commissions_correctionsheet SET state = 'booked', decided_by = 'login:4',"
            " decided_at = now()"
        ),
        "DELETE FROM commissions_correctionsheet",
        (
            "INSERT INTO commissions_correction (sheet_id, number, member_id, reason, currency,"
            " amount_minor, figure) SELECT sheet_id, number + 1, member_id, 'more', 'EUR', 5, ''"
            " FROM commissions_correction"
        ),
    ],
)
def test_the_database_refuses_what_goes_around_two_persons(members, statement):
    entered()

    with (
        pytest.raises((DatabaseError, IntegrityError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_what_is_decided_stays(members):
    booked(entered())

    for statement in (
        (
            "UPDATE commissions_correctionsheet SET state = 'rejected', booked_in_id = NULL,"
            " effective_on = NULL"
        ),
        "UPDATE commissions_correctionsheet SET decided_by = 'login:5'",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_the_check_of_the_books_finds_a_correction_that_the_ledger_lacks(members):
    sheet = entered()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE commissions_correctionsheet SET state = 'booked', decided_by = 'login:4',"
            " decided_at = now(), booked_in_id = (SELECT max(id) FROM commissions_period),"
            " effective_on = '2026-11-02'"
        )

    assert findings() == [
        f"Corrections {sheet.pk}: row 0 gives 2500 EUR; the ledger has 0.",
        (
            "Member BORIS has 1000 EUR; closed periods, adjustments and corrections gave 3500,"
            " other acts 0."
        ),
    ]


def test_a_member_reads_the_reason_with_the_period_it_is_booked_in(members):
    booked(entered(key="one"))
    booked(entered_volume(volume_of(BORIS, "12.5")))
    of = queries.StatementKey(member=BORIS, calendar="monthly", label="2026-11")

    from tests.flows import office

    found = queries.corrections_in(viewer=office.login_with("finance"), of=of)

    assert [(one.amount, one.figure, one.value, one.reason) for one in found] == [
        (Money(2500, "EUR"), "", None, "a prize of the spring congress"),
        (None, "pv", Decimal("12.5"), "an order that was lost"),
    ]
    assert [one.on - date(2026, 11, 1) for one in found] == [timedelta(days=1), timedelta(0)]
