"""The addresses that watchers ask."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from upline.foundation import access, health, metrics


@access.open_to_all
@never_cache
def live(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers; asks nothing else, so that a slow database restarts nobody."""
    return HttpResponse("ok\n", content_type="text/plain")


@access.for_machines
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """Say whether the work can be done, with each check; 503 when one is not good."""
    found = health.checks()
    is_ready = all(check.is_good for check in found)
    answer = {
        "is_ready": is_ready,
        "checks": {one.name: {"is_good": one.is_good, "says": one.says} for one in found},
    }
    return JsonResponse(answer, status=200 if is_ready else 503)


@access.for_machines
@never_cache
def figures(_request: HttpRequest) -> HttpResponse:
    """Give the figures of this process and of the database to Prometheus."""
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")
