"""The pages of what went wrong: what was asked, what stands in the way, what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from upline.foundation import context


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request that cannot be read."""
    return render(request, "400.html", status=400)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer whoever lacks the right."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer an address behind which there is nothing, or nothing for this login."""
    return render(request, "404.html", status=404)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's
    """Answer a form without its token: an old page, or cookies switched off."""
    return render(request, "403_csrf.html", status=403)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer whoever asks faster than a person does."""
    return render(request, "429.html", status=429)


def broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's
    """Answer a fault of ours, without database, session or request: one of them may be broken."""
    page = render_to_string("500.html", {"number": context.present().request_id})
    return HttpResponseServerError(page)
