"""Where a login may go: the groups of the office's navigation, without what it may not open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from upline.web.office.cells import Words
from upline.web.office.rights import may


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A screen: the word of its address, its name, its icon, and the right that opens it."""

    here: str
    label: Words
    icon: str
    right: str
    name: str


@dataclass(slots=True, kw_only=True)
class Group:
    """Places that belong together."""

    label: Words
    places: list[dict[str, Any]] = field(default_factory=list)


_GROUPS: tuple[tuple[Words, tuple[Place, ...]], ...] = (
    (
        _("People"),
        (
            Place(
                here="members",
                label=_("Members"),
                icon="users",
                right="members.see",
                name="network_member_changelist",
            ),
            Place(
                here="persons",
                label=_("Persons"),
                icon="user",
                right="people.see",
                name="people_person_changelist",
            ),
            Place(
                here="orders",
                label=_("Orders"),
                icon="shopping-bag",
                right="orders.see",
                name="orders_order_changelist",
            ),
        ),
    ),
    (
        _("What we sell"),
        (
            Place(
                here="products",
                label=_("Products and prices"),
                icon="package",
                right="catalog.see",
                name="catalog_product_changelist",
            ),
        ),
    ),
    (
        _("Pay"),
        (
            Place(
                here="periods",
                label=_("Periods"),
                icon="calendar",
                right="periods.see",
                name="commissions_period_changelist",
            ),
            Place(
                here="adjustments",
                label=_("Adjustments"),
                icon="refresh",
                right="periods.see",
                name="commissions_adjustment_changelist",
            ),
            Place(
                here="corrections",
                label=_("Corrections by hand"),
                icon="receipt",
                right="ledger.see",
                name="commissions_correctionsheet_changelist",
            ),
            Place(
                here="closing",
                label=_("Automatic closing"),
                icon="refresh",
                right="periods.see",
                name="commissions_calendar_changelist",
            ),
            Place(
                here="standing-approvals",
                label=_("Standing approvals"),
                icon="check",
                right="periods.see",
                name="commissions_standingapproval_changelist",
            ),
            Place(
                here="plans",
                label=_("Plan versions"),
                icon="file-text",
                right="plans.see",
                name="plans_planversion_changelist",
            ),
            Place(
                here="rates",
                label=_("Rates of exchange"),
                icon="coins",
                right="rates.see",
                name="ledger_ratesheet_changelist",
            ),
        ),
    ),
    (
        pgettext_lazy("of account", "Books"),
        (
            Place(
                here="accounts",
                label=_("Accounts"),
                icon="wallet",
                right="ledger.see",
                name="ledger_account_changelist",
            ),
            Place(
                here="journals",
                label=_("Journals"),
                icon="receipt",
                right="ledger.see",
                name="ledger_journal_changelist",
            ),
            Place(
                here="balance",
                label=_("Trial balance"),
                icon="table",
                right="ledger.see",
                name="trial_balance",
            ),
            Place(
                here="check",
                label=_("Check of the books"),
                icon="shield",
                right="ledger.see",
                name="check_books",
            ),
            Place(
                here="payout-stops",
                label=_("Stops of payouts"),
                icon="ban",
                right="payouts.see",
                name="payouts_stop_changelist",
            ),
        ),
    ),
    (
        _("Company"),
        (
            Place(
                here="audit",
                label=_("Audit log"),
                icon="history",
                right="audit.see",
                name="foundation_auditentry_changelist",
            ),
            Place(
                here="logins",
                label=_("Logins and roles"),
                icon="key",
                right="roles.grant",
                name="people_login_changelist",
            ),
            Place(
                here="messages",
                label=_("Messages between parts"),
                icon="inbox",
                right="outbox.mend",
                name="foundation_delivery_changelist",
            ),
            Place(
                here="company",
                label=_("Settings of the company"),
                icon="settings",
                right="company.configure",
                name="company",
            ),
        ),
    ),
)


def groups(site: Any, request: HttpRequest) -> list[Group]:
    """Give the groups with the places that whoever asks may open; empty groups are left out."""
    found = []
    for label, places in _GROUPS:
        group = Group(label=label)
        for place in places:
            if may(request, place.right):
                group.places.append(
                    {
                        "here": place.here,
                        "label": place.label,
                        "icon": place.icon,
                        "href": reverse(f"{site.name}:{place.name}"),
                    }
                )
        if group.places:
            found.append(group)
    return found
