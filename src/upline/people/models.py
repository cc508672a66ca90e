"""Persons and their logins."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from upline.foundation import audit, clock


class Person(models.Model):
    """A human being, known once however many positions or logins there are."""

    given_name = models.CharField(max_length=200)
    family_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


def normalised_email(given: str) -> str:
    """Give an e-mail as we keep it: trimmed, in small letters.

    The standard lets the part before the @ differ by case; no provider in use does.

    >>> normalised_email(" Aiman@Example.COM ")
    'aiman@example.com'
    """
    return given.strip().lower()


class Logins(BaseUserManager):
    """How Django makes and finds logins."""

    def create_user(self, email: str, password: str | None = None) -> Login:
        login: Login = self.model(email=normalised_email(email))
        login.set_password(password)
        login.full_clean(exclude=["password"])
        login.save(using=self._db)
        return login

    def get_by_natural_key(self, username: str) -> Login:
        found: Login = self.get(email=normalised_email(username))
        return found


@audit.tracked(exclude=["password", "last_login", "email"])
class Login(AbstractBaseUser, PermissionsMixin):
    """What somebody signs in with. A system user has no person."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # Unique whatever the case, because the constraint below keeps every address in small letters.
    email = models.EmailField(max_length=254, unique=True)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="logins"
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = Logins()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="people_login_email_normalised"
            ),
        ]

    def __str__(self) -> str:
        return f"login {self.pk}"

    @classmethod
    def normalize_username(cls, username: str) -> str:
        return normalised_email(username)

    @property
    def roles(self) -> frozenset[str]:
        """The roles granted and not withdrawn."""
        return frozenset(
            self.role_grants.filter(withdrawn_at__isnull=True).values_list("role", flat=True)
        )


@audit.tracked()
class RoleGrant(models.Model):
    """A role given to a login, by whom and why; withdrawn by a date, never deleted."""

    login = models.ForeignKey(Login, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=40)
    granted_at = models.DateTimeField(default=clock.now)
    granted_by = models.ForeignKey(Login, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["login", "role"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="people_role_granted_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of login {self.login_id}"
