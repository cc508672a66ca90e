"""Who sees whom, the genealogy in memory, and finding members."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import team as teams
from upline.foundation import changes, clock
from upline.network import queries, resident, services, team
from upline.network.domain import Share
from upline.network.errors import MembersUnseen, MemberUnknown
from upline.people import services as people
from upline.people.logins import open_login
from upline.people.models import Login, Person

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def november():
    with clock.stopped_at(datetime(2026, 11, 2, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def grown():
    """Aiman over Boris (over Celina and Daria) and Elena; Zofia apart."""
    return teams.grown(
        {"AIMAN": {"BORIS": {"CELINA": {}, "DARIA": {}}, "ELENA": {}}, "ZOFIA": {}},
        names={"CELINA": ("Целина", "Жумабаева"), "DARIA": ("Łucja", "Żółć")},
    )


def seen_by(viewer, grown):
    return {code for code, member in grown.items() if queries.sees(viewer, member.pk)}


def test_a_member_sees_himself_and_everybody_below_and_nobody_else(grown):
    assert seen_by(teams.login_of(grown["AIMAN"]), grown) == {
        "AIMAN",
        "BORIS",
        "CELINA",
        "DARIA",
        "ELENA",
    }
    assert seen_by(teams.login_of(grown["BORIS"]), grown) == {"BORIS", "CELINA", "DARIA"}
    assert seen_by(teams.login_of(grown["CELINA"]), grown) == {"CELINA"}


def test_whoever_holds_several_positions_sees_below_each(grown):
    viewer = teams.login_of(grown["ELENA"])
    services.change_holders(
        member_id=grown["CELINA"].pk,
        holders=[Share(person_id=viewer.person_id)],
        how="sold",
        effective_on=DAY,
        reason="a test",
    )

    assert seen_by(viewer, grown) == {"ELENA", "CELINA"}
    assert [one.code for one in queries.own_positions(viewer)] == ["CELINA", "ELENA"]


def test_a_person_merged_into_another_sees_what_the_other_sees(grown):
    viewer = teams.login_of(grown["ELENA"])
    kept = teams.holder_of(grown["BORIS"])
    people.merge_persons(kept_id=kept.pk, double_id=viewer.person_id, reason="a test")

    assert seen_by(viewer, grown) == {"ELENA", "BORIS", "CELINA", "DARIA"}


def test_staff_see_everybody_and_a_login_of_nobody_sees_nobody(grown):
    support = Login.objects.get(
        pk=open_login(
            email="s@example.org", password="long unusual words", roles=["support"], reason="x"
        )
    )
    logistics = Login.objects.get(
        pk=open_login(
            email="l@example.org", password="long unusual words", roles=["logistics"], reason="x"
        )
    )

    assert seen_by(support, grown) == set(grown)
    assert seen_by(logistics, grown) == set()
    with pytest.raises(MembersUnseen):
        queries.search_members(logistics, "AIMAN")


def test_a_login_that_was_shut_sees_nobody(grown):
    viewer = teams.login_of(grown["AIMAN"])
    viewer.is_active = False

    assert seen_by(viewer, grown) == set()


def test_a_move_changes_at_once_who_sees_whom(grown):
    boris, elena = teams.login_of(grown["BORIS"]), teams.login_of(grown["ELENA"])
    assert "CELINA" not in seen_by(elena, grown)

    services.move_sponsor(
        member_id=grown["CELINA"].pk,
        sponsor_id=grown["ELENA"].pk,
        effective_on=DAY,
        reason="a test",
    )

    assert seen_by(elena, grown) == {"ELENA", "CELINA"}
    assert seen_by(boris, grown) == {"BORIS", "DARIA"}


def test_a_foreign_member_is_unknown_as_one_who_does_not_exist(grown):
    viewer = teams.login_of(grown["BORIS"])

    assert queries.seen_member(viewer, " celina ").id == grown["CELINA"].pk
    with pytest.raises(MemberUnknown) as foreign:
        queries.seen_member(viewer, "ZOFIA")
    with pytest.raises(MemberUnknown) as missing:
        queries.seen_member(viewer, "NOBODY")
    assert str(foreign.value).replace("ZOFIA", "") == str(missing.value).replace("NOBODY", "")


def test_the_outlook_takes_four_queries_while_the_tree_stays(transactional_db):
    viewer = teams.login_of(teams.grown({"AIMAN": {"BORIS": {}}})["AIMAN"])
    queries.outlook(viewer)

    with CaptureQueriesContext(connection) as asked:
        seen = queries.outlook(viewer)

    assert len(seen.tree) == 2
    assert len([one for one in asked if "role" not in one["sql"]]) == 4


def test_a_change_is_seen_after_its_commit_and_an_unchanged_tree_is_read_once(transactional_db):
    grown = teams.grown({"AIMAN": {"BORIS": {}}})
    first = resident.present()

    assert resident.present() is first

    Person.objects.filter(pk=teams.holder_of(grown["BORIS"]).pk).update(given_name="Борис")

    second = resident.present()
    assert second is not first
    assert second.at(second.place_of_code("BORIS")).name == "Борис Test"


def test_one_that_began_before_and_committed_later_is_noticed(transactional_db, other_connection):
    other_connection("BEGIN")
    other_connection("INSERT INTO foundation_change (topic) VALUES ('network')")
    teams.grown({"AIMAN": {}})
    sight = changes.sight("network")
    before = changes.is_changed("network", since=sight)
    other_connection("COMMIT")

    assert (before, changes.is_changed("network", since=sight)) == (False, True)


def test_what_a_transaction_sees_alone_is_not_kept(transactional_db):
    from django.db import transaction

    teams.grown({"AIMAN": {}})
    kept = resident.present()
    with transaction.atomic():
        teams.grown({"BORIS": {}})
        assert len(resident.present()) == 2
        transaction.set_rollback(True)

    assert resident.present() is kept


def test_a_summary_counts_levels_statuses_and_newcomers(grown):
    services.freeze(member_id=grown["DARIA"].pk, effective_on=DAY, reason="a test")
    tree = queries.present()

    found = team.summary(tree, tree.place_of_code("AIMAN"), since=teams.JOINED)

    assert (found.total, found.first_level, found.joined_since) == (4, 2, 4)
    assert [(one.level, one.members) for one in found.levels] == [(1, 2), (2, 2)]
    assert found.statuses == {"active": 3, "frozen": 1, "terminated": 0, "holding": 0}
    assert team.summary(tree, 0, since=DAY).joined_since == 0


def codes(tree, places):
    return [tree.at(int(place)).code for place in places]


def test_a_page_is_filtered_sorted_and_cut(grown):
    tree = queries.present()
    top = tree.place_of_code("AIMAN")
    everybody = team.found(tree, top)
    order = team.Order

    assert codes(tree, team.page(tree, everybody).places) == ["BORIS", "ELENA", "CELINA", "DARIA"]
    by_code = team.page(tree, everybody, order=order(by="code", is_descending=True), most=2)
    assert (codes(tree, by_code.places), by_code.total) == (["ELENA", "DARIA"], 4)
    rest = team.page(tree, everybody, order=order(by="code", is_descending=True), first=2)
    assert codes(tree, rest.places) == ["CELINA", "BORIS"]
    by_team = team.page(tree, everybody, order=order(by="team", is_descending=True), most=1)
    assert codes(tree, by_team.places) == ["BORIS"]
    # Cyrillic before Latin letters for one reader, after them for the other.
    russian = team.page(tree, everybody, order=order(by="name", language="ru"), most=1)
    polish = team.page(tree, everybody, order=order(by="name", language="pl"))
    assert codes(tree, russian.places) == ["CELINA"]
    assert codes(tree, polish.places) == ["BORIS", "ELENA", "DARIA", "CELINA"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"words": "жум"}, ["CELINA"]),
        ({"words": "zhumab tseli"}, ["CELINA"]),
        ({"words": "tsel"}, ["CELINA"]),
        ({"words": "zolc"}, ["DARIA"]),
        ({"words": "ŻÓŁĆ łuc"}, ["DARIA"]),
        ({"words": "dar"}, ["DARIA"]),
        ({"words": "zofia"}, []),
        ({"level_from": 2}, ["CELINA", "DARIA"]),
        ({"level_until": 2}, ["BORIS", "ELENA"]),
        ({"statuses": ("frozen",)}, []),
        ({"joined_from": date(2026, 10, 2)}, []),
        ({"joined_before": date(2026, 10, 2), "level_until": 2}, ["BORIS", "ELENA"]),
    ],
)
def test_a_team_is_searched_in_three_alphabets_and_filtered(grown, wanted, expected):
    tree = queries.present()
    found = team.found(tree, tree.place_of_code("AIMAN"), team.TeamFilter(**wanted))

    assert sorted(codes(tree, found)) == expected


@pytest.fixture
def support(grown):
    return teams.staff("support")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zofia", [("ZOFIA", "code")]),
        ("zof", [("ZOFIA", "code")]),
        ("Żółć", [("DARIA", "name")]),
        ("ЖУМАБАЕВА", [("CELINA", "name")]),
        ("Celina@Example.ORG ", [("CELINA", "contact")]),
        ("8 (701) 123-45-67", [("CELINA", "contact")]),
        ("+7 701 1234567", [("CELINA", "contact")]),
        ("nobody at all", []),
        ("   ", []),
    ],
)
def test_staff_find_members_by_code_name_mail_and_telephone(grown, support, text, expected):
    person = teams.holder_of(grown["CELINA"]).pk
    people.add_email(person_id=person, given="celina@example.org")
    people.add_phone(person_id=person, given="+77011234567", country="KZ")

    found = queries.search_members(support, text)

    assert [(hit.member.code, hit.by) for hit in found] == expected


def test_who_may_not_see_persons_finds_nobody_by_a_contact(grown):
    people.add_email(person_id=teams.holder_of(grown["CELINA"]).pk, given="celina@example.org")

    assert queries.search_members(teams.staff("marketing"), "celina@example.org") == ()


def test_a_card_has_the_whole_history(grown, support):
    celina = grown["CELINA"]
    services.move_sponsor(
        member_id=celina.pk, sponsor_id=grown["ELENA"].pk, effective_on=DAY, reason="a test"
    )
    services.freeze(member_id=celina.pk, effective_on=DAY, reason="asked for it")

    with CaptureQueriesContext(connection) as asked:
        card = queries.member_card(support, celina.pk)
        history = queries.member_history(support, celina.pk)

    assert [one.code for one in card.uplines] == ["ELENA", "AIMAN"]
    assert [
        (one.sponsor.code, one.days.from_on, one.days.until_on) for one in history.sponsorships
    ] == [
        ("ELENA", DAY, None),
        ("BORIS", teams.JOINED, DAY),
    ]
    assert [(one.status, one.reason, one.days.from_on) for one in history.standings] == [
        ("frozen", "asked for it", DAY)
    ]
    assert [(one.name, one.share, one.how) for one in card.holders] == [
        ("Целина Жумабаева", 1, "enrolled")
    ]
    assert (card.level, card.facts.status, card.merged_into, history.rank_grants) == (
        2,
        "frozen",
        None,
        (),
    )
    # Three of them read the tree anew, for this very transaction has changed it.
    assert len(asked) <= 14


def test_two_readings_of_the_same_have_the_same_version_and_a_change_another(grown):
    first, second = resident.fresh(), resident.fresh()
    Person.objects.filter(pk=teams.holder_of(grown["BORIS"]).pk).update(given_name="Борис")

    assert first is not second
    assert first.version == second.version != resident.fresh().version


def test_where_reading_takes_long_the_present_one_answers_until_the_next_is_read(
    transactional_db, monkeypatch
):
    grown = teams.grown({"AIMAN": {}})
    before = resident.fresh()
    monkeypatch.setattr(resident, "FEW", 0)
    monkeypatch.setattr(resident, "REST", 0)
    newcomer = teams.grown({"BORIS": {}}, sponsor=grown["AIMAN"].pk)["BORIS"]

    meanwhile = resident.present()
    resident._reader.join()
    afterwards = resident.present()

    assert meanwhile is before
    assert [len(tree) for tree in (before, afterwards)] == [1, 2]
    # Who has only just joined does not wait.
    latest = teams.grown({"CELINA": {}}, sponsor=newcomer.pk)["CELINA"]
    assert len(queries.outlook(teams.login_of(latest)).tree) == 3
