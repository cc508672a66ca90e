"""Sign a login in for a test, as if it had come through every door: password and second factor.

    client = signed_in(Client(), login_with("finance"))

Staff without a proved second factor reach nothing, so `client.force_login` alone is not enough.
"""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from upline.people.models import RoleGrant


class QuickArgon2(Argon2PasswordHasher):
    """Keep a password as production does, with the least work that Argon2 allows."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


BACKEND = "upline.web.accounts.backends.ByEmail"


def login_with(*roles: str, email: str = "", **fields: Any) -> Any:
    """Make a login with roles; without a password."""
    address = email or f"{'-'.join(roles) or 'nobody'}@example.com"
    login = get_user_model().objects.create_user(address)
    for name, value in fields.items():
        setattr(login, name, value)
    login.save()
    for role in roles:
        RoleGrant.objects.create(login=login, role=role)
    return login


def signed_in(client: Client, login: Any) -> Client:
    """Sign in with password and second factor proved a moment ago."""
    client.force_login(login, backend=BACKEND)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": method, "at": time.time()} for method in ("password", "mfa")
    ]
    session["account_authentication_methods_user"] = str(login.pk)
    session.save()
    return client
