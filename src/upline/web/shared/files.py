"""Lists as files to be kept: CSV for any program, XLSX with typed cells.

No cell is ever read as a formula: names and reasons are typed by people.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from upline.money import Money, currency_places

FORMATS = ("csv", "xlsx")
# With these a program takes a text for a formula.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_LINES_AT_ONCE = 500


def as_file(
    form: str, *, name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponseBase:
    """Give rows as a file in one of FORMATS: texts, whole numbers, decimals, money, days, moments."""
    values = ([plain(value) for value in row] for row in rows)
    response = _csv(heads, values) if form == "csv" else _xlsx(heads, values)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def plain(value: object) -> Any:
    """Give a value as a cell holds it; a text that looks like a formula gets a mark in front.

    >>> plain("=1+1"), plain(Money(1250, "EUR"))
    ("'=1+1", Decimal('12.50'))
    """
    if isinstance(value, Money):
        return Decimal(value.minor).scaleb(-currency_places(value.currency))
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, bool | int | Decimal | date) or value is None:
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _csv(heads: Sequence[str], rows: Iterator[list[Any]]) -> HttpResponseBase:
    def written() -> Iterator[str]:
        # Programs take a file without this mark for one of an older alphabet.
        yield "\ufeff"
        lines = io.StringIO()
        writer = csv.writer(lines)
        writer.writerow(heads)
        for count, row in enumerate(rows, start=1):
            writer.writerow([_text(value) for value in row])
            if count % _LINES_AT_ONCE == 0:
                yield lines.getvalue()
                lines.seek(0)
                lines.truncate()
        yield lines.getvalue()

    return StreamingHttpResponse(written(), content_type="text/csv; charset=utf-8")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def _xlsx(heads: Sequence[str], rows: Iterator[list[Any]]) -> HttpResponseBase:
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
