"""Every message that the product says, in every language that it ships."""

import ast
import gettext
import re
from collections import Counter

import pytest

from tools import catalogues
from tools.messages_said import in_python, in_template
from upline.languages import LANGUAGES

PAIRS = [
    pytest.param(domain, language, id=f"{domain.folder.name}-{domain.name}-{language}")
    for domain in catalogues.DOMAINS
    for language in catalogues.LANGUAGES
]
# What a translation must carry over as it is: inserted facts and the tags of HTML.
CARRIED = re.compile(r"%\(\w+\)[sdr]|%[sdr]|%%|\{[^{}]*\}|</?[a-z]+[^>]*>")
# How many forms a noun beside a whole number takes in each language, by CLDR.
FORMS = {"bg": 2, "kk": 2, "pl": 3, "ru": 3}


def carried(text):
    """Count what is inserted and the tags; words inside a tag may be translated."""
    return Counter(re.sub(r"(title|alt)=\"[^\"]*\"", "", part) for part in CARRIED.findall(text))


def said_forms(message):
    return list(message.string) if message.pluralizable else [message.string]


def own_forms(message):
    return list(message.id) if message.pluralizable else [message.id]


def test_the_catalogues_are_in_every_language_but_english():
    assert {*catalogues.LANGUAGES, "en"} == set(LANGUAGES)


@pytest.mark.parametrize(("domain", "language"), PAIRS)
def test_every_message_is_translated(domain, language):
    catalogue = catalogues.read(domain.path(language))

    missing = []
    for said, sources in domain.said(language).items():
        known = catalogue.get(said.singular, said.context or None)
        if known is None or not catalogues.is_translated(known):
            missing.append(f"{sources[0]}: {said.singular}")

    assert not missing, "Run: make messages, then translate"


@pytest.mark.parametrize(("domain", "language"), PAIRS)
def test_no_message_is_kept_that_nobody_says(domain, language):
    said = {(message.singular, message.context) for message in domain.said(language)}

    kept = {
        (own_forms(message)[0], message.context or "")
        for message in catalogues.read(domain.path(language))
        if message.id
    }

    # Another version of a library may say what the installed one does not.
    assert domain.keeps_all or kept <= said, "Run: make messages"


@pytest.mark.parametrize(("domain", "language"), PAIRS)
def test_each_form_of_a_translation_carries_the_same_facts_and_tags(domain, language):
    for message in catalogues.read(domain.path(language)):
        if not message.id or not catalogues.is_translated(message):
            continue
        allowed = [carried(form) for form in own_forms(message)]

        for form in said_forms(message):
            assert carried(form) in allowed, f"{message.id!r}: {form!r}"
            assert form.startswith("\n") == own_forms(message)[0].startswith("\n"), form
            assert form.endswith("\n") == own_forms(message)[0].endswith("\n"), form
        if message.pluralizable:
            # Only one form may go without the count: the one for a single thing.
            assert all(carried(form) == allowed[-1] for form in said_forms(message)[1:]), form


@pytest.mark.parametrize(("domain", "language"), PAIRS)
def test_each_plural_has_every_form_of_its_language(domain, language):
    catalogue = catalogues.read(domain.path(language))

    assert catalogue.num_plurals == FORMS[language]
    for message in catalogue:
        if message.id and message.pluralizable:
            assert len(message.string) == FORMS[language], message.id


@pytest.mark.parametrize(("domain", "language"), PAIRS)
def test_the_compiled_catalogue_agrees_with_its_text(domain, language):
    path = domain.path(language)
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog

    for message in catalogues.read(path):
        if not message.id or not catalogues.is_translated(message):
            continue
        key = own_forms(message)[0]
        key = f"{message.context}\x04{key}" if message.context else key
        if message.pluralizable:
            kept = [compiled[key, form] for form in range(len(message.string))]
        else:
            kept = [compiled[key]]
        assert kept == said_forms(message), "Run: make messages"


@pytest.mark.parametrize("folder", [catalogues.LOCALE, catalogues.LIBRARIES], ids=lambda p: p.name)
def test_a_catalogue_names_no_day_and_no_person(folder):
    """The same messages give the same file, whoever runs the tool and whenever."""
    for path in folder.rglob("*.po"):
        header = path.read_text(encoding="utf-8").split("\n\n", maxsplit=1)[0]

        assert not re.search(r"Date|Translator|Team|\d{4}-\d{2}", header), path


@pytest.mark.parametrize("engine", [True, False], ids=["engine", "platform"])
def test_no_message_is_put_together_before_it_is_translated(engine):
    """A message made of parts would be looked for whole, and never found."""
    within = (catalogues.SOURCES / "compensation").rglob("*.py")
    paths = sorted(within) if engine else catalogues.platform_sources()
    marks = set(catalogues.ENGINE if engine else catalogues.CALLS)

    put_together = []
    for path in paths:
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in marks and any(isinstance(part, ast.JoinedStr) for part in node.args):
                    put_together.append(f"{path}:{node.lineno}")

    assert not put_together


def test_a_template_gives_the_messages_of_tags_components_and_expressions():
    template = (
        '{% translate "Half: 50% off" %}'
        '{% translate "May" context "month" as name %}'
        "{% blocktranslate count n=all %}{{ n }} order{% plural %}{{ n }} orders"
        "{% endblocktranslate %}"
        "<c-stat title=\"{% translate 'In an attribute' %}\" :hint=\"_('In an expression')\" />"
        '{{ _("In a variable") }}'
    )

    assert {(said.singular, said.plural, said.context) for said in in_template(template)} == {
        ("Half: 50%% off", "", ""),
        ("May", "", "month"),
        ("%(n)s order", "%(n)s orders", ""),
        ("In an attribute", "", ""),
        ("In an expression", "", ""),
        ("In a variable", "", ""),
    }


def test_a_module_gives_whole_texts_only():
    source = (
        'text = _("One" " text")\n'
        "other = gettext(name)\n"
        'many = ngettext("%(n)d day", "%(n)d days", n)\n'
        'of = pgettext_lazy("verb", "Order")\n'
    )

    assert [(said.singular, said.plural, said.context) for said in in_python(source)] == [
        ("One text", "", ""),
        ("%(n)d day", "%(n)d days", ""),
        ("Order", "", "verb"),
    ]
