"""By which contract a person is paid, and which rules of tax the company looked at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from upline.foundation import clock
from upline.people.models import Person


class Contract(models.Model):
    """The kind of contract and the country of the tax from a day on; appended.

    Of two with one day the one written last counts.
    """

    class Kind(models.TextChoices):
        CIVIL = "civil"
        BUSINESS = "business"
        SELF_EMPLOYED = "self_employed"
        NONRESIDENT = "nonresident"
        NO_NUMBER = "no_number"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    starts_on = models.DateField()
    reason = models.CharField(max_length=1000)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["civil", "business", "self_employed", "nonresident", "no_number"]
                ),
                name="payouts_contract_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(country__regex="^[A-Z]{2}$") & ~Q(recorded_by=""),
                name="payouts_contract_written",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.country} of person {self.person_id}"


class TaxConfirmation(models.Model):
    """That somebody looked at what a rule of tax needs; appended."""

    rule = models.CharField(max_length=60, unique=True)
    reason = models.CharField(max_length=1000)
    confirmed_by = models.CharField(max_length=100)
    confirmed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(rule="") & ~Q(confirmed_by=""), name="payouts_tax_answered_for"
            )
        ]

    def __str__(self) -> str:
        return self.rule
