"""What every page says of its session: whether somebody stands in, and whether this is a demo."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def session_of(request: HttpRequest) -> dict[str, object]:
    """Give the banners of a page."""
    return {
        # Evaluated only where a page writes it: only then is it in the policy.
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "is_demo": settings.ENVIRONMENT.is_demo,
        "standing_in": getattr(request, "standing_in", None),
    }
