"""Where members are paid, and whose identity was looked at."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from upline.foundation import clock
from upline.foundation.secrets import BlindIndex, EncryptedText
from upline.network.models import Member
from upline.people.models import Person

# How long a changed account is not paid to: time for whom it was changed on to say so.
HOLD = timedelta(hours=72)


class Method(models.Model):
    """An account or a card that a member is paid to; what it says never changes.

    A change ends one and writes another. Account and holder are sealed; the blind index tells a
    sealed account that was exchanged in the database.
    """

    class Kind(models.TextChoices):
        IBAN = "iban"
        RUSSIAN = "russian"
        PROVIDER = "provider"

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="payout_methods")
    currency = models.CharField(max_length=3, db_collation="C")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    country = models.CharField(max_length=2, blank=True)
    # The last four signs.
    shown = models.CharField(max_length=4)
    holder = EncryptedText()
    details = EncryptedText()
    details_index = BlindIndex(source="details", null=False)
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.CharField(max_length=100)
    usable_from = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "currency"],
                condition=Q(ended_at__isnull=True),
                name="payouts_method_one_in_use",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["iban", "russian", "provider"]),
                name="payouts_method_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$") & ~Q(shown="") & ~Q(added_by=""),
                name="payouts_method_written",
            ),
            models.CheckConstraint(
                condition=Q(usable_from__gte=F("added_at")), name="payouts_method_usable_later"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | (Q(ended_at__gte=F("added_at")) & ~Q(ended_by="")),
                name="payouts_method_ended_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["details_index"], name="payouts_method_by_account")]

    def __str__(self) -> str:
        return f"{self.kind} {self.shown} of member {self.member_id}"


class IdentityReview(models.Model):
    """What staff found when they looked who a person is; appended, the last one counts."""

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed"
        REFUSED = "refused"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=1000)
    reviewed_by = models.CharField(max_length=100)
    reviewed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["confirmed", "refused"]),
                name="payouts_review_verdict_known",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(reviewed_by=""), name="payouts_review_answered_for"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} of person {self.person_id}"
