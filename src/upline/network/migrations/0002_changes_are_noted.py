from django.db import migrations

from upline.foundation.changes import noted

TABLES = ("network_member", "network_holder", "people_person")


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0001_members_trees_and_history"),
        ("people", "0003_names_contacts_consents_merges"),
        ("foundation", "0003_changes"),
    ]

    operations = [noted(table, topic="network") for table in TABLES]
