"""Logs: one JSON object a line, with request and job, without personal data.

Fields known to hold personal data are replaced by their names, addresses of mail, telephone and
bank are replaced wherever they stand, and of a failure the kind, the code and the places are
logged, never its text: a database says which name was doubled.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import Processor

from upline.foundation import clock, context

Entry = MutableMapping[str, Any]
Failure = tuple[type[BaseException], BaseException, TracebackType | None]

# A field is personal if its name is one of these or ends in one of them after an underscore.
PERSONAL = frozenset(
    [
        "account",
        "address",
        "birthday",
        "born_on",
        "city",
        "email",
        "iban",
        "ip",
        "latitude",
        "login_name",
        "longitude",
        "name",
        "passport",
        "password",
        "patronymic",
        "person_name",
        "phone",
        "postcode",
        "secret",
        "session",
        "street",
        "surname",
        "tax_number",
        "telephone",
        "token",
        "user",
        "username",
    ]
)
# Names of things, not of people.
IMPERSONAL = frozenset({"message_name", "task_name", "queue_name", "event_name", "logger_name"})

PATTERNS = (
    ("email", re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+\.[^\s@<>\"'(),;:=]+")),
    ("iban", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")),
    # A plus and nine digits or more, or a national number with blanks, brackets or hyphens in it.
    (
        "phone",
        re.compile(r"\+\d(?:[ ()\-.]{0,2}\d){8,14}|\b0\d{1,4}(?:[ ()\-.]{1,2}\d{2,4}){2,4}\b"),
    ),
)


def without_personal_data(_logger: object, _method: str, entry: Entry) -> Entry:
    """Replace what is personal in an entry, in nested values as well."""
    return {key: _cleaned(key, value) for key, value in entry.items()}


def _cleaned(key: str, value: Any) -> Any:
    if _is_personal(key) and value not in (None, "", 0):
        return f"<{key}>"
    if isinstance(value, str):
        for name, pattern in PATTERNS:
            value = pattern.sub(f"<{name}>", value)
        return value
    if isinstance(value, Mapping):
        return {inner: _cleaned(str(inner), one) for inner, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_cleaned("", one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    # An object prints what it likes; its kind is enough.
    return f"<{type(value).__name__}>"


def _is_personal(key: str) -> bool:
    return key not in IMPERSONAL and any(
        key == name or key.endswith(f"_{name}") for name in PERSONAL
    )


def with_present_work(_logger: object, _method: str, entry: Entry) -> Entry:
    """Add for whom the work is done."""
    work = context.present()
    entry.setdefault("actor", work.actor)
    for name, value in (("request_id", work.request_id), ("job_id", work.job_id)):
        if value:
            entry.setdefault(name, value)
    return entry


def with_moment(_logger: object, _method: str, entry: Entry) -> Entry:
    """Add the moment."""
    entry["at"] = clock.now().isoformat(timespec="milliseconds")
    return entry


def without_addresses(_logger: object, _method: str, entry: Entry) -> Entry:
    """Cut the address off what Django says of a request: an address may hold a name."""
    # What the formatter of another handler left in the record: the text once more, as it was.
    entry.pop("message", None)
    entry.pop("asctime", None)
    if str(entry.get("logger", "")).startswith("django.") and "request" in entry:
        entry["event"] = str(entry["event"]).partition(":")[0]
        del entry["request"]
    return entry


def with_failure(_logger: object, _method: str, entry: Entry) -> Entry:
    """Tell of a failure its kind, its code and the places it came through."""
    given = entry.pop("exc_info", None)
    entry.pop("exc_text", None)
    failure = _failure(given)
    if failure is not None:
        chain: list[dict[str, object]] = []
        seen: BaseException | None = failure
        while seen is not None and len(chain) < 5:
            chain.append({"kind": type(seen).__name__, **_code(seen), "places": _places(seen)})
            seen = seen.__cause__ or seen.__context__
        entry["failure"] = chain
    return entry


def _failure(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if given is True:
        given = sys.exc_info()
    return given[1] if isinstance(given, tuple) else None


def _code(failure: BaseException) -> dict[str, str]:
    code = getattr(failure, "code", None) or getattr(failure, "sqlstate", None)
    return {"code": str(code)} if isinstance(code, str) else {}


def _places(failure: BaseException) -> list[str]:
    frames = traceback.extract_tb(failure.__traceback__)[-12:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    with_moment,
    with_present_work,
    with_failure,
    without_addresses,
]


class LinesOfJson(structlog.stdlib.ProcessorFormatter):
    """Formats the records of all libraries alike."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_personal_data,
                structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
            ],
        )


def configured(*, level: str) -> dict[str, object]:
    """Give Django's LOGGING, and set structlog up to go through it."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": LinesOfJson}},
        "handlers": {
            "standard": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"handlers": ["standard"], "level": level},
        "loggers": {
            # They bring handlers of their own, which would print past ours.
            "django": {"handlers": [], "propagate": True, "level": level},
            "django.server": {"handlers": [], "propagate": True, "level": level},
            # At DEBUG it prints every query with its values.
            "django.db.backends": {"level": "WARNING"},
            "procrastinate": {"level": level if level != "DEBUG" else "INFO"},
            # They announce every task at every start, of whatever command.
            "procrastinate.blueprints": {"level": "WARNING"},
            "procrastinate.periodic": {"level": "WARNING"},
        },
    }


def get(name: str) -> Any:
    """Give the logger of a module."""
    return structlog.get_logger(name)


__all__ = ["LinesOfJson", "configured", "get"]
