"""The dashboard."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _


def page(site: Any, request: HttpRequest) -> HttpResponse:
    """Give the dashboard."""
    shown = {
        **site.each_context(request),
        "here": "dashboard",
        "title": _("Dashboard"),
        "sections": [],
    }
    return TemplateResponse(request, "office/sections.html", shown)
