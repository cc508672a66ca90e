"""Volume facts of orders that came in at once, by one statement over all of them."""

from __future__ import annotations

from django.db import connection, transaction

from upline.commissions import telling
from upline.commissions.errors import FigureUnreadable
from upline.commissions.facts import LOCK, MONEY, PURCHASE
from upline.foundation import clock, locking
from upline.money import CURRENCY_PLACES
from upline.orders.events import OrdersLoaded

# The same figures as `facts.figures_of` gives for one order, written in the same way.
_RECORD = """
INSERT INTO commissions_volumefact
    (key, member_id, order_number, occurred_at, recorded_at, customer, kind, currency, figures)
SELECT 'order:' || placed.number, placed.member_id, placed.number, placed.paid_at, %(now)s,
       placed.customer, %(kind)s, placed.currency,
       jsonb_build_object(
           'price', trim_scale((lines.net + lines.tax) * scale.unit)::text,
           'net', trim_scale(lines.net * scale.unit)::text,
           'tax', trim_scale(lines.tax * scale.unit)::text,
           'retail', trim_scale(lines.retail * scale.unit)::text
       ) || coalesce(volumes.figures, '{{}}'::jsonb)
FROM orders_order AS placed
JOIN (
    SELECT line.order_id, sum(line.net_minor) AS net, sum(line.tax_minor) AS tax,
           sum(line.retail_minor) AS retail
    FROM orders_orderline AS line JOIN orders_order AS own ON own.id = line.order_id
    WHERE own.load_id = %(load)s GROUP BY line.order_id
) AS lines ON lines.order_id = placed.id
LEFT JOIN (
    SELECT summed.order_id, jsonb_object_agg(summed.name, trim_scale(summed.value)::text) AS figures
    FROM (
        SELECT line.order_id, volume.name, sum(volume.value::numeric) AS value
        FROM orders_orderline AS line JOIN orders_order AS own ON own.id = line.order_id,
             jsonb_each_text(line.volumes) AS volume (name, value)
        WHERE own.load_id = %(load)s GROUP BY line.order_id, volume.name
    ) AS summed GROUP BY summed.order_id
) AS volumes ON volumes.order_id = placed.id
CROSS JOIN LATERAL (SELECT CASE placed.currency {units} ELSE 0.01 END AS unit) AS scale
WHERE placed.load_id = %(load)s AND placed.member_id IS NOT NULL
ORDER BY placed.member_id, placed.id
ON CONFLICT (key) DO NOTHING
"""

_MISNAMED = """
SELECT placed.number, volume.name
FROM orders_order AS placed
JOIN orders_orderline AS line ON line.order_id = placed.id,
     jsonb_object_keys(line.volumes) AS volume (name)
WHERE placed.load_id = %(load)s AND volume.name = ANY(%(money)s) LIMIT 1
"""


def on_orders_loaded(event: OrdersLoaded) -> None:
    """Record what every order of a load brings to the member it is credited to.

    Raises FigureUnreadable where a volume has a name of money.
    """
    units = " ".join(
        f"WHEN '{code}' THEN 1e-{places}::numeric" for code, places in CURRENCY_PLACES.items()
    )
    with transaction.atomic():
        locking.take_shared(*LOCK)
        with connection.cursor() as cursor:
            cursor.execute(_MISNAMED, {"load": event.load_id, "money": list(MONEY)})
            for number, name in cursor.fetchall():
                raise FigureUnreadable(key=f"order:{number}", name=name, figure="a volume")
            cursor.execute(
                _RECORD.format(units=units),
                {"load": event.load_id, "now": clock.now(), "kind": PURCHASE},
            )
        telling.estimate_soon()
