"""Bring the message catalogues up to date and compile them: python -m tools.catalogues.

New messages come in untranslated, messages that nobody says any more go out; the tests then name
what is still to translate. What libraries say and do not translate themselves lies in catalogues
beside ours; there nothing goes out, for another version of a library may still say it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools import library_messages
from tools.messages_said import CALLS, Call, Said, in_file

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "upline"
LOCALE = SOURCES / "locale"
LIBRARIES = SOURCES / "locale_libraries"
LANGUAGES = ("bg", "kk", "pl", "ru")
# The engine marks its sentences by words of its own, for it knows nothing of Django.
ENGINE = {"say": Call(), "_say": Call(), "msg": Call()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """One kind of catalogue: where it lies and which messages belong into it."""

    name: str
    folder: Path
    messages: Callable[[str], Iterator[tuple[Said, str]]]
    keeps_all: bool = False

    def path(self, language: str) -> Path:
        return self.folder / language / "LC_MESSAGES" / f"{self.name}.po"

    def said(self, language: str) -> dict[Said, list[str]]:
        """Give each message once with who says it, in a lasting order."""
        found: dict[tuple[str, str], tuple[Said, list[str]]] = {}
        for message, source in self.messages(language):
            key = (message.context, message.singular)
            known, sources = found.get(key, (message, []))
            # Said of one thing here and of many there: the plural serves both.
            found[key] = (known if known.plural else message, sources)
            if source not in sources:
                sources.append(source)
        return dict(found.values())


def _of_engine(part: str) -> Callable[[str], Iterator[tuple[Said, str]]]:
    def messages(_language: str) -> Iterator[tuple[Said, str]]:
        for path in sorted((SOURCES / "compensation" / part).rglob("*.py")):
            for message in in_file(path, calls=ENGINE):
                yield message, path.relative_to(ROOT).as_posix()

    return messages


def _of_platform(_language: str) -> Iterator[tuple[Said, str]]:
    for path in platform_sources():
        for message in in_file(path, calls=CALLS):
            yield message, path.relative_to(ROOT).as_posix()


def platform_sources() -> list[Path]:
    """Give the sources of the platform that can say something: modules and templates."""
    engine = SOURCES / "compensation"
    modules = (path for path in SOURCES.rglob("*.py") if not path.is_relative_to(engine))
    templates = (
        path
        for path in SOURCES.rglob("templates/**/*")
        if path.suffix in {".html", ".txt", ".svg", ".xml"}
    )
    return sorted({*modules, *templates})


DOMAINS = (
    Domain(name="plan", folder=LOCALE, messages=_of_engine("plan")),
    Domain(name="explain", folder=LOCALE, messages=_of_engine("explain")),
    Domain(name="django", folder=LOCALE, messages=_of_platform),
    Domain(name="django", folder=LIBRARIES, messages=library_messages.lacking, keeps_all=True),
    Domain(
        name="djangojs",
        folder=LIBRARIES,
        messages=library_messages.lacking_in_scripts,
        keeps_all=True,
    ),
)


def read(path: Path) -> Catalog:
    """Give a catalogue as it is kept; an empty one where there is none yet."""
    language = path.parts[-3]
    if not path.is_file():
        return Catalog(locale=language, domain=path.stem, header_comment="")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=path.stem)


def updated(domain: Domain, language: str) -> Catalog:
    """Give the catalogue with the messages that are said and the translations that are known."""
    old = read(domain.path(language))
    new = Catalog(locale=language, domain=domain.name, fuzzy=False, header_comment="")
    new.header_comment = old.header_comment
    new.project, new.version = "Upline", domain.name
    new.mime_headers = [("Content-Type", "text/plain; charset=utf-8")]
    said = domain.said(language)
    for message, sources in said.items():
        known = old.get(message.singular, message.context or None)
        new.add(
            message.id,
            _translation(known, message, forms=new.num_plurals),
            locations=[(source, None) for source in sources],
            context=message.context or None,
        )
    if domain.keeps_all:
        _keep(old, new)
    return new


def _translation(known: Message | None, message: Said, *, forms: int) -> str | tuple[str, ...]:
    """Give what is known in the shape that the message has now."""
    said = known.string if known else ""
    if message.plural:
        return tuple(said) if isinstance(said, (list, tuple)) else (said, *[""] * (forms - 1))
    return said[0] if isinstance(said, (list, tuple)) else said


def _keep(old: Catalog, new: Catalog) -> None:
    for message in old:
        if message.id and is_translated(message):
            singular = message.id[0] if message.pluralizable else message.id
            if new.get(singular, message.context) is None:
                new.add(message.id, message.string, context=message.context)


def is_translated(message: Message) -> bool:
    """Tell whether each form of a message is said in the catalogue's language."""
    if message.pluralizable:
        return bool(message.string) and all(message.string)
    return bool(message.string)


def written(catalogue: Catalog) -> bytes:
    """Give the text of a catalogue; it names no day, so that the same messages give the same."""
    text = io.BytesIO()
    write_po(text, catalogue, width=98, omit_header=False)
    lines = text.getvalue().decode("utf-8").splitlines(keepends=True)
    dropped = (
        *('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Report-Msgid'),
        *('"Last-Translator', '"Language-Team'),
    )
    return "".join(line for line in lines if not line.startswith(dropped)).encode("utf-8")


def compiled(path: Path) -> bytes:
    """Give what gettext reads, from the catalogue's text."""
    catalogue = read(path)
    catalogue.mime_headers = [("Content-Type", "text/plain; charset=utf-8")]
    # Without these the file would change with the clock.
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    binary = io.BytesIO()
    write_mo(binary, catalogue)
    return binary.getvalue()


def main() -> None:
    for domain in DOMAINS:
        for language in LANGUAGES:
            path = domain.path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue = updated(domain, language)
            path.write_bytes(written(catalogue))
            path.with_suffix(".mo").write_bytes(compiled(path))
            empty = sum(1 for message in catalogue if message.id and not is_translated(message))
            print(f"{path.relative_to(ROOT)}: {len(catalogue)} messages, {empty} to translate")


if __name__ == "__main__":
    main()
