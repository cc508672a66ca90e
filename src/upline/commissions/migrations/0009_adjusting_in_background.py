"""The worker also adjusts closed periods and settles what was approved of that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commissions", "0008_closing_rules")]

    operations = [
        migrations.RemoveConstraint(model_name="progress", name="commissions_progress_known"),
        migrations.AlterField(
            model_name="progress",
            name="act",
            field=models.CharField(
                choices=[
                    ("close", "Close"),
                    ("post", "Post"),
                    ("adjust", "Adjust"),
                    ("settle", "Settle"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="progress",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=1000),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="progress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "running", "done", "refused"]),
                    ("act__in", ["close", "post", "adjust", "settle"]),
                ),
                name="commissions_progress_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="progress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act", "adjust"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="commissions_progress_says_why",
            ),
        ),
    ]
