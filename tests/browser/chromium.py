"""Debian's Chromium, and how somebody of the demo company signs in with it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # Containers often have little shared memory.
    "--disable-dev-shm-usage",
]
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 820, "height": 1180}
DESK = {"width": 1280, "height": 800}


@contextmanager
def launched() -> Iterator[object]:
    """Give a running browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def sign_in(page: object, who: str) -> None:
    """Sign in by the form, as the login whose address begins so, with its second factor."""
    from upline.demo.services import TOTP_SECRET, logins

    one = next(one for one in logins() if one.email.partition("@")[0] == who)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", one.email)
    page.fill("input[name=password]", one.password)
    page.click("main button[type=submit]")
    if one.needs_code:
        page.fill("input[name=code]", code(TOTP_SECRET))
        page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/" not in url)


def code(secret: str) -> str:
    """Give the code of the second factor that is asked for now."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
