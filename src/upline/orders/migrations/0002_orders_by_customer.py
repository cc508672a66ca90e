"""Finds the orders of a customer among many."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_product_picture"),
        ("network", "0002_changes_are_noted"),
        ("orders", "0001_orders_payments_shipments_refunds"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("customer", ""), _negated=True),
                fields=["customer", "-placed_at"],
                name="orders_order_by_customer",
            ),
        ),
    ]
