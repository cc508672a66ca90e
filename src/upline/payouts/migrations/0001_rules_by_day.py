"""Figures that hold from a day on: appended, never changed."""

from __future__ import annotations

from django.db import migrations, models

import upline.foundation.clock
from upline.foundation.schema import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("foundation", "0001_outbox_audit_heartbeats"),
        ("ledger", "0004_wallets_never_overdrawn"),
    ]

    operations = [
        migrations.CreateModel(
            name="DatedRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[("return_window_days", "Return Window")], max_length=40
                    ),
                ),
                ("currency", models.CharField(blank=True, db_collation="C", max_length=3)),
                ("starts_on", models.DateField()),
                ("value", models.BigIntegerField()),
                ("reason", models.CharField(max_length=1000)),
                ("set_by", models.CharField(max_length=100)),
                (
                    "set_at",
                    models.DateTimeField(default=upline.foundation.clock.now, editable=False),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["name", "currency", "starts_on", "id"], name="payouts_rule_by_day"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__in", ["return_window_days"])),
                        name="payouts_rule_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("set_by", ""), _negated=True),
                        ),
                        name="payouts_rule_answered_for",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("currency", ""), ("currency__regex", "^[A-Z]{3}$"), _connector="OR"
                        ),
                        name="payouts_rule_currency_written",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0)), name="payouts_rule_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", "return_window_days"), _negated=True),
                            models.Q(("currency", ""), ("value__lte", 366)),
                            _connector="OR",
                        ),
                        name="payouts_rule_window_in_a_year",
                    ),
                ],
            },
        ),
        append_only("payouts_datedrule"),
    ]
