"""Payouts and the steps that they took."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat

from upline.foundation import clock
from upline.network.models import Member
from upline.payouts.models.batches import Batch
from upline.payouts.models.methods import Method
from upline.payouts.models.taxes import Contract


class State(models.TextChoices):
    """Where a payout stands."""

    DRAFT = "draft"
    HELD = "held"
    APPROVED = "approved"
    QUEUED = "queued"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


# The money of these is set aside; of the others it left or is available again.
OPEN = ("draft", "held", "approved", "queued", "submitted", "unknown")


class Payout(models.Model):
    """Money of a member on its way to an account of his; only its state changes.

    `amount_minor` leaves the wallet, of it the fee and the tax are kept and the rest arrives.
    """

    class Origin(models.TextChoices):
        ASKED = "asked"
        THRESHOLD = "threshold"

    class Hold(models.TextChoices):
        NONE = ""
        IDENTITY = "identity"
        ACCOUNT_NEW = "account_new"
        ACCOUNT_ENDED = "account_ended"
        STAFF = "staff"

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="payouts")
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="payouts")
    currency = models.CharField(max_length=3, db_collation="C")
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    # By what the tax was counted; nothing where no contract was recorded.
    contract = models.ForeignKey(
        Contract, null=True, blank=True, on_delete=models.PROTECT, related_name="payouts"
    )
    tax_rule = models.CharField(max_length=60, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    # What a form or a job calls its wish, so that sending it twice asks once.
    request_key = models.CharField(max_length=100, unique=True)
    requested_at = models.DateTimeField(default=clock.now)
    requested_by = models.CharField(max_length=100)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices)
    held_for = models.CharField(max_length=20, choices=Hold.choices, blank=True)
    # Who let it go to this state and why; a trigger keeps each as a step.
    state_at = models.DateTimeField(default=clock.now)
    state_by = models.CharField(max_length=100)
    state_reason = models.CharField(max_length=1000, blank=True)
    batch = models.ForeignKey(
        Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="payouts"
    )
    # Written before anybody is asked to pay, and never another.
    key = models.CharField(max_length=40, blank=True)
    provider = models.CharField(max_length=20, blank=True)
    provider_reference = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="payouts_payout_state_known"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["asked", "threshold"]), name="payouts_payout_origin_known"
            ),
            models.CheckConstraint(
                condition=Q(fee_minor__gte=0, tax_minor__gte=0)
                & Q(amount_minor__gt=F("fee_minor") + F("tax_minor")),
                name="payouts_payout_something_arrives",
            ),
            models.CheckConstraint(
                condition=Q(contract__isnull=True, tax_rule="", tax_minor=0)
                | (Q(contract__isnull=False) & ~Q(tax_rule="")),
                name="payouts_payout_tax_by_a_rule",
            ),
            models.CheckConstraint(
                condition=(Q(state="held") & ~Q(held_for="")) | (~Q(state="held") & Q(held_for="")),
                name="payouts_payout_held_for_something",
            ),
            models.CheckConstraint(
                condition=~Q(requested_by="") & ~Q(state_by="") & ~Q(request_key=""),
                name="payouts_payout_answered_for",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "held", "cancelled"]) | Q(batch__isnull=False),
                name="payouts_payout_leaves_in_a_batch",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "held", "cancelled", "approved", "queued"], key="")
                | Q(
                    ~Q(state__in=["draft", "held", "cancelled", "approved", "queued"]),
                    key=Concat(Value("payout:"), Cast("id", models.TextField())),
                ),
                name="payouts_payout_key_before_the_call",
            ),
        ]
        indexes = [
            models.Index(
                fields=["member", "currency"],
                condition=Q(state__in=OPEN),
                name="payouts_payout_open",
            ),
            models.Index(fields=["state", "due_on"], name="payouts_payout_by_state"),
        ]

    def __str__(self) -> str:
        return f"payout {self.pk}"


class Step(models.Model):
    """One state that a payout came to, written by the database with the payout; append-only."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="steps")
    before = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10)
    held_for = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.before} > {self.state} of payout {self.payout_id}"
