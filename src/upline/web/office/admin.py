"""The tables that the office shows; each module is imported for what it registers."""

from upline.web.office import (  # noqa: F401 - imported for what they register
    adjustments,
    audit,
    books,
    closing,
    corrections,
    deliveries,
    logins,
    members,
    orders,
    payout_stops,
    periods,
    persons,
    plans,
    products,
    rates,
    standing,
)
