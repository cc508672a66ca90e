"""Events: what kinds there are, how they are written as JSON, who answers to them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, TypeVar, cast

from django.conf import settings
from django.utils.module_loading import import_string
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from upline.foundation.errors import DomainError

Kind = TypeVar("Kind", bound=type)
Handler = Callable[[Any], None]


class EventNotRegistered(DomainError):
    """An event was told or found that nobody declared."""

    code = "foundation.event_not_registered"
    text = "There is no event %(name)s in version %(version)s."
    remedy = "Declare its class with @outbox.event, and keep old versions while messages hold them."


class EventNotWired(DomainError):
    """Nothing says who answers to an event."""

    code = "foundation.event_not_wired"
    text = "The event %(name)s has no line in the wiring table, so nobody would ever hear of it."
    remedy = "Add it to upline.config.wiring, with an empty tuple where nobody answers yet."


class EventUnreadable(DomainError):
    """A stored event does not fit its class."""

    code = "foundation.event_unreadable"
    text = "The message %(message)s does not fit %(name)s in version %(version)s: %(faults)s."
    remedy = "Give the changed event a new version, and keep the class of the old one."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One declared event."""

    kind: type
    name: str
    version: int
    topic: str


_by_name: dict[tuple[str, int], Registration] = {}
_by_kind: dict[type, Registration] = {}


def event(name: str, *, version: int = 1, topic: str) -> Callable[[Kind], Kind]:
    """Declare a frozen dataclass to be an event.

    `topic` names what the event is about, as "order:{order_number}" with fields of the event:
    the events of one topic reach each handler in the order in which they were told. An older
    version keeps its class, with a method `upgraded` that gives the event as the next version.
    """

    def declared(kind: Kind) -> Kind:
        parameters = getattr(kind, "__dataclass_params__", None)
        if parameters is None or not parameters.frozen:
            raise TypeError(f"{kind.__name__} must be a frozen dataclass to be an event.")
        known = _by_name.get((name, version))
        if known is not None and known.kind.__qualname__ != kind.__qualname__:
            raise TypeError(f"{name} version {version} is {known.kind.__qualname__} already.")
        registration = Registration(kind=kind, name=name, version=version, topic=topic)
        _by_name[name, version] = registration
        _by_kind[kind] = registration
        return kind

    return declared


def registered() -> Iterable[Registration]:
    """List every declared event."""
    return sorted(_by_name.values(), key=lambda one: (one.name, one.version))


def registration_of(told: object) -> Registration:
    """Find the declaration of an event. Raises EventNotRegistered."""
    found = _by_kind.get(type(told))
    if found is None:
        raise EventNotRegistered(name=type(told).__name__, version="?")
    return found


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    # An amount written as 1.5 or "12" is a fault, not something to convert.
    return TypeAdapter(with_config(ConfigDict(strict=True, extra="forbid"))(cast("type", kind)))


def topic_of(told: object) -> str:
    """Give what an event is about."""
    registration = registration_of(told)
    fields = {one.name: getattr(told, one.name) for one in dataclasses.fields(registration.kind)}
    return registration.topic.format(**fields)


def written(told: object) -> Mapping[str, Any]:
    """Write an event as JSON. Raises ValueError where a field holds what its type does not say."""
    adapter = _adapter(registration_of(told).kind)
    text = adapter.dump_json(told, warnings="error")
    # What cannot be read back must not be stored.
    adapter.validate_json(text)
    found: Mapping[str, Any] = json.loads(text)
    return found


def read(*, name: str, version: int, body: object, message: object = "") -> Any:
    """Read an event back, in its newest version. Raises EventNotRegistered, EventUnreadable."""
    registration = _by_name.get((name, version))
    if registration is None:
        raise EventNotRegistered(name=name, version=version)
    try:
        found = _adapter(registration.kind).validate_json(json.dumps(body))
    except ValidationError as refused:
        faults = "; ".join(f"{_place(one['loc'])}: {one['type']}" for one in refused.errors())
        raise EventUnreadable(
            message=message, name=name, version=version, faults=faults
        ) from refused
    while hasattr(found, "upgraded"):
        found = found.upgraded()
    return found


def _place(path: Iterable[object]) -> str:
    return ".".join(str(part) for part in path)


def handlers_of(name: str) -> tuple[str, ...]:
    """List the handlers of an event by their addresses. Raises EventNotWired."""
    wiring: Mapping[str, tuple[str, ...]] = import_string(settings.OUTBOX_WIRING)
    if name not in wiring:
        raise EventNotWired(name=name)
    return wiring[name]


def handler_at(address: str) -> Handler:
    """Import a handler from its address, `module:function`."""
    module, _, function = address.partition(":")
    found: Handler = getattr(import_module(module), function)
    return found
