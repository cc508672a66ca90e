"""The first pages of a member: estimate, rank, team, last pay; and the profile."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import closing
from tests import team as teams
from tests.closing import ANNA, BORIS, CELINA, NOVEMBER_2
from upline.commissions import estimating, services
from upline.foundation import clock
from upline.people import services as people

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
NOVEMBER_20 = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november():
    with clock.stopped_at(NOVEMBER_20):
        yield


def words(answer) -> str:
    """Give what a reader sees of a page, with plain spaces."""
    assert answer.status_code == 200
    body = re.sub(r"<(script|svg).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def entered(client, member):
    viewer = teams.login_of(member)
    client.force_login(viewer, backend="upline.web.accounts.backends.ByEmail")
    return viewer


def test_the_first_page_shows_the_estimate_by_bonus_the_gap_the_team_and_the_last_pay(client):
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200")
    closing.closed()
    closing.bought(members[CELINA], "B-1", "100", day=2, month=11)
    estimating.refresh_estimates()
    entered(client, members[BORIS])

    page = words(client.get("/my/"))

    # Celina's 100 of November would pay Boris 10 %; her 200 of October did.
    assert "If the period closed now € 10.00" in page
    assert "October 2026: €20.00 Difference: −€ 10.00" in page
    assert "Next rank Leader" in page
    assert "missing: 200" in page
    assert "Members 1 on 1 level" in page
    assert "October 2026 Sealed Partner € 20.00" in page


def test_a_new_member_finds_good_words_where_there_is_nothing_yet(client):
    members = closing.opened()
    estimating.refresh_estimates()
    entered(client, members[CELINA])

    page = words(client.get("/my/"))

    assert "Nothing counts in this period yet." in page
    assert "Nobody yet" in page
    assert "No statement yet" in page


def test_before_the_first_period_there_is_no_estimate(client):
    member = teams.grown({"AIMAN": {}}, names={})["AIMAN"]
    entered(client, member)

    page = words(client.get("/my/"))

    assert "No period is open yet" in page


def test_an_estimate_that_cannot_be_computed_says_why_and_what_to_do(client):
    member = teams.grown({"AIMAN": {}}, names={})["AIMAN"]
    services.open_calendar(
        name="monthly", every="month", starts_on=NOVEMBER_2.date().replace(day=1),
        time_zone="Europe/Sofia",
    )  # fmt: skip
    estimating.refresh_estimates()
    entered(client, member)

    page = words(client.get("/my/"))

    assert "If the period closed now" in page
    assert "plan" in page.partition("If the period closed now")[2][:300]


def test_the_first_page_takes_at_most_fifteen_queries(client):
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200")
    closing.closed()
    closing.bought(members[CELINA], "B-1", "100", day=2, month=11)
    estimating.refresh_estimates()
    entered(client, members[ANNA])
    client.get("/my/")

    with CaptureQueriesContext(connection) as asked:
        client.get("/my/")

    assert len(asked) <= 15, "\n".join(
        re.sub(r"SELECT.*?FROM", "FROM", query["sql"])[:150] for query in asked
    )


def test_a_login_without_a_position_is_told_so(client):
    viewer = teams.staff("member")
    client.force_login(viewer, backend="upline.web.accounts.backends.ByEmail")

    assert "This login has no position" in words(client.get("/my/"))


def test_the_profile_masks_contacts_until_they_are_asked_for(client):
    members = closing.opened()
    viewer = entered(client, members[BORIS])
    people.add_email(person_id=viewer.person_id, given="boris@example.com")

    masked, clear = client.get("/my/profile/"), client.get("/my/profile/?contacts=clear")

    assert "b•••@example.com" in words(masked)
    assert "b•••@example.com" not in words(clear)
    assert words(clear).count("boris@example.com") == words(masked).count("boris@example.com") + 1


def test_the_profile_shows_positions_with_their_sponsor_and_takes_few_queries(client):
    members = closing.opened()
    entered(client, members[BORIS])
    client.get("/my/profile/")

    with CaptureQueriesContext(connection) as asked:
        page = words(client.get("/my/profile/"))

    assert "Position BORIS Active" in page
    assert "Joined on 1 Sept 2026" in page
    assert "Country Bulgaria" in page
    assert "Sponsor Anna" in page
    assert len(asked) <= 15, "\n".join(
        re.sub(r"SELECT.*?FROM", "FROM", query["sql"])[:150] for query in asked
    )


def test_the_theme_that_was_chosen_is_in_the_page_so_that_it_never_flashes(client):
    client.cookies["theme"] = "dark"
    assert '<html lang="en" data-theme="dark"' in client.get("/design/").content.decode()

    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in client.get("/design/").content.decode().partition("<head>")[0]
