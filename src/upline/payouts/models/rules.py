"""The rules of payouts by their days."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from upline.foundation import clock


class DatedRule(models.Model):
    """A figure that holds from a day on; of two with one day the one written last counts.

    Appended, never changed: what a rule said on a day is what money was moved by.
    """

    class Name(models.TextChoices):
        # Days from the end of a period until its pay may be withdrawn: the time to return goods.
        RETURN_WINDOW = "return_window_days"
        # What a payout costs the member, by currency; nothing is paid without this figure.
        FEE = "payout_fee_minor"
        # The least that may be withdrawn, by currency.
        MINIMUM = "payout_minimum_minor"
        # From here on a wallet is paid out without being asked, by currency.
        THRESHOLD = "payout_threshold_minor"
        # 1 where nobody is paid without a recorded contract, 0 where that is allowed.
        CONTRACT_NEEDED = "contract_needed"

        @property
        def is_of_currency(self) -> bool:
            """Say whether it is an amount, in minor units of one currency."""
            return self not in (DatedRule.Name.RETURN_WINDOW, DatedRule.Name.CONTRACT_NEEDED)

    name = models.CharField(max_length=40, choices=Name.choices)
    # Three letters where it is money or holds for one currency alone; empty for all.
    currency = models.CharField(max_length=3, blank=True, db_collation="C")
    starts_on = models.DateField()
    value = models.BigIntegerField()
    reason = models.CharField(max_length=1000)
    set_by = models.CharField(max_length=100)
    set_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    name__in=[
                        "return_window_days",
                        "payout_fee_minor",
                        "payout_minimum_minor",
                        "payout_threshold_minor",
                        "contract_needed",
                    ]
                ),
                name="payouts_rule_known",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(set_by=""), name="payouts_rule_answered_for"
            ),
            models.CheckConstraint(
                condition=Q(currency="") | Q(currency__regex="^[A-Z]{3}$"),
                name="payouts_rule_currency_written",
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="payouts_rule_not_negative"),
            models.CheckConstraint(
                condition=Q(name__in=["return_window_days", "contract_needed"]) | ~Q(currency=""),
                name="payouts_rule_amount_of_currency",
            ),
            models.CheckConstraint(
                condition=~Q(name="return_window_days") | Q(value__lte=366, currency=""),
                name="payouts_rule_window_in_a_year",
            ),
            models.CheckConstraint(
                condition=~Q(name="contract_needed") | Q(value__lte=1, currency=""),
                name="payouts_rule_contract_yes_or_no",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "currency", "starts_on", "id"], name="payouts_rule_by_day")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.currency} from {self.starts_on}"
