"""The living page of components."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from upline.foundation import access
from upline.web.design import samples


@access.open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """Show every component in every state; in production to staff alone."""
    if settings.ENVIRONMENT.stage == "production" and not _is_staff(request):
        raise PermissionDenied
    return render(request, "design/home.html", samples.context(get_language() or "en"))


def _is_staff(request: HttpRequest) -> bool:
    return request.user.is_authenticated and bool(request.user.roles - {"member"})
