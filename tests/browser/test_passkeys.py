"""Passkeys with the device that Chromium pretends to have: added, used, renamed, removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.browser.chromium import PHONE, sign_in
from tests.browser.conftest import Visit
from tests.browser.fitness import unfit

PASSKEYS = "/accounts/passkeys/"


@pytest.fixture
def device(browser, site) -> Iterator[Visit]:
    """Give a telephone with a finger on it; a passkey needs an address with a name."""
    context = browser.new_context(
        base_url=site.url.replace("127.0.0.1", "localhost"), viewport=PHONE, locale="en-GB"
    )
    context.set_default_timeout(60_000)
    visit = Visit(context.new_page())
    visit.listen(site.url.replace("127.0.0.1", "localhost"))
    with telephone(visit.page):
        yield visit
    context.close()


@contextmanager
def telephone(page) -> Iterator[None]:
    """Let the browser of a page have a device that keeps passkeys and always says yes."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield
    tools.send("WebAuthn.disable")


def add_passkey(page, name: str) -> None:
    page.goto(f"{PASSKEYS}add/")
    if "/again/" in page.url or "/reauthenticate/" in page.url:
        page.fill("main input[name=password]", "linden-and-honey")
        page.click("main button[type=submit]")
        page.wait_for_url(f"**{PASSKEYS}add/")
    page.fill("main input[name=name]", name)
    page.click("main form[data-passkey] button[type=submit]")
    page.wait_for_url("**/accounts/second-factor/**")


def use_passkey(page) -> None:
    page.locator("form[data-passkey] button[type=submit]").click()


def remove_passkey(page) -> None:
    page.goto(PASSKEYS)
    page.locator('main a[href$="/remove/"]').first.click()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**{PASSKEYS}")


def test_a_member_signs_in_with_a_passkey_and_the_password_alone_is_not_enough(device):
    page = device.page
    sign_in(page, "beginner")
    add_passkey(page, "Telephone")
    page.goto(PASSKEYS)
    assert "Telephone" in page.locator("main").inner_text()
    assert unfit(page, PHONE) == []

    page.context.clear_cookies()
    page.goto("/accounts/login/?next=/my/team/")
    assert unfit(page, PHONE) == []
    use_passkey(page)
    page.wait_for_url(re.compile(r"//[^/]+/my/team/$"))

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "beginner@example.com")
    page.fill("input[name=password]", "linden-and-honey")
    page.click("main button[type=submit]")
    page.wait_for_url("**/second-factor/authenticate/")
    assert unfit(page, PHONE) == []
    use_passkey(page)
    page.wait_for_url("**/my/")

    page.goto(PASSKEYS)
    page.locator('main a[href$="/name/"]').click()
    assert unfit(page, PHONE) == []
    page.fill("main input[name=name]", "Work computer")
    page.click("main button[type=submit]")
    page.wait_for_url(f"**{PASSKEYS}")
    assert "Work computer" in page.locator("main").inner_text()

    page.locator('main a[href$="/remove/"]').click()
    assert unfit(page, PHONE) == []
    page.goto(PASSKEYS)
    remove_passkey(page)

    assert page.locator('main a[href$="/remove/"]').count() == 0
    assert device.complaints == []


def test_staff_enter_the_office_by_a_passkey_alone(device):
    page = device.page
    sign_in(page, "marketing")
    add_passkey(page, "Telephone")

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    use_passkey(page)
    page.wait_for_url("**/office/")

    assert page.locator("h1, #content").first.is_visible()
    remove_passkey(page)
    assert device.complaints == []


def test_a_passkey_that_the_site_does_not_know_signs_nobody_in(device):
    page = device.page
    sign_in(page, "twice")
    add_passkey(page, "Telephone")
    remove_passkey(page)

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    use_passkey(page)
    page.wait_for_selector("main .notice-error")

    assert page.url.endswith("/accounts/login/")
    assert page.request.get("/my/", max_redirects=0).status == 302


def test_a_device_that_does_not_answer_leaves_the_page_with_a_reason(browser, site):
    context = browser.new_context(base_url=site.url, locale="en-GB")
    page = context.new_page()
    # At a number and not at a name a browser refuses to ask.
    page.goto("/accounts/login/")
    use_passkey(page)
    said = page.locator("[data-says=address]")
    said.wait_for(state="visible")

    assert "localhost" in said.inner_text()
    assert page.locator("[data-says=failed]").is_hidden()
    context.close()
