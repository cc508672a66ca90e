"""Adjustments: what came too late for closed periods, by two persons, never changed when it is posted."""

import django.db.models.deletion
from django.db import migrations, models

import upline.foundation.clock
from upline.foundation.schema import append_only

# What an adjustment says stands once it has a digest; approving, posting and discarding are
# written once each.
ADJUSTMENTS = """
CREATE FUNCTION commissions_guard_adjustment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'adjustments stand' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'computing' OR NEW.approved_by <> '' OR NEW.digest <> '' THEN
            RAISE EXCEPTION 'an adjustment begins with its computation'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    allowed := CASE OLD.state
        WHEN 'computing' THEN ARRAY['computed']
        WHEN 'computed' THEN ARRAY['approved', 'discarded']
        WHEN 'approved' THEN ARRAY['posted']
        ELSE ARRAY[]::text[]
    END;
    IF NOT NEW.state = ANY (allowed) THEN
        RAISE EXCEPTION 'an adjustment does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.state = 'approved') <> (NEW.approved_by <> OLD.approved_by)
       OR (NEW.state = 'computed') <> (NEW.digest <> OLD.digest)
       OR (OLD.state <> 'computing' AND NEW.receipts <> OLD.receipts)
       OR (to_jsonb(NEW) - ARRAY['state', 'digest', 'receipts', 'approved_by', 'approved_at', 'ended_at'])
          IS DISTINCT FROM
          (to_jsonb(OLD) - ARRAY['state', 'digest', 'receipts', 'approved_by', 'approved_at', 'ended_at'])
    THEN
        RAISE EXCEPTION 'an adjustment stands as it was computed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON commissions_adjustment
    FOR EACH ROW EXECUTE FUNCTION commissions_guard_adjustment();
CREATE FUNCTION commissions_guard_adjusted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT adjustment_id FROM added) AS written
        JOIN commissions_adjustment AS one ON one.id = written.adjustment_id
        WHERE one.state <> 'computing'
    ) THEN
        RAISE EXCEPTION 'what an adjustment changes stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION commissions_guard_adjusted_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR NOT EXISTS (
        SELECT FROM commissions_adjustment
        WHERE id = OLD.adjustment_id AND state = 'discarded'
    ) THEN
        RAISE EXCEPTION 'what an adjustment counts stands' USING ERRCODE = 'restrict_violation',
            HINT = 'Discard the adjustment, as long as it is not approved.';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON commissions_adjustedfact
    FOR EACH ROW EXECUTE FUNCTION commissions_guard_adjusted_fact();
-- Late is what no freeze counts, in a period that is posted.
CREATE FUNCTION commissions_guard_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added JOIN commissions_period AS period ON period.id = added.period_id
        WHERE period.state NOT IN ('posted', 'sealed')
           OR period.calendar_id <> added.calendar_id
           OR EXISTS (
               SELECT FROM commissions_frozenfact AS counted
               WHERE counted.fact_id = added.fact_id
                 AND counted.calendar_id = added.calendar_id
           )
    ) THEN
        RAISE EXCEPTION 'an adjustment counts what came too late, once'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER guard_late AFTER INSERT ON commissions_adjustedfact
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION commissions_guard_late();
"""
NO_ADJUSTMENTS = """
DROP TRIGGER guard_late ON commissions_adjustedfact;
DROP FUNCTION commissions_guard_late();
DROP TRIGGER guard ON commissions_adjustedfact;
DROP FUNCTION commissions_guard_adjusted_fact();
DROP FUNCTION commissions_guard_adjusted();
DROP TRIGGER guard ON commissions_adjustment;
DROP FUNCTION commissions_guard_adjustment();
"""
WRITTEN = """
CREATE TRIGGER guard_adjusted AFTER INSERT ON commissions_{table}
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION commissions_guard_adjusted()
"""
NOT_WRITTEN = "DROP TRIGGER guard_adjusted ON commissions_{table}"
OUTCOMES = ("adjustedpart", "adjustedline", "adjustedtotal", "adjustedpay")


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0005_rows_counted"),
        ("network", "0002_changes_are_noted"),
    ]

    operations = [
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("computing", "Computing"),
                            ("computed", "Computed"),
                            ("approved", "Approved"),
                            ("posted", "Posted"),
                            ("discarded", "Discarded"),
                        ],
                        default="computing",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=1000)),
                ("computed_by", models.CharField(max_length=100)),
                ("computed_at", models.DateTimeField(default=upline.foundation.clock.now)),
                ("receipts", models.JSONField(default=dict)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("approved_by", models.CharField(blank=True, max_length=100)),
                ("approved_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustments",
                        to="commissions.calendar",
                    ),
                ),
                (
                    "posted_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settles",
                        to="commissions.period",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdjustedTotal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "adjustment",
                        "period",
                        "member",
                        "bonus",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("bonus", models.CharField(max_length=100)),
                ("amount_units", models.BigIntegerField()),
                ("posted_minor", models.BigIntegerField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.member",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commissions.period",
                    ),
                ),
                (
                    "adjustment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="totals",
                        to="commissions.adjustment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdjustedPay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "adjustment",
                        "period",
                        "member",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("pay_minor", models.BigIntegerField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.member",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commissions.period",
                    ),
                ),
                (
                    "adjustment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pays",
                        to="commissions.adjustment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdjustedPart",
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
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commissions.period",
                    ),
                ),
                (
                    "adjustment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="commissions.adjustment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdjustedLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "adjustment",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("bonus", models.CharField(max_length=100)),
                ("level", models.IntegerField(null=True)),
                ("before_units", models.BigIntegerField()),
                ("now_units", models.BigIntegerField()),
                (
                    "buyer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.member",
                    ),
                ),
                (
                    "fact",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commissions.volumefact",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.member",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commissions.period",
                    ),
                ),
                (
                    "adjustment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="commissions.adjustment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdjustedFact",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "fact",
                        "calendar",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commissions.calendar",
                    ),
                ),
                (
                    "fact",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commissions.volumefact",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commissions.period",
                    ),
                ),
                (
                    "adjustment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="commissions.adjustment",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["computing", "computed", "approved"])),
                fields=("calendar",),
                name="commissions_adjustment_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", ""),
                    models.Q(("approved_by", models.F("computed_by")), _negated=True),
                    _connector="OR",
                ),
                name="commissions_adjustment_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("computed_by", ""), _negated=True),
                ),
                name="commissions_adjustment_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["computing", "computed", "approved", "posted", "discarded"])
                ),
                name="commissions_adjustment_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustedpart",
            constraint=models.UniqueConstraint(
                fields=("adjustment", "period", "table", "number"), name="commissions_adjusted_part"
            ),
        ),
        migrations.RunSQL(ADJUSTMENTS, NO_ADJUSTMENTS),
        *(
            migrations.RunSQL(WRITTEN.format(table=table), NOT_WRITTEN.format(table=table))
            for table in (*OUTCOMES, "adjustedfact")
        ),
        *(append_only(f"commissions_{table}") for table in OUTCOMES),
    ]
