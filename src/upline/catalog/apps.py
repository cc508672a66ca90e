"""The Django app of this package."""

from django.apps import AppConfig


class Catalog(AppConfig):
    name = "upline.catalog"
    label = "catalog"
