"""Rules by which periods are closed without being asked for, and alarms that were told."""

import django.db.models.deletion
from django.db import migrations, models

import upline.foundation.clock
from upline.foundation.schema import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0007_standing_approvals"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClosingRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField()),
                ("is_on", models.BooleanField()),
                ("days_after", models.PositiveSmallIntegerField(default=0)),
                ("hour", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.CharField(max_length=1000)),
                ("set_by", models.CharField(max_length=100)),
                ("set_at", models.DateTimeField(default=upline.foundation.clock.now)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closing_rules",
                        to="commissions.calendar",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("hour__lt", 24), ("days_after__lte", 90)),
                        name="commissions_rule_can_be",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("set_by__startswith", "login:"),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="commissions_rule_set_by_a_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RaisedAlarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fence", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("late", "Late"), ("refused", "Refused"), ("waits", "Waits")],
                        max_length=10,
                    ),
                ),
                ("raised_at", models.DateTimeField(default=upline.foundation.clock.now)),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alarms",
                        to="commissions.period",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("period", "fence", "kind"), name="commissions_alarm_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["late", "refused", "waits"])),
                        name="commissions_alarm_known",
                    ),
                ],
            },
        ),
        append_only("commissions_closingrule"),
        append_only("commissions_raisedalarm"),
    ]
