"""The Django app of this package."""

from django.apps import AppConfig


class Orders(AppConfig):
    name = "upline.orders"
    label = "orders"
