"""Standing approvals with limits, what they found of runs, and what persons remarked."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import upline.foundation.clock
from upline.foundation.schema import append_only

# Each standing approval stands as it was given; agreeing and ending are written once.
STANDING = """
CREATE FUNCTION commissions_guard_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.agreed_by <> '' OR NEW.ended_by <> '' THEN
            RAISE EXCEPTION 'a standing approval does not stand before it is agreed to'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.ended_by <> ''
       OR (to_jsonb(NEW) - 'agreed_by' - 'agreed_at' - 'ended_by' - 'ended_at' - 'ended_reason')
          IS DISTINCT FROM
          (to_jsonb(OLD) - 'agreed_by' - 'agreed_at' - 'ended_by' - 'ended_at' - 'ended_reason')
       OR (OLD.agreed_by <> ''
           AND (NEW.agreed_by, NEW.agreed_at) IS DISTINCT FROM (OLD.agreed_by, OLD.agreed_at))
    THEN
        RAISE EXCEPTION 'a standing approval stands as it was given'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON commissions_standingapproval
    FOR EACH ROW EXECUTE FUNCTION commissions_guard_standing();
"""
NO_STANDING = """
DROP TRIGGER guard ON commissions_standingapproval;
DROP FUNCTION commissions_guard_standing();
"""
# What is covered passed no limit; and only a run that waits is judged.
JUDGED = """
ALTER TABLE commissions_judgement ADD CONSTRAINT commissions_judgement_covers_within_limits CHECK (
    NOT is_covered OR (
        standing_id IS NOT NULL AND jsonb_array_length(limits) > 0
        AND NOT jsonb_path_exists(limits, '$[*] ? (@.is_passed != false)')
    )
);
CREATE FUNCTION commissions_guard_judgement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM commissions_run AS run JOIN commissions_period AS period
            ON period.id = run.period_id AND period.fence = run.fence
        WHERE run.id = NEW.run_id AND period.state = 'calculated'
    ) THEN
        RAISE EXCEPTION 'a run is judged while it is calculated; its judgement stands'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT ON commissions_judgement
    FOR EACH ROW EXECUTE FUNCTION commissions_guard_judgement();
"""
NOT_JUDGED = """
DROP TRIGGER guard ON commissions_judgement;
DROP FUNCTION commissions_guard_judgement();
ALTER TABLE commissions_judgement DROP CONSTRAINT commissions_judgement_covers_within_limits;
"""
# Who approves is a person, with a remark where a limit is passed; or a standing approval that is in
# force for these days, has judged the run, and whose plainest limits the database holds it to again.
APPROVED = """
CREATE FUNCTION commissions_guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved_by LIKE 'login:%' THEN
        IF EXISTS (
            SELECT FROM commissions_judgement
            WHERE run_id = NEW.id AND standing_id IS NOT NULL AND NOT is_covered
        ) AND NOT EXISTS (
            SELECT FROM commissions_remark
            WHERE period_id = NEW.period_id AND fence = NEW.fence AND written_by = NEW.approved_by
        ) THEN
            RAISE EXCEPTION 'a run past a limit does not stand without a remark'
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF NOT EXISTS (
        SELECT FROM commissions_judgement AS judgement
        JOIN commissions_standingapproval AS standing ON standing.id = judgement.standing_id
        JOIN commissions_period AS period ON period.id = NEW.period_id
        WHERE judgement.run_id = NEW.id AND judgement.is_covered
          AND NEW.approved_by = 'standing:' || standing.id
          AND standing.agreed_by <> '' AND standing.ended_at IS NULL
          AND standing.calendar_id = period.calendar_id
          AND standing.starts_on <= period.starts_on AND standing.ends_on >= period.ends_on
          AND standing.currency = NEW.currency
          AND (NEW.summary ->> 'total')::numeric * 10000
              <= (NEW.summary ->> 'turnover')::numeric * standing.ratio_hundredths
          AND (NEW.summary -> 'highest' ->> 1)::numeric <= standing.largest_minor
    ) THEN
        RAISE EXCEPTION 'an approval stands on a person, or on limits that are kept'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_approval BEFORE UPDATE ON commissions_run
    FOR EACH ROW WHEN (OLD.approved_by = '' AND NEW.approved_by <> '')
    EXECUTE FUNCTION commissions_guard_approval();
"""
NOT_APPROVED = """
DROP TRIGGER guard_approval ON commissions_run;
DROP FUNCTION commissions_guard_approval();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0006_adjustments"),
    ]

    operations = [
        migrations.CreateModel(
            name="StandingApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("ratio_hundredths", models.PositiveIntegerField()),
                ("change_hundredths", models.PositiveIntegerField()),
                ("change_from_minor", models.PositiveBigIntegerField()),
                ("largest_minor", models.PositiveBigIntegerField()),
                ("reason", models.CharField(max_length=1000)),
                ("given_by", models.CharField(max_length=100)),
                ("given_at", models.DateTimeField(default=upline.foundation.clock.now)),
                ("agreed_by", models.CharField(blank=True, max_length=100)),
                ("agreed_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=100)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_reason", models.CharField(blank=True, max_length=1000)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_approvals",
                        to="commissions.calendar",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_covered", models.BooleanField()),
                ("limits", models.JSONField()),
                ("judged_at", models.DateTimeField(default=upline.foundation.clock.now)),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judgement",
                        to="commissions.run",
                    ),
                ),
                (
                    "standing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judgements",
                        to="commissions.standingapproval",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fence", models.PositiveIntegerField()),
                ("text", models.CharField(max_length=1000)),
                ("written_by", models.CharField(max_length=100)),
                ("written_at", models.DateTimeField(default=upline.foundation.clock.now)),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remarks",
                        to="commissions.period",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True),
                            ("written_by__startswith", "login:"),
                        ),
                        name="commissions_remark_of_a_person",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="standingapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_on__lt", models.F("ends_on"))),
                name="commissions_standing_has_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("given_by__startswith", "login:"), models.Q(("reason", ""), _negated=True)
                ),
                name="commissions_standing_given_by_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreed_by", ""),
                    models.Q(
                        ("agreed_by__startswith", "login:"),
                        models.Q(("agreed_by", models.F("given_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="commissions_standing_agreed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreed_by", ""), ("agreed_at__isnull", False), _connector="XOR"
                ),
                name="commissions_standing_agreed_at_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_by", ""), ("ended_at__isnull", True), ("ended_reason", "")),
                    models.Q(
                        ("ended_by__startswith", "login:"),
                        ("ended_at__isnull", False),
                        models.Q(("ended_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="commissions_standing_ended_by_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingapproval",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                expressions=[
                    ("calendar", "="),
                    (
                        models.Func(
                            "starts_on",
                            "ends_on",
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="commissions_standing_one_at_a_time",
            ),
        ),
        migrations.RunSQL(STANDING, NO_STANDING),
        migrations.RunSQL(JUDGED, NOT_JUDGED),
        migrations.RunSQL(APPROVED, NOT_APPROVED),
        append_only("commissions_judgement"),
        append_only("commissions_remark"),
    ]
