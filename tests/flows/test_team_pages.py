"""The team on screens: exact figures on a small tree, foreign members, files, the map, queries."""

from __future__ import annotations

import gzip
import io
import re
import struct
from datetime import UTC, date, datetime

import numpy as np
import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import closing
from tests import team as teams
from upline.commissions import estimating, resident, services
from upline.foundation import clock
from upline.network import services as network
from upline.network.domain import Share
from upline.people.models import Person
from upline.web.cabinet.team_figures import TeamColumns
from upline.web.cabinet.team_list import shown_columns

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

OCTOBER_20 = datetime(2026, 10, 20, 9, tzinfo=UTC)
PLAN = """
language: 1
plan: team-pages
version: 2026-01-01
currency: EUR
time_zone: Europe/Sofia
calendar: month
point_value: 1 EUR
orders: {pv: {unit: points, places: 2}}
measures:
  own_pv: {is: own(pv), title: {en: Own volume, ru: Личный объём}}
  group_pv: {is: group(pv), title: {en: Group volume, ru: Объём группы}}
  active: {is: own_pv >= 30, title: {en: Active, ru: Активность}}
ranks:
  - {rank: Partner, title: {en: Partner, ru: Партнёр}}
  - {rank: Leader, needs: group_pv >= 300, title: {en: Leader, ru: Лидер}}
bonuses:
  levels: {kind: level, base: pv, levels: {1: 10 %, 2: 5 %}}
"""


@pytest.fixture(autouse=True)
def october():
    with clock.stopped_at(OCTOBER_20):
        yield
    resident.clear()


@pytest.fixture
def members():
    """Anna over Boris (over Celina and Dana) and Elena; Zofia apart."""
    return grown()


def grown():
    closing.approved(PLAN)
    services.open_calendar(
        name="monthly", every="month", starts_on=date(2026, 10, 1), time_zone="Europe/Sofia"
    )
    members = teams.grown(
        {"ANNA": {"BORIS": {"CELINA": {}, "DANA": {}}, "ELENA": {}}, "ZOFIA": {}},
        names={"BORIS": ("Борис", "Жук"), "DANA": ("=Dana", "+1")},
    )
    closing.bought(members["CELINA"], "A-1", "250.5")
    closing.bought(members["BORIS"], "A-2", "60")
    closing.bought(members["ELENA"], "A-3", "10")
    estimating.refresh_estimates()
    return members


@pytest.fixture
def anna(client, members):
    client.force_login(teams.login_of(members["ANNA"]))
    return client


def text_of(response):
    """The words of a page, without its tags."""
    inside = re.sub(r"(?s)<(script|svg|head).*?</\1>", " ", response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inside))


def rows_of(response):
    return [(row.code, row.level, row.rank, row.is_active) for row in response.context["rows"]]


def test_the_tree_shows_the_first_level_with_ranks_and_volumes(anna):
    words = text_of(anna.get("/my/team/"))

    assert "In the team 4 on 2 levels" in words
    assert "Active in this period 2 of 4" in words
    assert "Борис Жук BORIS Leader Active 2 on the first level 2 in the team" in words
    assert "Own volume 60 Group volume 310.5" in words
    assert "Celina" not in words


def test_a_branch_gives_the_next_level_alone(anna):
    words = text_of(anna.get("/my/team/branch/BORIS/"))

    assert "Celina Test CELINA Partner Active" in words
    assert "=Dana +1 DANA Partner Not active" in words
    assert "Elena" not in words


def test_a_search_that_finds_one_opens_the_way_to_him(anna):
    found = anna.get("/my/team/", {"find": "цел"})
    several = anna.get("/my/team/", {"find": "test"})

    assert found.status_code == 200
    assert "Nobody found" in text_of(found)
    opened = anna.get("/my/team/", {"find": "cel"}, follow=True)
    assert opened.redirect_chain == [("/my/team/?open=CELINA", 302)]
    assert "Celina Test" in text_of(opened)
    assert opened.content.decode().count("data-wanted") == 1
    assert "Found in the team" in text_of(several)


def test_a_long_first_level_comes_in_parts(anna, members):
    below = {f"N{number:03}": {} for number in range(120)}
    teams.grown(below, sponsor=members["ELENA"].pk)

    first = anna.get("/my/team/branch/ELENA/").context["node"]
    next_ones = anna.get("/my/team/branch/ELENA/", {"first": 50}).context["node"]
    opened = anna.get("/my/team/", {"open": "N110"}).context["node"].children[1]

    assert ([one.row.code for one in first.children][::49], first.following) == (
        ["N000", "N049"],
        50,
    )
    assert (next_ones.children[0].row.code, next_ones.preceding, next_ones.rest) == ("N050", 0, 20)
    assert opened.children[10].is_wanted
    assert (opened.children[0].row.code, opened.preceding, opened.following) == ("N100", 50, None)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["BORIS", "ELENA", "CELINA", "DANA"]),
        ({"order": "group_pv_down"}, ["BORIS", "CELINA", "ELENA", "DANA"]),
        ({"order": "rank_down", "level": "1"}, ["BORIS", "ELENA"]),
        ({"rank": "1"}, ["BORIS"]),
        ({"active": "no"}, ["ELENA", "DANA"]),
        ({"active": "yes", "order": "own_pv_up"}, ["BORIS", "CELINA"]),
        ({"search": "жук"}, ["BORIS"]),
        ({"level": "2", "order": "code_down"}, ["DANA", "CELINA"]),
        ({"level": "77"}, []),
        ({"order": "nonsense", "rank": "99", "page": "zzz"}, ["BORIS", "ELENA", "CELINA", "DANA"]),
        ({"status": "frozen"}, []),
    ],
)
def test_the_table_filters_and_sorts(anna, asked, expected):
    assert [row[0] for row in rows_of(anna.get("/my/team/table/", asked))] == expected


def test_the_table_says_what_each_one_is(anna):
    assert rows_of(anna.get("/my/team/table/")) == [
        ("BORIS", 1, "Leader", True),
        ("ELENA", 1, "Partner", False),
        ("CELINA", 2, "Partner", True),
        ("DANA", 2, "Partner", False),
    ]


def figures_of(response):
    return [
        (one.name, one.is_key, one.is_rest) for one in response.context["shown"] if one.is_number
    ]


def test_the_table_shows_two_volumes_and_the_one_of_its_sequence_on_telephones(anna):
    usual = anna.get("/my/team/table/")
    sorted_by_group = anna.get("/my/team/table/", {"order": "group_pv_down"})

    assert figures_of(usual) == [
        ("level", False, False),
        ("own_pv", True, False),
        ("group_pv", False, False),
        ("team", False, False),
    ]
    assert figures_of(sorted_by_group)[2] == ("group_pv", True, False)
    words = text_of(usual)
    assert "Борис Жук BORIS Leader 1 Active 60 310.5 2 1 Oct 2026" in words
    assert 'aria-label="More: Борис Жук"' in usual.content.decode()


def test_further_volumes_have_a_column_only_where_the_table_is_in_their_sequence():
    columns = TeamColumns(
        as_of=OCTOBER_20,
        version="1",
        rank=np.zeros(1, np.int16),
        rank_titles=("Partner",),
        volumes={name: np.zeros(1) for name in "abcd"},
        titles={name: name.upper() for name in "abcd"},
        is_active=None,
    )

    def own_columns(order):
        shown = shown_columns(columns, order)
        return "".join(one.name for one in shown if one.name in "abcd" and not one.is_rest)

    assert [own_columns(order) for order in ("level_up", "c_down", "a_up", "d_up")] == [
        "ab",
        "ac",
        "ab",
        "ad",
    ]


def test_the_sequence_is_chosen_in_the_form_and_stays_as_it_was_turned(anna):
    page = anna.get("/my/team/table/", {"order": "joined_up", "rank": "0"})

    assert page.context["orders"] == [
        ("name_up", "Name"),
        ("rank_down", "Rank"),
        ("level_up", "Level"),
        ("own_pv_down", "Own volume"),
        ("group_pv_down", "Group volume"),
        ("team_down", "Team"),
        ("joined_up", "Joined"),
    ]
    assert '<option value="joined_up" selected>' in page.content.decode()
    assert '<details class="filter-more" open>' in page.content.decode()
    assert "open>" not in anna.get("/my/team/table/", {"search": "x"}).content.decode()


def test_the_file_holds_what_the_table_shows_and_no_formula(anna):
    written = b"".join(anna.get("/my/team/table/csv/", {"level": "2"}).streaming_content)
    lines = written.decode("utf-8-sig").splitlines()

    assert lines[0].startswith("Code,Name,Level,Rank,Active,State,Own volume,Group volume,")
    assert lines[1:] == [
        "CELINA,Celina Test,2,Partner,yes,Active,250.50,250.50,0,0,KZ,2026-10-01",
        "DANA,'=Dana +1,2,Partner,no,Active,0,0,0,0,KZ,2026-10-01",
    ]


def test_the_spreadsheet_has_typed_cells(anna):
    kept = anna.get("/my/team/table/xlsx/", {"search": "cel"}).content
    sheet = openpyxl.load_workbook(io.BytesIO(kept)).active
    row = [cell.value for cell in sheet[2]]

    assert row[:8] == ["CELINA", "Celina Test", 2, "Partner", "yes", "Active", 250.5, 250.5]
    assert row[-1].date() == date(2026, 10, 1)


def test_a_card_shows_the_way_the_rank_and_the_volumes(anna):
    page = anna.get("/my/team/celina/")
    words = text_of(page)

    assert [row.code for row in page.context["way"]] == ["ANNA", "BORIS", "CELINA"]
    assert "Own volume 250.5 Group volume 250.5" in words
    assert "Level below you 2" in words
    assert "Sponsor Борис Жук" in words
    assert "Country Kazakhstan" in words


@pytest.mark.parametrize(
    "address",
    [
        "ZOFIA/",
        "NOBODY/",
        "branch/ZOFIA/",
        "?open=ZOFIA",
        "?at=ZOFIA",
        "table/pdf/",
    ],
)
def test_a_foreign_member_is_not_found(anna, address):
    assert anna.get(f"/my/team/{address}").status_code == 404


def test_nobody_sees_his_own_upline(client, members):
    client.force_login(teams.login_of(members["CELINA"]))

    assert client.get("/my/team/BORIS/").status_code == 404
    assert client.get("/my/team/CELINA/").status_code == 200
    assert "Your team begins here" in text_of(client.get("/my/team/"))


def test_a_login_without_a_position_reads_why_there_is_no_team(client):
    client.force_login(teams.staff("member"))

    assert "This login has no team" in text_of(client.get("/my/team/"))
    assert client.get("/my/team/map/data/").status_code == 404


def test_who_has_two_positions_chooses_and_may_open_cards_below_both(client, members):
    login = teams.login_of(members["ELENA"])
    network.change_holders(
        member_id=members["BORIS"].pk,
        holders=[Share(person_id=login.person_id)],
        how="sold",
        effective_on=date(2026, 10, 20),
        reason="a test",
    )
    client.force_login(login)

    first = client.get("/my/team/").context["here"].position.code
    chosen = client.get("/my/team/", {"member": "ELENA"}).context["here"].position.code
    kept = client.get("/my/team/table/").context["here"].position.code

    assert (first, chosen, kept) == ("BORIS", "ELENA", "ELENA")
    assert client.get("/my/team/", {"member": "ANNA"}).context["here"].position.code == "ELENA"
    assert client.get("/my/team/CELINA/").status_code == 200


def unpacked(body):
    count, wide, volumes = struct.unpack_from("<IBBxx", body)
    columns = [list(body[8 + n * count : 8 + (n + 1) * count]) for n in range(3 + volumes)]
    return count, wide, columns


def test_the_map_is_packed_as_columns_in_preorder(anna):
    answer = anna.get("/my/team/map/data/", HTTP_ACCEPT_ENCODING="gzip")
    count, wide, (depth, rank, flags, own, group) = unpacked(gzip.decompress(answer.content))

    assert (count, wide) == (5, 1)
    # Anna, Boris, Celina, Dana, Elena.
    assert depth == [0, 1, 2, 2, 1]
    assert rank == [1, 1, 0, 0, 0]
    assert flags == [0, 8, 8, 0, 0]
    assert (own[0], own[2], group[0]) == (0, 254, 254)
    assert own[2] > own[1] > own[4] > own[3] == 0
    assert anna.get("/my/team/map/data/").content == gzip.decompress(answer.content)
    again = anna.get("/my/team/map/data/", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_the_map_names_whom_it_draws_and_nobody_else(anna):
    version = anna.get("/my/team/map/").context["setting"]["version"]

    names = anna.get("/my/team/map/names/", {"v": version, "at": "0,2,4,5,99,-1,x"}).json()
    card = anna.get("/my/team/map/card/2/", {"v": version})

    assert names == {
        "0": ["Anna Test", "ANNA"],
        "2": ["Celina Test", "CELINA"],
        "4": ["Elena Test", "ELENA"],
    }
    assert "Celina Test CELINA" in text_of(card)
    assert anna.get("/my/team/map/card/5/", {"v": version}).status_code == 404
    assert anna.get("/my/team/map/names/", {"v": "older", "at": "1"}).status_code == 409


ADDRESSES = [
    "",
    "?open=CELINA",
    "?find=test",
    "branch/BORIS/",
    "table/",
    "map/",
    "map/data/",
    "CELINA/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_takes_the_same_few_queries_however_large_the_team(
    transactional_db, client, address
):
    members = grown()
    client.force_login(teams.login_of(members["ANNA"]))
    counts = []
    for more in ({}, {f"N{number}": {} for number in range(60)}):
        teams.grown(more, sponsor=members["BORIS"].pk)
        client.get(f"/my/team/{address}")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/my/team/{address}").status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 9


def test_without_an_estimate_there_are_members_and_no_ranks(client):
    members = teams.grown({"ANNA": {"BORIS": {}}})
    client.force_login(teams.login_of(members["ANNA"]))

    assert rows_of(client.get("/my/team/table/", {"order": "rank_down"})) == [
        ("BORIS", 1, "", None)
    ]
    assert "Boris Test BORIS" in text_of(client.get("/my/team/"))
    count, _, columns = unpacked(client.get("/my/team/map/data/").content)
    assert (count, columns) == (2, [[0, 1], [255, 255], [0, 0]])


def test_a_name_is_escaped_wherever_it_stands(anna, members):
    Person.objects.filter(pk=teams.holder_of(members["BORIS"]).pk).update(given_name="<b>Bo</b>")

    for address in ("", "table/", "BORIS/", "map/"):
        assert b"<b>Bo" not in anna.get(f"/my/team/{address}").content, address
