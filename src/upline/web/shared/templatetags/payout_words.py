"""Words about payouts for templates."""

from __future__ import annotations

from django import template

from upline.web.shared.payout_words import HELD_FOR

register = template.Library()


@register.filter
def held_for(code: str) -> str:
    """Say what stands in the way of a payout."""
    return str(HELD_FOR[code])
