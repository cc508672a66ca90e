"""What lets a close go on without a person, or makes one look: limits, schedules, remarks."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from upline.foundation import clock


class StandingApproval(models.Model):
    """Limits within which closes of a calendar are approved: given by two persons, ended by one.

    It covers periods that lie wholly in its days [starts_on, ends_on). Percents are in hundredths,
    sums in the smallest unit of its currency, which is the plan's.
    """

    calendar = models.ForeignKey(
        "commissions.Calendar", on_delete=models.PROTECT, related_name="standing_approvals"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    currency = models.CharField(max_length=3)
    # What is paid of turnover at most.
    ratio_hundredths = models.PositiveIntegerField()
    # How much a bonus may differ from the period before, where it differs by more than the sum.
    change_hundredths = models.PositiveIntegerField()
    change_from_minor = models.PositiveBigIntegerField()
    # The largest sum to one member.
    largest_minor = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=1000)
    given_by = models.CharField(max_length=100)
    given_at = models.DateTimeField(default=clock.now)
    agreed_by = models.CharField(max_length=100, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=100, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("ends_on")), name="commissions_standing_has_days"
            ),
            models.CheckConstraint(
                condition=Q(given_by__startswith="login:") & ~Q(reason=""),
                name="commissions_standing_given_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by="")
                | (Q(agreed_by__startswith="login:") & ~Q(agreed_by=F("given_by"))),
                name="commissions_standing_agreed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by="") ^ Q(agreed_at__isnull=False),
                name="commissions_standing_agreed_at_a_moment",
            ),
            models.CheckConstraint(
                condition=(Q(ended_by="") & Q(ended_at__isnull=True) & Q(ended_reason=""))
                | (
                    Q(ended_by__startswith="login:")
                    & Q(ended_at__isnull=False)
                    & ~Q(ended_reason="")
                ),
                name="commissions_standing_ended_by_a_person",
            ),
            ExclusionConstraint(
                name="commissions_standing_one_at_a_time",
                condition=Q(ended_at__isnull=True),
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
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"standing approval {self.pk}"


class Judgement(models.Model):
    """What was found of a run against the standing approval of its days, if there was one.

    `limits` names each limit with what was allowed and found, as `limits.Limit` writes it. A run
    is judged once; what is not covered waits for a person.
    """

    run = models.OneToOneField(
        "commissions.Run", on_delete=models.PROTECT, related_name="judgement"
    )
    standing = models.ForeignKey(
        StandingApproval, null=True, on_delete=models.PROTECT, related_name="judgements"
    )
    is_covered = models.BooleanField()
    limits = models.JSONField()
    judged_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"judgement of run {self.run_id}"


class Remark(models.Model):
    """What a person wrote on a close of a period; kept with it, never changed."""

    period = models.ForeignKey(
        "commissions.Period", on_delete=models.PROTECT, related_name="remarks"
    )
    fence = models.PositiveIntegerField()
    text = models.CharField(max_length=1000)
    written_by = models.CharField(max_length=100)
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") & Q(written_by__startswith="login:"),
                name="commissions_remark_of_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"remark {self.pk}"


class ClosingRule(models.Model):
    """When periods of a calendar are closed without being asked for; the newest that fits holds.

    It holds for periods that begin on `starts_on` or later: closed `days_after` their last day is
    over, at an hour of the calendar's clocks. A rule is never changed: another takes its place.
    """

    calendar = models.ForeignKey(
        "commissions.Calendar", on_delete=models.PROTECT, related_name="closing_rules"
    )
    starts_on = models.DateField()
    is_on = models.BooleanField()
    days_after = models.PositiveSmallIntegerField(default=0)
    hour = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=1000)
    set_by = models.CharField(max_length=100)
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hour__lt=24) & Q(days_after__lte=90), name="commissions_rule_can_be"
            ),
            models.CheckConstraint(
                condition=Q(set_by__startswith="login:") & ~Q(reason=""),
                name="commissions_rule_set_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"closing rule {self.pk}"


class RaisedAlarm(models.Model):
    """That staff were told of a close that is late or waits: once for each close and kind."""

    class Kind(models.TextChoices):
        LATE = "late"
        REFUSED = "refused"
        WAITS = "waits"

    period = models.ForeignKey(
        "commissions.Period", on_delete=models.PROTECT, related_name="alarms"
    )
    fence = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    raised_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period", "fence", "kind"], name="commissions_alarm_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["late", "refused", "waits"]), name="commissions_alarm_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.period_id}"
