"""Find what the libraries on our screens say and which of it they do not translate themselves.

Django, allauth, unfold and others bring catalogues; Kazakh is missing from most of them. What is
missing is kept in catalogues of our own beside the product's, in `src/upline/locale_libraries`.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from babel.messages.extract import extract

from tools.messages_said import Said, in_file

# The packages whose words can reach a screen of ours. Parts that we do not install are left out:
# of Django the apps for flat pages, redirects, several sites, maps; of allauth the social logins.
LIBRARIES = (
    "django",
    "allauth",
    "unfold",
    "axes",
    "hijack",
    "pghistory",
)
_LEFT_OUT = (
    "/django/contrib/admindocs/",
    "/django/contrib/flatpages/",
    "/django/contrib/gis/",
    "/django/contrib/redirects/",
    "/django/contrib/sites/",
    "/django/contrib/sitemaps/",
    "/django/contrib/syndication/",
    "/django/test/",
    "/allauth/headless/",
    "/allauth/idp/",
    "/allauth/socialaccount/",
    "/allauth/templates/idp/",
    "/allauth/templates/socialaccount/",
    "/unfold/contrib/constance/",
    "/unfold/contrib/guardian/",
    "/unfold/contrib/import_export/",
    "/unfold/contrib/location_field/",
    "/unfold/contrib/simple_history/",
)
_IN_SCRIPTS = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def folder(library: str) -> Path:
    """Give the folder of an installed package without importing it."""
    spec = find_spec(library)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{library} is not installed. Run: make venv")
    return Path(spec.origin).parent


def _sources(library: str) -> Iterator[Path]:
    root = folder(library)
    for path in sorted(root.rglob("*")):
        name = f"/{library}/{path.relative_to(root).as_posix()}"
        if path.suffix in {".py", ".html", ".txt"} and not any(part in name for part in _LEFT_OUT):
            yield path


@cache
def said(library: str) -> tuple[Said, ...]:
    """Give each message of a library once, in a lasting order."""
    return tuple(sorted({message for path in _sources(library) for message in in_file(path)}))


@cache
def said_in_scripts() -> tuple[Said, ...]:
    """Give each message of the admin's own scripts once, in a lasting order."""
    found: set[Said] = set()
    for path in sorted((folder("django") / "contrib/admin/static/admin/js").glob("*.js")):
        with path.open("rb") as file:
            for _, message, _, context in extract("javascript", file, keywords=_IN_SCRIPTS):
                singular, plural = message if isinstance(message, tuple) else (message, "")
                found.add(Said(singular=singular, plural=plural, context=context or ""))
    return tuple(sorted(found))


@cache
def known(language: str, domain: str) -> frozenset[str]:
    """Give the keys that the libraries' own catalogues translate into a language."""
    keys: set[str] = set()
    for library in LIBRARIES:
        for path in folder(library).rglob(f"locale/{language}/LC_MESSAGES/{domain}.mo"):
            if not any(part in path.as_posix() for part in _LEFT_OUT):
                with path.open("rb") as file:
                    catalogue = gettext.GNUTranslations(file)
                said = catalogue._catalog  # type: ignore[attr-defined]  # noqa: SLF001
                keys |= {key[0] if isinstance(key, tuple) else key for key in said if said[key]}
    return frozenset(keys)


def _key(message: Said) -> str:
    return f"{message.context}\x04{message.singular}" if message.context else message.singular


def lacking(language: str) -> Iterator[tuple[Said, str]]:
    """Give what a language lacks, with the library that says it."""
    for library in LIBRARIES:
        for message in said(library):
            if _key(message) not in known(language, "django"):
                yield message, library


def lacking_in_scripts(language: str) -> Iterator[tuple[Said, str]]:
    """Give what a language lacks of the admin's scripts."""
    for message in said_in_scripts():
        if _key(message) not in known(language, "djangojs"):
            yield message, "django/contrib/admin"
