"""The Django app of this package."""

from django.apps import AppConfig


class Payouts(AppConfig):
    name = "upline.payouts"
    label = "payouts"
