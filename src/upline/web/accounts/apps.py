"""The Django app of this package."""

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "upline.web.accounts"
    label = "web_accounts"

    def ready(self) -> None:
        """Listen to the libraries of signing in; nothing of the business is done by signals."""
        from allauth.account.signals import password_changed, password_reset  # noqa: PLC0415
        from allauth.mfa import signals as mfa  # noqa: PLC0415 - needs the apps

        from upline.web.accounts import passwords, second_factor  # noqa: PLC0415

        mfa.authenticator_added.connect(second_factor.on_added, dispatch_uid="upline")
        mfa.authenticator_removed.connect(second_factor.on_removed, dispatch_uid="upline")
        password_changed.connect(passwords.on_changed, dispatch_uid="upline")
        password_reset.connect(passwords.on_changed, dispatch_uid="upline")
