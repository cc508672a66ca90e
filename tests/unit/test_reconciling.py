"""Statements of banks are read exactly or refused, and fall beside our orders into three lists."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.test_bank_files import GERMAN, KAZAKH, POLISH, order
from upline.money import Money
from upline.payouts.reconciling import camt053, csv_statement
from upline.payouts.reconciling.matching import reconcile
from upline.payouts.reconciling.statement import StatementLine, StatementUnreadable


def entry(amount="123.45", key="payout:1", *, side="DBIT", status="<Cd>BOOK</Cd>", edition="08"):
    """Give an entry of a statement as banks write it."""
    name = "<Pty><Nm>Anna</Nm></Pty>" if edition == "08" else "<Nm>Anna</Nm>"
    return f"""<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>
      <Sts>{status}</Sts><BookgDt><Dt>2026-11-25</Dt></BookgDt><AcctSvcrRef>B-1</AcctSvcrRef>
      <NtryDtls><TxDtls><Refs><EndToEndId>{key}</EndToEndId></Refs><RltdPties>
      <Cdtr>{name}</Cdtr><CdtrAcct><Id><IBAN>{GERMAN.iban}</IBAN></Id></CdtrAcct></RltdPties>
      <RmtInf><Ustrd>Pay 1</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""


def balance(kind, amount):
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
    )


def camt(*parts, edition="08", head='<?xml version="1.0" encoding="UTF-8"?>'):
    """Give a whole message."""
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{edition}"
    return (
        f'{head}<Document xmlns="{space}"><BkToCstmrStmt><Stmt><Acct><Id><IBAN>{POLISH.iban}</IBAN>'
        f"</Id></Acct>{''.join(parts)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def line(place=1, minor=12_345, *, key="", account="", text="", currency="EUR"):
    """Give one line of a statement."""
    return StatementLine(
        place=place,
        booked_on=date(2026, 11, 25),
        amount=Money(minor, currency),
        key=key,
        account=account,
        holder="",
        text=text,
        bank_reference="",
    )


@pytest.mark.parametrize(("edition", "status"), [("02", "BOOK"), ("08", "<Cd>BOOK</Cd>")])
def test_both_editions_are_read_to_the_same_lines(edition, status):
    booked = entry(edition=edition, status=status)
    pending = entry("9.99", edition=edition, status=status.replace("BOOK", "PDNG"))
    sums = balance("OPBD", "200.00") + balance("CLBD", "76.55")

    (found,) = camt053.read(camt(sums, booked, pending, edition=edition))

    assert found.account == POLISH.iban
    assert found.lines == [
        StatementLine(
            place=1,
            booked_on=date(2026, 11, 25),
            amount=Money(12_345, "EUR"),
            key="payout:1",
            account=GERMAN.iban,
            holder="Anna",
            text="Pay 1",
            bank_reference="B-1",
        )
    ]


def test_money_that_came_back_is_a_negative_line():
    (found,) = camt053.read(camt(entry(side="CRDT")))

    assert found.lines[0].amount == Money(-12_345, "EUR")


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (camt(entry(), head=BOMB), "it defines entities of its own"),
        (b"x" * 50_000_001, "it is larger than any statement"),
        (camt(entry())[:-20], "it is no whole XML"),
        (camt(entry()).replace(b"Anna", b"\xff"), "it is no whole XML"),
        (camt(entry(), head='<?xml version="1.0" encoding="klingon"?>'), "it is no whole XML"),
        (b"<a/>", "it is no camt.053 of the edition 02 or 08"),
        (camt(entry("12,5")), "an amount or a day in it is odd: 12,5"),
        (camt(entry("1.005")), "an amount or a day in it is odd: 1.005"),
        (camt(entry(side="")), "an amount or a day in it is odd: "),
        (
            camt(balance("OPBD", "200.00"), entry(), balance("CLBD", "76.54")),
            "its lines do not lead from one balance to the next",
        ),
    ],
)
def test_a_hostile_or_broken_statement_is_refused(content, fault):
    with pytest.raises(StatementUnreadable) as refused:
        camt053.read(content)

    assert refused.value.facts["fault"] == fault


PROFILE = csv_statement.StatementProfile(
    heads={"booked_on": "Data", "amount": "Kwota", "currency": "Waluta", "text": "Tytuł"},
    encoding="cp1250",
)


def test_a_csv_of_a_bank_is_read_by_its_profile():
    content = "Data;Kwota;Waluta;Tytuł\n25.11.2026;-1 234,50;PLN;Wypłata payout:1\n".encode(
        "cp1250"
    )

    found = csv_statement.read(content, profile=PROFILE)

    assert found.lines == [line(minor=123_450, currency="PLN", text="Wypłata payout:1")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Data;Kwota;Waluta\n", "it has no column Tytuł"),
        ("Data;Kwota;Waluta;Tytuł\n2026-11-25;1,00;PLN;x\n", "row 1 of it is odd"),
        ("Data;Kwota;Waluta;Tytuł\n25.11.2026;1.234,50;PLN;x\n", "row 1 of it is odd: 1.234,50"),
        ("Data;Kwota;Waluta;Tytuł\n25.11.2026;1,00;zł;x\n", "row 1 of it is odd"),
    ],
)
def test_a_csv_that_does_not_fit_its_profile_is_refused(text, fault):
    with pytest.raises(StatementUnreadable) as refused:
        csv_statement.read(text.encode("cp1250"), profile=PROFILE)

    assert str(refused.value.facts["fault"]).startswith(fault)


def test_orders_and_lines_match_by_key_then_reference_then_account():
    by_key, in_text, by_reference, by_account = (
        order(1),
        order(2),
        order(3, method=POLISH),
        order(4, method=KAZAKH),
    )
    lines = [
        line(1, key="payout:1"),
        line(2, text="thanks [payout:2]"),
        line(3, text="Pay 3", key="NOTPROVIDED"),
        line(4, account="KZ86 125K ZT50 0410 0100"),
    ]

    found = reconcile([by_key, in_text, by_reference, by_account], lines)

    assert [(one.order.id, one.line.place, one.by) for one in found.matched] == [
        (1, 1, "key"),
        (2, 2, "key"),
        (3, 3, "reference"),
        (4, 4, "account"),
    ]
    assert (found.ours, found.theirs) == ((), ())


def test_what_is_doubtful_stays_in_both_lists():
    twins = [order(5, method=POLISH), order(6, method=POLISH)]
    orders = [order(1), order(2), *twins]
    lines = [
        line(1, minor=12_344, key="payout:1", account=GERMAN.iban),  # a cent less
        line(2, key="payout:2"),
        line(3, key="payout:2"),  # paid twice
        line(4, account=POLISH.iban),  # of which of the two?
        line(5, minor=-12_345, key="payout:1"),  # came back
        line(6, key="INV-9", account=GERMAN.iban),  # a stranger's key
        line(7, text="payout:1 payout:2", account=GERMAN.iban),  # names two
    ]

    found = reconcile(orders, lines)

    assert [(one.order.id, one.line.place) for one in found.matched] == [(2, 2)]
    assert [one.id for one in found.ours] == [1, 5, 6]
    assert [one.place for one in found.theirs] == [1, 3, 4, 5, 6, 7]
