"""Corrections by hand: pay or volume that one person enters with a reason and another approves."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from upline.foundation import clock
from upline.network.models import Member

LARGEST_MINOR = 10**13


class CorrectionSheet(models.Model):
    """Corrections that were entered together, until another person books or rejects them.

    `key` names the sheet for whoever enters it, so that one that is sent twice is one; `digest` is
    of its rows, so that what is approved is what was looked at.
    """

    class What(models.TextChoices):
        PAY = "pay"
        VOLUME = "volume"

    class State(models.TextChoices):
        ENTERED = "entered"
        BOOKED = "booked"
        REJECTED = "rejected"

    key = models.CharField(max_length=80, unique=True)
    what = models.CharField(max_length=10, choices=What.choices)
    # On whose statements pay is shown; volume counts in every calendar.
    calendar = models.ForeignKey(
        "commissions.Calendar", null=True, on_delete=models.PROTECT, related_name="corrections"
    )
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    entered_by = models.CharField(max_length=100)
    entered_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ENTERED)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    booked_in = models.ForeignKey(
        "commissions.Period", null=True, on_delete=models.PROTECT, related_name="corrections"
    )
    effective_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what="pay", calendar__isnull=False)
                | Q(what="volume", calendar__isnull=True),
                name="commissions_corrections_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(entered_by__startswith="login:") & ~Q(key="") & Q(count__gt=0),
                name="commissions_corrections_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state="entered", decided_by="", decided_at__isnull=True)
                | Q(
                    state__in=["booked", "rejected"],
                    decided_by__startswith="login:",
                    decided_at__isnull=False,
                ),
                name="commissions_corrections_decided_by_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="booked", decided_by=F("entered_by")),
                name="commissions_corrections_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="booked",
                    what="pay",
                    booked_in__isnull=False,
                    effective_on__isnull=False,
                )
                | (
                    Q(booked_in__isnull=True, effective_on__isnull=True)
                    & ~Q(state="booked", what="pay")
                ),
                name="commissions_corrections_booked_in_a_period",
            ),
        ]

    def __str__(self) -> str:
        return f"corrections {self.pk}"


class Correction(models.Model):
    """One member's correction and why: an amount of pay, or so much volume on a day; never changed."""

    pk = models.CompositePrimaryKey("sheet", "number")
    sheet = models.ForeignKey(CorrectionSheet, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000)
    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    figure = models.CharField(max_length=60, blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=9, null=True)
    counts_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(currency__regex="^[A-Z]{3}$", figure="")
                    & Q(amount_minor__gt=-LARGEST_MINOR, amount_minor__lt=LARGEST_MINOR)
                    & Q(value__isnull=True, counts_on__isnull=True)
                    & ~Q(amount_minor=0)
                )
                | (
                    Q(currency="", amount_minor__isnull=True)
                    & Q(value__isnull=False, counts_on__isnull=False)
                    & ~Q(figure="")
                    & ~Q(value=0)
                ),
                name="commissions_correction_of_pay_or_volume",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="commissions_correction_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.sheet_id}.{self.number}"


__all__ = ["LARGEST_MINOR", "Correction", "CorrectionSheet"]
