"""The Django app of this package."""

from django.apps import AppConfig


class Ledger(AppConfig):
    name = "upline.ledger"
    label = "ledger"
