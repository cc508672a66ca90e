"""The columns that random plans declare, and companies have."""

FIELDS = {
    "members": {
        "country": "text",
        "type": "text",
        "flag": "yes_no",
        "reach": "count",
        "goal": "points",
        "mentor": "member",
    },
    "orders": {
        "pv": {"unit": "points", "places": 2},
        "cv": "points",
        "price": "money",
        "units": "count",
        "event": "text",
        "host": "member",
        "affiliate": "member",
        "promo": "yes_no",
    },
}
