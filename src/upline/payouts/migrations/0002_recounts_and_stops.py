"""Recounts of what payouts rest on, and stops of payouts, each lifted by two persons."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import upline.foundation.clock
from upline.foundation.schema import append_only

STOPS = """
CREATE FUNCTION payouts_guard_stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'stops of payouts stand' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.asked_by <> '' OR NEW.lifted_by <> '' THEN
            RAISE EXCEPTION 'a stop of payouts begins in force' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.asked_by <> '' AND (NEW.asked_by, NEW.asked_at, NEW.ask_reason)
            IS DISTINCT FROM (OLD.asked_by, OLD.asked_at, OLD.ask_reason))
       OR OLD.lifted_by <> '' OR (OLD.asked_by = '' AND NEW.lifted_by <> '')
       OR (to_jsonb(NEW) - ARRAY['asked_by', 'asked_at', 'ask_reason', 'lifted_by', 'lifted_at'])
          IS DISTINCT FROM
          (to_jsonb(OLD) - ARRAY['asked_by', 'asked_at', 'ask_reason', 'lifted_by', 'lifted_at'])
    THEN
        RAISE EXCEPTION 'a stop of payouts is lifted by two acts, and stands otherwise'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON payouts_stop
    FOR EACH ROW EXECUTE FUNCTION payouts_guard_stop();
"""
NO_STOPS = """
DROP TRIGGER guard ON payouts_stop;
DROP FUNCTION payouts_guard_stop();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0001_rules_by_day"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(default=upline.foundation.clock.now)),
                ("counted_by", models.CharField(max_length=100)),
                ("journals", models.PositiveBigIntegerField()),
                ("entries", models.PositiveBigIntegerField()),
                ("findings", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Stop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=1000)),
                ("stopped_by", models.CharField(max_length=100)),
                ("stopped_at", models.DateTimeField(default=upline.foundation.clock.now)),
                ("asked_by", models.CharField(blank=True, max_length=100)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("ask_reason", models.CharField(blank=True, max_length=1000)),
                ("lifted_by", models.CharField(blank=True, max_length=100)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "recount",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stops",
                        to="payouts.recount",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("lifted_by", "")),
                        fields=["id"],
                        name="payouts_stop_in_force",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("stopped_by", ""), _negated=True),
                        ),
                        name="payouts_stop_answered_for",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ask_reason", ""), ("asked_at__isnull", True), ("asked_by", "")
                            ),
                            models.Q(
                                models.Q(("asked_by", ""), _negated=True),
                                ("asked_at__isnull", False),
                                models.Q(("ask_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payouts_stop_asked_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_by", "")),
                            models.Q(
                                models.Q(("lifted_by", ""), _negated=True),
                                ("lifted_at__isnull", False),
                                models.Q(("asked_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payouts_stop_lifted_when_asked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_by", ""),
                            models.Q(("lifted_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="payouts_stop_lifted_by_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL(STOPS, NO_STOPS),
        append_only("payouts_recount"),
    ]
