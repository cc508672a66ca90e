"""Every address of the site in a real browser: nobody kept out, nothing broken, nothing refused."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest

from tests.browser.addresses import EXAMPLES, LINKED_FROM, NOT_VISITED, Address, every_address
from tests.browser.chromium import DESK, PHONE
from tests.browser.fitness import unfit

ADDRESSES = every_address()
VISITED = [one for one in ADDRESSES if one.route not in NOT_VISITED]


def test_every_parameter_has_an_example_and_every_exception_an_address():
    routes = {one.route for one in ADDRESSES}
    lacking = [
        f"{one.route} <{name}>"
        for one in VISITED
        for name in one.parameters
        if one.route not in LINKED_FROM and one.example_of(name) is None
    ]

    assert lacking == []
    assert {*NOT_VISITED, *LINKED_FROM, *LINKED_FROM.values()} <= routes
    for start in (example.rpartition(" ")[0] for example in EXAMPLES):
        assert any(route.startswith(start) for route in routes), start


def path_of(one: Address, site, get) -> str:
    """Give the path with something that there is in place of each parameter."""
    if one.route in LINKED_FROM:
        parent = next(other for other in ADDRESSES if other.route == LINKED_FROM[one.route])
        above = path_of(parent, site, get)
        found = [urljoin(above, link) for link in re.findall(r'href="([^"#?]+)', get(above).text())]
        return next((link for link in found if one.is_at(link)), f"{above} has no link to it")
    values = {}
    for name in one.parameters:
        row = site.ask(one.example_of(name))
        assert row, f"{one.route}: the demo company holds no example for <{name}>"
        values[name] = row[0]
    return one.filled(values)


@pytest.mark.parametrize("one", VISITED, ids=lambda one: one.route or "landing")
def test_an_address_keeps_nobody_out_and_fits_a_phone(one, site, kept_page_as):
    visit = kept_page_as(one.visitor)
    page, path = visit.page, path_of(one, site, visit.page.request.get)
    answer = _opened(page, path)
    if answer is None or answer.status == 405:
        # Whoever sends such a form stands on another page, which is visited.
        return
    assert answer.status == 200, f"{path} as {one.visitor}: {answer.status} {site.last_failure()}"
    if "<html" not in answer.text():
        # A part of a page, loaded into one that is visited.
        return

    problems = [*unfit(page, DESK)]
    page.set_viewport_size(PHONE)
    problems += unfit(page, PHONE)

    assert problems + visit.complaints == [], f"{page.url} as {one.visitor}"


def _opened(page, path: str):
    """Open an address and give the answer, None where it is a file to keep or takes forms alone."""
    from playwright.sync_api import Error

    try:
        return page.goto(path, wait_until="load")
    except Error as error:
        # Chromium shows no page for an answer without one.
        is_form = "ERR_HTTP_RESPONSE_CODE_FAILURE" in str(error) and (
            page.request.get(path).status == 405
        )
        if not is_form and "Download is starting" not in str(error):
            raise
        return None
