"""Closes taken back by two persons; one calendar a length; only known states."""

import django.db.models.deletion
from django.db import migrations, models

import upline.foundation.clock

# Who asked and why stands; agreeing is written once.
GUARD = """
CREATE FUNCTION commissions_guard_reopening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.agreed_by <> ''
       OR (to_jsonb(NEW) - 'agreed_by' - 'agreed_at')
          IS DISTINCT FROM (to_jsonb(OLD) - 'agreed_by' - 'agreed_at')
    THEN
        RAISE EXCEPTION 'a reopening stands as it was asked and agreed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON commissions_reopening
    FOR EACH ROW EXECUTE FUNCTION commissions_guard_reopening();
"""
NO_GUARD = """
DROP TRIGGER guard ON commissions_reopening;
DROP FUNCTION commissions_guard_reopening();
"""


class Migration(migrations.Migration):
    dependencies = [("commissions", "0002_lines_and_what_never_changes")]

    operations = [
        migrations.CreateModel(
            name="Reopening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fence", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=1000)),
                ("asked_by", models.CharField(max_length=100)),
                ("asked_at", models.DateTimeField(default=upline.foundation.clock.now)),
                ("agreed_by", models.CharField(blank=True, max_length=100)),
                ("agreed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "period",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reopenings",
                        to="commissions.period",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="reopening",
            constraint=models.UniqueConstraint(
                fields=("period", "fence"), name="commissions_reopened_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reopening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("asked_by", ""), _negated=True),
                ),
                name="commissions_reopening_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="reopening",
            constraint=models.CheckConstraint(
                condition=models.Q(("agreed_by", models.F("asked_by")), _negated=True),
                name="commissions_reopened_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="reopening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreed_by", ""), ("agreed_at__isnull", False), _connector="XOR"
                ),
                name="commissions_reopened_at_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendar",
            constraint=models.UniqueConstraint(
                fields=("every",), name="commissions_calendar_one_a_length"
            ),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "open",
                            "frozen",
                            "calculated",
                            "approved",
                            "posting",
                            "posted",
                            "sealed",
                        ],
                    )
                ),
                name="commissions_period_state_known",
            ),
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
