"""The Django app of this package."""

from django.apps import AppConfig


class Foundation(AppConfig):
    name = "upline.foundation"
    label = "foundation"

    def ready(self) -> None:
        """Refuse to start with keys that cannot be read."""
        from upline.foundation import secrets  # noqa: PLC0415 - needs the apps

        secrets.check_settings()
