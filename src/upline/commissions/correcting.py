"""Entering corrections by hand: what each changes and why, and every fault at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from upline.commissions import calendars, persons, rates
from upline.commissions.correction_models import LARGEST_MINOR, Correction, CorrectionSheet
from upline.commissions.errors import CorrectionsDiffer, CorrectionsRefused
from upline.commissions.facts import MONEY
from upline.commissions.models import Calendar, Statement
from upline.compensation.plan.schema import PlanFile
from upline.foundation import audit, clock
from upline.ledger.domain import CONTROL
from upline.money import Money
from upline.network.models import Member
from upline.plans import queries as plans

_REASON_AT_MOST = 1000
_ROWS_AT_MOST = 50_000
# Of a volume, as the table holds it.
_PLACES, _LARGEST_VALUE = 9, Decimal(10) ** 11
_FAULTS_AT_MOST = 100
_COUNTED = ("points", "count", "money", "ratio")
_What = CorrectionSheet.What


@dataclass(frozen=True, slots=True, kw_only=True)
class PayDraft:
    """What a member is to be paid besides, or less; `line` is where it stands in a table."""

    member: str
    amount: Money
    reason: str
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeDraft:
    """What is to count for a member on a day by a name of volumes, or to count no more."""

    member: str
    figure: str
    value: Decimal
    counts_on: date
    reason: str
    line: int = 1


@dataclass(slots=True)
class _Checked:
    """Rows that can be written, and the faults met, by line."""

    rows: list[Correction] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


def enter_pay(
    *,
    key: str,
    calendar: str,
    drafts: Sequence[PayDraft],
    faults: Sequence[tuple[int, str]] = (),
) -> CorrectionSheet:
    """Enter what members are to be paid besides a close, or less; another person books it.

    The same key again is the same sheet. `faults` are those that reading a table met. Raises
    CorrectionsRefused with every fault, CorrectionsDiffer, CalendarUnknown, NeedsPerson.
    """
    found = calendars.calendar_named(calendar)
    members = _members([draft.member for draft in drafts])
    currencies = _currencies(found, members)
    checked = _Checked(faults=list(faults))
    for draft in drafts:
        member = members.get(draft.member.strip().upper())
        checked.faults += [
            (draft.line, fault) for fault in _pay_faults(draft, member, found, currencies)
        ]
        row = Correction(
            member=member,
            reason=draft.reason.strip(),
            currency=draft.amount.currency,
            amount_minor=draft.amount.minor,
        )
        checked.rows.append(row)
    return _enter(key, _What.PAY, found, checked, [draft.line for draft in drafts])


def enter_volume(
    *, key: str, drafts: Sequence[VolumeDraft], faults: Sequence[tuple[int, str]] = ()
) -> CorrectionSheet:
    """Enter volume that members are to be credited with, or no more; another person approves it.

    It counts as an order of the member himself on that day, for which nobody paid. The same key
    again is the same sheet. Raises CorrectionsRefused with every fault, CorrectionsDiffer,
    NeedsPerson.
    """
    members = _members([draft.member for draft in drafts])
    days = Counted()
    checked = _Checked(faults=list(faults))
    for draft in drafts:
        member = members.get(draft.member.strip().upper())
        checked.faults += [(draft.line, fault) for fault in _volume_faults(draft, member, days)]
        row = Correction(
            member=member,
            reason=draft.reason.strip(),
            figure=draft.figure,
            value=draft.value,
            counts_on=draft.counts_on,
        )
        checked.rows.append(row)
    return _enter(key, _What.VOLUME, None, checked, [draft.line for draft in drafts])


def digest_of(rows: Sequence[Correction]) -> str:
    """Give the digest of rows in their sequence, by which another person approves them."""
    written = [
        [
            row.number,
            row.member_id,
            row.reason,
            row.currency,
            row.amount_minor,
            row.figure,
            None if row.value is None else f"{row.value.normalize():f}",
            None if row.counts_on is None else row.counts_on.isoformat(),
        ]
        for row in rows
    ]
    return hashlib.sha256(json.dumps(written, ensure_ascii=False).encode()).hexdigest()


class Counted:
    """What is counted on a day, asked for once a day: of one sheet many rows have the same."""

    def __init__(self) -> None:
        self.calendars = list(Calendar.objects.order_by("id"))
        self._files: dict[date, list[PlanFile]] = {}

    def files(self, on: date) -> list[PlanFile]:
        """Give the plans in force on a day, one for each calendar. Raises NoPlanInForce."""
        if on not in self._files:
            self._files[on] = [
                plans.loaded(plans.plan_in_force(every=one.every, on=on)).file
                for one in self.calendars
            ]
        return self._files[on]

    def figures(self, on: date) -> set[str]:
        """Give all that plans count of orders on a day."""
        files = self.files(on)
        return {
            name for file in files for name, spec in file.orders.items() if spec.unit in _COUNTED
        }

    def volumes(self, on: date) -> set[str]:
        """Give what of it is volume: money has names of its own and comes from orders alone."""
        files = self.files(on)
        money = {
            name for file in files for name, spec in file.orders.items() if spec.unit == "money"
        }
        return self.figures(on) - money - set(MONEY)


def _enter(
    key: str, what: str, calendar: Calendar | None, checked: _Checked, lines: Sequence[int]
) -> CorrectionSheet:
    actor = persons.somebody(act="correct", period=calendar or what)
    if not lines and not checked.faults:
        checked.faults.append((1, _("there is no row")))
    if len(lines) > _ROWS_AT_MOST:
        checked.faults.append((_ROWS_AT_MOST, _("more rows than one sheet holds")))
    checked.faults += _twice(checked.rows, lines)
    if not key.strip() or len(key) > CorrectionSheet._meta.get_field("key").max_length:
        checked.faults.append((1, _("the key is empty or too long")))
    if checked.faults:
        raise _refused(checked.faults)
    for number, row in enumerate(checked.rows):
        row.number = number
    wanted = {
        "what": what,
        "calendar": calendar,
        "count": len(checked.rows),
        "digest": digest_of(checked.rows),
    }
    with transaction.atomic():
        sheet, is_new = CorrectionSheet.objects.get_or_create(
            key=key.strip(), defaults={**wanted, "entered_by": actor}
        )
        if any(getattr(sheet, name) != value for name, value in wanted.items()):
            raise CorrectionsDiffer(key=key.strip(), number=sheet.pk)
        if is_new:
            _write(sheet, checked.rows)
    return sheet


def _write(sheet: CorrectionSheet, rows: Sequence[Correction]) -> None:
    for row in rows:
        row.sheet = sheet
    Correction.objects.bulk_create(rows, batch_size=5_000)
    audit.record(
        act="commissions.correct",
        subject=f"corrections:{sheet.pk}",
        reason=rows[0].reason,
        after={"what": sheet.what, "rows": sheet.count, "digest": sheet.digest},
    )


def _refused(faults: Sequence[tuple[int, str]]) -> CorrectionsRefused:
    listed = [
        _("- line %(line)s: %(fault)s") % {"line": line, "fault": fault}
        for line, fault in sorted(faults)[:_FAULTS_AT_MOST]
    ]
    return CorrectionsRefused(count=len(faults), faults="\n".join(listed))


def _members(codes: Sequence[str]) -> dict[str, Member]:
    wanted = {code.strip().upper() for code in codes}
    return {member.code.upper(): member for member in Member.objects.filter(code__in=wanted)}


def _currencies(calendar: Calendar, members: dict[str, Member]) -> dict[int, frozenset[str]]:
    """Give the currencies in which each may be paid: that of his last statement, else the plan's."""
    first_open = max(clock.today(calendar.time_zone), calendars.first_day(calendar))
    plan = plans.loaded(plans.plan_in_force(every=calendar.every, on=first_open))
    any_of = frozenset({plan.file.currency, *rates.paid_in(plan)})
    numbers = [member.pk for member in members.values()]
    last = (
        Statement.objects.filter(member_id__in=numbers)
        .order_by("member_id", "-run_id")
        .distinct("member_id")
        .values_list("member_id", "currency")
    )
    return dict.fromkeys(numbers, any_of) | {
        member: frozenset({currency}) for member, currency in last
    }


def _pay_faults(
    draft: PayDraft,
    member: Member | None,
    calendar: Calendar,
    currencies: dict[int, frozenset[str]],
) -> Iterator[str]:
    yield from _row_faults(draft.member, member, draft.reason)
    if not draft.amount.minor:
        yield _("the amount is nothing")
    if abs(draft.amount.minor) >= LARGEST_MINOR:
        yield _("the amount is too large")
    if member is None:
        return
    if draft.amount.currency not in currencies[member.pk]:
        paid_in = ", ".join(sorted(currencies[member.pk]))
        yield _("%(member)s is paid in %(currency)s") % {
            "member": member.code,
            "currency": paid_in,
        }
    if member.joined_on > clock.today(calendar.time_zone):
        yield _("%(member)s has not joined yet") % {"member": member.code}


def _volume_faults(draft: VolumeDraft, member: Member | None, days: Counted) -> Iterator[str]:
    yield from _row_faults(draft.member, member, draft.reason)
    if not draft.value:
        yield _("the volume is nothing")
    if abs(draft.value) >= _LARGEST_VALUE or draft.value.as_tuple().exponent < -_PLACES:  # type: ignore[operator]
        yield _("the volume is too large, or has more than %(places)s decimals") % {
            "places": _PLACES
        }
    first = min((calendars.first_day(one) for one in days.calendars), default=None)
    if first is None or draft.counts_on < first:
        yield _("no period has the day %(day)s") % {"day": draft.counts_on.isoformat()}
        return
    if draft.counts_on > max(clock.today(one.time_zone) for one in days.calendars):
        yield _("the day %(day)s has not come yet") % {"day": draft.counts_on.isoformat()}
        return
    if member is not None and member.joined_on > draft.counts_on:
        yield _("%(member)s joined later, on %(day)s") % {
            "member": member.code,
            "day": member.joined_on.isoformat(),
        }
    known = sorted(days.volumes(draft.counts_on))
    if draft.figure not in known:
        yield _("no plan counts a volume '%(name)s'; there are: %(known)s") % {
            "name": draft.figure,
            "known": ", ".join(known),
        }


def _row_faults(code: str, member: Member | None, reason: str) -> Iterator[str]:
    if member is None:
        yield _("there is no member '%(code)s'") % {"code": code.strip()}
    if not reason.strip():
        yield _("the reason is missing; the member reads it")
    elif len(reason.strip()) > _REASON_AT_MOST or CONTROL.search(reason.strip()):
        yield _("the reason is too long, or has more than one line")


def _twice(rows: Sequence[Correction], lines: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Find rows that say the same as one before them: a line that was copied by mistake."""
    first: dict[object, int] = {}
    for row, line in zip(rows, lines, strict=True):
        same = (row.member_id, row.reason, row.amount_minor, row.figure, row.value, row.counts_on)
        if row.member_id is not None and same in first:
            yield line, _("the same stands in line %(line)s already") % {"line": first[same]}
        first.setdefault(same, line)


__all__ = ["Counted", "PayDraft", "VolumeDraft", "digest_of", "enter_pay", "enter_volume"]
