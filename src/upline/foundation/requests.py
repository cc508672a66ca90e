"""Each request has an id and an actor, and leaves one line in the log."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import nullcontext

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from upline.foundation import context, ids, logs, metrics
from upline.foundation.once import kept_answers

HEADER = "X-Request-ID"
# Under this name a session keeps who stands in for its login: {"behind": the login's number, ...}.
STANDING_IN = "standing_in"
READS = ("GET", "HEAD")
PROPER = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = logs.get(__name__)


class RequestsAreNamed:
    """Middleware behind the one of authentication: names the request and its actor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if PROPER.fullmatch(given) else str(ids.uuid7())
        began = time.perf_counter()
        reading = kept_answers() if request.method in READS else nullcontext()
        with context.working(request_id=request_id, actor=_actor(request)), reading:
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            # The pattern, not the address: an address may hold a name.
            route = request.resolver_match.route if request.resolver_match else ""
            log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                milliseconds=round(seconds * 1000),
            )
        metrics.REQUESTS.labels(request.method, route, response.status_code).inc()
        metrics.SECONDS.labels(route).observe(seconds)
        response[HEADER] = request_id
        return response


def _actor(request: HttpRequest) -> str:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return "visitor"
    login = request.user
    if not login.is_authenticated:
        return "visitor"
    standing_in = request.session.get(STANDING_IN)
    if standing_in is not None:
        return context.as_another(f"login:{standing_in['behind']}", f"login:{login.pk}")
    return f"login:{login.pk}"
