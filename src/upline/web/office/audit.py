"""The audit log: who did what to what, when and why, and what it was before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from upline.foundation.models import AuditEntry
from upline.people.models import Login
from upline.web.office import filters, words
from upline.web.office.act_words import ACTS
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Rows, facts, only
from upline.web.office.changed_words import ACTORS, field_cell, value_cell
from upline.web.office.reason_words import reason_in_words
from upline.web.office.site import site


def _by_actor(rows: QuerySet, value: str) -> QuerySet:
    logins = Login.objects.filter(email__istartswith=value.lower()).values_list("pk", flat=True)
    actors = [f"login:{pk}" for pk in logins[:100]]
    return rows.filter(Q(actor__in=actors) | Q(actor=value))


@admin.register(AuditEntry, site=site)
class AuditLog(OfficeAdmin):
    """What was done, appended and never changed."""

    sees = "audit.see"
    address = "audit"
    heading = _("Audit log")
    explains = _("Every act that somebody answers for. Nothing here is ever changed or removed.")
    empty = _("Nothing of this kind was done.")
    ordering = ("-id",)
    list_display = ("moment", "act", "subject", "actor", "reason")
    list_filter = (
        filters.choice(
            "act",
            _("Act"),
            lambda: sorted(((code, str(said)) for code, said in ACTS.items()), key=lambda x: x[1]),
        ),
        filters.written("actor", _("Login (e-mail)"), _by_actor),
        filters.written(
            "subject",
            _("Subject (as order:A-17)"),
            lambda rows, value: rows.filter(subject=value),
        ),
        filters.days("on", _("Day"), "recorded_at"),
    )

    def prepare(self, request: HttpRequest, rows: Sequence[AuditEntry]) -> None:  # noqa: ARG002
        named = actors_of([row.actor for row in rows])
        for row in rows:
            row.said_actor = named[row.actor]

    @column(_("Moment"))
    def moment(self, row: AuditEntry) -> Cell:
        return Cell(row.recorded_at)

    @column(_("Act"))
    def act(self, row: AuditEntry) -> Cell:
        return Cell(ACTS.get(row.act, row.act), href=self.address_of(row))

    @column(_("Subject"))
    def subject(self, row: AuditEntry) -> Cell:
        return subject_of(row.subject)

    @column(_("Who"))
    def actor(self, row: AuditEntry) -> Cell:
        return Cell(row.said_actor)

    @column(_("Reason"))
    def reason(self, row: AuditEntry) -> Cell:
        return Cell(reason_in_words(row.reason))

    def card(self, request: HttpRequest, subject: AuditEntry) -> Card:
        self.prepare(request, [subject])
        return Card(
            title=ACTS.get(subject.act, subject.act),
            tabs=only(
                facts(
                    _("What was done"),
                    (_("Moment"), subject.recorded_at),
                    (_("Who"), subject.said_actor),
                    (_("Subject"), subject_of(subject.subject)),
                    (_("Reason"), reason_in_words(subject.reason)),
                    (_("Act"), Cell(subject.act, is_code=True)),
                    (_("Request"), Cell(subject.request_id, is_code=True)),
                ),
                changes(subject),
            ),
        )


def changes(entry: AuditEntry) -> Rows:
    """Give what an act changed: each field before and after."""
    before, after = entry.before or {}, entry.after or {}
    names = list(dict.fromkeys([*before, *after]))
    told = [str(each.get(name) or "") for each in (before, after) for name in ACTORS]
    actors = actors_of([one for one in told if one])

    def value(each: Mapping[str, Any], name: str) -> Cell:
        return value_cell(name, each.get(name), subject=entry.subject, actors=actors)

    return Rows(
        title=_("Before and after"),
        heads=[_("Field"), _("Before"), _("After")],
        rows=[[field_cell(name), value(before, name), value(after, name)] for name in names],
        empty=_("This act tells no figures."),
    )


def actors_of(actors: Sequence[str]) -> Mapping[str, Any]:
    """Give actors in words: logins by their e-mail, programs as what they are; one query."""
    numbers = {
        int(actor.removeprefix("login:"))
        for actor in actors
        if actor.startswith("login:") and actor.removeprefix("login:").isdigit()
    }
    mails = dict(Login.objects.filter(pk__in=numbers).values_list("pk", "email")) if numbers else {}
    return {actor: _actor(actor, mails) for actor in actors}


def _actor(actor: str, mails: Mapping[int, str]) -> Any:
    kind, _colon, rest = actor.partition(":")
    if kind == "login":
        return mails.get(int(rest), actor) if rest.isdigit() else actor
    if kind == "standing":
        return _("Standing approval %(number)s") % {"number": rest}
    programs = {
        "schedule": _("Automatic closing"),
        "worker": _("Background work"),
        "system": _("The system"),
        "visitor": _("A visitor"),
        "command": _("A command"),
    }
    return programs.get(kind, actor)


# Which screen shows a subject, and by what it is named there.
_SCREENS = {
    "person": "people_person_card",
    "order": "orders_order_card",
    "period": "commissions_period_card",
    "plan": "plans_planversion_card",
    "ratesheet": "ledger_ratesheet_card",
    "standing": "commissions_standingapproval_card",
    "adjustment": "commissions_adjustment_card",
    "corrections": "commissions_correctionsheet_card",
    "login": "people_login_card",
    "delivery": "foundation_delivery_card",
    "payout_stop": "payouts_stop_card",
}


def subject_of(subject: str) -> Cell:
    """Give the subject of an act in words, with the way to its card."""
    kind, _colon, number = subject.partition(":")
    label = words.SUBJECT.get(kind)
    if label is None:
        return Cell(subject, is_code=True)
    screen = _SCREENS.get(kind)
    href = reverse(f"{site.name}:{screen}", args=[number]) if screen and number else ""
    if kind == "member" and number.isdigit():
        href = reverse(f"{site.name}:network_member_by_number", args=[number])
    return Cell(label[0], note=number, href=href)
