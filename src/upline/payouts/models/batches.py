"""Batches, and what providers say."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from upline.foundation import clock


class Batch(models.Model):
    """Payouts that go together: made by one person, approved by another."""

    class State(models.TextChoices):
        PREPARED = "prepared"
        APPROVED = "approved"
        DISSOLVED = "dissolved"

    provider = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARED)
    prepared_by = models.CharField(max_length=100)
    prepared_at = models.DateTimeField(default=clock.now)
    # The sha256 of what was approved.
    digest = models.CharField(max_length=64, blank=True)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "batches"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "approved", "dissolved"]),
                name="payouts_batch_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("prepared_by")),
                name="payouts_batch_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="prepared", decided_by="", decided_at__isnull=True)
                | (~Q(state="prepared") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="payouts_batch_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(state="approved") & ~Q(digest=""))
                | (~Q(state="approved") & Q(digest="")),
                name="payouts_batch_digest_of_what_was_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class Message(models.Model):
    """What a provider told by himself, once, however often he sends it; append-only."""

    class Outcome(models.TextChoices):
        APPLIED = "applied"
        KNOWN = "known"
        CONTRADICTS = "contradicts"
        STRANGE = "strange"

    provider = models.CharField(max_length=20)
    number = models.CharField(max_length=200)
    payout_key = models.CharField(max_length=40)
    told = models.CharField(max_length=10)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "number"], name="payouts_message_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.number}"


class FakePayment(models.Model):
    """What the fake provider remembers: how often he was asked to pay under a key.

    Only he reads and writes it, as a bank keeps books of its own.
    """

    key = models.CharField(max_length=40, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    received_at = models.DateTimeField(default=clock.now)
    times_sent = models.PositiveIntegerField(default=1)
    times_asked = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.key
