"""Rates of exchange: entered from a table by one person, approved by another, never changed.

A rate says how much of the quote currency one unit of the base currency is worth on a day, by a
source. A correction is a new sheet with its reason; the sheet approved last counts.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from upline.foundation import audit, clock
from upline.ledger import queries
from upline.ledger.accounts import CURRENCY
from upline.ledger.errors import RatesRefused, SecondPersonNeeded, SheetDecided, SheetUnknown
from upline.ledger.models import Rate, RateSheet

COLUMNS = ("rate_on", "base", "quote", "rate")
# As many places as the table holds; what has more would be cut, and is refused.
DECIMAL = re.compile(r"\d{1,12}(\.\d{1,12})?")
Pair = tuple[date, str, str]


@dataclass(slots=True)
class _Reading:
    """Rates as read so far, where each stands, and the faults met."""

    rates: dict[Pair, Decimal] = field(default_factory=dict)
    lines: dict[Pair, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def fault(self, line: int, problem: str) -> None:
        self.faults.append(_("- line %(line)s: %(fault)s") % {"line": line, "fault": problem})


def import_rates(
    *, text: str, source: str, by: str, reason: str = "", name: str = "the table"
) -> int:
    """Enter the rates of a CSV and give the id of their sheet, which waits for approval.

    Columns: `rate_on` (2026-11-02), `base`, `quote`, `rate` (a decimal with a point). Rates that
    are approved already and equal are left out. Another rate for an approved day is a correction
    and needs a reason. The same table again is the same sheet. Raises RatesRefused with every
    fault.
    """
    reading = _read(text)
    if not source.strip() or not by.strip():
        reading.faults.append("- the source and who enters it must be named")
    known = _approved(source, reading.rates)
    corrected = [pair for pair, rate in known.items() if reading.rates[pair] != rate]
    if not reason.strip():
        for pair in corrected:
            problem = f"{pair[1]}/{pair[2]} on {pair[0]} is approved as {known[pair].normalize():f}"
            reading.fault(reading.lines[pair], f"{problem}; say the reason to correct it")
    new = {pair: rate for pair, rate in reading.rates.items() if known.get(pair) != rate}
    if not new and not reading.faults:
        # Nothing to approve: the sheet that brought them in stays the one.
        return _sheet_of(source, next(iter(reading.rates)))
    if reading.faults:
        listed = "\n".join(reading.faults)
        raise RatesRefused(count=len(reading.faults), name=name, faults=listed)
    return _entered(source.strip(), new, by=by.strip(), reason=reason.strip())


def approve(*, sheet_id: int, by: str) -> None:
    """Let the rates of a sheet count. Repeating it changes nothing.

    Raises SheetUnknown, SheetDecided, SecondPersonNeeded.
    """
    _decide(sheet_id, by, RateSheet.State.APPROVED)


def reject(*, sheet_id: int, by: str) -> None:
    """Put a sheet aside; its rates never count. Raises SheetUnknown, SheetDecided."""
    _decide(sheet_id, by, RateSheet.State.REJECTED)


def _entered(source: str, new: Mapping[Pair, Decimal], *, by: str, reason: str) -> int:
    written = sorted(
        f"{day} {base} {quote} {rate.normalize():f}" for (day, base, quote), rate in new.items()
    )
    digest = hashlib.sha256("\n".join(written).encode()).digest()
    with transaction.atomic():
        waiting = RateSheet.objects.filter(source=source, digest=digest, state="entered").first()
        if waiting is not None:
            return int(waiting.pk)
        sheet = RateSheet.objects.create(
            source=source, digest=digest, reason=reason, entered_by=by, entered_at=clock.now()
        )
        Rate.objects.bulk_create(
            (
                Rate(sheet=sheet, rate_on=day, base=base, quote=quote, rate=rate)
                for (day, base, quote), rate in new.items()
            ),
            batch_size=5_000,
        )
    return int(sheet.pk)


def _decide(sheet_id: int, by: str, state: str) -> None:
    with transaction.atomic():
        sheet = RateSheet.objects.select_for_update().filter(pk=sheet_id).first()
        if sheet is None:
            raise SheetUnknown(sheet=sheet_id)
        if (sheet.state, sheet.decided_by) == (state, by):
            return
        if sheet.state != RateSheet.State.ENTERED:
            raise SheetDecided(sheet=sheet_id, state=sheet.state, by=sheet.decided_by)
        if state == RateSheet.State.APPROVED and by.strip() in {"", sheet.entered_by}:
            raise SecondPersonNeeded(sheet=sheet_id, by=by)
        sheet.state, sheet.decided_by, sheet.decided_at = state, by.strip(), clock.now()
        sheet.save(update_fields=["state", "decided_by", "decided_at"])
        audit.record(
            act=f"ledger.rates_{state}",
            subject=f"ratesheet:{sheet_id}",
            reason=sheet.reason or "rates of exchange",
            after={"entered_by": sheet.entered_by, "decided_by": by, "rates": sheet.rates.count()},
        )


def _approved(source: str, wanted: Mapping[Pair, Decimal]) -> dict[Pair, Decimal]:
    """Give the approved rates of the days and pairs that are wanted."""
    if not wanted:
        return {}
    days = [day for day, _, _ in wanted]
    found = queries.approved_rates(source, since=min(days), until=max(days))
    return {pair: one for pair, one in found.items() if pair in wanted}


def _sheet_of(source: str, pair: Pair) -> int:
    day, base, quote = pair
    rates = Rate.objects.filter(
        sheet__source=source, sheet__state="approved", rate_on=day, base=base, quote=quote
    )
    return int(rates.order_by("-sheet__decided_at", "-sheet_id")[0].sheet_id)


def _read(text: str) -> _Reading:
    reading = _Reading()
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        told = _("the columns %(columns)s are missing") % {"columns": ", ".join(missing)}
        reading.fault(1, told)
        return reading
    for row in rows:
        for problem in _row_faults(row, reading, rows.line_num):
            reading.fault(rows.line_num, problem)
    if not reading.rates and not reading.faults:
        reading.faults.append(_("- there are no rates"))
    return reading


def _row_faults(row: Mapping[str, str | None], reading: _Reading, line: int) -> Iterator[str]:
    day_text, base, quote, rate = ((row[name] or "").strip() for name in COLUMNS)
    day = _day(day_text)
    is_whole = day is not None
    if not is_whole:
        yield _("'%(given)s' is not a day; write 2026-11-02") % {"given": day_text}
    for code in (base, quote):
        if not CURRENCY.fullmatch(code):
            is_whole = False
            yield _("'%(given)s' is not the code of a currency; write three capital letters") % {
                "given": code
            }
    if base == quote and CURRENCY.fullmatch(base):
        is_whole = False
        yield _("%(currency)s is worth one %(currency)s, always; take the line out") % {
            "currency": base
        }
    if not DECIMAL.fullmatch(rate) or not Decimal(rate):
        is_whole = False
        yield _(
            "'%(given)s' is no rate; write a decimal above 0 with a point, at most 12 places"
        ) % {"given": rate}
    if not is_whole or day is None:
        return
    pair = (day, base, quote)
    if pair in reading.rates:
        yield _("%(base)s/%(quote)s on %(on)s stands in line %(line)s already") % {
            "base": base,
            "quote": quote,
            "on": day,
            "line": reading.lines[pair],
        }
        return
    reading.rates[pair], reading.lines[pair] = Decimal(rate), line


def _day(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


__all__ = ["approve", "import_rates", "reject"]
