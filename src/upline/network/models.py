"""Members, the trees in which they stand, and the history of both.

What holds from a day to a day carries a `span`, a range of days half-open. One thing holds at a
time: closed spans are kept apart by an exclusion constraint, open ones by a unique index, and the
two kinds from each other by a trigger. One exclusion constraint over both would say it in one line,
and takes longer to build for a million members than everything else of a load together.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Upper

from upline.foundation import clock
from upline.people.models import Login, Person


class Status(models.TextChoices):
    """What a member may be today. One in a holding place waits for a position in some tree."""

    ACTIVE = "active"
    FROZEN = "frozen"
    TERMINATED = "terminated"
    HOLDING = "holding"


def _start() -> Func:
    return Func(F("span"), function="lower", output_field=models.DateField())


def _spans(name: str) -> list[Any]:
    """Refuse a span without a first day, and one without any day."""
    return [
        models.CheckConstraint(
            condition=Q(span__isempty=False) & Q(span__lower_inf=False), name=f"{name}_span_filled"
        )
    ]


def _one_at_a_time(name: str, *keys: str, also: Q | None = None) -> list[Any]:
    """Refuse two rows at a time for these keys: see the top of the module, and the triggers."""
    rule = also if also is not None else Q()
    return [
        ExclusionConstraint(
            name=f"{name}_past",
            expressions=[
                *((key, RangeOperators.EQUAL) for key in keys),
                ("span", RangeOperators.OVERLAPS),
            ],
            condition=rule & Q(span__upper_inf=False),
        ),
        models.UniqueConstraint(
            fields=keys, condition=rule & Q(span__upper_inf=True), name=f"{name}_open"
        ),
    ]


class Member(models.Model):
    """A position in the network. One person may hold several, and several persons one."""

    # Ties in pay are broken by it: it rises in the order of joining and is never given twice.
    number = models.BigIntegerField(unique=True)
    code = models.CharField(max_length=40)
    # Status and sponsor are those of today; the history below gives those of any day.
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    sponsor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="sponsored"
    )
    joined_on = models.DateField()
    country = models.CharField(max_length=2)
    # A position given up because its person held another: whose it went up in.
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        db_index=False,
    )
    recorded_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(Upper("code"), name="network_member_code_unique"),
            models.CheckConstraint(condition=~Q(code=""), name="network_member_code_given"),
            models.CheckConstraint(
                condition=Q(country__regex="^[A-Z]{2}$"), name="network_member_country_two_letters"
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="network_member_status_known"
            ),
            models.CheckConstraint(
                condition=Q(sponsor__isnull=True) | ~Q(sponsor=F("id")),
                name="network_member_sponsor_another",
            ),
        ]

    def __str__(self) -> str:
        return f"member {self.code}"


class Sponsorship(models.Model):
    """Who sponsors whom from when to when. No row, no sponsor."""

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="sponsorships", db_index=False
    )
    sponsor = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    span = DateRangeField()

    class Meta:
        constraints = [
            *_spans("network_sponsorship"),
            *_one_at_a_time("network_sponsorship_one", "member"),
            models.UniqueConstraint(F("member"), _start(), name="network_sponsorship_start"),
            models.CheckConstraint(
                condition=~Q(member=F("sponsor")), name="network_sponsorship_another"
            ),
        ]

    def __str__(self) -> str:
        return f"sponsor {self.sponsor_id} of member {self.member_id}, {self.span}"


class Tree(models.Model):
    """A placement tree: so many numbered slots under each member."""

    class Kind(models.TextChoices):
        BINARY = "binary"
        MATRIX = "matrix"

    class Rule(models.TextChoices):
        """Where somebody goes for whom no slot was named."""

        OUTER = "outer"
        WEAKER = "weaker"
        BALANCED = "balanced"
        FIRST_FREE = "first_free"

    # It names columns: `binary_parent`, `binary_side`.
    code = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    width = models.PositiveSmallIntegerField()
    # How long somebody may wait in the holding place, and the rule that then places them.
    holding_days = models.PositiveSmallIntegerField(default=0)
    holding_rule = models.CharField(max_length=10, choices=Rule.choices, default=Rule.FIRST_FREE)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex="^[a-z][a-z0-9_]*$"), name="network_tree_code_plain"
            ),
            models.CheckConstraint(
                condition=Q(kind="binary", width=2) | Q(kind="matrix", width__gte=1),
                name="network_tree_width_of_kind",
            ),
            # A weaker leg needs a figure, and a task at night has nobody to give it.
            models.CheckConstraint(
                condition=Q(holding_rule__in=["outer", "balanced", "first_free"]),
                name="network_tree_holding_rule_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} tree {self.code}"


class Placement(models.Model):
    """Under whom and in which slot a member stands in a tree; a root has neither."""

    tree = models.ForeignKey(Tree, on_delete=models.PROTECT, related_name="+", db_index=False)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="placements", db_index=False
    )
    parent = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    slot = models.PositiveSmallIntegerField(null=True)
    span = DateRangeField()

    class Meta:
        constraints = [
            *_spans("network_placement"),
            *_one_at_a_time("network_placement_one", "tree", "member"),
            *_one_at_a_time(
                "network_placement_slot", "tree", "parent", "slot", also=Q(parent__isnull=False)
            ),
            models.UniqueConstraint(
                F("member"), F("tree"), _start(), name="network_placement_start"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, slot__isnull=True)
                | Q(parent__isnull=False, slot__gte=1),
                name="network_placement_slot_with_parent",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(member=F("parent")),
                name="network_placement_another",
            ),
        ]

    def __str__(self) -> str:
        return f"member {self.member_id} under {self.parent_id} slot {self.slot}, {self.span}"


class Waiting(models.Model):
    """A member in the holding place of a tree, until when, and when they got their position."""

    tree = models.ForeignKey(Tree, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="waits")
    since_on = models.DateField()
    deadline_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tree", "member"], name="network_waiting_once"),
            models.CheckConstraint(
                condition=Q(deadline_on__gte=F("since_on")), name="network_waiting_deadline_after"
            ),
        ]
        indexes = [
            models.Index(
                fields=["deadline_on"],
                condition=Q(ended_on__isnull=True),
                name="network_waiting_due",
            )
        ]

    def __str__(self) -> str:
        return f"member {self.member_id} waits until {self.deadline_on}"


class Standing(models.Model):
    """When a member was anything but active. No row on a day: active."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="standings")
    status = models.CharField(max_length=10, choices=Status.choices)
    span = DateRangeField()
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            *_spans("network_standing"),
            ExclusionConstraint(
                name="network_standing_one",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(status__in=["frozen", "terminated", "holding"]),
                name="network_standing_not_active",
            ),
        ]

    def __str__(self) -> str:
        return f"member {self.member_id} {self.status}, {self.span}"


class Holder(models.Model):
    """Whose a position is from when to when, and for which share of it.

    Those of one day have places 1, 2, ... and shares that sum to one: a deferred trigger checks
    it. The first is the one who signs.
    """

    class Reason(models.TextChoices):
        ENROLLED = "enrolled"
        SOLD = "sold"
        INHERITED = "inherited"
        SHARED = "shared"
        CORRECTED = "corrected"

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="holders", db_index=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField(default=1)
    share_numerator = models.PositiveIntegerField(default=1)
    share_denominator = models.PositiveIntegerField(default=1)
    how = models.CharField(max_length=10, choices=Reason.choices, default=Reason.ENROLLED)
    span = DateRangeField()

    class Meta:
        constraints = [
            *_spans("network_holder"),
            *_one_at_a_time("network_holder_place", "member", "place"),
            models.UniqueConstraint(F("member"), _start(), F("place"), name="network_holder_start"),
            models.CheckConstraint(
                condition=Q(place__gte=1)
                & Q(share_numerator__gte=1)
                & Q(share_denominator__gte=F("share_numerator")),
                name="network_holder_share_of_one",
            ),
            models.CheckConstraint(
                condition=Q(how__in=["enrolled", "sold", "inherited", "shared", "corrected"]),
                name="network_holder_how_known",
            ),
        ]

    def __str__(self) -> str:
        share = f"{self.share_numerator} of {self.share_denominator}"
        return f"person {self.person_id} holds {share} of member {self.member_id}, {self.span}"


class RankGrant(models.Model):
    """A rank given by decision rather than earned, from a day to a day. It needs two persons."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="rank_grants")
    rank = models.CharField(max_length=60)
    span = DateRangeField()
    reason = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(Login, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    approved_by = models.ForeignKey(Login, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *_spans("network_rankgrant"),
            ExclusionConstraint(
                name="network_rankgrant_one",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                ],
                condition=Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                condition=~Q(rank="") & ~Q(reason=""), name="network_rankgrant_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | (Q(approved_at__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                name="network_rankgrant_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank} for member {self.member_id}, {self.span}"


class Act(models.Model):
    """An act done once under a key, so that its repetition gives the same answer."""

    key = models.CharField(max_length=200, unique=True)
    content = models.CharField(max_length=64)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"act {self.key}"


class HistorySeal(models.Model):
    """The day before which no history may change, because a period up to it is sealed."""

    before_on = models.DateField()
    reason = models.CharField(max_length=500)
    recorded_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"sealed before {self.before_on}"
