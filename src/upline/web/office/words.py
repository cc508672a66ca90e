"""The words of the office for what the tables hold as codes, each with its tone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from upline.web.office.cells import Cell, Words
from upline.web.shared import formats, states

# The tones are those of the shared states: success, warning, error, info, primary, neutral.
Labels = Mapping[str, tuple[Words, str]]


def _states(of: str) -> dict[str, tuple[Words, str]]:
    return {code: (one.label, one.tone) for code, one in states.STATES[of].items()}


MEMBER: Labels = _states("member")
ORDER: Labels = _states("order")
PLAN: Labels = _states("plan")
PERIOD: Labels = _states("period")
KIND_OF_ORDER: Labels = {
    "own": (pgettext_lazy("kind of an order", "Own purchase"), ""),
    "customer": (pgettext_lazy("kind of an order", "Customer’s purchase"), ""),
}
PRODUCT: Labels = {
    "draft": (pgettext_lazy("status of a product", "Draft"), "neutral"),
    "active": (pgettext_lazy("status of a product", "On sale"), "success"),
    "discontinued": (pgettext_lazy("status of a product", "No longer sold"), "error"),
}
AUDIENCE: Labels = {
    "retail": (pgettext_lazy("who pays a price", "Retail"), ""),
    "customer": (pgettext_lazy("who pays a price", "Customer"), ""),
    "partner": (pgettext_lazy("who pays a price", "Partner"), ""),
}
CHANNEL: Labels = {
    "store": (pgettext_lazy("where an order came from", "Online shop"), ""),
    "loaded": (pgettext_lazy("where an order came from", "Taken over from a file"), ""),
}
LENGTH: Labels = {
    "week": (pgettext_lazy("length of periods", "Weekly"), ""),
    "four_weeks": (pgettext_lazy("length of periods", "Every four weeks"), ""),
    "month": (pgettext_lazy("length of periods", "Monthly"), ""),
    "quarter": (pgettext_lazy("length of periods", "Quarterly"), ""),
    "half_year": (pgettext_lazy("length of periods", "Twice a year"), ""),
    "year": (pgettext_lazy("length of periods", "Yearly"), ""),
}
SHEET: Labels = {
    "entered": (pgettext_lazy("state of a sheet of rates", "Waits for approval"), "warning"),
    "approved": (pgettext_lazy("state of a sheet of rates", "Approved"), "success"),
    "rejected": (pgettext_lazy("state of a sheet of rates", "Rejected"), "error"),
}
STOP: Labels = {
    "in_force": (pgettext_lazy("state of a stop of payouts", "In force"), "error"),
    "asked": (pgettext_lazy("state of a stop of payouts", "Waits for a second person"), "warning"),
    "lifted": (pgettext_lazy("state of a stop of payouts", "Lifted"), "success"),
}
ACCOUNT: Labels = {
    "asset": (pgettext_lazy("kind of an account", "Asset"), ""),
    "liability": (pgettext_lazy("kind of an account", "Liability"), ""),
    "income": (pgettext_lazy("kind of an account", "Income"), ""),
    "expense": (pgettext_lazy("kind of an account", "Expense"), ""),
    "equity": (pgettext_lazy("kind of an account", "Equity"), ""),
    "clearing": (pgettext_lazy("kind of an account", "Clearing"), ""),
}
# What a tax is called in law differs by country; of what it is asked does not.
TAX: Labels = {
    "standard": (pgettext_lazy("category of tax", "Usual goods"), ""),
    "food": (pgettext_lazy("category of tax", "Food"), ""),
}
TREE: Labels = {
    "binary": (pgettext_lazy("kind of a tree", "Binary"), ""),
    "matrix": (pgettext_lazy("kind of a tree", "Matrix"), ""),
}
ROLE: Labels = {
    "owner": (pgettext_lazy("role", "Owner"), "warning"),
    "finance": (pgettext_lazy("role", "Finance"), "neutral"),
    "support": (pgettext_lazy("role", "Support"), "neutral"),
    "logistics": (pgettext_lazy("role", "Logistics"), "neutral"),
    "marketing": (pgettext_lazy("role", "Marketing"), "neutral"),
    "content": (pgettext_lazy("role", "Content"), "neutral"),
    "auditor": (pgettext_lazy("role", "Auditor"), "neutral"),
    "member": (pgettext_lazy("role", "Member"), ""),
}
CONTACT: Labels = {
    "email": (_("E-mail"), ""),
    "phone": (_("Telephone"), ""),
}
ADDRESS: Labels = {
    "home": (pgettext_lazy("kind of an address", "Home"), ""),
    "delivery": (pgettext_lazy("kind of an address", "Delivery"), ""),
    "legal": (pgettext_lazy("kind of an address", "Legal"), ""),
}
HOW_HELD: Labels = {
    "enrolled": (pgettext_lazy("how a position was got", "Enrolled"), ""),
    "sold": (pgettext_lazy("how a position was got", "Bought"), ""),
    "inherited": (pgettext_lazy("how a position was got", "Inherited"), ""),
    "shared": (pgettext_lazy("how a position was got", "Shared"), ""),
    "corrected": (pgettext_lazy("how a position was got", "Corrected"), ""),
}
DELIVERY: Labels = {
    "waiting": (pgettext_lazy("state of a message", "Waiting"), "warning"),
    "done": (pgettext_lazy("state of a message", "Delivered"), "success"),
    "dead": (pgettext_lazy("state of a message", "Failed"), "error"),
    "dropped": (pgettext_lazy("state of a message", "Given up"), "neutral"),
}
STANDING: Labels = {
    "proposed": (pgettext_lazy("state of a standing approval", "Waits for agreement"), "warning"),
    "given": (pgettext_lazy("state of a standing approval", "In force"), "success"),
    "ended": (pgettext_lazy("state of a standing approval", "Ended"), "neutral"),
    "over": (pgettext_lazy("state of a standing approval", "Its days are over"), "neutral"),
}
JUDGED: Labels = {
    "covered": (pgettext_lazy("held to limits", "Approved"), "success"),
    "waits": (pgettext_lazy("held to limits", "Waits for a person"), "warning"),
    "within": (pgettext_lazy("held to limits", "Kept"), "success"),
    "passed": (pgettext_lazy("held to limits", "Passed"), "error"),
}
CLOSING: Labels = {
    "on": (pgettext_lazy("automatic closing", "On"), "success"),
    "off": (pgettext_lazy("automatic closing", "Off"), "neutral"),
}
ALARM: Labels = {
    "late": (pgettext_lazy("alarm of a close", "Late"), "error"),
    "refused": (pgettext_lazy("alarm of a close", "Refused"), "error"),
    "waits": (pgettext_lazy("alarm of a close", "Waits for a person"), "warning"),
}
PROGRESS: Labels = {
    "waiting": (pgettext_lazy("state of background work", "Waits"), "neutral"),
    "running": (pgettext_lazy("state of background work", "At work"), "info"),
    "done": (pgettext_lazy("state of background work", "Done"), "success"),
    "refused": (pgettext_lazy("state of background work", "Refused"), "error"),
}
PROGRESS_ACT: Labels = {
    "close": (pgettext_lazy("background work", "Closing"), ""),
    "post": (pgettext_lazy("background work", "Posting and sealing"), ""),
    "adjust": (pgettext_lazy("background work", "Adjusting closed periods"), ""),
    "settle": (pgettext_lazy("background work", "Booking an adjustment"), ""),
}
ADJUSTMENT: Labels = {
    "computing": (pgettext_lazy("state of an adjustment", "Being computed"), "info"),
    "computed": (pgettext_lazy("state of an adjustment", "Waits for approval"), "warning"),
    "approved": (pgettext_lazy("state of an adjustment", "Approved"), "primary"),
    "posted": (pgettext_lazy("state of an adjustment", "Booked"), "success"),
    "discarded": (pgettext_lazy("state of an adjustment", "Discarded"), "neutral"),
}
CORRECTIONS: Labels = {
    "entered": (pgettext_lazy("state of corrections", "Waits for approval"), "warning"),
    "booked": (pgettext_lazy("state of corrections", "Booked"), "success"),
    "rejected": (pgettext_lazy("state of corrections", "Rejected"), "error"),
}
CORRECTED: Labels = {
    "pay": (_("Pay"), ""),
    "volume": (_("Volume"), ""),
}
CAUSE: Labels = {
    "order": (pgettext_lazy("cause of a difference", "Late order"), ""),
    "refund": (pgettext_lazy("cause of a difference", "Late refund"), ""),
    "again": (pgettext_lazy("cause of a difference", "The bonus is computed again"), ""),
}
SUBJECT: Labels = {
    "member": (pgettext_lazy("subject of an act", "Member"), ""),
    "person": (pgettext_lazy("subject of an act", "Person"), ""),
    "order": (pgettext_lazy("subject of an act", "Order"), ""),
    "receipt": (pgettext_lazy("subject of an act", "Receipt"), ""),
    "plan": (pgettext_lazy("subject of an act", "Plan version"), ""),
    "period": (pgettext_lazy("subject of an act", "Period"), ""),
    "ratesheet": (pgettext_lazy("subject of an act", "Sheet of rates"), ""),
    "standing": (pgettext_lazy("subject of an act", "Standing approval"), ""),
    "calendar": (pgettext_lazy("subject of an act", "Calendar"), ""),
    "adjustment": (pgettext_lazy("subject of an act", "Adjustment"), ""),
    "corrections": (pgettext_lazy("subject of an act", "Corrections by hand"), ""),
    "login": (pgettext_lazy("subject of an act", "Login"), ""),
    "delivery": (pgettext_lazy("subject of an act", "Message"), ""),
    "trees": (pgettext_lazy("subject of an act", "Trees"), ""),
    "product": (pgettext_lazy("subject of an act", "Product"), ""),
    "journal": (pgettext_lazy("subject of an act", "Journal"), ""),
    "company": (pgettext_lazy("subject of an act", "Company"), ""),
    "ledger": (pgettext_lazy("subject of an act", "Ledger"), ""),
    "members": (pgettext_lazy("subject of an act", "Members"), ""),
    "payout": (pgettext_lazy("subject of an act", "Payout"), ""),
    "payout_batch": (pgettext_lazy("subject of an act", "Batch of payouts"), ""),
    "payout_rule": (pgettext_lazy("subject of an act", "Rule of payouts"), ""),
    "payout_stop": (pgettext_lazy("subject of an act", "Stop of payouts"), ""),
}


def status(labels: Labels, code: str) -> Cell:
    """Give a code as a badge in words; one that we have no words for stays as it is."""
    label, tone = labels.get(code, (code, "neutral"))
    return Cell(label, tone=tone)


def word(labels: Labels, code: str) -> Words:
    """Give a code in words."""
    return labels.get(code, (code, ""))[0]


def tax(code: str, name: str) -> Words:
    """Name a category of tax; one of the company's own by the name that the company gave it."""
    return TAX[code][0] if code in TAX else name


def choices(labels: Labels) -> list[tuple[str, Words]]:
    """Give the codes with their words, for a filter or a form."""
    return [(code, label) for code, (label, _) in labels.items()]


def language(code: str) -> str:
    """Give a language in its own words."""
    return str(dict(settings.LANGUAGES).get(code, code))


def period(starts_on: date, ends_on: date) -> str:
    """Name the period [starts_on, ends_on): by its month where it is one, else by its days."""
    return formats.period(starts_on, ends_on - timedelta(days=1), get_language() or "en")


def person_number(number: int) -> Words:
    """Name a person by number."""
    return _("Person %(number)s") % {"number": number}
