"""The card of a member: everything that the company knows, by tabs, each asked for when open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from upline.commissions import queries as commissions
from upline.network import queries as network
from upline.network.cards import Days, MemberCard
from upline.network.genealogy import TeamMember
from upline.network.models import Member
from upline.orders import queries as orders
from upline.orders.models import Order
from upline.people import queries as people
from upline.people.models import Person
from upline.web.office import words
from upline.web.office.cells import Card, Cell, Rows, Section, Tab, facts
from upline.web.office.person_sections import person_sections
from upline.web.office.places import country_name
from upline.web.office.reason_words import reason_in_words
from upline.web.office.rights import may
from upline.web.office.site import site
from upline.web.office.trail import trail_tabs
from upline.web.office.wallet_sections import account_sections, wallet_sections
from upline.web.shared import formats

_ORDERS_SHOWN = 50
_STATEMENTS_SHOWN = 24
_UPLINES_SHOWN = 40


def card_of(admin: Any, request: HttpRequest, member: Member) -> Card:
    """Give the card of a member, with the tabs that whoever asks may open."""
    known = network.present().names_of([member.pk]).get(member.pk)
    tabs = [
        Tab(name="", label=_("Overview"), sections=lambda: _overview(admin, request, member)),
        Tab(name="history", label=_("History"), sections=lambda: _history(request, member)),
    ]
    if may(request, "people.see"):
        tabs.append(
            Tab(name="persons", label=_("Persons"), sections=lambda: _persons(request, member))
        )
    if may(request, "orders.see"):
        tabs.append(
            Tab(name="orders", label=_("Orders"), sections=lambda: _orders(request, member))
        )
    if may(request, "periods.see"):
        tabs.append(
            Tab(name="pay", label=_("Statements"), sections=lambda: _statements(request, member))
        )
    if may(request, "payouts.see"):
        tabs.append(
            Tab(name="wallet", label=_("Wallet"), sections=lambda: wallet_sections(request, member))
        )
    if may(request, "ledger.see"):
        tabs.append(
            Tab(name="books", label=_("Accounts"), sections=lambda: account_sections(member))
        )
    tabs += trail_tabs(request, lambda: _subjects(member))
    return Card(
        title=known.name if known and known.name else member.code,
        subtitle=member.code,
        status=words.status(words.MEMBER, member.status),
        tabs=tabs,
    )


def link_to(member: TeamMember | None) -> Cell:
    """Give a member as a cell: the name, the code, the way to the card."""
    if member is None:
        return Cell("")
    href = site.get_model_admin(Member).address_at("card", member.code)
    return Cell(member.name or member.code, note=member.code, href=href)


def _days(days: Days) -> list[Cell]:
    return [Cell(days.from_on), Cell(days.until_on)]


def _overview(admin: Any, request: HttpRequest, member: Member) -> Sequence[Section]:
    card = network.member_card(request.user, member.pk)
    admin.prepare(request, [member])
    here = card.facts
    sections: list[Section] = [
        facts(
            _("Member"),
            (_("Code"), Cell(member.code, is_code=True)),
            (_("Number"), member.number),
            (_("Status"), words.status(words.MEMBER, member.status)),
            (_("Rank at the last close"), member.shown["rank"]),
            (_("Joined"), member.joined_on),
            (_("Country"), country_name(member.country)),
            (_("Sponsor"), link_to(card.uplines[0] if card.uplines else None)),
            (_("Went up in"), link_to(card.merged_into)),
        ),
        facts(
            _("Team"),
            (_("First level"), here.first_level),
            (_("Everybody below"), here.total),
            (_("Levels above"), card.level),
        ),
        _holders(request, card),
        Rows(
            title=_("Who stands above"),
            heads=[_("Level"), _("Member"), _("Status"), _("Country")],
            rows=[
                [
                    Cell(level),
                    link_to(one),
                    words.status(words.MEMBER, one.status),
                    Cell(country_name(one.country)),
                ]
                for level, one in enumerate(card.uplines[:_UPLINES_SHOWN], start=1)
            ],
            empty=_("Nobody: this member stands at the top."),
        ),
    ]
    return sections


def _holders(request: HttpRequest, card: MemberCard) -> Section:
    persons = site.get_model_admin(Person) if may(request, "people.see") else None
    return Rows(
        title=_("Whose it is"),
        heads=[_("Person"), _("Share"), _("How"), _("From"), _("Until")],
        rows=[
            [
                Cell(
                    one.name,
                    note=words.person_number(one.person_id),
                    href=persons.address_at("card", one.person_id) if persons else "",
                ),
                Cell(f"{one.share.numerator}/{one.share.denominator}" if one.share != 1 else "1"),
                Cell(words.word(words.HOW_HELD, one.how)),
                *_days(one.days),
            ]
            for one in card.holders
        ],
    )


def _history(request: HttpRequest, member: Member) -> Sequence[Section]:
    history = network.member_history(request.user, member.pk)
    return [
        Rows(
            title=_("Sponsors"),
            heads=[_("Sponsor"), _("From"), _("Until")],
            rows=[[link_to(one.sponsor), *_days(one.days)] for one in history.sponsorships],
            empty=_("This member had no sponsor."),
        ),
        Rows(
            title=_("Status"),
            heads=[_("Status"), _("From"), _("Until"), _("Reason")],
            rows=[
                [
                    words.status(words.MEMBER, one.status),
                    *_days(one.days),
                    Cell(reason_in_words(one.reason)),
                ]
                for one in history.standings
            ],
            empty=_("Always active."),
        ),
        Rows(
            title=_("Ranks by decision"),
            heads=[_("Rank"), _("From"), _("Until"), _("Reason"), _("Approved")],
            rows=[
                [
                    Cell(one.rank),
                    *_days(one.days),
                    Cell(reason_in_words(one.reason)),
                    Cell(_("Yes"), tone="success")
                    if one.approved_by
                    else Cell(_("Waits for a second person"), tone="warning"),
                ]
                for one in history.rank_grants
            ],
            empty=_("No rank was given by decision."),
        ),
        Rows(
            title=_("Places in trees"),
            heads=[_("Tree"), _("Under"), _("Slot"), _("From"), _("Until")],
            rows=[
                [
                    Cell(one.tree, is_code=True),
                    link_to(one.parent),
                    Cell(one.slot),
                    *_days(one.days),
                ]
                for one in history.placements
            ],
            empty=_("No place in a placement tree."),
        ),
        Rows(
            title=_("Waiting for a place"),
            heads=[_("Tree"), _("Since"), _("Deadline"), _("Ended")],
            rows=[
                [
                    Cell(one.tree, is_code=True),
                    Cell(one.since_on),
                    Cell(one.deadline_on),
                    Cell(one.ended_on),
                ]
                for one in history.waits
            ],
            empty=_("This member does not wait."),
        ),
    ]


def _persons(request: HttpRequest, member: Member) -> Sequence[Section]:
    sections: list[Section] = []
    for holder in network.holders_of(member.pk):
        sections += person_sections(people.person_card(holder.person_id), request)
    return sections


def _orders(request: HttpRequest, member: Member) -> Sequence[Section]:
    wanted = orders.OrderFilter(member_id=member.pk)
    page = orders.order_list(viewer=request.user, wanted=wanted, size=_ORDERS_SHOWN)
    admin = site.get_model_admin(Order)
    more = None
    if page.following:
        more = Cell(
            _("All orders of this member"),
            href=f"{admin.address_at('changelist')}?member={member.code}",
        )
    return [
        Rows(
            title=_("Orders"),
            heads=[_("Order"), _("Status"), _("Kind"), _("Amount"), _("Refunded"), _("Placed")],
            rows=[
                [
                    Cell(one.number, is_code=True, href=admin.address_at("card", one.number)),
                    words.status(words.ORDER, one.status),
                    Cell(words.word(words.KIND_OF_ORDER, one.kind)),
                    Cell(one.gross),
                    Cell(one.refunded if one.refunded.minor else None),
                    Cell(one.placed_at),
                ]
                for one in page.rows
            ],
            figures=(3, 4),
            empty=_("No order is credited to this member."),
            more=more,
        )
    ]


def _statements(request: HttpRequest, member: Member) -> Sequence[Section]:
    found = commissions.statements(
        viewer=request.user,
        member=member.code,
        language=get_language() or "en",
        first=0,
        most=_STATEMENTS_SHOWN,
    )
    admin = site.get_model_admin(Member)
    return [
        Rows(
            title=_("Statements"),
            heads=[
                _("Period"),
                _("State"),
                _("Pay"),
                pgettext_lazy("difference", "Change"),
                _("Rank"),
            ],
            rows=[
                [
                    Cell(
                        formats.period(one.first_on, one.last_on, get_language() or "en"),
                        href=admin.address_at(
                            "statement", member.code, f"{one.calendar}:{one.label}"
                        ),
                    ),
                    words.status(words.PERIOD, one.state),
                    Cell(one.pay),
                    Cell(one.change),
                    Cell(one.rank),
                ]
                for one in found.rows
            ],
            figures=(2, 3),
            empty=_("No period was computed yet."),
        )
    ]


def _subjects(member: Member) -> list[str]:
    holders = network.holders_of(member.pk)
    return [f"member:{member.pk}", *(f"person:{one.person_id}" for one in holders)]
