"""The Django app of this package."""

from django.apps import AppConfig


class Cabinet(AppConfig):
    name = "upline.web.cabinet"
    label = "web_cabinet"
