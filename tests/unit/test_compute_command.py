"""`upline compute`, `verify` and `explain` on real files: what works, and what is refused."""

import itertools
import json
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner
from pyarrow import parquet

from upline.cli.main import main

PLAN = """\
language: 1
plan: small
version: 2026-01-01
currency: EUR
time_zone: Europe/Sofia
members: {goal: {unit: points, default: 0}}
orders: {pv: points, price: money}
ranks:
  - {rank: Partner}
  - {rank: Leader, needs: group(pv) >= 50}
bonuses:
  team: {kind: level, base: price, levels: {1: 10 %, 2: 5 %}}
"""
MEMBERS = """\
id,sponsor,goal
Ada,,100
Бен,Ada,
Әлия,Бен,
"""
ORDERS = """\
id,member,date,pv,price
1,Бен,2026-10-05,10,40.00
2,Әлия,2026-10-31,50,100.00
"""
LINES = [
    ("Ada", "4.00"),
    ("Ada", "5.00"),
    ("Бен", "10.00"),
]


def invoke(*arguments):
    return CliRunner().invoke(main, [str(one) for one in arguments], catch_exceptions=False)


def place_of(fault):
    """Give 'file:line:column' of a fault as it is shown, '' where it has none."""
    place, _, problem = fault.partition(": ")
    return place if problem and "." in place and " " not in place else ""


class Folder:
    """A folder with the three files of a run, and the command line over it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.out = path / "run"
        self.write(plan=PLAN, members=MEMBERS, orders=ORDERS)

    def write(self, **texts):
        for name, text in texts.items():
            content = text if isinstance(text, bytes) else text.encode("utf-8")
            self.file(name).write_bytes(content)
        return self

    def file(self, name):
        return self.path / ("plan.yaml" if name == "plan" else f"{name}.csv")

    def compute(self, *more, **paths):
        given = {name: paths.get(name, self.file(name)) for name in ("plan", "members", "orders")}
        files = [part for name, path in given.items() for part in (f"--{name}", path)]
        return invoke("compute", *files, "--out", self.out, *more)

    def refused(self, *more, **paths):
        """Compute, and give each fault as 'file:line:column [code]' and each problem."""
        done = self.compute(*more, **paths)
        lines = done.stderr.replace(f"{self.path}/", "").splitlines()
        faults = [line for line in lines[:-1] if not line.startswith("    ")]
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"

        assert done.exit_code == 1
        assert lines[-1] == f"{count}; nothing was written."
        assert not self.out.exists()
        assert [path.name for path in self.path.iterdir() if path.name.startswith(".")] == []
        for before, line in itertools.pairwise(lines):
            assert line.startswith("    ") or before.startswith("    "), f"no remedy: {before}"
        return [f"{place_of(line)} {line[line.rindex('[') :]}".lstrip() for line in faults]

    def lines(self):
        rows = (self.out / "lines.csv").read_text(encoding="utf-8").splitlines()
        table = [dict(zip(rows[0].split(","), row.split(","), strict=True)) for row in rows[1:]]
        return [(row["member"], row["amount"]) for row in table]


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


# What works


def test_a_run_is_computed_verified_and_explained(folder):
    computed = folder.compute()
    verified = invoke("verify", folder.out)
    explained = invoke("explain", "--run", folder.out, "--member", "Бен", "--lang", "ru")

    assert computed.exit_code == verified.exit_code == explained.exit_code == 0
    assert folder.lines() == LINES
    assert "3 members, 2 orders" in computed.output
    assert "verified" in verified.output
    assert "Участник: Бен. Начислено: 10,00\u00a0EUR." in explained.output
    kept = {path.name for path in folder.out.iterdir()}
    assert kept == {
        *("lines.csv", "totals.csv", "pay.csv", "ranks.csv", "carries.csv"),
        *("inputs", "plan.yaml", "receipt.json"),
    }


@pytest.mark.parametrize(
    "table",
    [
        MEMBERS.replace(",", ";"),
        MEMBERS.replace(",", "\t"),
        "\ufeff" + MEMBERS,
        MEMBERS.replace("\n", "\r\n"),
        "\ufeff" + MEMBERS.replace(",", ";").replace("\n", "\r\n"),
        MEMBERS.replace("id,sponsor,goal", '"id", sponsor ,"goal"'),
        MEMBERS.replace("Бен", '"Бен"'),
        MEMBERS.replace("id,sponsor,goal", "id,sponsor,goal,name")
        .replace("100\n", '100,"Ada, the\nfirst"\n')
        .replace("Ada,\n", "Ada,,\n")
        .replace("Бен,\n", 'Бен,,"say ""Ә"""\n'),
        MEMBERS.replace("\nБен", "\n\nБен") + "\n\n",
        MEMBERS.removesuffix("\n"),
        MEMBERS.replace("Бен,Ada", " Бен , Ada "),
    ],
    ids=[
        *("semicolon", "tab", "bom", "crlf", "spreadsheet", "quoted header", "quoted cells"),
        *("delimiter and line break in a cell", "blank lines", "no last line end", "spaces"),
    ],
)
def test_tables_may_be_written_in_several_ways(folder, table):
    done = folder.write(members=table).compute()

    assert done.exit_code == 0, done.output
    assert folder.lines() == LINES
    assert invoke("verify", folder.out).exit_code == 0


def test_only_texts_that_need_them_stand_in_quotes(folder):
    renamed = {'"Ben, ""the"" 2nd"': "Бен"}
    for quoted, plain in renamed.items():
        folder.write(members=MEMBERS.replace(plain, quoted), orders=ORDERS.replace(plain, quoted))

    folder.compute()

    written = (folder.out / "lines.csv").read_text(encoding="utf-8").splitlines()
    assert written[:2] == [
        "member,bonus,order,buyer,level,base,rate,amount",
        'Ada,team,1,"Ben, ""the"" 2nd",1,40.000000000,0.100000000,4.00',
    ]
    assert invoke("verify", folder.out).exit_code == 0


def test_tables_may_be_parquet(folder):
    members, orders = folder.path / "members.parquet", folder.path / "orders.parquet"
    parquet.write_table(
        pa.table({"id": [1, 2, 3], "sponsor": [None, 1, 2], "goal": pa.array(["1", None, None])}),
        members,
    )
    parquet.write_table(
        pa.table(
            {
                "id": [1, 2],
                "member": [2, 3],
                "date": pa.array([20731, 20757], pa.date32()),
                "pv": pa.array(["10", "50"]).cast(pa.decimal128(10, 2)),
                "price": pa.array(["40.00", "100.00"]).cast(pa.decimal128(10, 2)),
            }
        ),
        orders,
    )

    done = folder.compute(members=members, orders=orders)

    assert done.exit_code == 0, done.output
    totals = parquet.read_table(folder.out / "totals.parquet").to_pylist()
    assert [(row["member"], str(row["amount"])) for row in totals] == [
        (1, "9.00"),
        (2, "10.00"),
    ]
    assert invoke("verify", folder.out).exit_code == 0
    assert invoke("explain", "--run", folder.out, "--member", "2").exit_code == 0


def test_the_outputs_come_in_the_format_that_is_asked_for(folder):
    folder.compute("--format", "parquet")

    assert (folder.out / "lines.parquet").is_file()
    assert invoke("verify", folder.out).exit_code == 0


def test_the_period_is_the_one_in_which_the_orders_lie(folder):
    folder.compute()

    receipt = json.loads((folder.out / "receipt.json").read_text(encoding="utf-8"))
    assert receipt["period"] == ["2026-10-01", "2026-11-01"]


def test_a_period_that_is_given_leaves_other_orders_out(folder):
    done = folder.compute("--period", "2026-10-01..2026-10-30")

    assert folder.lines() == [("Ada", "4.00")]
    assert "Orders outside the period, left out: 1." in done.output


def test_carries_of_a_run_go_into_the_next(folder):
    folder.compute()
    earlier = folder.out
    folder.write(orders=ORDERS.replace("2026-10", "2026-11").replace("11-31", "11-30"))
    folder.out = folder.path / "next"

    done = folder.compute("--carries", earlier / "carries.csv")

    assert done.exit_code == 0
    assert (folder.out / "inputs" / "carries.parquet").is_file()
    assert invoke("verify", folder.out).exit_code == 0


def test_an_earlier_run_is_replaced_only_on_demand(folder):
    folder.compute()
    again = folder.compute()
    forced = folder.compute("--force")

    assert again.exit_code == 1
    assert "is there already" in again.stderr
    assert "add --force" in again.stderr
    assert forced.exit_code == 0


def test_a_folder_that_is_no_run_is_never_replaced(folder):
    folder.out.mkdir()
    (folder.out / "letter.txt").write_text("dear", encoding="utf-8")

    done = folder.compute("--force")

    assert done.exit_code == 1
    assert "Name a new folder." in done.stderr
    assert [path.name for path in folder.out.iterdir()] == ["letter.txt"]


def test_a_place_that_cannot_be_written_to_is_refused(folder):
    folder.out = folder.file("plan") / "run"

    assert "[run.unwritable]" in folder.compute().stderr


GIVEN_RATES = PLAN + "exchange: given\npay_exchange: given\npay_currency: PLN\n"
IN_DOLLARS = "".join(
    line + ("currency\n" if number == 0 else "USD\n")
    for number, line in enumerate(ORDERS.replace("\n", ",\n").splitlines())
)


@pytest.fixture
def dollars(folder):
    return folder.write(
        plan=GIVEN_RATES,
        orders=IN_DOLLARS,
        rates="currency,rate\nUSD,0.5\n",
        pay="currency;rate\nPLN;4.25\n",
    )


def with_rates(folder):
    return ("--exchange", folder.file("rates"), "--pay-exchange", folder.file("pay"))


def test_rates_come_with_the_run_and_are_kept_verified_and_explained(dollars):
    done = dollars.compute(*with_rates(dollars))

    assert done.exit_code == 0, done.output
    assert dollars.lines() == [("Ada", "2.00"), ("Ada", "2.50"), ("Бен", "5.00")]
    pay = (dollars.out / "pay.csv").read_text(encoding="utf-8").splitlines()
    assert pay[1:] == [
        "Ada,4.50,EUR,19.13,PLN",
        "Бен,5.00,EUR,21.25,PLN",
    ]
    assert invoke("verify", dollars.out).exit_code == 0
    assert invoke("explain", "--run", dollars.out, "--member", "Ada").exit_code == 0


def test_a_kept_rate_that_was_changed_does_not_verify(dollars):
    dollars.compute(*with_rates(dollars))
    rates = pa.table({"currency": ["PLN", "RUB"], "rate": ["4.25", "94.71"]})
    parquet.write_table(rates, dollars.out / "inputs" / "pay_exchange.parquet")

    verified = invoke("verify", dollars.out)

    assert verified.exit_code == 1
    assert "inputs.pay_exchange" in verified.stderr


@pytest.mark.parametrize(
    ("rates", "faults"),
    [
        ("currency,rate\n", ["orders.csv:2:6 [table.exchange]"]),
        ("currency,worth\nUSD,1\n", ["rates.csv [table.column]"]),
        (
            "currency,rate\nusd,1\nUSD,1\nUSD,2\nPLN,0\nBGN,-1\nJPY,1/3\nKZT,\n",
            [
                "rates.csv:2:1 [rates.currency]",
                "rates.csv:4:1 [rates.twice]",
                *(f"rates.csv:{line}:2 [rates.rate]" for line in (5, 6, 7, 8)),
            ],
        ),
    ],
)
def test_wrong_rates_are_listed_with_their_places(dollars, rates, faults):
    assert dollars.write(rates=rates).refused(*with_rates(dollars)) == faults


@pytest.mark.parametrize("rate", ["0.50000000000000000001", "0.123456789012345678"])
def test_a_rate_too_fine_for_the_orders_is_named(dollars, rate):
    done = dollars.write(rates=f"currency,rate\nUSD,{rate}\n").compute(*with_rates(dollars))

    assert done.exit_code == 1
    assert f"The rate {rate} of USD is so fine" in done.stderr
    assert "[exchange.too_fine]" in done.stderr


def test_rates_that_the_plan_does_not_take_are_refused(dollars):
    dollars.write(plan=PLAN, orders=ORDERS)

    assert dollars.refused("--exchange", dollars.file("rates")) == ["[exchange.not_taken]"]


# What is refused


def test_faults_of_members_are_listed_with_their_places(folder):
    folder.write(
        members="id,sponsor,goal\nAda,,1\nБен,Eve,\nCem,Dan,x\nDan,Cem,1.23456\nAda,,\n,Ada,\n"
    )

    assert folder.refused() == [
        "members.csv:3:2 [table.unknown_member]",
        "members.csv:4:2 [tree.circle]",
        "members.csv:4:3 [table.value]",
        "members.csv:5:2 [tree.circle]",
        "members.csv:5:3 [table.decimals]",
        "members.csv:6:1 [table.id_twice]",
        "members.csv:7:1 [table.no_id]",
        "orders.csv:3:2 [table.unknown_member]",
    ]


def test_faults_of_orders_are_listed_with_their_places(folder):
    folder.write(
        orders="id,member,date,pv,price\n"
        "1,Бен,2026-10-05,10,40.00\n"
        "2,Eve,2026-10-05,10,40.00\n"
        "3,Бен,,10,40.00\n"
        "4,Бен,05.10.2026,10,40.001\n"
        '5,Бен,2026-13-05,ten,"40,00"\n'
        "6,,2026-10-05,10,40.00\n"
        "1,Бен,2026-10-05,10,40.00\n"
    )

    assert folder.refused() == [
        "orders.csv:3:2 [table.unknown_member]",
        "orders.csv:4:3 [table.no_date]",
        "orders.csv:5:3 [table.value]",
        "orders.csv:5:5 [table.decimals]",
        "orders.csv:6:3 [table.value]",
        "orders.csv:6:4 [table.value]",
        "orders.csv:6:5 [table.value]",
        "orders.csv:7:2 [table.no_member]",
        "orders.csv:8:1 [table.id_twice]",
    ]


def test_faults_of_plan_members_and_orders_are_listed_together(folder):
    folder.write(
        plan=PLAN.replace("kind: level", "kind: lever"),
        members=MEMBERS.replace("Әлия,Бен", "Әлия,Eve"),
        orders=ORDERS.replace("2026-10-31", "yesterday"),
    )

    assert folder.refused() == [
        "members.csv:4:2 [table.unknown_member]",
        "orders.csv:3:3 [table.value]",
        "plan.yaml:12:10 [plan.kind]",
    ]


def test_faults_are_found_in_one_table_where_the_other_cannot_be_read(folder):
    folder.write(
        members=MEMBERS.encode("cp1251", errors="replace"), orders=ORDERS + "3,Бен,x,1,1\n"
    )

    assert folder.refused() == [
        "members.csv:3:1 [file.encoding]",
        "members.csv:4:1 [file.encoding]",
        "orders.csv:4:3 [table.value]",
    ]


def test_lines_are_counted_past_blank_lines_and_line_breaks_in_cells(folder):
    folder.write(members='id,sponsor,goal\nAda,,\n\n"Б\nен",Ada,\nCem,Eve,\n', orders=ORDERS[:24])

    assert folder.refused("--period", "2026-10") == ["members.csv:6:2 [table.unknown_member]"]


@pytest.mark.parametrize(
    ("orders", "faults"),
    [
        (b"", ["orders.csv:1 [file.empty]"]),
        (b"\xef\xbb\xbf\n", ["orders.csv:1 [file.empty]"]),
        (ORDERS.encode("utf-16"), ["orders.csv:1:1 [file.encoding]"]),
        ("id,member,дата\n".encode("cp1251"), ["orders.csv:1:3 [file.encoding]"]),
        ("id,member,дата\n1,Бен,1\n".encode("cp1251"), ["orders.csv:1:3 [file.encoding]"]),
        (ORDERS.replace("price", "pv"), ["orders.csv:1:5 [file.header]"]),
        (ORDERS.replace("pv,", ",", 1), ["orders.csv:1:4 [file.header]"]),
        (ORDERS.replace("pv", "points", 1), ["orders.csv [table.column]"]),
        (ORDERS.replace("date", "day"), ["orders.csv [table.column]"]),
        (ORDERS.replace("50,100.00", "50,100,00"), ["orders.csv:3:6 [file.cells]"]),
        (ORDERS.replace(",40.00", ""), ["orders.csv:2:5 [file.cells]"]),
        (ORDERS.replace("2,Әлия", '2,"Әлия'), ["orders.csv:3 [file.quotes]"]),
        ("id,member,date,pv,price\n", ["[period.unclear]"]),
        (ORDERS.replace("2026-10-31", "2026-11-01"), ["[period.unclear]"]),
    ],
)
def test_a_table_that_cannot_be_read_says_where(folder, orders, faults):
    assert folder.write(orders=orders).refused() == faults


@pytest.mark.parametrize(
    ("name", "code"), [("plan", "plan.unreadable"), ("members", "file.missing")]
)
def test_a_file_that_is_not_there_is_named(folder, name, code):
    folder.file(name).unlink()

    (fault,) = folder.refused()

    assert code in fault


def test_a_plan_that_is_no_yaml_says_where(folder):
    (fault,) = folder.write(plan=PLAN + "  x: {\n").refused()

    assert fault.startswith("plan.yaml:")


def test_a_plan_in_another_encoding_is_refused(folder):
    (fault,) = folder.write(plan=(PLAN + "# план\n").encode("cp1251")).refused()

    assert fault.startswith("plan.yaml")


def test_a_parquet_file_that_is_none_is_refused(folder):
    broken = folder.path / "orders.parquet"
    broken.write_bytes(b"PAR1 nothing")

    assert folder.refused(orders=broken) == ["orders.parquet [file.unreadable]"]


def test_a_wrong_period_says_how_to_write_one(folder):
    (fault,) = folder.refused("--period", "October")

    assert fault.endswith("[period.unreadable]")


# Tampering


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def change_input(out):
    path = out / "inputs" / "orders.parquet"
    table = parquet.read_table(path)
    prices = pa.array(["40.00", "100.01"])
    place = table.column_names.index("price")
    parquet.write_table(table.set_column(place, "price", prices), path)


def change_receipt(out):
    receipt = json.loads((out / "receipt.json").read_text(encoding="utf-8"))
    name = next(iter(receipt["outputs"]))
    receipt["outputs"][name] = "0" * 64
    (out / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        # Each changes one thing; the answer names what.
        (lambda out: change(out / "lines.csv", "10.00", "99.00"), "lines.csv"),
        (lambda out: change(out / "totals.csv", "10.00", "99.00"), "totals.csv"),
        (lambda out: change(out / "pay.csv", "10.00", "99.00"), "pay.csv"),
        (lambda out: change(out / "ranks.csv", "Leader", "Partner"), "ranks.csv"),
        (lambda out: (out / "carries.csv").unlink(), "carries"),
        (change_input, "inputs.orders.price"),
        (lambda out: change(out / "plan.yaml", "10 %", "11 %"), "plan_digest"),
        (lambda out: change(out / "plan.yaml", ": level", ": lever"), "plan.yaml"),
        (change_receipt, "outputs."),
        (lambda out: change(out / "receipt.json", '"engine": "', '"engine": "9'), "engine"),
        (lambda out: change(out / "receipt.json", "2026-11-01", "2026-10-20"), "totals.csv"),
        (lambda out: change(out / "receipt.json", "2026-11-01", "2026-11-02"), "inputs.period"),
        (lambda out: change(out / "receipt.json", "2026-10-01", "2026-09-30"), "inputs.period"),
        (lambda out: change(out / "receipt.json", "{", ""), "receipt.json"),
        (lambda out: change(out / "receipt.json", '"period"', '"span"'), "receipt.json"),
        (lambda out: (out / "inputs" / "members.parquet").unlink(), "inputs/members.parquet"),
        (lambda out: (out / "inputs" / "members.parquet").write_bytes(b"x"), "members.parquet"),
        (lambda out: (out / "plan.yaml").unlink(), "plan.yaml is missing"),
    ],
)
def test_a_changed_run_does_not_verify(folder, tamper, found):
    folder.compute()
    tamper(folder.out)

    verified = invoke("verify", folder.out)

    assert verified.exit_code == 1
    assert found in verified.stderr
    assert "verified" not in verified.output


def test_a_folder_that_is_no_run_is_not_verified_or_explained(folder):
    verified = invoke("verify", folder.path)
    explained = invoke("explain", "--run", folder.path, "--member", "Ada")

    assert verified.exit_code == explained.exit_code == 1
    assert "is no run" in verified.stderr
    assert "is no run" in explained.stderr


def test_only_a_command_that_writes_says_that_nothing_was_written(folder):
    computed = folder.write(orders=ORDERS.replace("2026-10-31", "never")).compute()
    verified = invoke("verify", folder.path)
    explained = invoke("explain", "--run", folder.path, "--member", "Ada")

    assert computed.stderr.splitlines()[-1] == "1 fault; nothing was written."
    assert verified.stderr.splitlines()[-1] == explained.stderr.splitlines()[-1] == "1 fault."


# Help


@pytest.mark.parametrize(
    "command", [(), *((name,) for name in ("compute", "demo", "explain", "tour", "verify", "warm"))]
)
def test_help_explains_every_option(command):
    done = invoke(*command, "--help")

    assert done.exit_code == 0
    for line in done.output.splitlines():
        assert not line.strip().startswith("--") or "  " in line.strip(), line


def test_a_plan_is_not_computed_before_it_is_in_force_unless_that_is_meant(folder):
    folder.write(plan=PLAN.replace("2026-01-01", "2026-11-01"))

    refused = folder.compute()
    tested = folder.compute("--back-test")

    assert refused.exit_code == 1
    assert "small@2026-11-01 is not in force yet on 2026-10-01" in refused.output
    assert tested.exit_code == 0


def test_a_period_of_another_calendar_is_refused(folder):
    refused = folder.compute("--period", "2026-W41")

    assert refused.exit_code == 1
    assert "'2026-W41' is no month of the plan's calendar. [period.calendar]" in refused.output
    assert not folder.out.exists()


@pytest.mark.parametrize("calendar", ["given", "four_weeks"])
def test_a_calendar_without_fixed_days_wants_the_period(folder, calendar):
    folder.write(plan=PLAN.replace("currency: EUR", f"currency: EUR\ncalendar: {calendar}"))

    refused = folder.compute()
    computed = folder.compute("--period", "2026-10-05..2026-11-01")

    assert refused.exit_code == 1
    assert "Add --period with its days" in refused.output
    assert computed.exit_code == 0
