"""How a browser is named to whom it belongs."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The first that is found counts: most say that they are Chrome and Safari as well.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("YaBrowser", "Yandex"),
    ("SamsungBrowser", "Samsung"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def browser_of(user_agent: str) -> str:
    """Give browser and system, such as "Firefox, Android", from what the browser says of itself."""
    found = [
        next((name for sign, name in kinds if sign in user_agent), "")
        for kinds in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in found if name) or _("An unknown browser")
