"""Bounds in words."""

from __future__ import annotations

from fractions import Fraction

from upline.compensation.plan import schema
from upline.compensation.plan.review.bounds import Bound
from upline.compensation.plan.review.linear import A_PERIOD, AN_ORDER
from upline.compensation.plan.speech import Speech, msg

# What stands above and below a table of bounds.
HEADS = (msg("Bonus"), msg("At most, of what is sold"))
IN_ALL = msg("In all")

# The trees that show why there is no end.
ENDLESS = {
    "levels": msg(
        "a line of members who all qualify: each one more above the buyer is paid once more"
    ),
    "above": msg(
        "a line of members: the same sale counts in the volume of everybody above the buyer"
    ),
    "legs": msg("a full binary tree: at each further level all volume is matched once more"),
    "given": msg("legs that are given: their volumes may be of any size, with no order at all"),
    "heads": msg(
        "a line of members who all qualify and are no heads: each of them stands in the same"
        " generation and is paid"
    ),
    "members": msg(
        "members who meet the conditions are paid a fixed sum each, however many they are"
    ),
}

_NO_END = msg("no finite bound: %(why)s")
_NOT_FOUND = msg("no bound follows from the rules")
_OF_OTHERS = msg("nothing of its own")
_SHARE = msg("%(share)s of %(what)s")
_EACH = msg("%(amount)s for each 1 of %(what)s")
_ORDER = msg("%(amount)s for each order")
_PERIOD = msg("%(amount)s for each period")


_FIXED = {AN_ORDER: _ORDER, A_PERIOD: _PERIOD}


def said(bound: Bound, file: schema.PlanFile, speech: Speech) -> str:
    """Say a bound in the reader's language."""
    if bound.verdict == "endless":
        return speech.say(_NO_END) % {"why": speech.say(ENDLESS[bound.why])}
    if bound.verdict == "unknown":
        why = speech.say(ENDLESS[bound.why]) if bound.why else ""
        return speech.say(_NOT_FOUND) + (f": {why}" if why else "")
    parts = []
    for key, share in bound.most.items():
        facts = {"what": key, "amount": speech.amount(share, file.currency, places=0)}
        field = file.orders.get(key)
        if field is not None and field.unit == "money":
            percent = speech.percent(Fraction(round(share * 10**6), 10**6))
            parts.append(speech.say(_SHARE) % {"what": key, "share": percent})
        else:
            parts.append(speech.say(_FIXED.get(key, _EACH)) % facts)
    return " + ".join(parts) or speech.say(_OF_OTHERS)
