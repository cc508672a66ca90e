"""Staff sign in with a second factor; without one they reach nothing but its set-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from upline.foundation import access, audit

# What a login of staff reaches before it has proved its second factor in this session.
SET_UP = frozenset(
    (
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "accounts:language",
        "health-live",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_authenticate",
        "mfa_index",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    )
)
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_proved(request: HttpRequest) -> bool:
    """Tell whether this session has been proved by a second factor."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


class StaffProveSecondFactor:
    """Middleware: a login of staff proves its second factor, or sets one up, before all else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        asked = request.resolver_match
        if asked is None or asked.view_name in SET_UP or not _is_unproved_staff(request):
            return None
        door = reverse(_door_of(request.user))
        return HttpResponseRedirect(f"{door}?{urlencode({'next': request.get_full_path()})}")


def _door_of(login: Any) -> str:
    if is_mfa_enabled(login, [Authenticator.Type.TOTP]):
        return "mfa_reauthenticate"
    if is_mfa_enabled(login, [Authenticator.Type.WEBAUTHN]):
        return "mfa_reauthenticate_webauthn"
    return "mfa_activate_totp"


def _is_unproved_staff(request: HttpRequest) -> bool:
    # Without a session nobody is asked for, so that the probes need no database.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return False
    return access.is_staff(request.user) and not is_proved(request)


def on_added(
    sender: object,  # noqa: ARG001 - a signal's
    request: HttpRequest,
    user: Any,
    authenticator: Authenticator,
    **_: object,
) -> None:
    """Count setting a factor up as proving it: its code was typed a moment ago."""
    if authenticator.type in KINDS:
        record_authentication(
            request, user, "mfa", id=authenticator.pk, type=str(authenticator.type)
        )
    _record("people.add_second_factor", user, authenticator)


def on_removed(
    sender: object,  # noqa: ARG001 - a signal's
    user: Any,
    authenticator: Authenticator,
    **_: object,
) -> None:
    """Let the audit know."""
    _record("people.remove_second_factor", user, authenticator)


def _record(act: str, user: Any, authenticator: Authenticator) -> None:
    audit.record(
        act=act,
        subject=f"login:{user.pk}",
        reason="by the login itself",
        after={"kind": str(authenticator.type)},
    )
