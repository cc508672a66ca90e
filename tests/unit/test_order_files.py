"""Orders in several files: any cut, any order, any format gives the same run."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tests.unit.test_compute_command import ORDERS, PLAN, Folder, invoke
from upline.compensation import Inputs, Period, load_plan, run
from upline.runs.folder import FileAsRead, Given, verify, write_run

HEADER, *ROWS = ORDERS.splitlines()
MANY = {
    "id": [f"o{number}" for number in range(40)],
    "member": [("Бен", "Әлия", "Ada")[number % 3] for number in range(40)],
    "date": [f"2026-10-{1 + number % 31:02}" for number in range(40)],
    "pv": [str(7 * number % 30) for number in range(40)],
    "price": [f"{number * 13 % 50}.{number:02}" for number in range(40)],
}
TEAM = {"id": ["Ada", "Бен", "Әлия"], "sponsor": [None, "Ada", "Бен"], "goal": ["1", None, None]}


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def receipt_of(folder):
    return json.loads((folder.out / "receipt.json").read_text(encoding="utf-8"))


def test_orders_may_come_in_several_files_in_any_order(folder):
    folder.compute()
    whole, lines = receipt_of(folder), folder.lines()
    parts = [folder.path / "b.csv", folder.path / "a.csv"]
    for path, row in zip(parts, ROWS, strict=True):
        path.write_text(f"{HEADER}\n{row}\n", encoding="utf-8")

    done = folder.compute("--orders", parts[1], "--force", orders=parts[0])

    assert done.exit_code == 0, done.output
    assert receipt_of(folder) == whole
    assert folder.lines() == lines
    assert invoke("verify", folder.out).exit_code == 0


def test_a_folder_stands_for_all_tables_in_it(folder):
    folder.compute()
    whole = receipt_of(folder)
    parts = folder.path / "orders"
    parts.mkdir()
    (parts / "1.csv").write_text(f"{HEADER}\n{ROWS[1]}\n", encoding="utf-8")
    cells = zip(HEADER.split(","), ROWS[0].split(","), strict=True)
    parquet.write_table(pa.table({name: [cell] for name, cell in cells}), parts / "2.parquet")
    (parts / "read-me.txt").write_text("not a table", encoding="utf-8")

    done = folder.compute("--format", "csv", "--force", orders=parts)

    assert done.exit_code == 0, done.output
    assert receipt_of(folder) == whole


def test_faults_of_all_files_are_listed_in_their_places(folder):
    one, two = folder.path / "one.csv", folder.path / "two.csv"
    one.write_text(f"{HEADER}\n{ROWS[0]}\n", encoding="utf-8")
    two.write_text(f"{HEADER}\n1,Nobody,2026-10-40,1,1.00\n", encoding="utf-8")

    faults = folder.refused("--orders", two, orders=one)

    assert faults == [
        "two.csv:2:1 [table.id_twice]",
        "two.csv:2:2 [table.unknown_member]",
        "two.csv:2:3 [table.value]",
    ]


def test_files_of_other_columns_and_empty_folders_are_refused(folder):
    two, empty = folder.path / "two.csv", folder.path / "empty"
    two.write_text("id,member,date\n", encoding="utf-8")
    empty.mkdir()

    assert folder.refused("--orders", two) == ["two.csv:1 [file.columns]"]
    assert folder.refused(orders=empty) == ["[file.missing]"]


def test_without_lines_totals_are_the_same_and_lines_are_explained_all_the_same(folder):
    folder.compute()
    whole, totals = receipt_of(folder), (folder.out / "totals.csv").read_bytes()

    folder.compute("--without-lines", "--force")

    short = receipt_of(folder)
    assert short["lines"] == "not kept"
    assert short["inputs"] == whole["inputs"]
    left_out = {name for name in whole["outputs"] if name.startswith("lines.")}
    assert short["outputs"] == {
        name: digest for name, digest in whole["outputs"].items() if name not in left_out
    }
    assert len(left_out) == 8
    assert (folder.out / "totals.csv").read_bytes() == totals
    assert not (folder.out / "lines.csv").exists()
    assert invoke("verify", folder.out).exit_code == 0
    explained = invoke("explain", "--run", folder.out, "--member", "Бен")
    assert "10.00" in explained.output


def test_a_file_that_changed_since_it_was_read_is_kept_as_it_was_read(tmp_path):
    orders, out = tmp_path / "orders.parquet", tmp_path / "run"
    table = pa.table(MANY)
    parquet.write_table(table, orders)
    inputs = Inputs(members=TEAM, orders=table, period=Period.parse("2026-10"))
    given_tables = Given(
        {"members": pa.table(TEAM), "orders": table}, {"orders": FileAsRead.of(orders)}
    )
    orders.write_bytes(b"something else")

    write_run(run(load_plan(PLAN), inputs), given_tables, out, ending="csv")

    assert parquet.read_table(out / "inputs" / "orders.parquet").equals(table)
    assert verify(out) == []


# Every way to cut the facts


def digest_of(orders, *, threads=None):
    inputs = Inputs(members=TEAM, orders=orders, period=Period.parse("2026-10"))
    receipt = run(load_plan(PLAN), inputs, threads=threads).receipt()
    return receipt["inputs_digest"], receipt["outputs_digest"]


WHOLE = digest_of(MANY)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.permutations(range(40)),
    cuts=st.sets(st.integers(0, 40), max_size=5),
    threads=st.sampled_from([1, 2]),
)
def test_any_sequence_and_any_cut_of_the_orders_give_one_digest(rows, cuts, threads):
    table = pa.table(MANY).take(pa.array(rows))
    edges = [0, *sorted(cuts), 40]
    parts = [table.slice(low, high - low) for low, high in pairwise(edges)]

    assert digest_of(pa.concat_tables(parts), threads=threads) == WHOLE


_PART = """
import sys, pyarrow as pa
from pyarrow import parquet
source, target, first, last = sys.argv[1:]
table = parquet.read_table(source).slice(int(first), int(last) - int(first))
parquet.write_table(table, target, row_group_size=3)
"""


def test_processes_that_each_bring_a_part_give_the_digest_of_one(tmp_path):
    source, parts = tmp_path / "all.parquet", tmp_path / "parts"
    parts.mkdir()
    parquet.write_table(pa.table(MANY), source)

    def bring(part):
        cut = [str(part * 40 // 3), str((part + 1) * 40 // 3)]
        command = [
            sys.executable,
            "-c",
            _PART,
            str(source),
            str(parts / f"{9 - part}.parquet"),
            *cut,
        ]
        subprocess.run(command, check=True, env=os.environ)

    with ThreadPoolExecutor(3) as several:
        list(several.map(bring, range(3)))
    folder = Folder(tmp_path)
    folder.compute("--format", "csv", orders=parts)
    receipt = receipt_of(folder)
    folder.compute("--format", "csv", "--force", orders=source)

    assert receipt_of(folder) == receipt
