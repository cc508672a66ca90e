"""Logins and the roles granted to them."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from upline.foundation import audit
from upline.foundation.access import ROLES
from upline.foundation.errors import DomainError
from upline.people.models import Login, RoleGrant, normalised_email


class PasswordRefused(DomainError):
    """A password is too easy to guess."""

    code = "people.password_refused"
    text = "The password for %(email)s cannot be used:\n%(faults)s"
    remedy = "\nChoose a longer one of several unusual words."


class EmailRefused(DomainError):
    """A text is no e-mail address."""

    code = "people.email_refused"
    text = "'%(email)s' is no e-mail address."
    remedy = "Write it as anna@example.com."


class LoginTaken(DomainError):
    """There is a login with this e-mail already."""

    code = "people.login_taken"
    text = "There is a login %(email)s already."
    remedy = "Grant it the role, or give another e-mail."


class LoginUnknown(DomainError):
    """Nobody signs in with this e-mail."""

    code = "people.login_unknown"
    text = "There is no login %(email)s."
    remedy = "'upline logins list' shows those that there are; 'upline logins add' makes one."


class RoleUnknown(DomainError):
    """There is no such role."""

    code = "people.role_unknown"
    text = "There is no role '%(role)s'."
    remedy = "Name one of: %(known)s."


def check_password(*, email: str, password: str) -> None:
    """Refuse an e-mail that is none and a password that is easy to guess; no database.

    Raises EmailRefused, PasswordRefused with every fault.
    """
    try:
        validate_email(normalised_email(email))
    except ValidationError as error:
        raise EmailRefused(email=email) from error
    try:
        validate_password(password, user=Login(email=normalised_email(email)))
    except ValidationError as error:
        faults = "\n".join(f"- {message}" for message in error.messages)
        raise PasswordRefused(email=email, faults=faults) from error


def open_login(
    *, email: str, password: str, roles: Sequence[str], reason: str, granted_by: int | None = None
) -> int:
    """Make a login with its roles and give its id.

    Raises EmailRefused, PasswordRefused, RoleUnknown, LoginTaken.
    """
    check_password(email=email, password=password)
    with transaction.atomic():
        if Login.objects.filter(email=normalised_email(email)).exists():
            raise LoginTaken(email=normalised_email(email))
        login = Login.objects.create_user(email, password)
        for role in roles:
            grant_role(login_id=login.pk, role=role, reason=reason, granted_by=granted_by)
        return int(login.pk)


def grant_role(*, login_id: int, role: str, reason: str, granted_by: int | None = None) -> None:
    """Give a login a role; one that it has is left as it is. Raises RoleUnknown."""
    if role not in ROLES:
        raise RoleUnknown(role=role, known=", ".join(sorted(ROLES)))
    with transaction.atomic():
        _, is_new = RoleGrant.objects.get_or_create(
            login_id=login_id,
            role=role,
            withdrawn_at=None,
            defaults={"reason": reason, "granted_by_id": granted_by},
        )
        if is_new:
            audit.record(
                act="people.grant_role",
                subject=f"login:{login_id}",
                reason=reason,
                after={"role": role},
            )


def login_of(email: str) -> Login:
    """Give the login of an e-mail. Raises LoginUnknown."""
    found = Login.objects.filter(email=normalised_email(email)).first()
    if found is None:
        raise LoginUnknown(email=normalised_email(email))
    return found
