"""The Django app of this package."""

from django.apps import AppConfig


class People(AppConfig):
    name = "upline.people"
    label = "people"
