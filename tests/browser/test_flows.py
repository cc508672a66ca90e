"""What people come for, done in a browser as they would: clicked, filled in and read."""

from __future__ import annotations

import re
import time

from tests.browser.chromium import PHONE
from tests.browser.fitness import unfit

SECONDS = 90.0


def follow(page, link: str) -> None:
    """Click the first link whose address ends so, and wait for its page."""
    page.locator(f'main a[href$="{link}"]').first.click()
    page.wait_for_load_state()


def confirm(page) -> None:
    """Confirm an act on the page that says what will happen."""
    page.locator("button[name=confirmed]").click()
    page.wait_for_load_state()


def text_of(page) -> str:
    return page.locator("main").inner_text()


def test_a_member_reads_the_statement_asks_why_and_looks_at_the_team(page_as):
    visit = page_as("leader", PHONE)
    page = visit.page
    page.goto("/my/")
    page.locator('a[href="/my/statements/"]').locator("visible=true").first.click()
    page.wait_for_url("**/my/statements/")

    page.locator('main td a[href^="/my/statements/"]').first.click()
    page.wait_for_url(re.compile(r"/my/statements/[^/]+/[^/]+/"))
    statement = page.url
    page.locator('main a[href*="/lines/"]').first.click()
    page.wait_for_url(re.compile(r"/lines/\d+/$"))
    why = text_of(page)
    page.goto(f"{statement}why-not/")
    why_not = text_of(page)
    page.goto("/my/team/")
    team = text_of(page)

    assert re.search(r"\d", why)
    assert why_not
    assert team
    assert visit.complaints == []


def test_a_member_sees_nothing_of_people_above_or_beside(page_as, site):
    visit = page_as("middle")
    above = site.ask(
        "SELECT upper(code) FROM network_member WHERE sponsor_id IS NULL ORDER BY number"
    )[0]

    assert visit.page.request.get(f"/my/team/{above}/").status == 404
    for path in ("/office/", "/office/members/"):
        assert visit.page.request.get(path).status == 403


def test_the_owner_grants_a_role(page_as, site):
    visit = page_as("owner")
    page = visit.page
    (login,) = site.ask("SELECT id FROM people_login WHERE email = 'content@example.com'")
    page.goto(f"/office/logins/{login}/")

    follow(page, "/grant/")
    page.select_option("select[name=role]", "auditor")
    page.fill("textarea[name=reason]", "Reads the books while the auditor is away")
    page.locator("main form button[type=submit]").first.click()
    confirm(page)

    granted = site.ask(
        "SELECT count(*) FROM people_rolegrant WHERE login_id = %s AND role = 'auditor'", login
    )
    assert granted == (1,)
    assert visit.complaints == []


def test_support_finds_a_member_and_stands_in_for_them(page_as, site):
    # One test: standing in changes the session that all pages of this login share.
    visit = page_as("support")
    page = visit.page
    (login,) = site.ask("SELECT id FROM people_login WHERE email = 'twice@example.com'")
    for words in ("twice@example.com", "Ландышева", "ландышева елена"):
        page.goto("/office/members/")
        page.fill('main input[name="q"]', words)
        page.locator('main input[name="q"]').press("Enter")
        page.wait_for_url("**q=**")
        assert "Ландышева" in text_of(page), words

    page.goto(f"/accounts/stand-in/{login}/")
    page.fill("input[name=reason]", "Asked by phone where the statement is")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/my/")
    banner = page.locator(".banner-warning")
    assert banner.is_visible()
    assert page.request.get("/office/").status == 403
    banner.locator("button").click()
    page.wait_for_load_state()

    assert page.locator(".banner-warning").count() == 0
    assert page.request.get("/office/").status == 200
    noted = site.ask(
        "SELECT count(*) FROM foundation_auditentry"
        " WHERE reason = 'Asked by phone where the statement is'"
    )
    assert noted[0] >= 1
    assert visit.complaints == []


def test_a_wrong_password_and_a_wrong_code_keep_the_door_shut(page_as):
    page = page_as("stranger", PHONE).page
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "leader@example.com")
    page.fill("input[name=password]", "not the password")
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    assert page.locator("main form input[name=password]").is_visible()
    assert page.locator(".alert, [role=alert]").first.is_visible()

    page.goto("/accounts/login/")
    page.fill("input[name=login]", "auditor@example.com")
    page.fill("input[name=password]", "linden-and-honey")
    page.click("main button[type=submit]")
    page.fill("input[name=code]", "000000")
    page.click("main button[type=submit]")
    page.wait_for_load_state()

    assert page.locator("main form input[name=code]").is_visible()
    assert page.request.get("/office/", max_redirects=0).status == 302


def test_pages_are_read_without_scripts(page_as):
    visit = page_as("leader", PHONE, java_script_enabled=False)
    for path in ("/my/", "/my/statements/", "/my/team/", "/my/profile/"):
        answer = visit.page.goto(path)

        assert answer.status == 200
        assert len(text_of(visit.page)) > 100, path


def test_a_stranger_chooses_a_language_without_scripts(page_as):
    visit = page_as("stranger", PHONE, java_script_enabled=False)
    page = visit.page
    page.goto("/accounts/login/")
    headings = set()
    for language in ("en", "ru", "bg", "kk", "pl"):
        page.request.post(
            "/language/",
            form={
                "language": language,
                "next": "/accounts/login/",
                "csrfmiddlewaretoken": page.locator(
                    "input[name=csrfmiddlewaretoken]"
                ).first.input_value(),
            },
            headers={"Referer": page.url},
        )
        page.goto("/accounts/login/")

        assert page.locator("html").get_attribute("lang") == language
        headings.add(page.locator("h1").first.inner_text())
    assert len(headings) == 5


def test_recovery_codes_are_made_and_shown(page_as):
    visit = page_as("logistics", PHONE)
    page = visit.page
    page.goto("/accounts/second-factor/codes/new/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()

    codes = page.request.get("/accounts/second-factor/codes/file/")

    assert codes.status == 200
    assert len(codes.text().split()) >= 10
    page.goto("/accounts/second-factor/codes/")
    assert unfit(page, PHONE) + visit.complaints == []


def test_finance_closes_a_month_that_another_person_approves(closing_page_as, closing_site):
    site = closing_site
    maker, checker = (closing_page_as(who).page for who in ("finance", "checker"))
    calendar, label = site.ask(
        "SELECT calendar.name, period.label FROM commissions_period AS period"
        " JOIN commissions_calendar AS calendar ON calendar.id = period.calendar_id"
        " WHERE state = 'open' AND period.ends_on <= current_date ORDER BY period.starts_on"
    )
    card = f"/office/periods/{calendar}:{label}/"

    maker.goto(card)
    follow(maker, "/close/")
    confirm(maker)
    _wait_for(site, label, "calculated")
    maker.goto(card)
    assert maker.locator('main a[href$="/approve/"]').count() == 0

    checker.goto(card)
    follow(checker, "/approve/")
    checker.locator("main form button[type=submit]").first.click()
    checker.wait_for_load_state()
    confirm(checker)
    assert _state(site, label) == "approved"
    checker.goto(card)
    follow(checker, "/post/")
    confirm(checker)
    _wait_for(site, label, "sealed")
    checker.goto(card)

    assert checker.locator('main a[href$="/close/"]').count() == 0


def _state(site, label: str) -> object:
    return site.ask("SELECT state FROM commissions_period WHERE label = %s", label)[0]


def _wait_for(site, label: str, state: str) -> None:
    until = time.monotonic() + SECONDS
    while _state(site, label) != state:
        assert time.monotonic() < until, f"{label} is {_state(site, label)}, not {state}"
        time.sleep(0.1)
