"""Members: the list with its search, and the card that holds everything about one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from upline.commissions.models import RankHeld
from upline.network import queries as network
from upline.network.models import Holder, Member, RankGrant
from upline.people.models import Login
from upline.web.office import filters, member_acts, ranks, statements, words
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell
from upline.web.office.member_card import card_of
from upline.web.office.places import country_name
from upline.web.office.rights import may
from upline.web.office.screens import guarded
from upline.web.office.site import site

_HITS_AT_MOST = 500


def _of_rank(rows: QuerySet, rank: str) -> QuerySet:
    run = ranks.last_run()
    if run is None:
        return rows.none()
    held = RankHeld.objects.filter(run=run, ladder=ranks.LADDER, rank=rank)
    return rows.filter(pk__in=held.values("member_id"))


def _countries() -> list[tuple[str, str]]:
    return [(code, country_name(code)) for code in sorted(network.present().countries)]


def _login_of(member: Member) -> int | None:
    """Give the login of whoever signs for a position, if there is one that may sign in."""
    signs = Holder.objects.filter(member=member, place=1, span__upper_inf=True).values("person")
    logins = Login.objects.filter(person__in=signs, is_active=True).order_by("pk")
    return logins.values_list("pk", flat=True).first()


@admin.register(Member, site=site)
class Members(OfficeAdmin):
    """The members of the company."""

    sees = "members.see"
    address = "members"
    heading = _("Members")
    lookup = "code"
    empty = _("No member fits. Try fewer words or another filter.")
    search_help_text = _("Name, code, e-mail or telephone")
    search_fields = ("code",)
    ordering = ("-number",)
    sortable_by = ("member", "joined")
    list_display = ("member", "status", "country", "rank", "sponsor", "joined")
    list_select_related = ("sponsor",)
    list_filter = (
        filters.choice("status", _("Status"), words.choices(words.MEMBER)),
        filters.choice("country", _("Country"), _countries),
        filters.choice("rank", _("Rank at the last close"), ranks.choices, _of_rank),
        filters.choice(
            "proposed",
            _("Ranks to be approved"),
            [("yes", _("With a proposal"))],
            lambda rows, _value: rows.filter(
                pk__in=RankGrant.objects.filter(approved_at__isnull=True).values("member")
            ),
        ),
        filters.days("joined", _("Joined"), "joined_on", is_moment=False),
    )
    acts = member_acts.ACTS

    def searched(self, request: HttpRequest, rows: QuerySet, text: str) -> QuerySet:
        """Search in the network: by name in any alphabet, code, e-mail, telephone."""
        language = get_language() or "en"
        hits = network.search_members(request.user, text, language=language, most=_HITS_AT_MOST)
        ids = [hit.member.id for hit in hits]
        found = rows.filter(pk__in=ids)
        if ORDER_VAR not in request.GET:
            # The best first, as the search found them.
            best = Func(
                Value(ids, ArrayField(BigIntegerField())), F("pk"), function="array_position"
            )
            found = found.order_by(best)
        return found

    def prepare(self, request: HttpRequest, rows: Sequence[Member]) -> None:  # noqa: ARG002
        ids = [row.pk for row in rows] + [row.sponsor_id for row in rows if row.sponsor_id]
        known = network.present().names_of(ids)
        names = {one: member.name for one, member in known.items()}
        held = ranks.held_by([row.pk for row in rows])
        for row in rows:
            row.shown = {
                "name": names.get(row.pk, ""),
                "sponsor": names.get(row.sponsor_id, ""),
                "rank": held.get(row.pk, ""),
            }

    @column(_("Member"), order="number")
    def member(self, row: Member) -> Cell:
        return Cell(row.shown["name"] or row.code, note=row.code)

    @column(_("Status"))
    def status(self, row: Member) -> Cell:
        return words.status(words.MEMBER, row.status)

    @column(_("Country"))
    def country(self, row: Member) -> Cell:
        return Cell(country_name(row.country))

    @column(_("Rank"))
    def rank(self, row: Member) -> Cell:
        return Cell(row.shown["rank"])

    @column(_("Sponsor"))
    def sponsor(self, row: Member) -> Cell:
        if row.sponsor is None:
            return Cell("")
        return Cell(
            row.shown["sponsor"] or row.sponsor.code,
            note=row.sponsor.code,
            href=self.address_at("card", row.sponsor.code),
        )

    @column(_("Joined"), order="joined_on")
    def joined(self, row: Member) -> Cell:
        return Cell(row.joined_on)

    def card(self, request: HttpRequest, subject: Any) -> Card:
        return card_of(self, request, subject)

    def more_urls(self) -> Sequence[URLPattern]:
        view = guarded(self.by_number, self.sees)
        return (
            path("by-number/<int:number>/", view, name=self.name_of("by_number")),
            *statements.urls(self),
        )

    def offered(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        """Give the acts, and the way to see what the member sees."""
        found = super().offered(request, subject)
        if subject is not None and may(request, "logins.stand_in"):
            login = _login_of(subject)
            if login is not None:
                href = reverse("accounts:stand_in", args=[login])
                label = _("See what the member sees")
                found.insert(0, {"label": label, "href": href, "is_grave": False, "is_main": False})
        return found

    def by_number(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002
        """Find the card of a member as the audit log names him."""
        code = Member.objects.filter(pk=number).values_list("code", flat=True).first()
        if code is None:
            raise Http404
        return redirect(self.address_at("card", code))
