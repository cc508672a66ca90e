"""The Django app of this package."""

from django.apps import AppConfig


class Network(AppConfig):
    name = "upline.network"
    label = "network"
