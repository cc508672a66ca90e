"""A browser, signed in as whom a test needs, on the site that the run shares."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import server
from tests.browser import site as shared_site
from tests.browser.chromium import CHROMIUM, DESK, launched, sign_in

MISSING = "Chromium is not installed; to run the browser tests: sudo apt-get install chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            if CHROMIUM is None and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason=MISSING))


@dataclass(frozen=True, slots=True)
class Site:
    """The site of the run, and its database."""

    url: str
    database_url: str

    def ask(self, question: str, *values: object) -> tuple[object, ...] | None:
        """Give the first row that the database answers."""
        import psycopg

        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(question, values).fetchone()

    def last_failure(self) -> str:
        """Give the end of what the site logged as an error."""
        log = Path(os.environ[server.FOLDER]) / "site" / "logs" / "site.log"
        errors = [line for line in log.read_text().splitlines() if '"level": "error"' in line]
        return errors[-1][-1500:] if errors else ""


@dataclass(slots=True)
class Visit:
    """A page that is looked at, and what the browser complained about meanwhile."""

    page: object
    complaints: list[str] = field(default_factory=list)

    def listen(self, url: str) -> None:
        page = self.page
        page.on("console", lambda said: self._note(said) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((url, "data:", "blob:"))
                else self.complaints.append(f"asks elsewhere: {asked.url}")
            ),
        )

    def _note(self, said: object) -> None:
        self.complaints.append(f"console: {said.text} ({said.location.get('url')})")


@pytest.fixture(scope="session")
def site() -> Site:
    """The site on a demo company, shared by the whole run."""
    return Site(*shared_site.wanted().split(" ", 1))


@pytest.fixture(scope="session")
def closing_site() -> Site:
    """A site on a demo company of its own, for the test that closes a month."""
    return Site(*shared_site.wanted(shared_site.CLOSED_IN).split(" ", 1))


@pytest.fixture
def closing_page_as(browser, closing_site) -> Iterator[Opened]:
    """Open a page of that site."""
    with _pages(browser, closing_site) as opened:
        yield opened


# Of a module and not of the run: while Playwright runs, Django refuses the database to this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Give Debian's Chromium."""
    assert CHROMIUM, MISSING
    with launched() as chromium:
        yield chromium


Opened = Callable[..., Visit]


@pytest.fixture
def page_as(browser, site) -> Iterator[Opened]:
    """Open a page as one of the demo's logins, by the first part of its address, or as a stranger."""
    with _pages(browser, site) as opened:
        yield opened


@pytest.fixture(scope="module")
def kept_page_as(browser, site) -> Iterator[Opened]:
    """Give the page of a visitor, opened once for a module: styles and scripts are loaded once.

    For tests that only look at what they open. What was complained about before is forgotten.
    """
    with _pages(browser, site) as opened:
        kept: dict[str, Visit] = {}

        def given(who: str) -> Visit:
            visit = kept.get(who) or kept.setdefault(who, opened(who))
            visit.page.goto("about:blank")
            visit.page.set_viewport_size(DESK)
            visit.complaints.clear()
            return visit

        yield given


@contextmanager
def _pages(browser: object, site: Site) -> Iterator[Opened]:
    contexts = []

    def opened(who: str, viewport: dict[str, int] = DESK, **options: object) -> Visit:
        state = None if who == "stranger" else _signed_in(browser, site, who)
        context = browser.new_context(
            base_url=site.url,
            storage_state=state,
            viewport=viewport,
            locale="en-GB",
            timezone_id="Europe/Warsaw",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        visit = Visit(context.new_page())
        visit.listen(site.url)
        return visit

    try:
        yield opened
    finally:
        for context in contexts:
            context.close()


def _signed_in(browser: object, site: Site, who: str) -> str:
    """Give the file with the session of a login, signed in once in a run by the real form."""
    folder = Path(os.environ[server.FOLDER])
    name = f"signed-in-{who}-{urlsplit(site.url).port}"
    state = folder / f"{name}.json"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not state.exists():
            context = browser.new_context(base_url=site.url, locale="en-GB")
            try:
                sign_in(context.new_page(), who)
                state.write_text(json.dumps(context.storage_state()), encoding="utf-8")
            finally:
                context.close()
    return str(state)
