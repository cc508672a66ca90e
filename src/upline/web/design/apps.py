"""The Django app of this package."""

from django.apps import AppConfig


class Design(AppConfig):
    name = "upline.web.design"
    label = "web_design"
