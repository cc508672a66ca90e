"""Locking out whoever guesses passwords: by login and address together, for a quarter of an hour."""

from __future__ import annotations

import math
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upline.foundation import clock, secrets
from upline.people.models import normalised_email


def key_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Give what a login is counted by: a keyed digest, so that the table holds no addresses of mail."""
    given = credentials or {}
    typed = given.get("email") or given.get("username") or request.POST.get("login") or ""
    return secrets.digest(normalised_email(typed), field="axes.username").hex()


def address_of(request: HttpRequest) -> str | None:
    """Give the address of the client, behind as many proxies as the settings say."""
    found: str | None = get_client_ip(request)
    return found


def locked_out(
    request: HttpRequest, _response: HttpResponse, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Say that too many tries have failed, and from when on the next one counts."""
    cool_off = get_cool_off(request)
    last = AccessAttempt.objects.filter(
        username=key_of(request, credentials), ip_address=address_of(request)
    ).aggregate(last=Max("attempt_time"))["last"]
    now = clock.now()
    opens_at = (last or now) + cool_off
    seconds = max(int((opens_at - now).total_seconds()), 1)
    answer = render(
        request,
        "accounts/locked_out.html",
        {"opens_at": opens_at, "minutes": math.ceil(seconds / 60)},
        status=429,
    )
    answer["Retry-After"] = str(seconds)
    return answer
