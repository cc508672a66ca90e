"""What follows a new password: the audit knows, and other sessions end."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.http import HttpRequest

from upline.foundation import audit


def on_changed(
    sender: object,  # noqa: ARG001 - a signal's
    request: HttpRequest,
    user: Any,
    **_: object,
) -> None:
    """Record it, and end the other sessions: who lost a password may have lost a session, too."""
    audit.record(
        act="people.change_password", subject=f"login:{user.pk}", reason="by the login itself"
    )
    end_other_sessions(request, user)
