"""The Django app of this package."""

from django.apps import AppConfig


class Foundation(AppConfig):
    name = "upline.foundation"
    label = "foundation"
