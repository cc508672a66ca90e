"""A company begins: set up from a description, its files loaded, its first month closed."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner
from django.db import connection
from pyarrow import parquet

from tests.flows import company_files
from tests.flows.company_files import order, table
from upline.catalog.models import Market, Price, Product, ProductText, TaxRate
from upline.cli.main import main
from upline.commissions.models import Calendar, Period, Statement, Total, VolumeFact
from upline.foundation import clock
from upline.foundation.models import AuditEntry, Company, Message
from upline.ledger.models import Journal
from upline.network.models import Member, Tree
from upline.orders.models import Load, Order
from upline.people.models import Login, Person, RoleGrant
from upline.plans.models import PlanVersion

pytestmark = pytest.mark.django_db
NOVEMBER_2 = datetime(2026, 11, 2, 9, tzinfo=UTC)
ANNA, BORIS = "anna@example.com", "boris@example.com"
TABLES = (
    *(Company, Market, TaxRate, Calendar, PlanVersion, Tree, Login, RoleGrant, Person, Member),
    *(Product, ProductText, Price, Order, Load, VolumeFact, Journal, Message, AuditEntry),
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files of a company, where the commands are given."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UPLINE_NEW_PASSWORD", raising=False)
    with clock.stopped_at(NOVEMBER_2):
        yield company_files.written(tmp_path)


@pytest.fixture
def company(folder):
    """The company set up, by Anna."""
    done("init --config company.yaml --password-file password.txt")
    return folder


def said(command):
    """Give a command, and what came of it: code, output, errors."""
    found = CliRunner().invoke(main, command.split())
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.exit_code, found.stdout, found.stderr


def done(command):
    """Give a command that succeeds, and its output."""
    code, output, errors = said(command)
    assert (code, errors) == (0, ""), errors
    return output


def refused(command):
    """Give a command that is refused and writes nothing, and what it says."""
    before = written()
    code, _, errors = said(command)
    assert code == 1
    assert written() == before
    return errors


def written():
    return {model.__name__: model.objects.count() for model in TABLES}


def last_number():
    """Give the last joining number that was given out: none may be lost."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value, is_called FROM network_member_number")
        return cursor.fetchone()


def test_a_company_goes_from_nothing_to_a_paid_month_that_anybody_can_compute_again(folder):
    done("init --config company.yaml --password-file password.txt")
    done(f"logins add {BORIS} --role finance --as {ANNA} --password-file password.txt")
    assert "12 members loaded, numbers " in done("load members members.csv")
    assert "2 products loaded." in done("load products products.csv")
    assert "4 prices loaded." in done("load prices prices.csv")
    assert "36 orders loaded." in done("load orders orders.csv --book")
    closed = done(f"periods close 2026-10 --as {ANNA}")
    digest = re.search("digest ([0-9a-f]{64})", closed)[1]
    assert "is sealed" in done(f"periods approve 2026-10 --digest {digest} --as {BORIS}")
    statement = done("periods statement 2026-10 --member Celina")
    done("periods export 2026-10 --out export")
    export = "--plan export/plan.yaml --members export/members.csv --orders export/orders.csv"
    done(f"compute {export} --period 2026-10-01..2026-10-31 --out export/run")

    assert Period.objects.get().state == "sealed"
    assert VolumeFact.objects.count() == 36
    totals, pays = totals_here(), pays_here()
    assert {bonus for _, bonus in totals} >= {"retail", "unilevel", "own_volume"}
    assert {pay.split()[1] for pay in pays.values()} == {"EUR", "KZT", "PLN", "RUB"}
    assert totals == totals_of(Path("export/run"))
    assert pays == pays_of(Path("export/run"))
    assert f"To be paid\t{pays['Celina']}" in statement


def totals_here():
    rows = Total.objects.select_related("run", "member")
    return {
        (row.member.code, row.run.bonuses[row.bonus]): Decimal(row.amount_units).scaleb(
            -row.run.places
        )
        for row in rows
    }


def pays_here():
    return {
        row.member.code: f"{Decimal(row.pay_minor).scaleb(-2)} {row.currency}"
        for row in Statement.objects.select_related("member")
    }


def totals_of(run):
    return {
        (row["member"], row["bonus"]): Decimal(row["amount"]) for row in rows_of(run / "totals.csv")
    }


def pays_of(run):
    return {
        row["member"]: f"{row['pay_amount']} {row['pay_currency']}"
        for row in rows_of(run / "pay.csv")
    }


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_description_sets_everything_up_by_command_and_owner(company):
    found = Company.objects.get()
    assert (found.name, found.time_zone, found.currency) == ("Мёд & чай", "Europe/Sofia", "EUR")
    assert list(Market.objects.order_by("code").values_list("code", "currency", "language")) == [
        ("BG", "EUR", "bg"),
        ("KZ", "EUR", "kk"),
    ]
    assert Market.objects.get(code="KZ").name == "Қазақстан"
    assert list(TaxRate.objects.order_by("country").values_list("country", "percent")) == [
        ("BG", Decimal(20)),
        ("KZ", Decimal(16)),
    ]
    calendar = Calendar.objects.get()
    assert (calendar.name, calendar.every, str(calendar.starts_on)) == (
        "monthly",
        "month",
        "2026-10-01",
    )
    owner = Login.objects.get()
    assert (owner.email, owner.roles) == (ANNA, {"owner"})
    assert owner.password.startswith("argon2")
    assert owner.check_password(company_files.PASSWORD)
    plan = PlanVersion.objects.get()
    assert (plan.state, plan.drafted_by, plan.decided_by) == (
        "approved",
        "command:init",
        f"login:{owner.pk}",
    )


def test_options_alone_set_a_company_up_with_several_calendars(folder):
    output = done(
        "init --name Tea --plan unilevel-basic --owner a@example.com --market BG"
        " --market DE:time_zone=Europe/Berlin,prices_include_tax=no --time-zone Europe/Berlin"
        " --calendar monthly --calendar weekly:every=week,starts_on=2026-10-05"
        " --password-file password.txt"
    )

    assert "Tea: books in EUR, days in Europe/Berlin" in output
    assert company_files.PASSWORD not in output
    assert list(Calendar.objects.order_by("name").values_list("name", "every", "time_zone")) == [
        ("monthly", "month", "Europe/Berlin"),
        ("weekly", "week", "Europe/Berlin"),
    ]
    assert list(Market.objects.order_by("code").values_list("code", "prices_include_tax")) == [
        ("BG", True),
        ("DE", False),
    ]


def test_a_binary_plan_brings_its_tree_and_members_are_loaded_into_it(folder):
    plan = """\
language: 1
plan: legs
version: 2026-10-01
currency: EUR
orders: {pv: points}
point_value: 1 EUR
trees: {placement: {kind: binary}}
measures: {left_pv: left(pv)}
ranks: [{rank: Partner}, {rank: Leader, needs: left_pv >= 10}]
bonuses: {own: {kind: own, base: pv, rate: 5 %}}
"""
    Path("legs.yaml").write_text(plan, encoding="utf-8")
    done("init --name T --plan legs.yaml --owner a@b.co --market BG --password-file password.txt")
    usual = {"joined_on": "2026-10-01", "country": "BG", "sponsor": ""}
    top = {"placement_parent": "", "placement_side": "root"}
    left = {"placement_parent": "top", "placement_side": "left"}
    path = table(Path("m.csv"), {"code": "TOP", **usual, **top}, {"code": "LEFT", **usual, **left})

    assert "2 members loaded" in done(f"load members {path}")

    assert (Tree.objects.get().code, Tree.objects.get().kind) == ("placement", "binary")


def test_the_same_description_again_changes_nothing_and_needs_no_password(company):
    before = written()

    output = done("init --config company.yaml")

    assert output == "Мёд & чай is set up already, just so; nothing was changed.\n"
    assert written() == before


def test_another_company_in_the_same_database_is_refused_with_every_difference(company):
    Path("password.txt").write_text("another long password\n", encoding="utf-8")

    errors = refused(
        "init --config company.yaml --name Other --owner b@example.com --market PL:currency=EUR"
        " --market BG:language=en --password-file password.txt"
    )

    assert "The company 'Мёд & чай' is set up here already" in errors
    for difference in (
        "- name: 'Мёд & чай' is here, 'Other' was asked for",
        "- the market 'PL' is not here",
        "- the market 'BG', language: 'bg' is here, 'en' was asked for",
        "- b@example.com is no owner here",
    ):
        assert difference in errors
    assert "[company.differs]" in errors


def test_all_faults_of_a_description_are_listed_with_their_places(folder):
    Path("bad.yaml").write_text(
        "name: ''\n"
        "plan: stairstep\n"
        "owner: anna\n"
        "colour: red\n"
        "currency: euro\n"
        "markets:\n"
        "  KZ: {tax: 190, prices_include_tax: maybe}\n"
        "  Narnia: {}\n"
        "calendars: {weekly: {every: fortnight}, own one: {every: week, starts_on: soon}}\n",
        encoding="utf-8",
    )

    errors = refused("init --config bad.yaml --password-file password.txt")

    lines = [line for line in errors.splitlines() if line.startswith("bad.yaml")]
    assert {(line.split(": ")[0], line.split("[")[-1]) for line in lines} == {
        ("bad.yaml:1:1", "company.missing]"),
        ("bad.yaml:2:1", "company.plan_unknown]"),
        ("bad.yaml:3:1", "company.email]"),
        ("bad.yaml:4:1", "company.key]"),
        ("bad.yaml:5:1", "company.currency]"),
        ("bad.yaml:7:3", "company.missing]"),
        ("bad.yaml:7:8", "company.tax]"),
        ("bad.yaml:7:18", "company.yes_no]"),
        ("bad.yaml:8:3", "company.country]"),
        ("bad.yaml:9:22", "company.every]"),
        ("bad.yaml:9:41", "company.calendar_name]"),
        ("bad.yaml:9:41", "company.missing]"),
        ("bad.yaml:9:64", "company.day]"),
    }
    assert "13 faults; nothing was written." in errors
    assert "Write 'time_zone: ' with one of Asia/Almaty, Asia/Aqtau" in errors
    assert "or an example: unilevel-basic, " in errors


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("time_zone: Asia/Almaty", "company.time_zone_of_plan"),
        ("time_zone: Sofia", "company.time_zone"),
        ("calendars: {weekly: {starts_on: 2026-10-05}}", "company.calendar_of_plan"),
        ("calendars: {monthly: {starts_on: 2026-09-01}}", "company.before_plan"),
        ("calendars: {quarterly: {}, monthly: {}}", "company.missing"),
        ("markets: {PL: {}}", "company.rate_missing"),
        ("markets: {}", "company.missing"),
        ("markets: [BG]", "company.shape"),
        ("plan: binary-hybrid", "plan.not_computed"),
        ("plan: nowhere.yaml", "company.plan_unknown"),
        ("owner: {e-mail: a@example.com}", "company.shape"),
        ("name: [", "company.not_yaml"),
    ],
)
def test_a_company_that_could_not_work_is_refused_before_it_begins(folder, line, code):
    key = line.split(":")[0]
    kept = re.sub(rf"^{key}:.*\n(  .*\n)*", "", company_files.COMPANY, flags=re.MULTILINE)
    Path("company.yaml").write_text(f"{kept}{line}\n", encoding="utf-8")

    assert f"[{code}]" in refused("init --config company.yaml --password-file password.txt")


def test_a_plan_that_asks_of_members_what_is_not_kept_is_refused(folder):
    Path("shoes.yaml").write_text(
        "language: 1\nplan: p\nversion: 2026-10-01\ncurrency: EUR\nmembers: {shoe: count}\n"
        "orders: {pv: points}\npoint_value: 1 EUR\n"
        "bonuses: {own: {kind: own, base: pv, rate: 5 %, requires: shoe > 40}}\n",
        encoding="utf-8",
    )

    errors = refused("init --config company.yaml --plan shoes.yaml --password-file password.txt")

    assert "The plan asks for shoe of members" in errors


@pytest.mark.parametrize(
    ("password", "fault"),
    [("4fg!kz", "too short"), ("1234567890123", "entirely numeric"), ("password12", "too common")],
)
def test_a_password_that_is_easy_to_guess_is_refused(folder, password, fault):
    Path("password.txt").write_text(password, encoding="utf-8")

    errors = refused("init --config company.yaml --password-file password.txt")

    assert fault in errors
    assert password not in errors
    assert "[people.password_refused]" in errors


def test_without_a_password_and_a_terminal_nothing_begins(folder):
    assert "Give --password-file" in refused("init --config company.yaml")
    assert "none.txt cannot be read" in refused(
        "init --config company.yaml --password-file none.txt"
    )


def test_at_a_terminal_everything_is_asked_for(folder, monkeypatch):
    monkeypatch.setattr("upline.cli.passwords.at_terminal", lambda: True)
    password = company_files.PASSWORD
    answers = ["Tea", "", "KZ", "Asia/Almaty", "EUR", "16", "bg", "", "", "", ANNA, "y"]
    answers += ["4fg!kz", "4fg!kz", password, password]

    found = CliRunner().invoke(main, ["init"], input="\n".join([*answers, ""]))

    assert found.exit_code == 0, found.output
    assert "too short" in found.stderr
    assert password not in found.output
    assert Company.objects.get().time_zone == "Asia/Almaty"
    assert list(Market.objects.order_by("code").values_list("code", "currency")) == [
        ("BG", "EUR"),
        ("KZ", "EUR"),
    ]
    assert Login.objects.get().check_password(password)


def test_answers_that_cannot_be_are_given_back_as_a_command(folder, monkeypatch):
    monkeypatch.setattr("upline.cli.passwords.at_terminal", lambda: True)
    before = written()

    answers = ["Tea & co", "", "PL", "", "", "", ANNA, ""]
    found = CliRunner().invoke(main, ["init"], input="\n".join(answers))

    assert found.exit_code == 1
    assert "[company.rate_missing]" in found.stderr
    assert (
        f"upline init --name 'Tea & co' --plan unilevel-basic --market PL:currency=PLN --owner {ANNA}"
    ) in found.stderr
    assert written() == before


def test_the_password_may_come_from_the_environment(folder, monkeypatch):
    monkeypatch.setenv("UPLINE_NEW_PASSWORD", company_files.PASSWORD)

    done("init --config company.yaml")

    assert Login.objects.get().check_password(company_files.PASSWORD)


@pytest.mark.parametrize("what", ["members", "products", "prices", "orders"])
def test_nothing_is_loaded_before_the_company_is_set_up(folder, what):
    errors = refused(f"load {what} {what}.csv")

    assert "Run 'upline init' first. [company.missing]" in errors


@pytest.mark.parametrize("what", ["members", "products", "prices", "orders"])
def test_the_same_file_again_is_recognised_and_changes_nothing(company, what):
    for each in ("members", "products", "prices", "orders"):
        done(f"load {each} {each}.csv")
    before = written()

    output = done(f"load {what} {what}.csv")

    assert "loaded before; nothing was changed." in output
    assert written() == before


@pytest.mark.parametrize("what", ["members", "products", "prices", "orders"])
def test_a_check_writes_nothing_and_the_load_afterwards_is_as_the_first(company, what):
    sequence = ("members", "products", "prices", "orders")
    for each in sequence[: sequence.index(what)]:
        done(f"load {each} {each}.csv")
    before = written(), last_number()

    assert "no fault. Nothing was written." in done(f"load {what} {what}.csv --check")
    assert (written(), last_number()) == before

    assert "loaded" in done(f"load {what} {what}.csv")


def test_files_may_be_parquet(company):
    rows = rows_of(Path("members.csv"))
    parquet.write_table(pa.Table.from_pylist(rows), "members.parquet")

    assert "12 members loaded" in done("load members members.parquet")


def test_names_and_codes_of_every_alphabet_come_in_whole(company):
    done("load members members.csv")

    zhaneta = Member.objects.get(code="ŻANETA")
    assert zhaneta.sponsor.code == "Celina"
    assert Member.objects.get(code="Ғани").sponsor.code == "Әлия"
    person = Person.objects.get(family_name="O'Brien, jr.")
    assert person.given_name == "Siobhán"


def test_all_faults_of_members_are_listed_with_line_and_column(company):
    row = {"code": "A", "joined_on": "2026-10-01", "country": "BG", "sponsor": ""}
    table(
        Path("m.csv"),
        row,
        {**row, "code": "B", "joined_on": "01.10.2026"},
        {**row, "code": "C", "country": "Bulgaria"},
        {**row, "code": "D", "sponsor": "NOBODY"},
        {**row, "code": "a"},
    )

    errors = refused("load members m.csv")

    for fault in (
        "m.csv:3:2: '01.10.2026' is not a day. [day_unreadable]",
        "m.csv:4:3: 'Bulgaria' is not a country. [country_unreadable]",
        "m.csv:5:4: There is no member NOBODY. [sponsor_unknown]",
        "m.csv:6:1: The code a stands twice. [code_twice]",
        "4 faults; nothing was written.",
    ):
        assert fault in errors


def test_all_faults_of_orders_are_listed_with_line_and_column(company):
    done("load members members.csv")
    done("load products products.csv")
    table(
        Path("o.csv"),
        order(member="NOBODY", net="1,50"),
        order(number="O-2", market="PL", moment="2026-02-30"),
        order(number="O-3", sku="COFFEE", pv=""),
    )

    errors = refused("load orders o.csv")

    lines = [line for line in errors.splitlines() if line.startswith("o.csv")]
    assert [(line.split(": ")[0], line.split("[")[-1]) for line in lines] == [
        ("o.csv:2:5", "table.unknown_member]"),
        ("o.csv:2:9", "table.number]"),
        ("o.csv:3:2", "table.moment]"),
        ("o.csv:3:7", "table.market]"),
        ("o.csv:4:8", "table.unknown_product]"),
    ]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("load members none.csv", "There is no file none.csv. [file.missing]"),
        ("load members cp1251.csv", "cp1251.csv:2:4: This line is not UTF-8. [file.encoding]"),
        ("load members prices.csv", "column_missing]"),
        ("load members members.csv --market XX", "[catalog.market_unknown]"),
        ("load orders orders.csv --market XX", "[catalog.market_unknown]"),
        ("load orders orders.csv", "[table.unknown_member]"),
        ("load prices prices.csv", "There is no sku 'TEA-1'. [table.unknown]"),
        ("load orders members.csv", "There is no column 'moment'. [table.column_missing]"),
        ("load orders no_volumes.csv", "There is no column 'cv'. [table.column_missing]"),
        ("load products twice.csv", "twice.csv:3:1: The product tea stands in the table twice."),
    ],
)
def test_a_file_that_cannot_be_loaded_is_refused_whole(company, command, says):
    text = "code,joined_on,country,given_name\nA,2026-10-01,BG,Борис\n"
    Path("cp1251.csv").write_bytes(text.encode("cp1251"))
    row = order()
    del row["cv"]
    table(Path("no_volumes.csv"), row)
    table(Path("twice.csv"), {"sku": "TEA", "name_en": "Tea"}, {"sku": "tea", "name_en": "Tea"})

    assert says in refused(command)


def test_the_market_of_a_file_may_be_said_on_the_command_line(company):
    table(Path("m.csv"), {"code": "A", "joined_on": "2026-10-01"})
    row = order(member="A")
    del row["market"]
    table(Path("o.csv"), row)

    done("load members m.csv --market KZ")
    done("load products products.csv")
    assert "[table.market]" in refused("load orders o.csv")
    done("load orders o.csv --market KZ")

    assert (Member.objects.get().country, Order.objects.get().market.code) == ("KZ", "KZ")


def test_money_of_loaded_orders_is_booked_if_it_is_asked_for(company):
    done("load members members.csv")
    done("load products products.csv")
    done("load orders orders.csv")
    assert Journal.objects.count() == 0

    assert "booked in" in done("load orders orders.csv --book")

    booked = Journal.objects.count()
    assert booked > 0
    done("load orders orders.csv --book")
    assert Journal.objects.count() == booked


def test_plans_are_drafted_by_one_person_and_approved_by_another(company):
    done(f"logins add {BORIS} --role finance --as {ANNA} --password-file password.txt")
    text = PlanVersion.objects.get().text.replace("version: 2026-10-01", "version: 2027-01-01")
    Path("next.yaml").write_text(text, encoding="utf-8")

    drafted = done(f"plans draft next.yaml --as {ANNA}")
    number = drafted.split("\t")[0]
    assert "[plans.needs_another]" in refused(f"plans approve {number} --as {ANNA}")
    done(f"plans approve {number} --as {BORIS}")

    assert done("plans list").splitlines()[0] == (
        f"{number}\tunilevel-compression from 2027-01-01\tmonth\tapproved"
    )
    assert done(f"plans show {number}") == text
    assert "[plans.unknown]" in refused("plans show 999")


def test_a_draft_is_withdrawn_for_good(company):
    text = PlanVersion.objects.get().text.replace("version: 2026-10-01", "version: 2027-01-01")
    Path("next.yaml").write_text(text, encoding="utf-8")
    number = done(f"plans draft next.yaml --as {ANNA}").split("\t")[0]

    done(f"plans withdraw {number} --reason mistaken --as {ANNA}")

    assert "[plans.decided]" in refused(f"plans approve {number} --as {ANNA}")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (f"plans draft bad.yaml --as {ANNA}", "[plans.faults]"),
        (f"plans draft none.yaml --as {ANNA}", "none.yaml cannot be read"),
        ("plans draft bad.yaml --as nobody@example.com", "There is no login nobody@example.com"),
        (f"logins add b@example.com --role king --as {ANNA}", "There is no role 'king'"),
        (f"logins add nobody --role finance --as {ANNA}", "[people.email_refused]"),
        (f"logins add {ANNA} --role finance --as {ANNA}", "[people.login_taken]"),
        (f"logins grant nobody@b.co --role finance --as {ANNA}", "[people.login_unknown]"),
    ],
)
def test_what_cannot_be_done_to_plans_and_logins_is_refused(company, monkeypatch, command, says):
    monkeypatch.setenv("UPLINE_NEW_PASSWORD", "twelve quiet horses")
    Path("bad.yaml").write_text("language: 1\nplan: p\n", encoding="utf-8")

    assert says in refused(command)


def test_only_an_owner_makes_logins(company, monkeypatch):
    monkeypatch.setenv("UPLINE_NEW_PASSWORD", "twelve quiet horses")
    done(f"logins add {BORIS} --role finance --as {ANNA}")
    done(f"logins grant {BORIS} --role auditor --as {ANNA}")

    assert "lacks the right 'roles.grant'" in refused(
        f"logins add c@example.com --role owner --as {BORIS}"
    )
    assert done("logins list") == f"{ANNA}\towner\n{BORIS}\tauditor, finance\n"


@pytest.mark.django_db(transaction=True)
def test_an_empty_database_is_prepared_by_the_way(folder, other_connection, database_url):
    other_connection("DROP DATABASE IF EXISTS upline_begins")
    other_connection("CREATE DATABASE upline_begins")
    name = re.search("@/([^?]+)", database_url)[1]
    address = database_url.replace(f"@/{name}", "@/upline_begins")
    command = ["init", "--config", "company.yaml", "--password-file", "password.txt"]

    run = subprocess.run(
        [sys.executable, "-c", "from upline.cli.main import main; main()", *command],
        env={**os.environ, "DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    other_connection("DROP DATABASE IF EXISTS upline_begins WITH (FORCE)")
    assert (run.returncode, run.stderr) == (0, "")
    assert "Мёд & чай is set up." in run.stdout


def test_a_server_that_cannot_be_reached_is_said_in_words(folder):
    run = subprocess.run(
        [sys.executable, "-c", "from upline.cli.main import main; main()", "plans", "list"],
        env={**os.environ, "DATABASE_URL": "postgresql://upline@127.0.0.1:1/upline"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert run.returncode == 1
    assert "The database cannot be reached: " in run.stderr
    assert "Traceback" not in run.stderr
