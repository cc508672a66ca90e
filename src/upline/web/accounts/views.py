"""The landing page: each goes to where they work."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from upline.foundation import access


@access.open_to_all
def landing(request: HttpRequest) -> HttpResponse:
    """Send staff to the office, members to their cabinet, others to signing in."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(resolve_url("account_login"))
    room = "admin:index" if access.is_staff(request.user) else "cabinet:home"
    return HttpResponseRedirect(resolve_url(room))


@access.open_to_all
def no_signing_up(_request: HttpRequest) -> HttpResponse:
    """Answer that there is nothing: members are enrolled, and staff get their login from the owner."""
    raise Http404
