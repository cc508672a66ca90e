"""Tampering past every guard is found and named; so is a guard that is switched off."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.db import connection

from tests.flows.ledger_books import TUESDAY, post
from upline.cli.main import main as upline
from upline.foundation import checking as foundation_checking
from upline.ledger import checking, queries, services
from upline.payouts.models import Recount

pytestmark = pytest.mark.django_db


@pytest.fixture
def books():
    """Three sales, one of them taken back."""
    first = post("payment:1", reference="A-1")
    post("payment:2", memo="Two")
    post("payment:3", reference="A-3", memo="Әлия")
    services.reverse(key="undo:1", journal_id=first, effective_on=TUESDAY, reason="Twice")


def tamper(statement):
    """Run a statement as a superuser with every trigger off, as nobody should."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        assert cursor.rowcount > 0
        cursor.execute("SET LOCAL session_replication_role = origin")


def codes():
    return {finding.code for finding in checking.findings()}


def test_untouched_books_are_in_order(books):
    assert checking.findings() == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            (
                "UPDATE ledger_entry SET amount_minor = amount_minor + 1"
                " WHERE id = (SELECT max(id) FROM ledger_entry)"
            ),
            {"trial_balance_of_entries", "balance_recount", "journal_balanced", "journal_digest"}
            | {"reversal_mirrors"},
        ),
        (
            (
                "UPDATE ledger_entry SET amount_minor = amount_minor"
                " + CASE line WHEN 1 THEN 5 ELSE -5 END WHERE line < 3"
                " AND journal_id = (SELECT id FROM ledger_journal WHERE key = 'payment:2')"
            ),
            {"balance_recount", "journal_digest"},
        ),
        (
            (
                "UPDATE ledger_balance SET balance_minor = balance_minor + 1"
                " WHERE account_id = (SELECT min(id) FROM ledger_account)"
            ),
            {"trial_balance", "balance_recount"},
        ),
        (
            "DELETE FROM ledger_balance WHERE balance_minor > 0",
            {"trial_balance", "balance_recount"},
        ),
        (
            (
                "DELETE FROM ledger_entry WHERE line = 3"
                " AND journal_id = (SELECT id FROM ledger_journal WHERE key = 'payment:2')"
            ),
            {"trial_balance_of_entries", "balance_recount", "journal_balanced", "journal_whole"}
            | {"journal_digest"},
        ),
        (
            (
                "DELETE FROM ledger_entry"
                " WHERE journal_id = (SELECT id FROM ledger_journal WHERE key = 'payment:2')"
            ),
            {"balance_recount", "journal_whole"},
        ),
        (
            "DELETE FROM ledger_journal WHERE key = 'payment:2'",
            {"journal_whole"},
        ),
        ("UPDATE ledger_journal SET memo = 'Three' WHERE key = 'payment:2'", {"journal_digest"}),
        (
            "UPDATE ledger_journal SET effective_on = effective_on - 1 WHERE key = 'payment:2'",
            {"entry_agrees", "journal_digest"},
        ),
        (
            "UPDATE ledger_entry SET effective_on = effective_on - 1 WHERE line = 1",
            {"entry_agrees"},
        ),
        (
            "UPDATE ledger_account SET code = 'cash:bank' WHERE code = 'cash:card'",
            {"journal_digest"},
        ),
    ],
)
def test_tampering_is_found_and_named(books, statement, expected):
    tamper(statement)

    assert codes() == {f"ledger.{one}" for one in expected}


def test_a_guard_that_is_off_or_gone_is_found(books):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER append_only")
        cursor.execute("DROP TRIGGER kept ON ledger_balance")

    assert [finding.problem for finding in checking.findings()] == [
        "The trigger ledger_balance.kept is missing or switched off.",
        "The trigger ledger_entry.append_only is missing or switched off.",
    ]


def test_the_command_says_that_the_books_are_in_order(books):
    said = CliRunner().invoke(upline, ["check", "books"])

    number = Recount.objects.get().pk
    assert (said.exit_code, said.stdout) == (
        0,
        f"Recount {number}: all is in order: 4 journals, 12 entries.\n",
    )


def test_the_command_lists_what_is_off_and_ends_with_1(books):
    tamper("UPDATE ledger_balance SET balance_minor = 1 WHERE balance_minor > 0")

    said = CliRunner().invoke(upline, ["check", "books"])

    kept = Recount.objects.get()
    assert said.exit_code == 1
    assert said.stderr.splitlines()[-4:] == [
        "ledger.trial_balance: All balances in EUR sum to -24599 instead of 0.",
        (
            "ledger.balance_recount: Account cash:card in EUR is kept as 1 over 4 entries;"
            " the entries give 24600 over 4."
        ),
        f"Recount {kept.pk}: 2 findings in 4 journals, 12 entries.",
        f"Payouts are stopped (stop {kept.stops.get().pk}).",
    ]


def test_many_findings_of_a_kind_are_cut_with_a_word(books, monkeypatch):
    monkeypatch.setattr(foundation_checking, "FINDINGS_OF_A_KIND", 2)
    tamper("UPDATE ledger_journal SET memo = 'x'")

    assert [one.problem for one in checking.findings()][-1] == "And more of this kind."
    assert len(checking.findings()) == 3


def test_balances_are_printed_in_whole_units(books):
    post("yen", list(_yen()))

    said = CliRunner().invoke(upline, ["ledger", "balance"])
    card = CliRunner().invoke(upline, ["ledger", "balance", "cash", "--currency", "EUR"])
    none = CliRunner().invoke(upline, ["ledger", "balance", "moon"])

    lines = [" ".join(line.split()) for line in said.stdout.splitlines()]
    assert lines == [
        "cash:card asset 246.00 EUR",
        "cash:card asset 500 JPY",
        "sales:goods income -200.00 EUR",
        "sales:goods income -500 JPY",
        "tax:vat:PL liability -46.00 EUR",
        "3 accounts in EUR 0.00 EUR",
        "2 accounts in JPY 0 JPY",
    ]
    assert " ".join(card.stdout.splitlines()[0].split()) == "cash:card asset 246.00 EUR"
    assert none.exit_code == 1
    assert "no account moon" in none.stderr


def _yen():
    from tests.flows.ledger_books import entries

    return entries(("cash:card", 500), ("sales:goods", -500), currency="JPY")


def test_a_journal_is_printed_by_key_and_by_number(books):
    number = queries.journal_by_key("undo:1").id

    by_key = CliRunner().invoke(upline, ["ledger", "journal", "undo:1"])
    by_number = CliRunner().invoke(upline, ["ledger", "journal", str(number)])
    unknown = CliRunner().invoke(upline, ["ledger", "journal", "nothing"])

    assert by_key.stdout == by_number.stdout
    assert "Twice\nReverses journal" in by_key.stdout
    assert "cash:card" in by_key.stdout
    assert "-123.00 EUR" in by_key.stdout
    assert unknown.exit_code == 1
    assert "There is no journal nothing." in unknown.stderr
