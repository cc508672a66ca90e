"""How states of periods, orders, members, plan versions and payouts are called and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Shown:
    """A state as a reader sees it: a word, a tone and an icon, never a colour alone."""

    label: str | Promise
    tone: str
    icon: str


STATES: Mapping[str, Mapping[str, Shown]] = {
    "period": {
        "open": Shown(pgettext_lazy("period", "Open"), "info", "circle-dashed"),
        "frozen": Shown(pgettext_lazy("period", "Frozen"), "info", "lock"),
        "calculated": Shown(pgettext_lazy("period", "Calculated"), "warning", "clock"),
        "approved": Shown(pgettext_lazy("period", "Approved"), "primary", "check"),
        "posting": Shown(pgettext_lazy("period", "Being booked"), "primary", "refresh"),
        "posted": Shown(pgettext_lazy("period", "Booked"), "success", "check"),
        "sealed": Shown(pgettext_lazy("period", "Sealed"), "success", "shield"),
    },
    "order": {
        "placed": Shown(pgettext_lazy("order", "Placed"), "warning", "clock"),
        "paid": Shown(pgettext_lazy("order", "Paid"), "primary", "check"),
        "partly_shipped": Shown(pgettext_lazy("order", "Partly shipped"), "info", "package"),
        "shipped": Shown(pgettext_lazy("order", "Shipped"), "info", "package"),
        "delivered": Shown(pgettext_lazy("order", "Delivered"), "success", "circle-check"),
        "cancelled": Shown(pgettext_lazy("order", "Cancelled"), "neutral", "ban"),
    },
    "member": {
        "active": Shown(pgettext_lazy("member", "Active"), "success", "circle-check"),
        "frozen": Shown(pgettext_lazy("member", "Frozen"), "warning", "lock"),
        "terminated": Shown(pgettext_lazy("member", "Terminated"), "neutral", "ban"),
        "holding": Shown(pgettext_lazy("member", "Waiting for a place"), "info", "clock"),
    },
    "payout": {
        "draft": Shown(pgettext_lazy("payout", "Requested"), "info", "clock"),
        "held": Shown(pgettext_lazy("payout", "Held"), "warning", "lock"),
        "approved": Shown(pgettext_lazy("payout", "Approved"), "primary", "check"),
        "queued": Shown(pgettext_lazy("payout", "Queued"), "primary", "clock"),
        "submitted": Shown(pgettext_lazy("payout", "On its way"), "primary", "refresh"),
        "unknown": Shown(pgettext_lazy("payout", "Being clarified"), "warning", "refresh"),
        "paid": Shown(pgettext_lazy("payout", "Paid"), "success", "circle-check"),
        "failed": Shown(pgettext_lazy("payout", "Failed"), "error", "alert-triangle"),
        "returned": Shown(pgettext_lazy("payout", "Came back"), "error", "alert-triangle"),
        "cancelled": Shown(pgettext_lazy("payout", "Taken back"), "neutral", "ban"),
    },
    "batch": {
        "prepared": Shown(pgettext_lazy("batch", "Prepared"), "warning", "clock"),
        "approved": Shown(pgettext_lazy("batch", "Approved"), "success", "circle-check"),
        "dissolved": Shown(pgettext_lazy("batch", "Given up"), "neutral", "ban"),
    },
    "plan": {
        "draft": Shown(pgettext_lazy("plan", "Draft"), "warning", "pencil"),
        "approved": Shown(pgettext_lazy("plan", "Approved"), "success", "circle-check"),
        "withdrawn": Shown(pgettext_lazy("plan", "Withdrawn"), "neutral", "ban"),
    },
}


def shown(of: str, state: str) -> Shown:
    """Give the word, tone and icon of a state; an unknown one is a bug."""
    return STATES[of][state]
