"""How a view of the office is guarded: its right as its policy, never kept by a cache."""

from __future__ import annotations

from typing import Any

from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from upline.foundation.access import needs


def guarded(view: Any, right: str) -> Any:
    """Put a right before a view."""

    def entered(request: Any, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs)

    return never_cache(csrf_protect(needs(right)(entered)))
