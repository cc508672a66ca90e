"""Who is behind a sign-in and a session."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from axes.backends import AxesStandaloneBackend
from django.db.models import Subquery
from django.http import HttpRequest

from upline.foundation.models import Company
from upline.people.models import Login


class Throttled(AxesStandaloneBackend):
    """Refuse whom too many failures have locked out; a call without a request is a test's own."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, **credentials: Any
    ) -> None:
        if request is not None:
            super().authenticate(request, username=username, **credentials)


class ByEmail(AuthenticationBackend):
    """Sign in by e-mail and password; give the login of a session with what each page asks of it.

    Grants nothing: the one table of rights is in `upline.foundation.access`.
    """

    def has_perm(self, *_: Any, **__: Any) -> bool:
        return False

    def has_module_perms(self, *_: Any, **__: Any) -> bool:
        return False

    def get_all_permissions(self, *_: Any, **__: Any) -> set[str]:
        return set()

    def get_user(self, user_id: int) -> Login | None:
        found: Login | None = (
            Login.objects.filter(pk=user_id, is_active=True)
            .select_related("person")
            .prefetch_related("role_grants")
            .annotate(company_zone=Subquery(Company.objects.values("time_zone")[:1]))
            .first()
        )
        return found
