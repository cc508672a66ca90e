"""`{% state_of "period" period.state as found %}`: word, tone and icon of a state."""

from __future__ import annotations

from django import template

from upline.web.shared import states

register = template.Library()


@register.simple_tag
def state_of(of: str, state: str) -> states.Shown:
    """Give how a state is shown."""
    return states.shown(of, state)
