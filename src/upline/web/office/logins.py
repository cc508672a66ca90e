"""Logins: who may sign in, with which roles, and the second factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from upline.network.models import Holder
from upline.people.models import Login, RoleGrant
from upline.web.office import filters, words
from upline.web.office.audit import actors_of
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Rows, Section, Tab, facts
from upline.web.office.login_acts import ACTS, has_second_factor
from upline.web.office.reason_words import reason_in_words
from upline.web.office.site import site
from upline.web.office.trail import trail_of


def _of_role(rows: QuerySet, value: str) -> QuerySet:
    grants = RoleGrant.objects.filter(role=value, withdrawn_at__isnull=True)
    return rows.filter(pk__in=grants.values("login"))


@admin.register(Login, site=site)
class LoginsOfTheCompany(OfficeAdmin):
    """What people sign in with."""

    sees = "roles.grant"
    address = "logins"
    heading = _("Logins and roles")
    explains = _("Roles decide what a login may see and do. Staff sign in with a second factor.")
    empty = _("No login fits.")
    ordering = ("email",)
    search_fields = ("email",)
    search_help_text = _("Beginning of the e-mail")
    list_display = ("login", "state", "roles", "last", "opened")
    list_filter = (
        filters.choice("role", _("Role"), words.choices(words.ROLE), _of_role),
        filters.choice(
            "state",
            _("State"),
            [("open", _("May sign in")), ("closed", _("Closed"))],
            lambda rows, value: rows.filter(is_active=value == "open"),
        ),
    )
    acts = ACTS

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        grants = Prefetch("role_grants", queryset=RoleGrant.objects.order_by("role"))
        return super().get_queryset(request).select_related("person").prefetch_related(grants)

    def searched(self, request: HttpRequest, rows: QuerySet, text: str) -> QuerySet:  # noqa: ARG002
        """Find logins by the beginning of their e-mail."""
        return rows.filter(email__startswith=text.lower())

    @column(_("Login"))
    def login(self, row: Login) -> Cell:
        return Cell(
            row.email, note=str(row.person) if row.person else "", href=self.address_of(row)
        )

    @column(_("State"))
    def state(self, row: Login) -> Cell:
        if row.is_active:
            return Cell(_("May sign in"), tone="success")
        return Cell(_("Closed"), tone="error")

    @column(_("Roles"))
    def roles(self, row: Login) -> Cell:
        return Cell([words.word(words.ROLE, role) for role in sorted(row.roles)])

    @column(_("Signed in last"))
    def last(self, row: Login) -> Cell:
        return Cell(row.last_login)

    @column(_("Opened"))
    def opened(self, row: Login) -> Cell:
        return Cell(row.created_at)

    def card(self, request: HttpRequest, subject: Any) -> Card:  # noqa: ARG002
        return Card(
            title=subject.email,
            subtitle=str(subject.person) if subject.person else "",
            status=self.state(subject),
            tabs=(
                Tab(name="", label=_("Roles"), sections=lambda: self._overview(subject)),
                Tab(
                    name="trail",
                    label=_("What was done to it"),
                    sections=lambda: [trail_of([f"login:{subject.pk}"])],
                ),
            ),
        )

    def _overview(self, login: Login) -> list[Section]:
        has_factor = has_second_factor(login)
        return [
            facts(
                _("Login"),
                (_("E-mail"), login.email),
                (_("State"), self.state(login)),
                (
                    _("Second factor"),
                    Cell(_("Set up"), tone="success")
                    if has_factor
                    else Cell(_("Missing"), tone="warning"),
                ),
                (_("Signed in last"), login.last_login),
                (_("Opened"), login.created_at),
            ),
            _grants(login),
            _positions(login),
        ]


def _grants(login: Login) -> Section:
    grants = list(login.role_grants.order_by("-granted_at"))
    named = actors_of([f"login:{one.granted_by_id}" for one in grants if one.granted_by_id])
    return Rows(
        title=_("Roles"),
        heads=[_("Role"), _("Granted"), _("By"), _("Reason"), _("Withdrawn")],
        rows=[
            [
                Cell(words.word(words.ROLE, one.role)),
                Cell(one.granted_at),
                Cell(named.get(f"login:{one.granted_by_id}", "")),
                Cell(reason_in_words(one.reason)),
                Cell(one.withdrawn_at),
            ]
            for one in grants
        ],
        empty=_("This login has no role and sees nothing."),
    )


def _positions(login: Login) -> Section:
    held: Sequence[Holder] = []
    if login.person_id is not None:
        held = list(
            Holder.objects.filter(person=login.person_id, span__upper_inf=True)
            .select_related("member")
            .order_by("member__number")
        )
    members = site.get_model_admin(held[0].member.__class__) if held else None
    return Rows(
        title=_("Positions"),
        heads=[_("Member"), _("Status")],
        rows=[
            [
                Cell(one.member.code, href=members.address_of(one.member)),
                words.status(words.MEMBER, one.member.status),
            ]
            for one in held
            if members is not None
        ],
        empty=_("Nobody of the network signs in with it."),
    )
