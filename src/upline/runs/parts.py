"""Reads one table from several files, or from all files of a folder."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pyarrow as pa

from upline.compensation.errors import Fault, InputRefused, Place, Refused
from upline.compensation.tables import Source
from upline.runs.tables import ENDINGS, read_table


@dataclass(frozen=True, slots=True)
class PartsSource(Source):
    """Several files whose rows stand behind each other; `starts` says at which row each begins."""

    starts: tuple[int, ...] = ()
    parts: tuple[Source, ...] = ()

    def place(self, row: int, column: str = "") -> Place:
        """Say in which file a row stands, and where in it."""
        part = max(bisect_right(self.starts, row) - 1, 0)
        return self.parts[part].place(row - self.starts[part], column)


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Give the files that are meant: a folder stands for all tables in it. Raises InputRefused."""
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        inside = sorted(one for one in path.iterdir() if one.suffix.lower() in ENDINGS)
        if not inside:
            problem = f"There is no table in the folder {path}."
            remedy = f"Put files there that end in {', '.join(ENDINGS)}."
            raise InputRefused.because("file.missing", problem, remedy, Place(str(path)))
        files.extend(inside)
    return files


def read_parts(files: Sequence[Path]) -> tuple[pa.Table, Source]:
    """Read one table from several files, which may come in any order.

    Raises InputRefused with the faults of all files, and for files whose columns are not the same.
    """
    if len(files) == 1:
        return read_table(files[0])
    faults: list[Fault] = []
    read: list[tuple[pa.Table, Source]] = []
    for file in files:
        try:
            read.append(read_table(file))
        except Refused as refused:
            faults.extend(refused.faults)
    faults += _of_other_columns(read)
    if faults:
        raise InputRefused(faults)
    tables = [table for table, _ in read]
    starts = tuple(accumulate((table.num_rows for table in tables[:-1]), initial=0))
    first = read[0][1]
    source = PartsSource(
        first.name, first.first_line, first.columns, starts, tuple(one for _, one in read)
    )
    return _joined(tables), source


def _of_other_columns(read: list[tuple[pa.Table, Source]]) -> list[Fault]:
    faults = []
    for table, source in read[1:]:
        names, others = set(read[0][0].column_names), set(table.column_names)
        if names != others:
            different = ", ".join(f"'{name}'" for name in sorted(names ^ others))
            problem = f"Its columns are not those of {read[0][1].name}: {different}."
            remedy = "Give every file of a table the same columns, empty ones where need be."
            faults.append(Fault(Place(source.name, 1), "file.columns", problem, remedy))
    return faults


def _joined(tables: list[pa.Table]) -> pa.Table:
    """Put tables behind each other; a column that comes in several kinds is read as text."""
    columns = {}
    for name in tables[0].column_names:
        parts = [table.column(name) for table in tables]
        if len({part.type for part in parts}) > 1:
            parts = [part.cast(pa.string()) for part in parts]
        chunks = [chunk for part in parts for chunk in part.chunks]
        columns[name] = pa.chunked_array(chunks, parts[0].type)
    return pa.table(columns)
