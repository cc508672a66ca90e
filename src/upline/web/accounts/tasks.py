"""The jobs of signing in: what nobody needs any more goes."""

from __future__ import annotations

from datetime import timedelta

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import connection

from upline.foundation import clock, jobs

# Long enough to see that somebody has been guessing.
ATTEMPTS_KEPT = timedelta(days=30)


@jobs.every("20 3 * * *", name="web_accounts.forget_old_sessions")
def forget_old_sessions() -> None:
    """Delete ended sessions, tries of a month ago, and what the cache holds past its time."""
    now = clock.now()
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - ATTEMPTS_KEPT).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM web_accounts_cache WHERE expires < %s", [now])
