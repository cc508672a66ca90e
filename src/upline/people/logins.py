"""Logins and the roles granted to them."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from upline.foundation import audit, clock, locking
from upline.foundation.access import OWNER, ROLES
from upline.foundation.errors import DomainError
from upline.people.models import Login, RoleGrant, normalised_email


class PasswordRefused(DomainError):
    """A password is too easy to guess."""

    code = "people.password_refused"
    text = _("The password for %(email)s cannot be used:\n%(faults)s")
    remedy = _("\nChoose a longer one of several unusual words.")


class EmailRefused(DomainError):
    """A text is no e-mail address."""

    code = "people.email_refused"
    text = _("'%(email)s' is no e-mail address.")
    remedy = _("Write it as anna@example.com.")


class LoginTaken(DomainError):
    """There is a login with this e-mail already."""

    code = "people.login_taken"
    text = _("There is a login %(email)s already.")
    remedy = _("Grant it the role, or give another e-mail.")


class LoginUnknown(DomainError):
    """Nobody signs in with this e-mail."""

    code = "people.login_unknown"
    text = _("There is no login %(email)s.")
    remedy = _("'upline logins list' shows those that there are; 'upline logins add' makes one.")


class RoleUnknown(DomainError):
    """There is no such role."""

    code = "people.role_unknown"
    text = _("There is no role '%(role)s'.")
    remedy = _("Name one of: %(known)s.")


class LastOwner(DomainError):
    """A company without an owner could grant no role any more."""

    code = "people.last_owner"
    text = _("This is the only login of an owner.")
    remedy = _("Make another login an owner first.")


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


def withdraw_role(*, login_id: int, role: str, reason: str) -> bool:
    """Take a role from a login; say whether it had it. The grant stays, with its end.

    Raises RoleUnknown, LastOwner, foundation.ReasonMissing.
    """
    if role not in ROLES:
        raise RoleUnknown(role=role, known=", ".join(sorted(ROLES)))
    with transaction.atomic():
        # One lock for all owners, so that two of them cannot take the role from each other at once.
        locking.take("company", "owners")
        _refuse_last_owner(login_id, role=role)
        withdrawn = RoleGrant.objects.filter(
            login_id=login_id, role=role, withdrawn_at__isnull=True
        ).update(withdrawn_at=clock.now())
        if withdrawn:
            audit.record(
                act="people.withdraw_role",
                subject=f"login:{login_id}",
                reason=reason,
                before={"role": role},
            )
        return bool(withdrawn)


def close_login(*, login_id: int, reason: str) -> bool:
    """Let nobody sign in with a login any more; say whether it was open. Its history stays.

    Raises LoginUnknown, LastOwner, foundation.ReasonMissing.
    """
    with transaction.atomic():
        locking.take("company", "owners")
        login = _login(login_id)
        _refuse_last_owner(login_id, role=OWNER)
        return _set_active(login, is_active=False, act="people.close_login", reason=reason)


def reopen_login(*, login_id: int, reason: str) -> bool:
    """Let somebody sign in again; say whether the login was closed. Raises LoginUnknown."""
    with transaction.atomic():
        login = _login(login_id)
        return _set_active(login, is_active=True, act="people.reopen_login", reason=reason)


def _set_active(login: Login, *, is_active: bool, act: str, reason: str) -> bool:
    if login.is_active == is_active:
        return False
    login.is_active = is_active
    login.save(update_fields=["is_active"])
    audit.record(act=act, subject=f"login:{login.pk}", reason=reason)
    return True


def _login(login_id: int) -> Login:
    found = Login.objects.select_for_update().filter(pk=login_id).first()
    if found is None:
        raise LoginUnknown(email=login_id)
    return found


def _refuse_last_owner(login_id: int, *, role: str) -> None:
    """Raise LastOwner where nobody else could grant roles any more."""
    owners = RoleGrant.objects.filter(
        role=OWNER, withdrawn_at__isnull=True, login__is_active=True
    ).values_list("login_id", flat=True)
    if role == OWNER and set(owners) == {login_id}:
        raise LastOwner
