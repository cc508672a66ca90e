"""Corrections by hand: entered by one person, booked by another, never changed."""

import django.db.models.deletion
from django.db import migrations, models

import upline.foundation.clock
from upline.foundation.schema import append_only

# What a sheet says stands; it is decided once, and booked only as a whole.
SHEETS = """
CREATE FUNCTION commissions_guard_correctionsheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'entered' THEN
            RAISE EXCEPTION 'corrections are entered before they are decided'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state <> 'entered' OR NEW.state = 'entered'
       OR (to_jsonb(NEW) - ARRAY['state', 'decided_by', 'decided_at', 'booked_in_id', 'effective_on'])
          IS DISTINCT FROM
          (to_jsonb(OLD) - ARRAY['state', 'decided_by', 'decided_at', 'booked_in_id', 'effective_on'])
    THEN
        RAISE EXCEPTION 'corrections stand as they were entered and decided'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'booked' AND NEW.count <> (
        SELECT count(*) FROM commissions_correction WHERE sheet_id = NEW.id
    ) THEN
        RAISE EXCEPTION 'corrections are booked as a whole' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON commissions_correctionsheet
    FOR EACH ROW EXECUTE FUNCTION commissions_guard_correctionsheet();
CREATE FUNCTION commissions_guard_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added JOIN commissions_correctionsheet AS sheet ON sheet.id = added.sheet_id
        WHERE sheet.state <> 'entered' OR added.number >= sheet.count
           OR (sheet.what = 'pay') <> (added.figure = '')
    ) THEN
        RAISE EXCEPTION 'what is corrected is entered at once, of one kind'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER guard_entered AFTER INSERT ON commissions_correction
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION commissions_guard_correction();
"""
NO_SHEETS = """
DROP TRIGGER guard_entered ON commissions_correction;
DROP FUNCTION commissions_guard_correction();
DROP TRIGGER guard ON commissions_correctionsheet;
DROP FUNCTION commissions_guard_correctionsheet();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0009_adjusting_in_background"),
        ("network", "0002_changes_are_noted"),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectionSheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True)),
                (
                    "what",
                    models.CharField(choices=[("pay", "Pay"), ("volume", "Volume")], max_length=10),
                ),
                ("count", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("entered_by", models.CharField(max_length=100)),
                ("entered_at", models.DateTimeField(default=upline.foundation.clock.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("entered", "Entered"),
                            ("booked", "Booked"),
                            ("rejected", "Rejected"),
                        ],
                        default="entered",
                        max_length=10,
                    ),
                ),
                ("decided_by", models.CharField(blank=True, max_length=100)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("effective_on", models.DateField(null=True)),
                (
                    "booked_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="commissions.period",
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="commissions.calendar",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "sheet",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=1000)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("figure", models.CharField(blank=True, max_length=60)),
                ("value", models.DecimalField(decimal_places=9, max_digits=20, null=True)),
                ("counts_on", models.DateField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.member",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="commissions.correctionsheet",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="correctionsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("calendar__isnull", False), ("what", "pay")),
                    models.Q(("calendar__isnull", True), ("what", "volume")),
                    _connector="OR",
                ),
                name="commissions_corrections_of_a_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("entered_by__startswith", "login:"),
                    models.Q(("key", ""), _negated=True),
                    ("count__gt", 0),
                ),
                name="commissions_corrections_by_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True), ("decided_by", ""), ("state", "entered")
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__startswith", "login:"),
                        ("state__in", ["booked", "rejected"]),
                    ),
                    _connector="OR",
                ),
                name="commissions_corrections_decided_by_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", models.F("entered_by")), ("state", "booked"), _negated=True
                ),
                name="commissions_corrections_two_persons",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("booked_in__isnull", False),
                        ("effective_on__isnull", False),
                        ("state", "booked"),
                        ("what", "pay"),
                    ),
                    models.Q(
                        ("booked_in__isnull", True),
                        ("effective_on__isnull", True),
                        models.Q(("state", "booked"), ("what", "pay"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="commissions_corrections_booked_in_a_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("currency__regex", "^[A-Z]{3}$"),
                        ("figure", ""),
                        ("amount_minor__gt", -10000000000000),
                        ("amount_minor__lt", 10000000000000),
                        ("counts_on__isnull", True),
                        ("value__isnull", True),
                        models.Q(("amount_minor", 0), _negated=True),
                    ),
                    models.Q(
                        ("amount_minor__isnull", True),
                        ("currency", ""),
                        ("counts_on__isnull", False),
                        ("value__isnull", False),
                        models.Q(("figure", ""), _negated=True),
                        models.Q(("value", 0), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="commissions_correction_of_pay_or_volume",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="commissions_correction_has_reason",
            ),
        ),
        migrations.RunSQL(SHEETS, NO_SHEETS),
        append_only("commissions_correction"),
    ]
