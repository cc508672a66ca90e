"""The second factor of a login: how its secret is kept, set by a program, and taken away."""

from __future__ import annotations

from base64 import b64decode, b64encode

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from upline.foundation import audit, locking, secrets
from upline.people.models import Login

# To what a sealed secret is bound; the table is allauth's.
FIELD = "mfa_authenticator.data"


def seal(plain: str) -> str:
    """Encrypt a secret for a column of text."""
    return b64encode(secrets.seal(plain, field=FIELD)).decode()


def unseal(sealed: str) -> str:
    """Decrypt a secret. Raises KeyUnknown, SealBroken."""
    return secrets.unseal(b64decode(sealed), field=FIELD)


def set_totp(*, login_id: int, secret: str, reason: str) -> None:
    """Give a login the secret of an authenticator app, in base32; one that it has is replaced.

    For a demo and for set-ups by program: a person scans a code instead.
    """
    with transaction.atomic():
        Authenticator.objects.update_or_create(
            user_id=login_id,
            type=Authenticator.Type.TOTP,
            defaults={"data": {"secret": seal(secret)}},
        )
        audit.record(act="people.set_second_factor", subject=f"login:{login_id}", reason=reason)


def forget_second_factor(*, login_id: int, reason: str) -> int:
    """Take a lost second factor away, end the sessions, and give how many factors there were.

    Staff set one up anew when they sign in next. Without one nothing changes.
    """
    with transaction.atomic():
        login = locking.rows(Login.objects.filter(pk=login_id)).get()
        found, _ = Authenticator.objects.filter(user=login).delete()
        if found:
            for session in UserSession.objects.filter(user=login):
                session.end()
            audit.record(
                act="people.forget_second_factor", subject=f"login:{login_id}", reason=reason
            )
        return int(found)


def reseal() -> int:
    """Seal every secret again with the first key, and give how many there are."""
    count = 0
    for found in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk"):
        with transaction.atomic():
            one = locking.rows(Authenticator.objects.filter(pk=found.pk)).first()
            if one is not None:
                one.data = {name: _resealed(value) for name, value in one.data.items()}
                one.save(update_fields=["data"])
                count += 1
    return count


def _resealed(value: object) -> object:
    # Beside secrets there are numbers: which recovery codes are used up.
    return seal(unseal(value)) if isinstance(value, str) else value
