"""Each page of the site in each language: nothing on it stays English.

The pages are rendered on the demo company that the browser tests share. In a language that is not
written in Latin letters any Latin word is a leak; in Polish a text that is equal to the English one
is. Names, codes and other values of the company are no leaks: they are read from its database.
Whatever else may stand in Latin letters everywhere is in ALLOWED, with the reason.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from babel import Locale
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.utils import translation

from tests.browser import site as shared_site
from tests.browser.addresses import LINKED_FROM, NOT_VISITED, STRANGER, Address, every_address
from upline import demo
from upline.compensation.plan.load import load_file
from upline.languages import LANGUAGES

LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
SHOWN = {"alt", "aria-label", "placeholder", "title", "aria-description", "label"}
SHOWN_OF_META = {"description", "application-name", "apple-mobile-web-app-title"}
NOT_READ = {"script", "style", "template", "code", "pre", "textarea"}

BACKEND = "upline.web.accounts.backends.ByEmail"

# What may stand in Latin letters in every language, each with its reason.
ALLOWED = {
    "Upline": "our name",
    "English": "a language is called by its own name",
    "Polski": "as above",
    "JavaScript": "a name",
    "YAML": "a name",
    "Chrome": "a name",
    "Linux": "a name",
    "CSV": "a name",
    "Markdown": "a name",
    "PDF": "a name",
    "XLSX": "a name",
    "UTC": "a name",
    "UTF": "a name",
    "EUR": "a code",
    "PLN": "a code",
    "KZT": "a code",
    "PIN": "a name",
    "localhost": "a name",
    "Enter": "a key of keyboards",
    "Control": "as above",
    "Command": "as above",
}
# What stands on one page alone as an example: names of people and ranks, codes, names of tones,
# columns of a file.
EXAMPLES_ON = {
    "office/corrections/table/": {"member", "amount", "currency", "reason"},
    "design/": {
        *("error", "info", "neutral", "primary", "success", "warning"),
        *("Gold", "Silver", "Małgorzata Brzęczyszczykiewicz"),
        *("BG7-TTR", "KX4-PLM", "KZ1-ALN", "KZ2-AAD"),
    },
}
# Words that Polish has in common with English.
SAME_IN_POLISH = {
    "Adres",
    "Bonus",
    "Debet",
    "E-mail",
    "Alarm",
    "Kod",
    "Login (e-mail)",
    "Login",
    "Marketing",
    "Mentor",
    "Netto",
    "Partner",
    "Plan",
    "Plan:",
    "Region",
    "Role",
    "Sponsor",
    "Status",
    "status",
}
# Countries that Poles call as the English do.
SAME_IN_POLISH |= set(Locale.parse("pl").territories.values())
# Where the values of the company stand: names, codes, words that people wrote in their language.
VALUES = {
    "catalog_market": "concat_ws(' ', code, name)",
    "catalog_product": "sku",
    # What stands in English alone has no translation, and is a leak in another language.
    "catalog_producttext WHERE language <> 'en'": "concat_ws(' ', name, description)",
    "catalog_taxcategory": "name",
    "foundation_auditentry": "concat_ws(' ', subject, reason)",
    "foundation_company": "name",
    "ledger_account": "concat_ws(' ', code, holder)",
    "ledger_journal": "concat_ws(' ', key, reference, memo)",
    "ledger_ratesheet": "concat_ws(' ', source, reason)",
    "network_member": "code",
    "network_rankgrant": "reason",
    "orders_order": "concat_ws(' ', number, reference, channel, paid_reference)",
    "orders_shipment": "concat_ws(' ', carrier, tracking)",
    "people_address": "concat_ws(' ', city, region)",
    "people_login": "email",
    "people_person": "concat_ws(' ', given_name, family_name)",
    "plans_planversion": "name",
    # A plan names its ranks; their titles are in every language.
    "plans_planversion AS plan": "(regexp_matches(plan.text, 'rank: ([A-Za-z]+)', 'g'))[1]",
}


@dataclass
class Texts(HTMLParser):
    """What a page says to people: its texts and the attributes that are read out.

    What is marked as not to be translated (`translate="no"`), or as another language (`lang`), is
    left out with all that it holds.
    """

    said: list[str] = field(default_factory=list)
    open: list[tuple[str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        silent = (
            self._is_silent()
            or tag in NOT_READ
            or given.get("translate") == "no"
            or (tag != "html" and "lang" in given)
        )
        if not silent:
            self.said += [value for name, value in attrs if name in SHOWN and value]
            if tag == "meta" and given.get("name") in SHOWN_OF_META:
                self.said.append(given.get("content") or "")
            if tag == "input" and given.get("type") in {"submit", "button"}:
                self.said.append(given.get("value") or "")
        if tag not in VOID:
            self.open.append((tag, silent))

    def handle_endtag(self, tag):
        while any(name == tag for name, _ in self.open):
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data):
        text = " ".join(data.split())
        if text and not self._is_silent():
            self.said.append(text)

    def _is_silent(self):
        return bool(self.open) and self.open[-1][1]


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


def texts_of(html: str) -> list[str]:
    """List what a page says, in the order in which it stands."""
    page = Texts()
    page.feed(html)
    return page.said


@cache
def values_of_the_company() -> frozenset[str]:
    """Give each Latin word that stands in a name, a code or a text of the company."""
    words: set[str] = set()
    with connection.cursor() as cursor:
        for table, expression in VALUES.items():
            cursor.execute(f"SELECT DISTINCT ({expression})::text FROM {table}")
            for (value,) in cursor.fetchall():
                words |= set(LATIN_WORD.findall(value or ""))
    return frozenset(words)


def english_in(text: str) -> list[str]:
    """Give the Latin words of a text that are neither allowed nor values of the company."""
    known = values_of_the_company()
    without_codes = re.sub(r"\S*[@/_]\S*|\b\w*\d\w*\b", " ", text)
    return [
        word
        for word in LATIN_WORD.findall(without_codes)
        if word not in ALLOWED and word not in known
    ]


def leaks(one: Address, english: list[str], translated: list[str], language: str) -> list[str]:
    """List what stayed English on a page."""
    examples = EXAMPLES_ON.get(one.route, set())
    fine = examples | (SAME_IN_POLISH if language == "pl" else set())
    same = set(english)
    found = {text for text in translated if language != "pl" or text in same} - fine
    if any(english_in(text) for text in found):
        # Other tests work in the same company, and what they wrote since is its own too.
        values_of_the_company.cache_clear()
    return sorted(
        text for text in found if english_in(text) and not set(english_in(text)) <= examples
    )


def signed_in(who: str, language: str) -> Client:
    """Give a client signed in with the second factor, in a language."""
    client = Client(headers={"accept-language": language})
    if who == STRANGER:
        return client
    login = get_user_model().objects.get(email=f"{who}@example.com")
    if login.person is not None:
        type(login.person).objects.filter(pk=login.person_id).update(language=language)
    client.force_login(login, backend=BACKEND)
    session = client.session
    proofs = [{"method": method, "at": time.time()} for method in ("password", "mfa")]
    session["account_authentication_methods"] = proofs
    session["account_authentication_methods_user"] = str(login.pk)
    session.save()
    return client


@cache
def path_of(one: Address) -> str:
    """Give the path with something that there is in place of each parameter."""
    if one.route in PARTS:
        return PARTS[one.route]
    if one.route in LINKED_FROM:
        parent = next(other for other in every_address() if other.route == LINKED_FROM[one.route])
        above = path_of(parent)
        links = re.findall(r'href="([^"#?]+)', page_in("en", parent))
        found = [link for link in (urljoin(above, link) for link in links) if one.is_at(link)]
        assert found, f"{above} has no link to {one.route}"
        return found[0]
    values = {}
    with connection.cursor() as cursor:
        for name in one.parameters:
            cursor.execute(one.example_of(name))
            row = cursor.fetchone()
            assert row, f"{one.route}: the demo company holds no example for <{name}>"
            values[name] = row[0]
    return one.filled(values)


def page_in(language: str, one: Address) -> str:
    """Render an address in a language; what that writes is taken back."""
    with transaction.atomic():
        answer = signed_in(one.visitor, language).get(path_of(one), follow=True)
        transaction.set_rollback(True)
    translation.activate("en")
    if one.visitor != STRANGER:
        assert answer.wsgi_request.user.is_authenticated, one.route
        asked_again = "reauthenticate" in answer.wsgi_request.path
        assert not asked_again or "reauthenticate" in one.route, one.route
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    # A page that says what cannot be is read as well; 405 is for forms of other pages.
    assert answer.status_code < 500, f"{one.route} in {language}: {answer.status_code}"
    return answer.content.decode() if is_page and answer.status_code != 405 else ""


@pytest.fixture(scope="module")
def demo_company(django_db_blocker) -> Iterator[None]:
    """Let this process read the demo company of the browser tests; nothing is ever committed."""
    from upline.config.settings import database

    _, url = shared_site.wanted().split(" ", 1)
    assert urlsplit(url).path
    with django_db_blocker.unblock():
        connection.close()
        before = dict(connection.settings_dict)
        found = database(url)
        connection.settings_dict.update(
            {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
        )
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(before)


# Parts of pages that a browser does not open alone, but that people read.
PARTS = {"my/team/map/card/<int:place>/": "/my/team/map/card/1/"}
VISITED = [one for one in every_address() if one.route in PARTS or one.route not in NOT_VISITED]


@pytest.mark.parametrize("one", VISITED, ids=lambda one: one.route or "landing")
def test_nothing_on_a_page_stays_english(one, demo_company):
    page = page_in("en", one)
    english = texts_of(page)
    # A file, or an answer to forms alone, is no page in any language.
    languages = [language for language in LANGUAGES if language != "en" and page]

    found = {
        language: leaks(one, english, texts_of(page_in(language, one)), language)
        for language in languages
    }

    assert not any(found.values()), found


# What the plan of the demo calls its columns and values; members read their titles.
NAMES = load_file(Path(demo.__file__).parent / "plan.yaml").file
NAMED = {*NAMES.orders, *NAMES.order_values, *NAMES.measures}
OF_MEMBERS = [one for one in VISITED if one.route.startswith("my/")]


@pytest.mark.parametrize("one", OF_MEMBERS, ids=lambda one: one.route)
def test_no_name_of_the_plan_stands_on_a_page_of_members(one, demo_company):
    said = " ".join(texts_of(page_in("ru", one)))

    assert sorted(NAMED & set(re.findall(r"\w+", said))) == []
