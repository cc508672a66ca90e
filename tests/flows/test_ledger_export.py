"""The exported books pass beancount and hledger, and what those add up is what our books hold."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import realization
from click.testing import CliRunner

from tests.flows.ledger_books import MONDAY, TUESDAY, entries, post
from upline.cli.main import main as upline
from upline.ledger import queries, services
from upline.ledger.export import books
from upline.ledger.plain_text import BookAccount, beancount_name, hledger_name
from upline.money import Money, currency_places

pytestmark = pytest.mark.django_db

HLEDGER = shutil.which("hledger")
needs_hledger = pytest.mark.skipif(
    HLEDGER is None and not os.environ.get("CI"),
    reason="hledger is not installed; to run these tests: sudo apt-get install hledger",
)

# Codes that no word of ours looks like, some of which differ in little.
ODD = (
    "Goods",
    "goods",
    "g",
    "G",
    "a-b",
    "a_b",
    "a;b",
    "әлия",
    "Әлия",
    "商店",
    "(x)",
    "=1",
    "1.2",
    "é\u0301",
)


@pytest.fixture
def lived_books():
    """Sales in four currencies of none, two and three decimals, a reversal, odd names and memos."""
    first = post("payment:1", reference="A-1", memo='He said: "both; and \\ all" · then left')
    post("payment:(2)", memo="Əlia | Әлия · 商店", effective_on=TUESDAY)
    services.reverse(
        key="undo:1", journal_id=first, effective_on=TUESDAY, reason="Twice; by mistake"
    )
    for currency in ("JPY", "KWD", "KZT"):
        lines = entries(("cash:card", 1_234_567), ("sales:goods", -1_234_567), currency=currency)
        post(f"payment:{currency}", lines=lines)
    odd = [(f"stock:{code}", 100 + place) for place, code in enumerate(ODD)]
    odd.append(("capital", -sum(minor for _, minor in odd)))
    post("odd", lines=entries(*odd))


def ours(name):
    """Give our balances by a name and currency, as decimals."""
    return {
        (name(_account(one)), one.balance.currency): Decimal(one.balance.minor).scaleb(
            -currency_places(one.balance.currency)
        )
        for one in queries.trial_balance()
    }


def _account(one):
    return BookAccount(code=one.account, kind=one.kind, balance=one.balance)


def test_beancount_accepts_the_books_and_adds_up_the_same(lived_books):
    text = "".join(books("beancount"))

    found, errors, _ = loader.load_string(text)
    assert errors == []
    sums = {}
    for account in realization.iter_children(realization.realize(found)):
        for position in account.balance:
            sums[account.account, position.units.currency] = position.units.number
    assert sums == ours(beancount_name)


def test_bean_check_accepts_the_file_that_the_command_writes(lived_books, tmp_path):
    target = tmp_path / "books.beancount"
    done = CliRunner().invoke(
        upline, ["ledger", "export", "--format", "beancount", "--to", str(target)]
    )

    assert done.exit_code == 0, done.output
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("bean-check")), str(target)],
        capture_output=True,
        check=False,
        text=True,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@needs_hledger
def test_hledger_accepts_the_books_and_adds_up_the_same(lived_books, tmp_path):
    target = tmp_path / "books.journal"
    target.write_text("".join(books("hledger")), encoding="utf-8")

    checked = hledger("check", "--strict", "ordereddates", "-f", target)
    assert (checked.returncode, checked.stderr) == (0, "")
    printed = hledger(
        "balance", "--flat", "--no-total", "-O", "csv", "--layout", "bare", "-f", target
    )
    sums = {}
    for line in printed.stdout.splitlines()[1:]:
        name, currency, amount = line.strip('"').split('","')
        sums[name, currency] = Decimal(amount)
    assert sums == ours(hledger_name)


@pytest.mark.parametrize(("form", "odd"), [("beancount", "balance"), ("hledger", "=")])
def test_a_cent_that_is_changed_in_the_file_is_found_by_the_reader(
    lived_books, tmp_path, form, odd
):
    if form == "hledger" and HLEDGER is None:
        pytest.skip("hledger is not installed")
    text = "".join(books(form)).replace("1.00 EUR", "1.01 EUR", 1)
    target = tmp_path / "books"
    target.write_text(text, encoding="utf-8")

    if form == "beancount":
        assert loader.load_string(text)[1]
    else:
        assert hledger("check", "-f", target).returncode == 1


def test_the_books_through_a_day_hold_what_that_day_held(lived_books):
    text = "".join(books("beancount", on=MONDAY))

    assert loader.load_string(text)[1] == []
    assert "2026-11-03 balance Assets:Cash:Card 123.00 EUR" in text
    assert "2026-11-03 *" not in text


def test_accounts_of_different_codes_never_share_a_name():
    none = Money(0, "EUR")
    names = {
        beancount_name(BookAccount(code=f"stock:{code}", kind="asset", balance=none))
        for code in ODD
    }

    assert len(names) == len(ODD)
    assert "Assets:Stock:Goods" in names


def test_books_without_a_journal_give_nothing():
    assert list(books("hledger", on=date(2020, 1, 1))) == []


def hledger(*arguments):
    """Run hledger in a language that knows all letters."""
    return subprocess.run(
        [HLEDGER or "hledger", *map(str, arguments)],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
