"""The Django app of this package."""

from django.apps import AppConfig


class Shared(AppConfig):
    name = "upline.web.shared"
    label = "web_shared"
