"""The Django app of this package."""

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "upline.web.accounts"
    label = "web_accounts"
