"""The table of the cache that all processes share. Its rows may be lost, so it is not logged."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE UNLOGGED TABLE web_accounts_cache (
                    cache_key varchar(255) PRIMARY KEY,
                    value text NOT NULL,
                    expires timestamptz NOT NULL
                );
                CREATE INDEX web_accounts_cache_expires ON web_accounts_cache (expires);
            """,
            reverse_sql="DROP TABLE web_accounts_cache;",
        ),
    ]
