"""What an act of the audit log changed, in words: the fields, and the codes that stood in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from upline.web.office import words
from upline.web.office.cells import Cell, Words
from upline.web.office.places import country_name

FIELDS: Mapping[str, Words] = {
    "agreed_by": _("Agreed to by"),
    "asked_by": _("Asked for by"),
    "audience": _("For whom"),
    "batch": pgettext_lazy("field of an act", "Batch"),
    "before_on": _("Before"),
    "behind": _("Behind it"),
    "birth_on": _("Born"),
    "by": _("Who"),
    "calendar": _("Calendar"),
    "change_from_minor": _("Change is looked at from, in cents"),
    "change_hundredths": _("Largest change, in hundredths of a percent"),
    "closed_through": _("Closed up to"),
    "contact": _("Contact"),
    "count": pgettext_lazy("field of an act", "Count"),
    "country": _("Country"),
    "currency": _("Currency"),
    "days_after": _("Days after the end"),
    "decided_by": _("Decided by"),
    "digest": _("Digest"),
    "effective_on": _("Takes effect on"),
    "ends_on": _("Until"),
    "entered_by": _("Entered by"),
    "facts": pgettext_lazy("field of an act", "Facts"),
    "failure": _("What failed"),
    "family_name": _("Family name"),
    "fence": _("Number of the attempt to close"),
    "fields": _("Changed"),
    "from_on": _("From"),
    "given_by": _("Given by"),
    "given_name": _("Given name"),
    "grant": pgettext_lazy("field of an act", "Granted rank"),
    "holders": _("Holders"),
    "hour": _("Hour"),
    "is_on": _("Switched on"),
    "joined_on": _("Joined on"),
    "kept": _("Who is kept"),
    "kind": _("Kind"),
    "language": _("Language"),
    "languages": _("Languages"),
    "largest_minor": _("Largest sum, in cents"),
    "market": _("Market"),
    "markets": _("Markets"),
    "members": _("Members"),
    "merge": pgettext_lazy("field of an act", "Merge"),
    "method": _("Method"),
    "minor": _("Sum, in cents"),
    "minutes": _("Minutes"),
    "moved": _("What went over"),
    "parent": _("Placement parent"),
    "passed": _("Limits passed"),
    "progress": _("Background work"),
    "provider": _("Provider"),
    "rank": _("Rank"),
    "rates": _("Rates"),
    "ratio_hundredths": _("Largest share of turnover, in hundredths of a percent"),
    "reason": _("Reason"),
    "records": _("Records"),
    "recount": _("Recount"),
    "role": _("Role"),
    "run": _("Run"),
    "seal": _("Seal"),
    "seed": _("Seed of the demo"),
    "shipment": _("Shipment"),
    "slot": _("Slot"),
    "sponsor": _("Sponsor"),
    "standing": _("Standing approval"),
    "starts_at": _("From"),
    "starts_on": _("From"),
    "state": _("State"),
    "status": _("Status"),
    "today": _("Day of the demo"),
    "told": _("Told on"),
    "tree": _("Tree"),
    "until_on": _("Until"),
    "value": _("Value"),
    "verdict": _("Verdict"),
}
_STATES: Mapping[str, words.Labels] = {
    "adjustment": words.ADJUSTMENT,
    "delivery": words.DELIVERY,
    "order": words.ORDER,
    "payout_stop": words.STOP,
    "period": words.PERIOD,
    "plan": words.PLAN,
    "ratesheet": words.SHEET,
    "standing": words.STANDING,
}
_CODES: Mapping[str, words.Labels] = {
    "audience": words.AUDIENCE,
    "kind": {**words.CONTACT, **words.ADDRESS},
    "role": words.ROLE,
    "status": words.MEMBER,
}
# What stands in these is the code of a login or of a program.
ACTORS = ("agreed_by", "asked_by", "by", "decided_by", "entered_by", "given_by")


def field_cell(name: str) -> Cell:
    """Give a field in words; one that we have no words for stays as it is."""
    known = FIELDS.get(name)
    return Cell(name, is_code=True) if known is None else Cell(known)


def value_cell(name: str, value: Any, *, subject: str, actors: Mapping[str, Any]) -> Cell:
    """Give what stood in a field as a reader writes it: words for codes, days as days."""
    if value is None or value == "":
        return Cell()
    if name == "fields":
        return Cell([FIELDS.get(one, one) for one in value])
    if isinstance(value, list):
        return Cell(", ".join(map(str, value)), is_code=True)
    if name in ACTORS:
        return Cell(actors.get(str(value), value))
    if name == "country":
        return Cell(country_name(str(value)))
    if name == "language":
        return Cell(words.language(str(value)))
    labels = _STATES.get(subject.partition(":")[0], {}) if name == "state" else _CODES.get(name, {})
    if value in labels:
        return Cell(words.word(labels, value))
    day = _day(value) if name.endswith("_on") or name == "today" else None
    return Cell(day or str(value), is_code=day is None)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
