"""What screens read of commissions, against a small plan worked by hand.

Celina buys 200, Boris 100. Of Celina's 200 Boris is paid 10 % (20.00) and Anna 5 % (10.00); of
Boris's 100 Anna is paid 10 % (10.00). Anna's group has 300 points, so she is a Leader.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests import closing, team
from tests.closing import ANNA, BORIS, CELINA, NOVEMBER_2, OCTOBER
from upline.commissions import errors, estimating, queries, resident
from upline.commissions.queries import LineFilter, StatementKey
from upline.foundation import clock
from upline.money import Money
from upline.network.errors import MemberUnknown

pytestmark = pytest.mark.django_db

PLAN = (
    closing.PLAN.replace(
        "measures: {own_pv: own(pv)}",
        """measures:
  own_pv: {title: {en: Own points, ru: Личные баллы}, is: own(pv)}
  group_pv: {title: Group points, is: group(pv)}
""",
    )
    .replace(
        "- {rank: Leader, needs: group(pv) >= 300}",
        "- {rank: Leader, title: {en: Team leader}, needs: [group_pv >= 300, own_pv >= 0]}",
    )
    .replace("levels: {kind: level,", "levels: {kind: level, title: {en: Level pay, pl: Premia},")
)
OCTOBER_20 = datetime(2026, 10, 20, 9, tzinfo=UTC)
PERIOD = {"calendar": "monthly", "label": OCTOBER}


@pytest.fixture(autouse=True)
def nothing_resident():
    resident.clear()


@pytest.fixture
def members():
    found = closing.opened(PLAN)
    closing.bought(found[CELINA], "A-1", "200")
    closing.bought(found[BORIS], "A-2", "100")
    return found


def estimated(at=OCTOBER_20):
    with clock.stopped_at(at):
        estimating.refresh_estimates()


def of(member):
    return StatementKey(member=member, **PERIOD)


# Estimates


def test_an_estimate_shows_total_bonuses_rank_and_every_gap(members):
    estimated()
    viewer = team.login_of(members[BORIS])

    with clock.stopped_at(OCTOBER_20):
        found = queries.estimate(viewer=viewer, member=BORIS, language="en")

    assert (found.calendar, found.label, found.as_of) == ("monthly", OCTOBER, OCTOBER_20)
    assert found.refusal is None
    assert not found.is_over
    assert found.total == Money(2_000, "EUR")
    assert [(one.bonus, one.title, one.amount, one.exact) for one in found.bonuses] == [
        ("levels", "Level pay", Money(2_000, "EUR"), Decimal("20.00"))
    ]
    (rank,) = found.ranks
    assert (rank.title, rank.next_title, rank.percent) == ("Team leader", "", 0)
    assert [(one.title, one.text) for one in found.figures] == [
        ("Own points", "100 points"),
        ("Group points", "300 points"),
    ]


def test_the_next_rank_says_what_is_there_what_is_needed_and_what_is_missing(members):
    estimated()
    viewer = team.login_of(members[CELINA])

    (rank,) = queries.estimate(viewer=viewer, member=CELINA, language="en").ranks

    assert (rank.name, rank.next_title, rank.percent) == ("Partner", "Team leader", 83)
    group, own = rank.conditions
    assert (group.text, group.have, group.need, group.missing) == (
        "Group points",
        "200 points",
        "300 points",
        "100 points",
    )
    assert (group.is_met, group.percent) == (False, 66)
    assert (own.is_met, own.percent) == (True, 100)


def test_an_estimate_speaks_the_readers_language(members):
    estimated()
    viewer = team.login_of(members[BORIS])

    polish = queries.estimate(viewer=viewer, member=BORIS, language="pl")
    russian = queries.estimate(viewer=viewer, member=BORIS, language="ru")

    assert polish.bonuses[0].title == "Premia"
    assert russian.figures[0].title == "Личные баллы"


def test_an_estimate_is_compared_with_the_statement_before(members):
    closing.closed()
    closing.bought(members[CELINA], "B-1", "300", month=11, day=2)
    estimated(NOVEMBER_2)
    viewer = team.login_of(members[BORIS])

    found = queries.estimate(viewer=viewer, member=BORIS, language="en")

    assert found.label == "2026-11"
    assert found.total == Money(3_000, "EUR")
    assert found.before.pay == Money(2_000, "EUR")
    assert found.change == Money(1_000, "EUR")
    assert found.bonuses[0].before == Money(2_000, "EUR")


def test_where_nothing_is_computed_yet_the_refusal_says_so(members):
    viewer = team.login_of(members[BORIS])

    with clock.stopped_at(OCTOBER_20):
        found = queries.estimate(viewer=viewer, member=BORIS, language="en")

    assert found.refusal.code == "commissions.estimate_missing"
    assert found.total is None


def test_lines_of_an_estimate_keep_their_numbers_in_the_next(members):
    estimated()
    viewer = team.login_of(members[ANNA])
    before = queries.estimate_lines(viewer=viewer, of=of(ANNA), language="en")

    closing.bought(members[CELINA], "A-3", "10")
    estimated()
    resident.clear()
    after = queries.estimate_lines(viewer=viewer, of=of(ANNA), language="en")

    assert [(one.order, one.buyer, one.level, one.amount) for one in before.rows] == [
        ("A-1", CELINA, 2, Decimal("10.00")),
        ("A-2", BORIS, 1, Decimal("10.00")),
    ]
    assert after.total == 3
    numbers = {one.order: one.number for one in after.rows}
    assert [numbers["A-1"], numbers["A-2"]] == [one.number for one in before.rows]


# Statements


def test_members_see_a_period_from_its_approval_on_and_staff_from_its_computation(members):
    closing.computed()
    own, finance = team.login_of(members[BORIS]), team.staff("finance")

    assert queries.statements(viewer=own, member=BORIS, language="en").total == 0
    assert queries.statements(viewer=finance, member=BORIS, language="en").total == 1
    with pytest.raises(errors.StatementUnknown):
        queries.statement_page(viewer=own, member=BORIS, **PERIOD, language="en")


def test_a_statement_gives_its_bonuses_rank_and_lines(members):
    closing.closed()
    viewer = team.login_of(members[ANNA])

    (row,) = queries.statements(viewer=viewer, member=ANNA, language="en").rows
    page = queries.statement_page(viewer=viewer, member=ANNA, **PERIOD, language="en")
    lines = queries.statement_lines(viewer=viewer, of=of(ANNA), language="en")

    assert (row.label, row.state, row.pay, row.rank) == (
        OCTOBER,
        "sealed",
        Money(2_000, "EUR"),
        "Team leader",
    )
    assert page.row == row
    assert [(one.title, one.amount) for one in page.bonuses] == [("Level pay", Money(2_000, "EUR"))]
    assert (page.exact_total, page.rate, page.rounding) == (Decimal("20.00"), None, None)
    assert lines.total == 2
    assert lines.bonuses == (("levels", "Level pay"),)
    assert lines.levels == (1, 2)
    assert [(one.order, one.level, one.base, one.rate, one.amount) for one in lines.rows] == [
        ("A-1", 2, Decimal(200), Decimal("0.05"), Decimal("10.00")),
        ("A-2", 1, Decimal(100), Decimal("0.1"), Decimal("10.00")),
    ]


@pytest.mark.parametrize(
    ("wanted", "orders"),
    [
        (LineFilter(level=1), ["A-2"]),
        (LineFilter(search="a-1"), ["A-1"]),
        (LineFilter(search="bor"), ["A-2"]),
        (LineFilter(bonus="levels", order="level_up"), ["A-2", "A-1"]),
        (LineFilter(bonus="nothing of ours"), []),
        (LineFilter(first=1, most=1), ["A-2"]),
    ],
)
def test_lines_are_filtered_sorted_and_paged_alike_in_statement_and_estimate(
    members, wanted, orders
):
    estimated(NOVEMBER_2)
    viewer = team.login_of(members[ANNA])
    of_estimate = queries.estimate_lines(viewer=viewer, of=of(ANNA), language="en", wanted=wanted)
    closing.closed()

    of_statement = queries.statement_lines(viewer=viewer, of=of(ANNA), language="en", wanted=wanted)

    assert [one.order for one in of_statement.rows] == orders
    assert [one.order for one in of_estimate.rows] == orders
    assert of_statement.total == of_estimate.total


# Why


def test_why_a_line_shows_the_way_the_factors_and_sentences(members):
    closing.closed()
    viewer = team.login_of(members[ANNA])
    rows = queries.statement_lines(viewer=viewer, of=of(ANNA), language="en").rows

    found = queries.why_line(viewer=viewer, of=of(ANNA), number=rows[0].number, language="en")

    assert [(node.member, node.level, node.is_buyer, node.is_receiver) for node in found.path] == [
        (CELINA, None, True, False),
        (BORIS, 1, False, False),
        (ANNA, 2, False, True),
    ]
    assert [node.name for node in found.path] == ["Celina", "Boris", "Anna"]
    assert [(one.name, one.text) for one in found.factors] == [
        ("base", "200 points"),
        ("rate", "5%"),
        ("point_value", "€1.00"),
        ("amount", "€10.00"),
    ]
    assert found.sentences[0] == "Level pay (levels): €10.00"
    assert "€10.00 = 200 points × 5% × €1.00" in found.sentences[3]
    assert found.sentences[3].endswith("order: A-1")


def test_why_a_line_of_an_estimate_is_told_alike(members):
    estimated(NOVEMBER_2)
    viewer = team.login_of(members[ANNA])
    rows = queries.estimate_lines(viewer=viewer, of=of(ANNA), language="en").rows
    of_estimate = [
        queries.why_line(viewer=viewer, of=of(ANNA), number=row.number, language="kk")
        for row in rows
    ]
    closing.closed()
    rows = queries.statement_lines(viewer=viewer, of=of(ANNA), language="en").rows

    of_statement = [
        queries.why_line(viewer=viewer, of=of(ANNA), number=row.number, language="kk")
        for row in rows
    ]

    def told(found):
        return [(one.path, one.factors, one.sentences) for one in found]

    assert told(of_estimate) == told(of_statement)


def test_why_not_more_names_the_bonus_the_reason_and_the_next_rank(members):
    closing.closed()
    viewer = team.login_of(members[CELINA])

    found = queries.why_not(viewer=viewer, member=CELINA, **PERIOD, language="en")

    (bonus,) = found.bonuses
    assert (bonus.title, bonus.amount, bonus.is_paid) == ("Level pay", "€0.00", False)
    assert bonus.sentences == ("Nothing, because there is nothing below to be paid on.",)
    assert found.ranks[0].next_title == "Team leader"


# Who sees what


def test_a_member_sees_the_downline_and_nobody_else(members):
    estimated(NOVEMBER_2)
    closing.closed()
    viewer = team.login_of(members[BORIS])
    number = 0

    asks = [
        lambda member: queries.estimate(viewer=viewer, member=member, language="en"),
        lambda member: queries.statements(viewer=viewer, member=member, language="en"),
        lambda member: queries.statement_page(
            viewer=viewer, member=member, **PERIOD, language="en"
        ),
        lambda member: queries.statement_lines(viewer=viewer, of=of(member), language="en"),
        lambda member: queries.why_not(viewer=viewer, member=member, **PERIOD, language="en"),
    ]

    for ask in asks:
        ask(CELINA)
        with pytest.raises(MemberUnknown):
            ask(ANNA)
        with pytest.raises(MemberUnknown):
            ask("NOBODY")
    with pytest.raises(MemberUnknown):
        queries.why_line(viewer=viewer, of=of(ANNA), number=number, language="en")


def test_a_line_of_another_member_is_not_there(members):
    closing.closed()
    viewer = team.login_of(members[ANNA])
    (line,) = queries.statement_lines(viewer=viewer, of=of(BORIS), language="en").rows

    with pytest.raises(errors.LineUnknown):
        queries.why_line(viewer=viewer, of=of(ANNA), number=line.number, language="en")


# Cost


def test_each_question_asks_few_queries(members, django_assert_num_queries):
    closing.closed()
    closing.bought(members[CELINA], "B-1", "300", month=11, day=2)
    estimated(NOVEMBER_2)
    by = queries.reader(team.login_of(members[ANNA]))
    number = queries.statement_lines(viewer=by, of=of(ANNA), language="en").rows[0].number
    asks = (
        (5, lambda: queries.estimate(viewer=by, member=ANNA, language="en")),
        (3, lambda: queries.statements(viewer=by, member=ANNA, language="en")),
        (4, lambda: queries.statement_page(viewer=by, member=ANNA, **PERIOD, language="en")),
        (3, lambda: queries.statement_lines(viewer=by, of=of(ANNA), language="en")),
        (2, lambda: queries.why_line(viewer=by, of=of(ANNA), number=number, language="en")),
        (0, lambda: queries.why_not(viewer=by, member=ANNA, **PERIOD, language="en")),
        (1, queries.team_figures),
    )
    # The reader remembers the run that was asked for first.
    for _, ask in asks:
        ask()

    for count, ask in asks:
        with django_assert_num_queries(count):
            ask()


def test_columns_of_the_team_come_from_the_estimate(members):
    estimated()

    found = queries.team_figures()

    places = {member_id: place for place, member_id in enumerate(found.member_ids.tolist())}
    anna, celina = places[members[ANNA].pk], places[members[CELINA].pk]
    assert found.rank_titles("en") == ["Partner", "Team leader"]
    assert (found.ranks[anna], found.ranks[celina]) == (1, 0)
    assert (found.paid_minor[anna], found.paid_minor[celina]) == (2_000, 0)
    assert found.titles("ru")["own_pv"] == "Личные баллы"
    assert (found.volumes["group_pv"][anna], found.volumes["own_pv"][celina]) == (300, 200)
