"""Bring the message catalogues up to date and compile them: python tools/catalogues.py.

New messages come in untranslated, messages that nobody says any more go out; the tests then name
what is still to translate.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "src" / "upline" / "locale"
# Each catalogue and the sources whose messages it holds.
DOMAINS = {
    "plan": "src/upline/compensation/plan/*.py",
    "explain": "src/upline/compensation/explain/*.py",
}
KEYWORDS = {"say": None, "_say": None, "msg": None}


def messages(domain: str) -> Iterator[tuple[str, str]]:
    """Give each message once, with the source that says it, in a lasting order."""
    seen: set[str] = set()
    for path in sorted(ROOT.glob(DOMAINS[domain])):
        for _, message, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            if isinstance(message, str) and message not in seen:
                seen.add(message)
                yield message, path.relative_to(ROOT).as_posix()


def updated(path: Path, domain: str) -> Catalog:
    """Give the catalogue with exactly the messages that are said."""
    old = Catalog(locale=path.parts[-3], domain=domain, header_comment="")
    if path.is_file():
        with path.open("rb") as file:
            old = read_po(file, locale=path.parts[-3], domain=domain)
    new = Catalog(locale=old.locale, domain=domain, fuzzy=False, header_comment=old.header_comment)
    new.project, new.version = "Upline", domain
    new.mime_headers = [("Content-Type", "text/plain; charset=utf-8")]
    for message, source in messages(domain):
        known = old.get(message)
        new.add(message, known.string if known else "", locations=[(source, None)])
    return new


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


def compiled(path: Path, domain: str) -> bytes:
    """Give what gettext reads, from the catalogue's text."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3], domain=domain)
    catalogue.mime_headers = [("Content-Type", "text/plain; charset=utf-8")]
    # Without these the file would change with the clock.
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    binary = io.BytesIO()
    write_mo(binary, catalogue)
    return binary.getvalue()


def main() -> None:
    for domain in DOMAINS:
        for folder in sorted(LOCALE.glob("*/LC_MESSAGES")):
            path = folder / f"{domain}.po"
            catalogue = updated(path, domain)
            path.write_bytes(written(catalogue))
            path.with_suffix(".mo").write_bytes(compiled(path, domain))
            empty = sum(1 for message in catalogue if message.id and not message.string)
            print(f"{path.relative_to(ROOT)}: {len(catalogue)} messages, {empty} to translate")


if __name__ == "__main__":
    main()
