"""Finds journals by day and by kind among many."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_what_the_database_refuses"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="journal",
            index=models.Index(fields=["effective_on", "id"], name="ledger_journal_by_day"),
        ),
        migrations.AddIndex(
            model_name="journal",
            index=models.Index(fields=["kind", "id"], name="ledger_journal_by_kind"),
        ),
    ]
