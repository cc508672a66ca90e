"""What we do otherwise than allauth: nobody signs up, secrets are sealed, mails speak a language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext

from upline.foundation import access, clock
from upline.foundation.models import Company
from upline.people import second_factor
from upline.web.accounts.second_factor import KINDS
from upline.web.accounts.templatetags.browsers import browser_of

# A day's work; members stay signed in for two weeks.
STAFF_SESSION = timedelta(hours=12)
JUST_NOW = timedelta(minutes=5)
# From whatever address: a guess a minute is of no use, and an owner who mistypes is not locked out.
GUESSES_OF_ONE_LOGIN = {"tries_of_login": "50/h/key"}


class Accounts(DefaultAccountAdapter):
    """Signing in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's
        """Refuse: members are enrolled, and staff get their login from the owner."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count tries of one login from everywhere; axes counts those from one address."""
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="tries_of_login",
            config=GUESSES_OF_ONE_LOGIN,
            key=self._get_login_attempts_cache_key(request, **credentials),
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def post_login(self, request: HttpRequest, user: Any, **about: Any) -> HttpResponse:
        """End a session of staff after a working day."""
        if access.is_staff(user):
            request.session.set_expiry(STAFF_SESSION)
        return super().post_login(request, user, **about)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        with translation.override(language_of(user)):
            super().send_password_reset_mail(user, email, context)

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any) -> None:
        with translation.override(language_of(user)):
            super().send_notification_mail(template_prefix, user, *args)

    def is_reauthentication_required(self, *, app: str, **about: Any) -> bool:
        """Ask for no password that was typed a moment ago: staff set a factor up right after it."""
        if _signed_in_just_now(context.request):
            return False
        return bool(super().is_reauthentication_required(app=app, **about))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Call a passkey by the word that our pages have for it."""
        passkey = {"description": gettext("Use a passkey")}
        found = super().get_reauthentication_methods(user)
        return [one | passkey if one["id"].endswith(":webauthn") else one for one in found]

    def get_from_email(self) -> str:
        return str(settings.DEFAULT_FROM_EMAIL)


class SecondFactor(DefaultMFAAdapter):
    """The second factor."""

    def encrypt(self, text: str) -> str:
        return second_factor.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factor.unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Name the company: that is what people look for in their app."""
        return _name_of_company()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Bind passkeys to the host of the page; the company's name is for the eye alone."""
        return {**super().get_public_key_credential_rp_entity(), "name": _name_of_company()}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's
        """Call a new passkey by the browser that makes it, and by a number where that is taken."""
        asked = context.request
        name = browser_of(asked.headers.get("User-Agent", ""))
        kept = Authenticator.objects.filter(user_id=user.pk, type=type)
        taken = {one.data["name"] for one in kept}
        numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
        return next(one for one in (name, *numbered) if one not in taken)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last one of a login of staff."""
        if not access.is_staff(authenticator.user):
            return True
        others = Authenticator.objects.filter(user=authenticator.user, type__in=KINDS)
        return bool(others.exclude(pk=authenticator.pk).exists())


def _name_of_company() -> str:
    company = Company.objects.values_list("name", flat=True).first()
    return company or "Upline"


def _signed_in_just_now(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return bool(records) and clock.now().timestamp() - records[-1]["at"] < JUST_NOW.total_seconds()


def language_of(login: Any) -> str:
    """Give the language of the person behind a login, else the one of the page."""
    person = login.person
    return person.language if person is not None else translation.get_language()
