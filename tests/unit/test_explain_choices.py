"""Why a board, an override or the better of two bonuses paid what it did, or nothing."""

import pytest

from tests.unit import test_engine_best_of as best
from tests.unit import test_engine_board as board
from tests.unit import test_engine_breakaway as breakaway
from upline.compensation.explain.render import sentences
from upline.compensation.explain.why import reasons
from upline.compensation.plan.speech import LANGUAGES


def said(result, member, bonus, language="en"):
    found = reasons(result, member, bonus=bonus)
    lines = sentences(found, result.world.plan, language)[3:]
    return [line.replace("\xa0", " ") for line in lines]


def test_an_override_names_what_a_guarantee_added():
    result = breakaway.computed(breakaway.CHAIN, breakaway.VOLUMES)

    assert said(result, "B", "leadership")[1:] == [
        (
            "  600.00 EUR = 4,000.00 EUR × 6% + 360.00 EUR;"
            " of this added for the guarantee: 360.00 EUR; from: C"
        )
    ]


def test_a_leader_reads_to_whom_he_left_what():
    result = breakaway.computed(breakaway.CHAIN, breakaway.VOLUMES)

    assert said(result, "C", "leadership")[1:] == [
        "  -360.00 EUR; left for the guarantee to: B",
        "  720.00 EUR = 12,000.00 EUR × 6%; from: D",
    ]


def test_an_override_names_who_was_passed_over():
    members = {**breakaway.CHAIN, "C": ("B", "yes", "idle")}
    result = breakaway.computed(members, breakaway.VOLUMES)

    assert said(result, "B", "leadership")[2:] == [
        "  720.00 EUR = 12,000.00 EUR × 6%; from: D",
        "    Passed over: C (condition of the plan: no, needed: yes)",
    ]


def test_without_a_group_that_has_broken_away_there_is_no_override():
    result = breakaway.computed(breakaway.CHAIN, breakaway.VOLUMES)

    assert said(result, "D", "leadership")[1:] == [
        "  Nothing, because no group below has broken away."
    ]


def test_a_full_board_names_who_was_on_it():
    result = board.computed(board.STAR, board.orders("abcdef"))

    assert said(result, "T", "board")[1:] == [
        "  from: f",
        "    300.00 EUR; order: o06; on the full board: a, b, c, d, e, f",
    ]


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("T", "Nothing, because the own board is not full. Places taken: 4 of 7, missing: 3."),
        (
            "b",
            (
                "Nothing, because only the head of a full board is paid. Own place: 3; head of the"
                " board: T; places taken: 4 of 7."
            ),
        ),
        ("f", "Nothing, because no place on a board is held."),
    ],
)
def test_who_was_paid_by_no_board_reads_where_he_sits(member, words):
    result = board.computed(board.STAR, board.orders("abc"))

    assert said(result, member, "board")[1:] == [f"  {words}"]


def test_what_was_chosen_and_what_the_other_would_have_given_is_said():
    result = best.computed()
    compared = "  The greater is paid. Compared: levels: 20.00 EUR; own: 25.00 EUR."

    assert said(result, "B", "own")[1] == compared
    assert said(result, "B", "levels")[1:] == [
        "  Nothing, because another bonus gives more and is paid instead: own.",
        compared,
    ]
    assert said(result, "B", "best")[1:] == [
        "  Paid under the name of the better bonus: own.",
        compared,
    ]


def test_where_none_of_them_pays_it_is_said():
    members = {"id": [*"ABCD"], "sponsor": [None, "A", "B", "C"], "trades": ["yes"] * 4}

    assert said(best.computed(members=members), "D", "best")[1:] == [
        "  Nothing, because none of the bonuses compared gives anything."
    ]


def test_who_may_have_none_of_them_reads_the_condition():
    members = {**best.MEMBERS, "trades": ["yes", "no", "yes"]}
    result = best.computed(", requires: trades", members=members)

    assert said(result, "B", "own")[1:3] == [
        "  Nothing, because the conditions are not met:",
        "    ✗ condition of the plan: no, needed: yes",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_of_it_is_said_in_every_language(language):
    result = board.computed(board.STAR, board.orders("abcdef"))

    for member in "Tabf":
        assert said(result, member, "board", language)
