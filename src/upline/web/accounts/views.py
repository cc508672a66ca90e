"""The landing page: each goes to where they work; and the page of one's own sign-in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from upline.foundation import access


@access.open_to_all
def landing(request: HttpRequest) -> HttpResponse:
    """Send staff to the office, members to their cabinet, others to signing in."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(resolve_url("account_login"))
    room = "admin:index" if access.is_staff(request.user) else "cabinet:home"
    return HttpResponseRedirect(resolve_url(room))


@access.signed_in
def account(request: HttpRequest) -> HttpResponse:
    """Show what belongs to signing in: password, second factor, sessions, language."""
    return render(request, "accounts/account.html")
