"""Versions of marketing plans, as text that nobody can change afterwards."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from upline.foundation import clock


class State(models.TextChoices):
    """A draft may be approved or withdrawn; an approved version stays for good."""

    DRAFT = "draft"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class PlanVersion(models.Model):
    """One version of a plan, in force from `starts_on` until a later approved one starts.

    `every` is the calendar that it pays by: versions of one calendar follow each other. The
    database refuses changes of the text, and an approval by whoever drafted it.
    """

    name = models.CharField(max_length=100)
    every = models.CharField(max_length=20)
    starts_on = models.DateField()
    text = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    drafted_by = models.CharField(max_length=100)
    drafted_at = models.DateTimeField(default=clock.now, editable=False)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["every", "starts_on"],
                condition=Q(state=State.APPROVED),
                name="plans_one_approved_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.APPROVED) | ~Q(decided_by=F("drafted_by")),
                name="plans_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT, decided_at__isnull=True)
                | (~Q(state=State.DRAFT) & Q(decided_at__isnull=False)),
                name="plans_decided_with_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.starts_on}"
