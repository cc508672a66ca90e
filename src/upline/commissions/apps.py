"""The Django app of this package."""

from django.apps import AppConfig


class Commissions(AppConfig):
    name = "upline.commissions"
    label = "commissions"
