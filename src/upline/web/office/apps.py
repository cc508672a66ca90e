"""The Django app of this package."""

from importlib import import_module

from django.apps import AppConfig


class Office(AppConfig):
    name = "upline.web.office"
    label = "web_office"

    def ready(self) -> None:
        """Put every screen of the office on its site."""
        import_module("upline.web.office.admin")
