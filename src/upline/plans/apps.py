"""The Django app of this package."""

from django.apps import AppConfig


class Plans(AppConfig):
    name = "upline.plans"
    label = "plans"
