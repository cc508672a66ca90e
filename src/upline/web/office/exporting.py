"""Lists as files: CSV for any program, XLSX with typed cells. No cell can be read as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from upline.money import Money, currency_places
from upline.web.office.cells import Cell

FORMATS = ("csv", "xlsx")
ROWS_AT_MOST = 200_000
# With these a program takes a text for a formula.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def as_file(
    form: str, *, name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponse | StreamingHttpResponse:
    """Give rows as a file to be kept, in one of FORMATS."""
    values = ([_plain(cell) for cell in row] for row in rows)
    response = _csv(heads, values) if form == "csv" else _xlsx(heads, values)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _plain(cell: Cell) -> Any:
    value = cell.value
    if isinstance(value, Money):
        return Decimal(value.minor).scaleb(-currency_places(value.currency))
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, bool | int | Decimal | date) or value is None:
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _csv(heads: Sequence[str], rows: Iterator[list[Any]]) -> StreamingHttpResponse:
    def written() -> Iterator[str]:
        # Programs take a file without this mark for one of an older alphabet.
        yield "\ufeff"
        yield _line(heads)
        for row in rows:
            yield _line([_text(value) for value in row])

    return StreamingHttpResponse(written(), content_type="text/csv; charset=utf-8")


def _line(values: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def _xlsx(heads: Sequence[str], rows: Iterator[list[Any]]) -> HttpResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append([_typed(sheet, head) for head in heads])
    for row in rows:
        sheet.append([_typed(sheet, value) for value in row])
    kept = io.BytesIO()
    book.save(kept)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(kept.getvalue(), content_type=kind)


def _typed(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        # What begins like a formula stays a text.
        cell.data_type = "s"
    return cell
