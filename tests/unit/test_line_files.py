"""Pay lines in Parquet: compact inside, plain texts and exact decimals for whoever reads them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from upline.compensation import Inputs, Period, Result, load_plan, result, run
from upline.runs.folder import Difference, Given, verify, write_run
from upline.runs.lines import write_lines

PLAN = """
language: 1
plan: two levels
version: 2026-01-01
currency: EUR
orders: {price: {unit: money, places: 2}}
bonuses:
  levels: {kind: level, base: price, levels: {1: 10 %, 2: 5 %}}
"""
MEMBERS = {"id": ["Aiman", "Boris", "Celina"], "sponsor": [None, "Aiman", "Boris"]}


def orders(price: str) -> dict[str, list[str]]:
    return {
        "id": ["o1", "o2"],
        "member": ["Celina", "Celina"],
        "date": ["2026-10-05"] * 2,
        "price": [price, "10.00"],
    }


def computed(price: str = "200.00") -> Result:
    inputs = Inputs(
        members=MEMBERS,
        orders=orders(price),
        period=Period.parse("2026-10"),
    )
    return run(load_plan(PLAN, file="plan.yaml"), inputs)


def test_a_file_of_lines_gives_texts_and_exact_decimals_in_64_bits(tmp_path: Path) -> None:
    write_lines(computed(), tmp_path / "lines.parquet")

    found = parquet.read_table(tmp_path / "lines.parquet")
    assert found.slice(0, 2).to_pylist() == [
        {
            "member": "Aiman",
            "bonus": "levels",
            "order": order,
            "buyer": "Celina",
            "level": 2,
            "base": base,
            "rate": Decimal("0.05"),
            "amount": amount,
        }
        for order, base, amount in (
            ("o1", Decimal("200.00"), Decimal("10.00")),
            ("o2", Decimal("10.00"), Decimal("0.50")),
        )
    ]
    assert found.schema.field("member").type == pa.string()
    kept = parquet.ParquetFile(tmp_path / "lines.parquet").schema
    assert [kept.column(k).physical_type for k in (5, 6, 7)] == ["INT64"] * 3


def test_figures_past_18_digits_are_written_in_full(tmp_path: Path) -> None:
    write_lines(computed("1500000000.00"), tmp_path / "lines.parquet")

    found = parquet.read_table(tmp_path / "lines.parquet")
    assert found["base"][0].as_py() == Decimal("1500000000.00")
    assert found.schema.field("base").type == pa.decimal128(38, 9)
    assert found.schema.field("amount").type == pa.decimal128(18, 2)


def test_a_file_holds_the_lines_of_the_run_however_they_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = computed()
    monkeypatch.setattr(result, "LINES_AT_ONCE", 1)
    cut = computed()

    write_lines(cut, tmp_path / "lines.parquet")

    kept = parquet.ParquetFile(tmp_path / "lines.parquet")
    assert kept.metadata.num_row_groups == 4
    assert kept.read().to_pylist() == whole.lines.to_pylist()
    assert cut.receipt() == whole.receipt()


def test_verifying_compares_values_in_whatever_width_a_file_has_them(tmp_path: Path) -> None:
    found = computed()
    given = Given({"members": pa.table(MEMBERS), "orders": pa.table(orders("200.00"))}, {})
    write_run(found, given, tmp_path / "run", ending="parquet")
    lines = tmp_path / "run" / "lines.parquet"

    parquet.write_table(found.lines, lines)
    assert verify(tmp_path / "run") == []

    parquet.write_table(found.lines.slice(1), lines)
    assert verify(tmp_path / "run") == [Difference("lines.parquet", "these rows", "other rows")]
