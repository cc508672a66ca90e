"""How states of periods, orders, members and plan versions are called and shown."""

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
    "plan": {
        "draft": Shown(pgettext_lazy("plan", "Draft"), "warning", "pencil"),
        "approved": Shown(pgettext_lazy("plan", "Approved"), "success", "circle-check"),
        "withdrawn": Shown(pgettext_lazy("plan", "Withdrawn"), "neutral", "ban"),
    },
}


def shown(of: str, state: str) -> Shown:
    """Give the word, tone and icon of a state; an unknown one is a bug."""
    return STATES[of][state]
