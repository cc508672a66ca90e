"""The site of the office: entered by roles, not by Django's own tables of permissions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver
from unfold.sites import UnfoldAdminSite

from upline.foundation import access

STAFF = access.Policy(says="staff", admits=lambda request: access.is_staff(request.user))


class OfficeSite(UnfoldAdminSite):
    """Unfold's site behind the roles of staff; signing in happens where everybody signs in."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Admit an active login that has a role of staff."""
        return STAFF.admits(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Give every address of the office behind its policy; a view may carry a narrower one."""
        found: list[URLPattern | URLResolver] = super().get_urls()
        access.guard(found, STAFF)
        return found

    def login(self, _request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's
        """Let sign in where everybody does."""
        return HttpResponseRedirect(resolve_url("admin:index"))

    def logout(self, _request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's
        """Let sign out where everybody does."""
        return HttpResponseRedirect(resolve_url("account_logout"))

    def password_change(self, _request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's
        """Let the password be changed where everybody changes it."""
        return HttpResponseRedirect(resolve_url("account_change_password"))


site = OfficeSite(name="admin")
