"""Every message that the product says, in every language that it ships."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tools import catalogues
from upline.compensation.plan.speech import LANGUAGES

TRANSLATED = [language for language in LANGUAGES if language != "en"]
PAIRS = [(domain, language) for domain in catalogues.DOMAINS for language in TRANSLATED]


def catalogue(domain, language):
    path = catalogues.LOCALE / language / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        return path, read_po(file, locale=language)


@pytest.mark.parametrize(("domain", "language"), PAIRS)
def test_every_message_is_translated_and_names_the_same_facts(domain, language):
    _, translated = catalogue(domain, language)
    known = {message.id: message.string for message in translated if message.id}

    assert set(known) == {message for message, _ in catalogues.messages(domain)}
    for message, said in known.items():
        assert said, message
        assert set(re.findall(r"%\(\w+\)s", said)) == set(re.findall(r"%\(\w+\)s", message))


@pytest.mark.parametrize(("domain", "language"), PAIRS)
def test_the_compiled_catalogue_agrees_with_its_text(domain, language):
    path, translated = catalogue(domain, language)
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    for message in translated:
        if message.id:
            assert compiled.gettext(message.id) == message.string, "Run: make messages"
    assert compiled.charset() == "utf-8"


@pytest.mark.parametrize(
    "path",
    [path for pattern in catalogues.DOMAINS.values() for path in catalogues.ROOT.glob(pattern)],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_no_message_hides_where_the_catalogues_do_not_look(path: Path):
    """A message inside an f-string would be said untranslated."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        inner = ast.walk(node) if isinstance(node, ast.JoinedStr) else ()
        said = [part for part in inner if isinstance(part, ast.Call)]
        names = [getattr(part.func, "attr", getattr(part.func, "id", "")) for part in said]

        assert not set(catalogues.KEYWORDS) & set(names), f"{path.name}:{node.lineno}"
