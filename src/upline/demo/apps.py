"""The app, so that its pictures are found."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo company; it has no tables of its own."""

    name = "upline.demo"
