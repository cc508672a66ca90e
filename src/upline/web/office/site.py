"""The site of the office: entered by roles, not by Django's own tables of permissions."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver, include, path
from unfold.sites import UnfoldAdminSite

from upline.foundation import access
from upline.web.office import navigation
from upline.web.office.screens import for_all_staff

STAFF = access.Policy(says="staff", admits=lambda request: access.is_staff(request.user))


class OfficeSite(UnfoldAdminSite):
    """Unfold's site behind the roles of staff; signing in happens where everybody signs in.

    Its addresses are those of our tables and pages; what Django's site offers beside them, such as
    deleting and a form for every table, cannot be reached because it has no address.
    """

    def has_permission(self, request: HttpRequest) -> bool:
        """Admit an active login that has a role of staff."""
        return STAFF.admits(request)

    def get_model_admin(self, model: type[Model]) -> Any:
        """Give the screen of a table."""
        return self._registry[model]

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Give the dashboard, and the addresses of each table under its own word."""
        tables = [
            path(f"{admin.address}/", include(admin.get_urls()))
            for admin in self._registry.values()
        ]
        pages = import_module("upline.web.office.pages").urls()
        found: list[URLPattern | URLResolver] = [
            path("", for_all_staff(self.index), name="index"),
            # Where libraries expect to find them.
            path("login/", for_all_staff(self.login), name="login"),
            path("logout/", for_all_staff(self.logout), name="logout"),
            *pages,
            *tables,
        ]
        access.guard(found, STAFF)
        return found

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's
        """Show the dashboard."""
        found: HttpResponse = import_module("upline.web.office.dashboard").page(request)
        return found

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Give what the shell of every page shows: where this login may go."""
        return {
            "site_title": self.site_title,
            "has_permission": self.has_permission(request),
            "navigation": navigation.groups(self, request),
        }

    def login(self, _request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's
        """Let sign in where everybody does."""
        return HttpResponseRedirect(resolve_url("admin:index"))

    def logout(self, _request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's
        """Let sign out where everybody does."""
        return HttpResponseRedirect(resolve_url("account_logout"))


site = OfficeSite(name="admin")
