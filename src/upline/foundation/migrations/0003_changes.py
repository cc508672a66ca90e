from django.db import migrations

from upline.foundation import changes


class Migration(migrations.Migration):
    dependencies = [("foundation", "0002_company")]

    operations = [migrations.RunSQL(changes.CREATE, changes.DROP)]
