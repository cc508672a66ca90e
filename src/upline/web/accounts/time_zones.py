"""Pages tell the time of the company."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from upline.foundation.once import once
from upline.network.history import ZONE


class TimeOfCompany:
    """Middleware: whoever is signed in reads moments in the zone of the company."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = ""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            zone = getattr(request.user, "company_zone", "") or settings.TIME_ZONE
            once(ZONE, lambda: zone)
        with timezone.override(ZoneInfo(zone) if zone else None):
            return self.get_response(request)
