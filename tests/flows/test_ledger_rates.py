"""Rates of exchange are entered by one person and approved by another, and never change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, transaction

from tests.flows.ledger_books import MONDAY, TUESDAY, rows
from upline.cli.main import main as upline
from upline.foundation.models import AuditEntry
from upline.ledger import errors, queries
from upline.ledger import rates as services
from upline.ledger.models import RateSheet
from upline.people.models import Login, RoleGrant

pytestmark = pytest.mark.django_db

TABLE = """\
rate_on,base,quote,rate
2026-11-02,EUR,PLN,4.2517
2026-11-02,EUR,KZT,612.18
2026-11-03,EUR,PLN,4.26
"""


def entered(text=TABLE, by="login:1", **named):
    return services.import_rates(text=text, source="ecb", by=by, **named)


def approved(text=TABLE, **named):
    sheet = entered(text, **named)
    services.approve(sheet_id=sheet, by="login:2")
    return sheet


def test_approved_rates_are_read_by_day_exactly():
    approved()

    assert queries.rate("EUR", "PLN", on=MONDAY, source="ecb") == Decimal("4.2517")
    assert queries.rates(on=MONDAY, source="ecb") == {
        ("EUR", "PLN"): Decimal("4.2517"),
        ("EUR", "KZT"): Decimal("612.18"),
    }
    assert queries.rate("EUR", "EUR", on=MONDAY, source="ecb") == 1


def test_a_missing_rate_is_named_and_never_guessed():
    approved()

    for base, quote, day, source in (
        ("EUR", "KZT", TUESDAY, "ecb"),
        ("PLN", "EUR", MONDAY, "ecb"),
        ("EUR", "PLN", MONDAY, "nbp"),
    ):
        words = f"no approved rate {base}/{quote} of {source} for {day}"
        with pytest.raises(errors.RateMissing, match=words):
            queries.rate(base, quote, on=day, source=source)


def test_a_day_without_rates_takes_an_earlier_one_only_where_asked():
    approved()
    thursday = date(2026, 11, 5)

    with pytest.raises(errors.RateMissing):
        queries.rate("EUR", "PLN", on=thursday, source="ecb", days_back=1)
    assert queries.rate("EUR", "PLN", on=thursday, source="ecb", days_back=3) == Decimal("4.26")


def test_rates_count_only_when_a_second_person_has_approved_them():
    sheet = entered()

    with pytest.raises(errors.RateMissing):
        queries.rate("EUR", "PLN", on=MONDAY, source="ecb")
    with pytest.raises(errors.SecondPersonNeeded, match="login:1 entered"):
        services.approve(sheet_id=sheet, by="login:1")
    with pytest.raises(errors.SheetUnknown):
        services.approve(sheet_id=sheet + 1, by="login:2")
    assert RateSheet.objects.get().state == "entered"

    services.approve(sheet_id=sheet, by="login:2")
    services.approve(sheet_id=sheet, by="login:2")

    with pytest.raises(errors.SheetDecided, match="approved by login:2"):
        services.reject(sheet_id=sheet, by="login:3")
    assert AuditEntry.objects.filter(act="ledger.rates_approved").count() == 1


def test_a_rejected_sheet_never_counts():
    sheet = entered()

    services.reject(sheet_id=sheet, by="login:2")

    with pytest.raises(errors.SheetDecided, match="rejected"):
        services.approve(sheet_id=sheet, by="login:2")
    with pytest.raises(errors.RateMissing):
        queries.rate("EUR", "PLN", on=MONDAY, source="ecb")


def test_the_same_table_again_is_the_same_sheet_before_and_after_approval():
    sheet = entered()

    assert entered() == sheet
    services.approve(sheet_id=sheet, by="login:2")
    assert entered(by="login:3") == sheet
    assert (rows()["ratesheet"], rows()["rate"]) == (1, 3)


def test_a_correction_needs_a_reason_and_the_sheet_approved_last_counts():
    approved()
    corrected = TABLE.replace("4.2517", "4.2571")
    before = rows()

    with pytest.raises(errors.RatesRefused, match=r"line 2: EUR/PLN on 2026-11-02 .* as 4\.2517"):
        entered(corrected)
    assert rows() == before

    sheet = approved(corrected, reason="Digits swapped")
    assert queries.rate("EUR", "PLN", on=MONDAY, source="ecb") == Decimal("4.2571")
    assert queries.rate("EUR", "KZT", on=MONDAY, source="ecb") == Decimal("612.18")
    assert queries.sheets()[0] == queries.SheetFacts(
        id=sheet,
        source="ecb",
        state="approved",
        entered_by="login:1",
        decided_by="login:2",
        reason="Digits swapped",
        rate_count=1,
        first_on=MONDAY,
        last_on=MONDAY,
    )


def test_every_fault_of_a_table_is_listed_with_its_line_and_nothing_is_written():
    text = """\
rate_on,base,quote,rate
02.11.2026,EUR,PLN,4.2517
2026-11-31,EUR,PLN,4.2517
2026-11-02,eur,PLN,4.2517
2026-11-02,EUR,EUR,1
2026-11-02,EUR,PLN,"4,2517"
2026-11-02,EUR,PLN,0
2026-11-02,EUR,PLN,-1
2026-11-02,EUR,PLN,1e3
2026-11-02,EUR,PLN
2026-11-02,EUR,USD,1.1
2026-11-02,EUR,USD,1.2
2026-11-02,EUR,JPY,1.1234567890123
"""

    with pytest.raises(errors.RatesRefused) as refused:
        entered(text, name="rates.csv")

    lines = str(refused.value).splitlines()
    assert lines[0] == "11 faults in rates.csv; nothing was written:"
    assert [line.split(":")[0] for line in lines[1:12]] == [
        f"- line {number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13)
    ]
    assert "'4,2517' is no rate" in lines[5]
    assert "EUR/USD on 2026-11-02 stands in line 11 already" in lines[10]
    assert (rows()["ratesheet"], rows()["rate"]) == (0, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "columns rate_on, base, quote, rate are missing"),
        ("rate_on;base;quote;rate\n", "are missing"),
        ("rate_on,base,quote,rate\n", "there are no rates"),
    ],
)
def test_a_table_that_is_none_is_refused(text, words):
    with pytest.raises(errors.RatesRefused, match=words):
        entered(text)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_rate SET rate = rate * 2",
        "DELETE FROM ledger_rate",
        (
            "INSERT INTO ledger_rate (sheet_id, base, quote, rate_on, rate)"
            " SELECT id, 'EUR', 'USD', '2026-11-02', 1 FROM ledger_ratesheet"
        ),
        "UPDATE ledger_ratesheet SET state = 'entered', decided_by = '', decided_at = NULL",
        "UPDATE ledger_ratesheet SET source = 'nbp'",
        "DELETE FROM ledger_ratesheet",
    ],
)
def test_an_approved_sheet_cannot_be_changed_around_the_services(statement):
    approved()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert queries.rate("EUR", "PLN", on=MONDAY, source="ecb") == Decimal("4.2517")


def test_the_database_refuses_an_approval_by_who_entered():
    entered()
    statement = (
        "UPDATE ledger_ratesheet SET state = 'approved', decided_by = entered_by,"
        " decided_at = now()"
    )

    with (
        pytest.raises(DatabaseError, match="ledger_ratesheet_two_persons"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_rates_are_imported_and_approved_by_command(tmp_path):
    for email in ("aiman@example.com", "boris@example.com"):
        login = Login.objects.create_user(email, "correct horse battery")
        RoleGrant.objects.create(login=login, role="finance")
    file = tmp_path / "rates.csv"
    file.write_text("\ufeff" + TABLE, encoding="utf-8")

    def run(*arguments):
        return CliRunner().invoke(upline, ["ledger", "rates", *arguments])

    said = run("import", str(file), "--source", "ecb", "--as", "aiman@example.com")
    assert said.exit_code == 0, said.output
    sheet = str(RateSheet.objects.get().pk)
    assert said.stdout.startswith(f"Sheet {sheet}.")
    refused = run("approve", sheet, "--as", "aiman@example.com")
    assert refused.exit_code == 1
    assert "ledger.second_person_needed" in refused.stderr
    assert run("approve", sheet, "--as", "boris@example.com").exit_code == 0
    assert run("list").stdout == f"{sheet}\tecb\tapproved\t3 rates\t2026-11-02 to 2026-11-03\n"
    assert run("list", "--on", "2026-11-02", "--source", "ecb").stdout == (
        "EUR/KZT\t612.18\nEUR/PLN\t4.2517\n"
    )
