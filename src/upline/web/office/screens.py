"""How a view of the office is guarded: its right as its policy, never kept by a cache."""

from __future__ import annotations

from typing import Any

from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from upline.foundation import access


def guarded(view: Any, right: str) -> Any:
    """Put a right before a view."""
    return never_cache(csrf_protect(access.needs(right)(_plain(view))))


def for_all_staff(view: Any) -> Any:
    """Give a view that the site puts behind the policy of all staff."""
    return never_cache(csrf_protect(_plain(view)))


def _plain(view: Any) -> Any:
    """Give a function for a method, on which no policy could be written."""

    def entered(request: Any, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs)

    return entered
