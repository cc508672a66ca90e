"""Finds what was done by the kind of act, and of a day, among many acts."""

from __future__ import annotations

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("foundation", "0003_changes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["act", "id"], name="foundation_audit_by_act"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["recorded_at"], name="foundation_audit_by_moment"
            ),
        ),
    ]
