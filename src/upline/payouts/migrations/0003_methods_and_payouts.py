"""Methods, payouts, batches, and what providers say."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models

import upline.foundation.clock
import upline.foundation.secrets


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0002_changes_are_noted"),
        ("payouts", "0002_recounts_and_stops"),
        ("people", "0003_names_contacts_consents_merges"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("prepared", "Prepared"),
                            ("approved", "Approved"),
                            ("dissolved", "Dissolved"),
                        ],
                        default="prepared",
                        max_length=10,
                    ),
                ),
                ("prepared_by", models.CharField(max_length=100)),
                ("prepared_at", models.DateTimeField(default=upline.foundation.clock.now)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("decided_by", models.CharField(blank=True, max_length=100)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "batches",
            },
        ),
        migrations.CreateModel(
            name="FakePayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40, unique=True)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("received_at", models.DateTimeField(default=upline.foundation.clock.now)),
                ("times_sent", models.PositiveIntegerField(default=1)),
                ("times_asked", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="IdentityReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[("confirmed", "Confirmed"), ("refused", "Refused")], max_length=10
                    ),
                ),
                ("reason", models.CharField(max_length=1000)),
                ("reviewed_by", models.CharField(max_length=100)),
                ("reviewed_at", models.DateTimeField(default=upline.foundation.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=20)),
                ("number", models.CharField(max_length=200)),
                ("payout_key", models.CharField(max_length=40)),
                ("told", models.CharField(max_length=10)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("applied", "Applied"),
                            ("known", "Known"),
                            ("contradicts", "Contradicts"),
                            ("strange", "Strange"),
                        ],
                        max_length=20,
                    ),
                ),
                ("received_at", models.DateTimeField(default=upline.foundation.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="Method",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(db_collation="C", max_length=3)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("iban", "Iban"),
                            ("russian", "Russian"),
                            ("provider", "Provider"),
                        ],
                        max_length=10,
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2)),
                ("shown", models.CharField(max_length=4)),
                ("holder", upline.foundation.secrets.EncryptedText(editable=True)),
                ("details", upline.foundation.secrets.EncryptedText(editable=True)),
                (
                    "details_index",
                    upline.foundation.secrets.BlindIndex(
                        max_length=32, null=True, source="details"
                    ),
                ),
                ("added_at", models.DateTimeField(default=upline.foundation.clock.now)),
                ("added_by", models.CharField(max_length=100)),
                ("usable_from", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(db_collation="C", max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField(default=0)),
                (
                    "origin",
                    models.CharField(
                        choices=[("asked", "Asked"), ("threshold", "Threshold")], max_length=10
                    ),
                ),
                ("request_key", models.CharField(max_length=100, unique=True)),
                ("requested_at", models.DateTimeField(default=upline.foundation.clock.now)),
                ("requested_by", models.CharField(max_length=100)),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("held", "Held"),
                            ("approved", "Approved"),
                            ("queued", "Queued"),
                            ("submitted", "Submitted"),
                            ("unknown", "Unknown"),
                            ("paid", "Paid"),
                            ("failed", "Failed"),
                            ("returned", "Returned"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "held_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("identity", "Identity"),
                            ("account_new", "Account New"),
                            ("account_ended", "Account Ended"),
                            ("staff", "Staff"),
                        ],
                        max_length=20,
                    ),
                ),
                ("state_at", models.DateTimeField(default=upline.foundation.clock.now)),
                ("state_by", models.CharField(max_length=100)),
                ("state_reason", models.CharField(blank=True, max_length=1000)),
                ("key", models.CharField(blank=True, max_length=40)),
                ("provider", models.CharField(blank=True, max_length=20)),
                ("provider_reference", models.CharField(blank=True, max_length=200)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.CharField(blank=True, max_length=10)),
                ("state", models.CharField(max_length=10)),
                ("held_for", models.CharField(blank=True, max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("reason", models.CharField(blank=True, max_length=1000)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="datedrule",
            name="payouts_rule_known",
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
                        ],
                    )
                ),
                name="payouts_rule_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="datedrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("name", "return_window_days"),
                    models.Q(("currency", ""), _negated=True),
                    _connector="OR",
                ),
                name="payouts_rule_amount_of_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["prepared", "approved", "dissolved"])),
                name="payouts_batch_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved"), _negated=True),
                    models.Q(("decided_by", models.F("prepared_by")), _negated=True),
                    _connector="OR",
                ),
                name="payouts_batch_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True), ("decided_by", ""), ("state", "prepared")
                    ),
                    models.Q(
                        models.Q(("state", "prepared"), _negated=True),
                        models.Q(("decided_by", ""), _negated=True),
                        ("decided_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="payouts_batch_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved"), models.Q(("digest", ""), _negated=True)),
                    models.Q(models.Q(("state", "approved"), _negated=True), ("digest", "")),
                    _connector="OR",
                ),
                name="payouts_batch_digest_of_what_was_approved",
            ),
        ),
        migrations.AddField(
            model_name="identityreview",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("provider", "number"), name="payouts_message_once"
            ),
        ),
        migrations.AddField(
            model_name="method",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payout_methods",
                to="network.member",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="batch",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payouts",
                to="payouts.batch",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payouts",
                to="network.member",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="method",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payouts",
                to="payouts.method",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps",
                to="payouts.payout",
            ),
        ),
        migrations.AddConstraint(
            model_name="identityreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["confirmed", "refused"])),
                name="payouts_review_verdict_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="identityreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("reviewed_by", ""), _negated=True),
                ),
                name="payouts_review_answered_for",
            ),
        ),
        migrations.AddIndex(
            model_name="method",
            index=models.Index(fields=["details_index"], name="payouts_method_by_account"),
        ),
        migrations.AddConstraint(
            model_name="method",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("member", "currency"),
                name="payouts_method_one_in_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="method",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["iban", "russian", "provider"])),
                name="payouts_method_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="method",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("currency__regex", "^[A-Z]{3}$"),
                    models.Q(("shown", ""), _negated=True),
                    models.Q(("added_by", ""), _negated=True),
                ),
                name="payouts_method_written",
            ),
        ),
        migrations.AddConstraint(
            model_name="method",
            constraint=models.CheckConstraint(
                condition=models.Q(("usable_from__gte", models.F("added_at"))),
                name="payouts_method_usable_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="method",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by", "")),
                    models.Q(
                        ("ended_at__gte", models.F("added_at")),
                        models.Q(("ended_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payouts_method_ended_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ("draft", "held", "approved", "queued", "submitted", "unknown"))
                ),
                fields=["member", "currency"],
                name="payouts_payout_open",
            ),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["state", "due_on"], name="payouts_payout_by_state"),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "draft",
                            "held",
                            "approved",
                            "queued",
                            "submitted",
                            "unknown",
                            "paid",
                            "failed",
                            "returned",
                            "cancelled",
                        ],
                    )
                ),
                name="payouts_payout_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ["asked", "threshold"])),
                name="payouts_payout_origin_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fee_minor__gte", 0),
                    ("tax_minor__gte", 0),
                    (
                        "amount_minor__gt",
                        django.db.models.expressions.CombinedExpression(
                            models.F("fee_minor"), "+", models.F("tax_minor")
                        ),
                    ),
                ),
                name="payouts_payout_something_arrives",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "held"), models.Q(("held_for", ""), _negated=True)),
                    models.Q(models.Q(("state", "held"), _negated=True), ("held_for", "")),
                    _connector="OR",
                ),
                name="payouts_payout_held_for_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("requested_by", ""), _negated=True),
                    models.Q(("state_by", ""), _negated=True),
                    models.Q(("request_key", ""), _negated=True),
                ),
                name="payouts_payout_answered_for",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "held", "cancelled"]),
                    ("batch__isnull", False),
                    _connector="OR",
                ),
                name="payouts_payout_leaves_in_a_batch",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("key", ""),
                        ("state__in", ["draft", "held", "cancelled", "approved", "queued"]),
                    ),
                    models.Q(
                        models.Q(
                            ("state__in", ["draft", "held", "cancelled", "approved", "queued"]),
                            _negated=True,
                        ),
                        (
                            "key",
                            django.db.models.functions.text.Concat(
                                models.Value("payout:"),
                                django.db.models.functions.comparison.Cast(
                                    "id", models.TextField()
                                ),
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="payouts_payout_key_before_the_call",
            ),
        ),
    ]
