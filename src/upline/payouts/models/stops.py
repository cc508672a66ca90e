"""Recounts, and what stops payouts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from upline.foundation import clock


class Recount(models.Model):
    """That everything money rests on was counted anew, and what was found. Appended, never changed."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(default=clock.now)
    counted_by = models.CharField(max_length=100)
    journals = models.PositiveBigIntegerField()
    entries = models.PositiveBigIntegerField()
    # Each a code and a sentence, as the check gave them.
    findings = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"recount {self.pk}"


class Stop(models.Model):
    """That no payout leaves, since when and why; two persons together end it.

    There may be several, each for its own reason; payouts go on when all are lifted. `recount` is
    the one whose findings it stands for: lifting it says that these were looked into.
    """

    reason = models.CharField(max_length=1000)
    recount = models.ForeignKey(
        Recount, null=True, blank=True, on_delete=models.PROTECT, related_name="stops"
    )
    stopped_by = models.CharField(max_length=100)
    stopped_at = models.DateTimeField(default=clock.now)
    asked_by = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    ask_reason = models.CharField(max_length=1000, blank=True)
    lifted_by = models.CharField(max_length=100, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(stopped_by=""), name="payouts_stop_answered_for"
            ),
            models.CheckConstraint(
                condition=Q(asked_by="", asked_at__isnull=True, ask_reason="")
                | (~Q(asked_by="") & Q(asked_at__isnull=False) & ~Q(ask_reason="")),
                name="payouts_stop_asked_whole",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by="", lifted_at__isnull=True)
                | (~Q(lifted_by="") & Q(lifted_at__isnull=False) & ~Q(asked_by="")),
                name="payouts_stop_lifted_when_asked",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by="") | ~Q(lifted_by=F("asked_by")),
                name="payouts_stop_lifted_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(lifted_by=""), name="payouts_stop_in_force")
        ]

    def __str__(self) -> str:
        return f"stop {self.pk}"
