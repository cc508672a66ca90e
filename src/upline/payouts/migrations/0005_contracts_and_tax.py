"""Contracts by their days, rules of tax that the company looked at, and by what a tax was counted."""

import django.db.models.deletion
from django.db import migrations, models

import upline.foundation.clock
from upline.foundation.schema import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0002_changes_are_noted"),
        ("payouts", "0004_what_the_database_refuses"),
        ("people", "0003_names_contacts_consents_merges"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("country", models.CharField(max_length=2)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("civil", "Civil"),
                            ("business", "Business"),
                            ("self_employed", "Self Employed"),
                            ("nonresident", "Nonresident"),
                            ("no_number", "No Number"),
                        ],
                        max_length=20,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("reason", models.CharField(max_length=1000)),
                ("recorded_by", models.CharField(max_length=100)),
                (
                    "recorded_at",
                    models.DateTimeField(default=upline.foundation.clock.now, editable=False),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TaxConfirmation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=60, unique=True)),
                ("reason", models.CharField(max_length=1000)),
                ("confirmed_by", models.CharField(max_length=100)),
                (
                    "confirmed_at",
                    models.DateTimeField(default=upline.foundation.clock.now, editable=False),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="datedrule",
            name="payouts_rule_known",
        ),
        migrations.AddField(
            model_name="payout",
            name="tax_rule",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AlterField(
            model_name="datedrule",
            name="name",
            field=models.CharField(
                choices=[
                    ("return_window_days", "Return Window"),
                    ("payout_fee_minor", "Fee"),
                    ("payout_minimum_minor", "Minimum"),
                    ("payout_threshold_minor", "Threshold"),
                    ("contract_needed", "Contract Needed"),
                ],
                max_length=40,
            ),
        ),
        migrations.AddConstraint(
            model_name="datedrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "name__in",
                        [
                            "return_window_days",
                            "payout_fee_minor",
                            "payout_minimum_minor",
                            "payout_threshold_minor",
                            "contract_needed",
                        ],
                    )
                ),
                name="payouts_rule_known",
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="contract",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payouts",
                to="payouts.contract",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("contract__isnull", True), ("tax_minor", 0), ("tax_rule", "")),
                    models.Q(
                        ("contract__isnull", False), models.Q(("tax_rule", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="payouts_payout_tax_by_a_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxconfirmation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rule", ""), _negated=True),
                    models.Q(("confirmed_by", ""), _negated=True),
                ),
                name="payouts_tax_answered_for",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["civil", "business", "self_employed", "nonresident", "no_number"])
                ),
                name="payouts_contract_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("country__regex", "^[A-Z]{2}$"), models.Q(("recorded_by", ""), _negated=True)
                ),
                name="payouts_contract_written",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="datedrule",
            name="payouts_rule_amount_of_currency",
        ),
        migrations.AddConstraint(
            model_name="datedrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("name__in", ["return_window_days", "contract_needed"]),
                    models.Q(("currency", ""), _negated=True),
                    _connector="OR",
                ),
                name="payouts_rule_amount_of_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="datedrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", "contract_needed"), _negated=True),
                    models.Q(("currency", ""), ("value__lte", 1)),
                    _connector="OR",
                ),
                name="payouts_rule_contract_yes_or_no",
            ),
        ),
        append_only("payouts_contract"),
        append_only("payouts_taxconfirmation"),
    ]
