"""The Django app of this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from psycopg.sql import Composable


class Foundation(AppConfig):
    name = "upline.foundation"
    label = "foundation"

    def ready(self) -> None:
        """Refuse to start with keys that cannot be read; let composed statements through."""
        from upline.foundation import secrets  # noqa: PLC0415 - needs the apps

        secrets.check_settings()
        connection_created.connect(_prepare, dispatch_uid="upline.foundation.prepare")


def _prepare(connection: Any, **_: object) -> None:
    if _composed_as_text not in connection.execute_wrappers:
        # The first is the outermost: before that of the history, which knows text alone.
        connection.execute_wrappers.insert(0, _composed_as_text)


def _composed_as_text(
    execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: Mapping[str, Any]
) -> Any:
    """Turn a statement composed by the driver into text."""
    if isinstance(sql, Composable):
        sql = sql.as_string(context["connection"].connection)
    return execute(sql, params, many, context)
