"""What the frame of a page needs: where one may go, which theme, which version."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from upline import __version__

register = template.Library()
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place to go to."""

    address: str
    label: str | Promise
    icon: str
    is_here: bool = False


# Address below the cabinet, icon, label.
_CABINET = (
    ("", "home", gettext_lazy("Home")),
    ("statements/", "receipt", gettext_lazy("Statements")),
    ("wallet/", "wallet", gettext_lazy("Wallet")),
    ("team/", "network", gettext_lazy("Team")),
    ("profile/", "user", gettext_lazy("Profile")),
)


@register.simple_tag(takes_context=True)
def theme_attribute(context: template.Context) -> SafeString:
    """Write the theme that the reader chose; without a choice the device decides."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return format_html(' data-theme="{}"', chosen) if chosen in THEMES else SafeString("")


@register.simple_tag(takes_context=True)
def navigation(context: template.Context) -> list[Entry]:
    """List where a member may go; nothing for whoever has no cabinet."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.has_perm("cabinet.use"):
        return []
    start = reverse("cabinet:home")
    return [
        Entry(
            address=start + below,
            label=label,
            icon=icon,
            is_here=_is_here(request.path.removeprefix(start), below),
        )
        for below, icon, label in _CABINET
    ]


def _is_here(path: str, below: str) -> bool:
    # The estimate is the statement of a period that is still open.
    if path.startswith("estimate/"):
        return below == "statements/"
    return path.startswith(below) if below else path == ""


@register.simple_tag(takes_context=True)
def rooms(context: template.Context) -> list[Entry]:
    """List the rooms of the site that a login may enter."""
    user = context["request"].user
    found = []
    if user.has_perm("cabinet.use"):
        found.append(
            Entry(address=reverse("cabinet:home"), label=gettext_lazy("My pages"), icon="home")
        )
    if user.roles - {"member"}:
        found.append(
            Entry(address=reverse("admin:index"), label=gettext_lazy("Office"), icon="settings")
        )
    return found


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """List the languages, each in its own name: that is how it is looked for."""
    return list(settings.LANGUAGES)


@register.filter
def language_name(code: str) -> str:
    """Give a language's own name for itself."""
    return dict(settings.LANGUAGES)[code]


@register.filter
def software_version(_value: str) -> str:
    """Give the version of this software."""
    return __version__
