"""The forms of allauth as our pages show them: a label above each field, and no second one in it."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.account.forms import (
    ReauthenticateForm as PasswordAgainForm,
)
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MOST_OF_A_NAME = 60


class SignIn(LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")
        # The way to a new password stands below the button.
        self.fields["password"].help_text = ""
        _quiet(self)


class AskForPassword(ResetPasswordForm):
    """Where the link for a new password goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        _quiet(self)


class ChangePassword(ChangePasswordForm):
    """The present password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["oldpassword"].help_text = ""
        _as_new_password(self)


class NewPassword(ResetPasswordKeyForm):
    """A new password behind a link from a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_new_password(self)


class FirstPassword(SetPasswordForm):
    """The password of a login that has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_new_password(self)


class PasswordAgain(PasswordAgainForm):
    """The password before something that changes who can sign in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        _quiet(self)


class SetUpCode(ActivateTOTPForm):
    """The first code of an authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_code(self)


class Code(AuthenticateForm):
    """A code at signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_code(self)


class CodeAgain(ReauthenticateForm):
    """A code before something that changes who can sign in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_code(self)


class NewPasskey(AddWebAuthnForm):
    """A passkey that the device made, and how its owner calls it."""

    # No choice: each of our passkeys signs in by itself.
    passwordless = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_name_of_passkey(self)


class PasskeyName(EditWebAuthnForm):
    """Another name of a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_name_of_passkey(self)


def _as_name_of_passkey(form: Any) -> None:
    named = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=MOST_OF_A_NAME,
        required=form.fields["name"].required,
        help_text=_("By which you know the device again, such as: telephone, work computer."),
    )
    form.fields["name"] = named


def _as_new_password(form: Any) -> None:
    form.fields["password1"].label = _("New password")
    form.fields["password2"].label = _("The new password once more")
    _quiet(form)


def _as_code(form: Any) -> None:
    form.fields["code"].label = _("Code")
    # A telephone then shows digits; recovery codes are digits, too.
    form.fields["code"].widget.attrs["inputmode"] = "numeric"
    _quiet(form)


def _quiet(form: Any) -> None:
    for one in form.fields.values():
        one.widget.attrs.pop("placeholder", None)
