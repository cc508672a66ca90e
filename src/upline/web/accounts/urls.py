"""The addresses of signing in, and the landing page.

Written out one by one, each with its policy: what allauth offers beside these is not reached.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.urls import URLPattern, URLResolver, include, path, re_path

from upline.foundation.access import open_to_all, signed_in
from upline.web.accounts import languages, passkeys, standing_in, views

ours: list[URLPattern | URLResolver] = [
    path("", views.landing, name="landing"),
    path("language/", languages.choose, name="language"),
    path("accounts/", views.account, name="account"),
    path("accounts/stand-in/<int:login_id>/", standing_in.begin, name="stand_in"),
    path("accounts/stand-back/", standing_in.back, name="stand_back"),
]

_password = [
    path("change/", signed_in(account.password_change), name="account_change_password"),
    path("set/", signed_in(account.password_set), name="account_set_password"),
    path("reset/", open_to_all(account.password_reset), name="account_reset_password"),
    path(
        "reset/done/", open_to_all(account.password_reset_done), name="account_reset_password_done"
    ),
    # A key holds hyphens, a number of a login does not.
    re_path(
        r"^reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        open_to_all(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "reset/key/done/",
        open_to_all(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]

_second_factor = [
    path("", signed_in(mfa.index), name="mfa_index"),
    path("authenticate/", open_to_all(mfa.authenticate), name="mfa_authenticate"),
    path("reauthenticate/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("app/add/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("app/remove/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("codes/", signed_in(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "codes/new/",
        signed_in(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "codes/file/",
        signed_in(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]

_passkeys = [
    path("", signed_in(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("add/", signed_in(passkeys.add), name="mfa_add_webauthn"),
    path("<int:pk>/name/", signed_in(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("<int:pk>/remove/", signed_in(passkeys.remove), name="mfa_remove_webauthn"),
    path("sign-in/", open_to_all(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("again/", signed_in(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((ours, "accounts"))),
    path("accounts/login/", open_to_all(account.login), name="account_login"),
    path("accounts/logout/", open_to_all(account.logout), name="account_logout"),
    path("accounts/inactive/", open_to_all(account.account_inactive), name="account_inactive"),
    path("accounts/again/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("accounts/sessions/", signed_in(sessions.list_usersessions), name="usersessions_list"),
    path("accounts/password/", include(_password)),
    path("accounts/second-factor/", include(_second_factor)),
    path("accounts/passkeys/", include(_passkeys)),
]
