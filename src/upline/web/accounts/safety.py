"""What every answer tells the browser beside the policy of content."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

# Nothing on our pages asks for these, so nothing that slips in may.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
# Where whoever is not signed in, or not wholly, is sent.
_DOORS = (
    "account_login",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
)


class AnswersAreSafe:
    """Middleware: headers, and a fragment that needs signing in leads the whole page there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "HX-Request" in request.headers and _is_door(response):
            response = _through_the_door(response)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            # Whoever takes the computer over after signing out finds nothing behind "back".
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def _is_door(response: HttpResponse) -> bool:
    if response.status_code != 302:
        return False
    path = urlsplit(response["Location"]).path
    return path in {resolve_url(door) for door in _DOORS}


def _through_the_door(response: HttpResponse) -> HttpResponse:
    door = urlsplit(response["Location"]).path
    answer = HttpResponse(status=204)
    answer.cookies = response.cookies
    # Without "next": the address of a fragment is no page to come back to.
    answer["HX-Redirect"] = door
    return answer
