"""Every event has a line in the wiring table, and every handler exists."""

from importlib import import_module
from importlib.util import find_spec
from inspect import signature

from django.conf import settings

from upline.config.wiring import WIRING
from upline.foundation.outbox import events


def declared():
    for app in settings.APPS:
        if find_spec(f"{app}.events"):
            import_module(f"{app}.events")
    return [one.name for one in events.registered() if one.kind.__module__.startswith("upline.")]


def test_every_event_has_a_line_and_every_line_an_event():
    assert sorted(WIRING) == sorted(set(declared()))


def test_every_handler_exists_and_takes_the_event_alone():
    for handlers in WIRING.values():
        for address in handlers:
            assert len(signature(events.handler_at(address)).parameters) == 1, address


def test_every_app_that_holds_tables_has_a_readme():
    folders = [settings.PACKAGE / app.removeprefix("upline.") for app in settings.APPS]

    with_tables = [
        one for one in folders if (one / "models.py").is_file() or (one / "models").is_dir()
    ]

    assert [one.name for one in with_tables if not (one / "README.md").is_file()] == []
