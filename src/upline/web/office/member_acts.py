"""What is done to members: frozen, thawed, terminated, moved, merged, given a rank, looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from upline.foundation import clock
from upline.foundation.models import Company
from upline.network import queries as network
from upline.network import services
from upline.network.models import Member, RankGrant, Status, Tree
from upline.web.office import ranks
from upline.web.office.acts import Act, Doing, Reasoned
from upline.web.office.cells import Cell, Section, Words, facts
from upline.web.office.fields import DayField, MemberField
from upline.web.office.member_card import link_to
from upline.web.office.person_acts import reveal
from upline.web.office.places import countries, country_name
from upline.web.shared.templatetags.formats import day


def today() -> date:
    """Give the company's day."""
    zone = Company.objects.values_list("time_zone", flat=True).first()
    return clock.today(zone or "UTC")


class FromADay(Reasoned):
    """Something that holds from a day on."""

    effective_on = DayField(
        label=_("Takes effect on"),
        initial=today,
        help_text=_("Within an open period it counts for the whole of it."),
    )


def _is_active(member: Member) -> bool:
    return bool(member.status in (Status.ACTIVE, Status.HOLDING))


def _is_frozen(member: Member) -> bool:
    return bool(member.status == Status.FROZEN)


def _is_there(member: Member) -> bool:
    return bool(member.status != Status.TERMINATED)


def _freeze(doing: Doing) -> Words:
    services.freeze(
        member_id=doing.subject.pk,
        effective_on=doing.entries["effective_on"],
        reason=doing.reason,
    )
    return _("The member is frozen.")


def _thaw(doing: Doing) -> Words:
    services.unfreeze(
        member_id=doing.subject.pk,
        effective_on=doing.entries["effective_on"],
        reason=doing.reason,
    )
    return _("The member is no longer frozen.")


class Leaving(FromADay):
    """From when on, and what becomes of places in trees, where the company has any."""

    positions = forms.ChoiceField(
        label=_("Places in trees of the one that ends"),
        choices=[
            ("keep", _("Stay, as places of nobody")),
            ("vacate", _("Are freed, or taken by the one who stands below")),
        ],
        widget=forms.RadioSelect,
        initial="keep",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not Tree.objects.exists():
            del self.fields["positions"]


def _terminate(doing: Doing) -> Words:
    services.terminate(
        member_id=doing.subject.pk,
        effective_on=doing.entries["effective_on"],
        reason=doing.reason,
        positions=doing.entries.get("positions", "keep"),
    )
    return _("The membership is terminated.")


def _terminate_shown(doing: Doing) -> Sequence[Section]:
    card = network.member_card(doing.request.user, doing.subject.pk)
    heir = next((one for one in card.uplines if one.status != Status.TERMINATED), None)
    return [
        facts(
            _("What happens"),
            (_("Member"), link_to(card.facts)),
            (_("Sponsored by this member"), card.facts.first_level),
            (_("They go to"), link_to(heir) if heir else Cell(_("Nobody: they stand at the top"))),
            (_("Everybody below"), card.facts.total),
        )
    ]


class MoveForm(FromADay):
    sponsor = MemberField(label=_("New sponsor"))


def _move(doing: Doing) -> Words:
    services.move_sponsor(
        member_id=doing.subject.pk,
        sponsor_id=doing.entries["sponsor"].id,
        effective_on=doing.entries["effective_on"],
        reason=doing.reason,
    )
    return _("The member is moved, with everybody below.")


def _move_shown(doing: Doing) -> Sequence[Section]:
    card = network.member_card(doing.request.user, doing.subject.pk)
    since = max(doing.entries["effective_on"], doing.subject.joined_on)
    return [
        facts(
            _("What happens"),
            (_("Member"), link_to(card.facts)),
            (_("Sponsor until now"), link_to(card.uplines[0] if card.uplines else None)),
            (_("New sponsor"), link_to(doing.entries["sponsor"])),
            (_("Takes effect"), since),
            (_("Moves with this member"), card.facts.total),
        )
    ]


class CountryForm(Reasoned):
    country = forms.ChoiceField(label=_("Country"), choices=countries)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].initial = self.subject.country


def _change_country(doing: Doing) -> Words:
    country = doing.entries["country"]
    is_changed = services.change_country(
        member_id=doing.subject.pk, country=country, reason=doing.reason
    )
    return _("The country is changed.") if is_changed else _("It is this country already.")


def _country_shown(doing: Doing) -> Sequence[Section]:
    return [
        facts(
            _("What happens"),
            (_("Member"), Cell(doing.subject.code, is_code=True)),
            (_("Country until now"), country_name(doing.subject.country)),
            (_("New country"), country_name(doing.entries["country"])),
            note=_("Frozen and closed periods keep the country that they were computed with."),
        )
    ]


class RankForm(Reasoned):
    """A rank by decision, for a time."""

    rank = forms.ChoiceField(label=_("Rank"), choices=ranks.choices)
    from_on = DayField(label=_("From"), initial=today)
    until_on = DayField(
        label=_("Until"),
        required=False,
        help_text=_("The first day on which it holds no more. Empty: for good."),
    )


def _propose(doing: Doing) -> Words:
    entries = doing.entries
    draft = services.RankGrantDraft(
        member_id=doing.subject.pk,
        rank=entries["rank"],
        from_on=entries["from_on"],
        until_on=entries["until_on"],
        reason=doing.reason,
    )
    services.propose_rank(draft=draft, proposed_by=doing.login_id)
    return _("The rank is proposed. It holds when another person has approved it.")


def _waiting(member: Member) -> Any:
    return RankGrant.objects.filter(member=member, approved_at__isnull=True).order_by("pk")


def _holding(member: Member) -> Any:
    """Give the approved ranks that hold now, or will."""
    lasts = Q(span__upper_inf=True) | Q(span__endswith__gt=today())
    return RankGrant.objects.filter(lasts, member=member, approved_at__isnull=False).order_by("pk")


def _listed(grants: Any) -> list[tuple[int, str]]:
    return [(one.pk, f"{one.rank} · {day(one.span.lower)} · {one.reason}") for one in grants]


class ApproveRankForm(Reasoned):
    """Which of the proposed ranks is approved; the reason was given with the proposal."""

    grant = forms.TypedChoiceField(label=_("Proposal"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]
        self.fields["grant"].choices = _listed(_waiting(self.subject))


def _approve_rank(doing: Doing) -> Words:
    services.grant_rank(grant_id=doing.entries["grant"], approved_by=doing.login_id)
    return _("The rank is approved.")


class EndRankForm(Reasoned):
    """Which of the granted ranks ends, and from when on it holds no more."""

    grant = forms.TypedChoiceField(label=_("Rank"), coerce=int)
    until_on = DayField(
        label=_("Until"),
        initial=today,
        help_text=_("The first day on which it holds no more."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grant"].choices = _listed(_holding(self.subject))


def _end_rank(doing: Doing) -> Words:
    entries = doing.entries
    services.end_rank_grant(
        grant_id=entries["grant"], until_on=entries["until_on"], reason=doing.reason
    )
    return _("The granted rank ends.")


class MergeForm(Leaving):
    """Into which other position of the same holders it goes."""

    kept = MemberField(label=_("Position that is kept"))


def _merge(doing: Doing) -> Words:
    services.merge_positions(
        kept_id=doing.entries["kept"].id,
        double_id=doing.subject.pk,
        effective_on=doing.entries["effective_on"],
        reason=doing.reason,
        positions=doing.entries.get("positions", "keep"),
    )
    return _("The position went up in the other one.")


def _merge_shown(doing: Doing) -> Sequence[Section]:
    card = network.member_card(doing.request.user, doing.subject.pk)
    return [
        facts(
            _("What happens"),
            (_("Ends"), link_to(card.facts)),
            (_("Stays"), link_to(doing.entries["kept"])),
            (_("Sponsored by the one that ends"), card.facts.first_level),
        )
    ]


def _holders_of(doing: Doing) -> list[int]:
    return [one.person_id for one in network.holders_of(doing.subject.pk)]


ACTS = (
    reveal(_holders_of),
    Act(
        name="move",
        label=_("Change the sponsor"),
        right="members.move",
        form=MoveForm,
        does=_move,
        fits=_is_there,
        shows=_move_shown,
    ),
    Act(
        name="country",
        label=_("Change the country"),
        right="members.edit",
        form=CountryForm,
        does=_change_country,
        shows=_country_shown,
        explains=_("The plan may pay by country: in which currency, and at which rates."),
    ),
    Act(
        name="rank",
        label=_("Propose a rank"),
        right="members.edit",
        form=RankForm,
        does=_propose,
        fits=_is_there,
        explains=_("A rank by decision rather than earned. A second person approves it."),
    ),
    Act(
        name="approve-rank",
        label=_("Approve a rank"),
        right="periods.approve",
        form=ApproveRankForm,
        does=_approve_rank,
        fits=lambda member: _waiting(member).exists(),
        is_main=True,
    ),
    Act(
        name="end-rank",
        label=_("End a granted rank"),
        right="members.edit",
        form=EndRankForm,
        does=_end_rank,
        fits=lambda member: _holding(member).exists(),
        explains=_("From that day on the member has the rank that is earned."),
    ),
    Act(
        name="freeze",
        label=_("Freeze"),
        right="members.edit",
        form=FromADay,
        does=_freeze,
        fits=_is_active,
        explains=_("The plan says what a frozen member misses. It can be ended at any time."),
    ),
    Act(
        name="thaw",
        label=_("End the freeze"),
        right="members.edit",
        form=FromADay,
        does=_thaw,
        fits=_is_frozen,
        is_main=True,
    ),
    Act(
        name="merge",
        label=_("Merge into another position"),
        right="members.move",
        form=MergeForm,
        does=_merge,
        fits=_is_there,
        shows=_merge_shown,
        is_grave=True,
        explains=_(
            "For two positions of the same holders. Whom this one sponsors goes to the other, and"
            " this one ends."
        ),
    ),
    Act(
        name="terminate",
        label=_("Terminate"),
        right="members.edit",
        form=Leaving,
        does=_terminate,
        fits=_is_there,
        shows=_terminate_shown,
        is_grave=True,
        explains=_("Ends the membership for good. Whoever comes back is enrolled anew."),
    ),
)
