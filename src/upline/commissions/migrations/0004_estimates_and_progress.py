"""Estimates of open periods, sums of a run for the overview, and how far the worker is."""

import django.db.models.deletion
from django.db import migrations, models

import upline.foundation.clock


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0003_reopenings"),
        ("plans", "0002_a_text_never_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="summary",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="Estimate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateTimeField(default=upline.foundation.clock.now)),
                ("fingerprint", models.CharField(max_length=64)),
                ("took_milliseconds", models.PositiveIntegerField()),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("summary", models.JSONField(default=dict)),
                ("refusal", models.JSONField(null=True)),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="estimates",
                        to="commissions.period",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="plans.planversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EstimatePart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=20)),
                ("number", models.PositiveIntegerField()),
                ("rows", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("body", models.BinaryField()),
                (
                    "estimate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="commissions.estimate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "act",
                    models.CharField(choices=[("close", "Close"), ("post", "Post")], max_length=5),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("asked_by", models.CharField(max_length=100)),
                ("step", models.CharField(blank=True, max_length=200)),
                ("done", models.PositiveIntegerField(default=0)),
                ("out_of", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(default=upline.foundation.clock.now)),
                ("changed_at", models.DateTimeField(default=upline.foundation.clock.now)),
                ("refusal", models.JSONField(null=True)),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="progress",
                        to="commissions.period",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "progress",
            },
        ),
        migrations.AddConstraint(
            model_name="estimate",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest", ""), ("refusal__isnull", True), _connector="XOR"),
                name="commissions_estimate_digest_or_refusal",
            ),
        ),
        migrations.AddConstraint(
            model_name="estimatepart",
            constraint=models.UniqueConstraint(
                fields=("estimate", "table", "number"), name="commissions_estimate_part"
            ),
        ),
        migrations.AddConstraint(
            model_name="progress",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["waiting", "running"])),
                fields=("period",),
                name="commissions_progress_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="progress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "running", "done", "refused"]),
                    ("act__in", ["close", "post"]),
                ),
                name="commissions_progress_known",
            ),
        ),
    ]
