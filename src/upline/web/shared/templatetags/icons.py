"""`{% icon "check" "xs" %}`: an icon of the sprite, for components that stand in every row of a list.

Elsewhere `<c-icon>` says the same; a component in a component costs ten times as much as a tag.
"""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
_DECORATIVE = '<svg class="icon icon-{} {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
_TELLING = (
    '<svg class="icon icon-{} {}" role="img" aria-label="{}" focusable="false">'
    '<use href="{}#{}"></use></svg>'
)


@register.simple_tag
def icon(name: str, size: str = "md", label: str = "", extra: str = "") -> SafeString:
    """Write an icon; one with a label tells something, one without is decoration."""
    sprite = static("upline/icons.svg")
    if label:
        return format_html(_TELLING, size, extra, label, sprite, name)
    return format_html(_DECORATIVE, size, extra, sprite, name)
