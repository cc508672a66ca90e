"""Calendars and their periods, volume facts, runs and what they pay."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q

from upline.commissions.closing_models import (
    ClosingRule,
    Judgement,
    RaisedAlarm,
    Remark,
    StandingApproval,
)
from upline.commissions.correction_models import Correction, CorrectionSheet
from upline.foundation import clock
from upline.network.models import Member
from upline.plans.models import PlanVersion

# What a close may do without a person, and what persons correct, stand in files of their own.
__all__ = [
    "ClosingRule",
    "Correction",
    "CorrectionSheet",
    "Judgement",
    "RaisedAlarm",
    "Remark",
    "StandingApproval",
]


class Calendar(models.Model):
    """Periods of one length in the company's time zone; `starts_on` is a day on which one began."""

    name = models.SlugField(max_length=40, unique=True)
    every = models.CharField(max_length=20)
    starts_on = models.DateField()
    time_zone = models.CharField(max_length=64)

    class Meta:
        # The plan in force is found by the length of periods, so that a second calendar of the same
        # length would pay every fact twice.
        constraints = [
            models.UniqueConstraint(fields=["every"], name="commissions_calendar_one_a_length")
        ]

    def __str__(self) -> str:
        return str(self.name)


class State(models.TextChoices):
    """How far the close of a period is. What is posted is never taken back, only adjusted."""

    OPEN = "open"
    FROZEN = "frozen"
    CALCULATED = "calculated"
    APPROVED = "approved"
    POSTING = "posting"
    POSTED = "posted"
    SEALED = "sealed"


class Period(models.Model):
    """Days [starts_on, ends_on) of a calendar, and how far their close is.

    `fence` counts attempts to close: whoever works for an older one may write nothing.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="periods")
    label = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    fence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=clock.now)
    sealed_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "label"], name="commissions_period_label"),
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("ends_on")), name="commissions_period_has_days"
            ),
            ExclusionConstraint(
                name="commissions_periods_apart",
                expressions=[
                    ("calendar", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on", "ends_on",
                            function="daterange", output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(state=State.SEALED) | Q(sealed_digest=""),
                name="commissions_only_sealed_have_a_seal",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="commissions_period_state_known"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.calendar} {self.label}"


class Reopening(models.Model):
    """That somebody asked to take a close back, and who agreed: another person."""

    period = models.ForeignKey(
        Period, on_delete=models.PROTECT, related_name="reopenings", db_index=False
    )
    fence = models.PositiveIntegerField()
    reason = models.CharField(max_length=1000)
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField(default=clock.now)
    agreed_by = models.CharField(max_length=100, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "fence"], name="commissions_reopened_once"),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(asked_by=""), name="commissions_reopening_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(agreed_by=F("asked_by")), name="commissions_reopened_by_another"
            ),
            models.CheckConstraint(
                condition=Q(agreed_by="") ^ Q(agreed_at__isnull=False),
                name="commissions_reopened_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"reopening of {self.period}"


class VolumeFact(models.Model):
    """What an order brought, or a refund took back: appended, never changed.

    `figures` holds the order's fields by the names of plans, as decimal text. A refund is the
    opposite of the part it returns and counts for the moment of the order that it undoes.
    """

    key = models.CharField(max_length=80, unique=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    order_number = models.CharField(max_length=40, db_index=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    customer = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    figures = models.JSONField()
    opposite_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="opposites", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["occurred_at"], name="commissions_fact_moment")]

    def __str__(self) -> str:
        return str(self.key)


class FrozenFact(models.Model):
    """That a calendar's period counts a fact. A fact in no period whose time is over is late."""

    # Each fact counts once in every calendar; by the fact, for the anti-join of late ones.
    pk = models.CompositePrimaryKey("fact", "calendar")
    # Unconstrained in the database, where what they name is never deleted: checking a million of
    # them one by one takes longer than the rest of a freeze.
    fact = models.ForeignKey(
        VolumeFact,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    period = models.ForeignKey(
        Period, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        # Rows of a period are written together, so an index of blocks finds them.
        indexes = [BrinIndex(fields=["period"], name="commissions_frozen_period")]


class FrozenPart(models.Model):
    """A part of a table that a period was frozen with: an Arrow stream and its digest."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="frozen_parts")
    fence = models.PositiveIntegerField()
    table = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    body = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period", "fence", "table", "number"], name="commissions_frozen_part"
            )
        ]


class Run(models.Model):
    """One computation of a frozen period; its lines are a partition of `commissions_line`."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="runs")
    fence = models.PositiveIntegerField()
    plan = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    computed_by = models.CharField(max_length=100)
    computed_at = models.DateTimeField(default=clock.now)
    bonuses = models.JSONField()
    places = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    receipt = models.JSONField()
    digest = models.CharField(max_length=64)
    # Sums for the overview, as `summaries` writes them.
    summary = models.JSONField(default=dict)
    approved_by = models.CharField(max_length=100, blank=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "fence"], name="commissions_one_run_a_fence"),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("computed_by")),
                name="commissions_run_approved_by_another",
            ),
        ]


def _of_a_run(model: type[models.Model], *, is_indexed: bool) -> Any:
    """Name a run or member in what a run writes, unconstrained as in FrozenFact."""
    return models.ForeignKey(
        model,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=is_indexed,
        db_constraint=False,
    )


class Total(models.Model):
    """What a run gives a member by one bonus: exactly, in units of the run's places."""

    pk = models.CompositePrimaryKey("run", "member", "bonus")
    run = _of_a_run(Run, is_indexed=False)
    member = _of_a_run(Member, is_indexed=False)
    bonus = models.PositiveSmallIntegerField()
    amount_units = models.BigIntegerField()
    # In the currency of the member's statement, rounded to its smallest unit.
    posted_minor = models.BigIntegerField()


class Statement(models.Model):
    """What a run gives a member in all, in the currency in which he is paid."""

    pk = models.CompositePrimaryKey("run", "member")
    run = _of_a_run(Run, is_indexed=False)
    member = _of_a_run(Member, is_indexed=True)
    currency = models.CharField(max_length=3)
    pay_minor = models.BigIntegerField()


class RankHeld(models.Model):
    """The rank and title that a run found for a member on one ladder."""

    pk = models.CompositePrimaryKey("run", "member", "ladder")
    run = _of_a_run(Run, is_indexed=False)
    member = _of_a_run(Member, is_indexed=True)
    ladder = models.CharField(max_length=60)
    rank = models.CharField(max_length=100)
    title = models.CharField(max_length=100, blank=True)


class Line(models.Model):
    """A pay line; the table is partitioned by run and written by COPY (see the first migration)."""

    pk = models.CompositePrimaryKey("run_id", "number")
    run_id = models.BigIntegerField()
    number = models.BigIntegerField()
    member_id = models.BigIntegerField()
    bonus = models.PositiveSmallIntegerField()
    level = models.IntegerField(null=True)
    fact_id = models.BigIntegerField(null=True)
    buyer_id = models.BigIntegerField(null=True)
    base_billionths = models.BigIntegerField()
    rate_billionths = models.BigIntegerField()
    amount_units = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "commissions_line"


class Estimate(models.Model):
    """What an open period would give if it closed now; the next one takes its place.

    `fingerprint` tells whether what it was computed from is still the same. A refusal has a code,
    a text and a remedy instead of a digest.
    """

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="estimates")
    as_of = models.DateTimeField(default=clock.now)
    fingerprint = models.CharField(max_length=64)
    took_milliseconds = models.PositiveIntegerField()
    plan = models.ForeignKey(PlanVersion, null=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    summary = models.JSONField(default=dict)
    refusal = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest="") ^ Q(refusal__isnull=True),
                name="commissions_estimate_digest_or_refusal",
            )
        ]


class EstimatePart(models.Model):
    """A part of a table that an estimate was computed from, as in FrozenPart."""

    estimate = models.ForeignKey(Estimate, on_delete=models.CASCADE, related_name="parts")
    table = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    body = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["estimate", "table", "number"], name="commissions_estimate_part"
            )
        ]


class Progress(models.Model):
    """How far the worker is with what it was asked to do; the last of each period counts.

    It closes or posts the period, or adjusts closed periods up to this one, the latest of them, or
    settles what was approved of that.
    """

    class Act(models.TextChoices):
        CLOSE = "close"
        POST = "post"
        ADJUST = "adjust"
        SETTLE = "settle"

    class Step(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        REFUSED = "refused"

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="progress")
    act = models.CharField(max_length=10, choices=Act.choices)
    # Why, where the act keeps a reason.
    reason = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=Step.choices, default=Step.WAITING)
    asked_by = models.CharField(max_length=100)
    step = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    out_of = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    refusal = models.JSONField(null=True)

    class Meta:
        verbose_name_plural = "progress"
        constraints = [
            # One piece of work at a time for a period, however often it is asked for.
            models.UniqueConstraint(
                fields=["period"],
                condition=Q(state__in=["waiting", "running"]),
                name="commissions_progress_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "refused"])
                & Q(act__in=["close", "post", "adjust", "settle"]),
                name="commissions_progress_known",
            ),
            models.CheckConstraint(
                condition=~Q(act="adjust") | ~Q(reason=""),
                name="commissions_progress_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} of {self.period}: {self.state}"


class Adjustment(models.Model):
    """What came too late for closed periods of a calendar, settled as differences in the open one.

    One person lets it be computed, another approves it by its digest; then it is posted, a journal
    for each member and period. A discarded one gives its facts back.
    """

    class State(models.TextChoices):
        COMPUTING = "computing"
        COMPUTED = "computed"
        APPROVED = "approved"
        POSTED = "posted"
        DISCARDED = "discarded"

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="adjustments")
    posted_in = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="settles")
    effective_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.COMPUTING)
    reason = models.CharField(max_length=1000)
    computed_by = models.CharField(max_length=100)
    computed_at = models.DateTimeField(default=clock.now)
    # The receipts of the periods that were computed again, by label.
    receipts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    approved_by = models.CharField(max_length=100, blank=True)
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar"],
                condition=Q(state__in=["computing", "computed", "approved"]),
                name="commissions_adjustment_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("computed_by")),
                name="commissions_adjustment_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(computed_by=""),
                name="commissions_adjustment_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["computing", "computed", "approved", "posted", "discarded"]),
                name="commissions_adjustment_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"adjustment {self.pk}"


class AdjustedFact(models.Model):
    """That an adjustment counts a late fact for the period in which it lies: once in a calendar."""

    pk = models.CompositePrimaryKey("fact", "calendar")
    fact = models.ForeignKey(VolumeFact, on_delete=models.PROTECT, related_name="+", db_index=False)
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    adjustment = models.ForeignKey(Adjustment, on_delete=models.PROTECT, related_name="facts")


class AdjustedPart(models.Model):
    """A part of a table that a period now leaves to the next one, as in FrozenPart."""

    adjustment = models.ForeignKey(Adjustment, on_delete=models.PROTECT, related_name="parts")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    body = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["adjustment", "period", "table", "number"],
                name="commissions_adjusted_part",
            )
        ]


class AdjustedLine(models.Model):
    """What a pay line of a closed period was and now is, in units of the places of its run.

    `fact` is the order that the line comes from, as it was first bought.
    """

    pk = models.CompositePrimaryKey("adjustment", "number")
    adjustment = models.ForeignKey(Adjustment, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    bonus = models.CharField(max_length=100)
    level = models.IntegerField(null=True)
    fact = models.ForeignKey(
        VolumeFact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    buyer = models.ForeignKey(
        Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    before_units = models.BigIntegerField()
    now_units = models.BigIntegerField()


class AdjustedTotal(models.Model):
    """The difference that an adjustment makes to one bonus of a member in a closed period."""

    pk = models.CompositePrimaryKey("adjustment", "period", "member", "bonus")
    adjustment = models.ForeignKey(Adjustment, on_delete=models.PROTECT, related_name="totals")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    bonus = models.CharField(max_length=100)
    amount_units = models.BigIntegerField()
    posted_minor = models.BigIntegerField()


class AdjustedPay(models.Model):
    """The difference that an adjustment makes to the pay of a member for a closed period."""

    pk = models.CompositePrimaryKey("adjustment", "period", "member")
    adjustment = models.ForeignKey(Adjustment, on_delete=models.PROTECT, related_name="pays")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    pay_minor = models.BigIntegerField()
