"""Who answers to which event: the one table.

A key is the name of an event as registered by `outbox.event`, a value the handlers in the order in
which they are listed, each `module:function`. An event that nobody answers yet stands here with an
empty tuple, so that forgetting one is seen.
"""

WIRING: dict[str, tuple[str, ...]] = {
    "commissions.alarm_raised": ("upline.commissions.alarms:on_alarm_raised",),
    "orders.cancelled": (),
    "orders.delivered": (),
    "orders.loaded": ("upline.commissions.loaded:on_orders_loaded",),
    "orders.paid": ("upline.commissions.facts:on_order_paid",),
    "orders.placed": (),
    "orders.refunded": ("upline.commissions.facts:on_order_refunded",),
    "orders.shipped": (),
    "network.member_enrolled": (),
    "network.members_loaded": (),
    "network.member_moved": (),
    "network.member_status_changed": (),
    "network.holders_changed": (),
    "network.members_merged": (),
    "network.rank_granted": (),
    "network.rank_grant_ended": (),
    "payouts.method_changed": (),
    "payouts.payout_moved": (),
    "people.consent_recorded": (),
    "people.merge_undone": (),
    "people.persons_merged": (),
}
