"""Standing in for a member: support sees what the member sees, with a reason, in the open.

Only logins with the right `logins.stand_in`, never for a login of staff, an hour at most. What is
done meanwhile carries both names; what needs the person themselves is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from hijack.views import AcquireUserView, ReleaseUserView

from upline.foundation import access, audit, clock
from upline.foundation.requests import STANDING_IN
from upline.people.models import Login

AT_MOST = timedelta(hours=1)
REASON_AT_MOST = 500
# What belongs to the person: their password, their second factor, their sessions.
OWN_AFFAIRS = ("account_", "mfa_", "usersessions_")


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingIn:
    """Who stands in for the login of the session, why, and since when."""

    behind: int
    reason: str
    began_at: datetime

    @classmethod
    def of(cls, request: HttpRequest) -> StandingIn | None:
        kept = request.session.get(STANDING_IN)
        if kept is None:
            return None
        return cls(
            behind=int(kept["behind"]),
            reason=kept["reason"],
            began_at=datetime.fromisoformat(kept["began_at"]),
        )


class StandingInIsKnown:
    """Middleware: put `standing_in` on the request, and keep it from the person's own affairs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        request.standing_in = StandingIn.of(request) if has_session else None
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        asked = request.resolver_match
        if request.standing_in is None or asked is None:
            return None
        if not (asked.url_name or "").startswith(OWN_AFFAIRS):
            return None
        messages.warning(
            request, _("Passwords, codes and sessions are the member's own. First go back.")
        )
        return HttpResponseRedirect(reverse("accounts:stand_back"))


def may_stand_in(*, hijacker: Login, hijacked: Login) -> bool:
    """Tell whether one login may stand in for another: never for staff, a closed login or itself."""
    return (
        hijacker.has_perm("logins.stand_in")
        and hijacked.is_active
        and hijacker.pk != hijacked.pk
        and not access.is_staff(hijacked)
    )


class _Begin(AcquireUserView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        login, behind = self.get_object(), request.user
        reason = request.POST["reason"].strip()
        records = list(get_authentication_records(request, behind))
        audit.record(act="people.stand_in", subject=f"login:{login.pk}", reason=reason)
        response = super().post(request, *args, **kwargs)
        request.session[STANDING_IN] = {
            "behind": behind.pk,
            "reason": reason,
            "began_at": clock.now().isoformat(),
            "records": records,
        }
        request.session.set_expiry(AT_MOST)
        return response


class _End(ReleaseUserView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept = request.session[STANDING_IN]
        seconds = (clock.now() - datetime.fromisoformat(kept["began_at"])).total_seconds()
        audit.record(
            act="people.stand_back",
            subject=f"login:{request.user.pk}",
            reason=kept["reason"],
            after={"minutes": round(seconds / 60)},
        )
        response = super().post(request, *args, **kwargs)
        # Whoever comes back has been through every door before.
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept["records"]
        request.session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(request.user.pk)
        return response


@access.needs("logins.stand_in")
@never_cache
def begin(request: HttpRequest, login_id: int) -> HttpResponse:
    """Ask for the reason, then stand in for a member's login."""
    login = get_object_or_404(Login.objects.select_related("person"), pk=login_id)
    may = may_stand_in(hijacker=request.user, hijacked=login)
    reason = request.POST.get("reason", "").strip()
    if may and request.method == "POST" and reason and len(reason) <= REASON_AT_MOST:
        # The library reads whom it is about from the form; ours reads it from the address.
        request.POST = request.POST.copy()
        request.POST["user_pk"] = str(login.pk)
        response: HttpResponse = _Begin.as_view(success_url=reverse("cabinet:home"))(request)
        return response
    is_refused = request.method == "POST"
    page = {"login": login, "may": may, "is_refused": is_refused, "reason_at_most": REASON_AT_MOST}
    return render(request, "accounts/stand_in.html", page, status=403 if not may else 200)


@access.signed_in
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """Go back to oneself: by a button, for reading an address must change nothing."""
    if request.standing_in is None:
        return HttpResponseRedirect("/")
    if request.method != "POST":
        return render(request, "accounts/stand_back.html")
    response: HttpResponse = require_POST(_End.as_view(success_url="/"))(request)
    return response
