"""The tables of the foundation: the company, messages and deliveries, audit, heartbeats."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from upline.foundation import clock, ids


class Message(models.Model):
    """A fact told to other apps, stored in the transaction that made it true."""

    event_id = models.UUIDField(default=ids.uuid7, unique=True, editable=False)
    name = models.CharField(max_length=100)
    version = models.PositiveSmallIntegerField()
    topic = models.CharField(max_length=200)
    body = models.JSONField()
    request_id = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["name", "id"], name="foundation_message_by_name")]

    def __str__(self) -> str:
        return f"{self.name} {self.version} #{self.pk}"


class Delivery(models.Model):
    """A message on its way to one handler; done means that the handler's work is committed."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        DEAD = "dead"
        DROPPED = "dropped"

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="deliveries")
    handler = models.CharField(max_length=200)
    # Copied from the message, so that the order within a topic is kept by one index.
    topic = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Kind and code of the last failure; its text may hold personal data and goes nowhere.
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["message", "handler"], name="foundation_delivery_once_a_handler"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "done", "dead", "dropped"]),
                name="foundation_delivery_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "dead"])
                ^ models.Q(finished_at__isnull=False),
                name="foundation_delivery_finished_at_its_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["topic", "handler", "id"],
                condition=models.Q(state__in=["waiting", "dead"]),
                name="foundation_delivery_in_order",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(state="waiting"),
                name="foundation_delivery_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} delivery {self.pk} to {self.handler}"


class AuditEntry(models.Model):
    """Who did what, when, from which state to which, and why. Appended, never changed."""

    recorded_at = models.DateTimeField(default=clock.now)
    actor = models.CharField(max_length=100)
    act = models.CharField(max_length=100)
    subject = models.CharField(max_length=200)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["subject", "id"], name="foundation_audit_by_subject"),
            models.Index(fields=["actor", "id"], name="foundation_audit_by_actor"),
            models.Index(fields=["act", "id"], name="foundation_audit_by_act"),
            # Rows come in the order of their moments, so that an index of blocks finds a day.
            BrinIndex(fields=["recorded_at"], name="foundation_audit_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.act} of {self.subject} by {self.actor}"


class Heartbeat(models.Model):
    """The last sign of life of a worker."""

    name = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Company(models.Model):
    """Whose system this is; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    set_up_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "company"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="foundation_one_company")
        ]

    def __str__(self) -> str:
        return self.name
