"""Who may do what in the office: the table of `upline.foundation.access`, asked once a request."""

from __future__ import annotations

from typing import Any

from upline.foundation.access import has_right


def may(request: Any, right: str) -> bool:
    """Tell whether whoever asks has a right; each right is looked up once a request."""
    known: dict[str, bool] | None = getattr(request, "office_rights", None)
    if known is None:
        known = request.office_rights = {}
    if right not in known:
        known[right] = has_right(request.user, right)
    return known[right]
