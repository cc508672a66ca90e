"""Where the plan says what a line is made of: worked by hand, as data and as sentences."""

import pytest

from tests.unit.test_explain_reasons import small
from upline.compensation.explain.render_origin import origin_sentences
from upline.compensation.explain.why import reasons

RANKS = """\
ranks:
- {rank: Partner}
- {rank: Gold, needs: own_pv >= 100}
"""
LEVELS = """\
bonuses:
  team:
    kind: level
    base: price
    clause: § 4
    levels:
    - {from: 2025-01-01, then: 7 %}
    - from: 2026-01-01
      clause: § 4.2
      then: {by: rank, Partner: {1: 5 %}, Gold: {1: 8 %, 2..3: 4 %}}
"""


def origins(result, member, factor):
    """Give where a factor of each line of a member is written, each place once."""
    found = [
        one
        for bonus in reasons(result, member).bonuses
        for line in bonus.lines
        for one in line.origins
        if one.factor == factor
    ]
    return list(dict.fromkeys(found))


def written(result, member, language="en"):
    found = origin_sentences(reasons(result, member), result.world.plan, language)
    return [line.replace("\u00a0", " ").replace("\u202f", " ") for line in found]


def test_a_rate_comes_with_its_field_rows_day_clause_and_line():
    first, second = origins(small(RANKS + LEVELS), "Ada", "rate")

    assert (first.of, first.name, first.field) == ("bonus", "team", "levels")
    assert [(row.how, row.of, row.have, row.key) for row in first.rows] == [
        ("key", "rank", "Gold", "Gold"),
        ("level", "", "1", "1"),
    ]
    assert (first.formula, first.since, first.clause) == ("8 %", "2026-01-01", "§ 4.2")
    assert first.line == 22
    assert [row.key for row in second.rows] == ["Gold", "2..3"]
    assert second.rows[1].have == "3"
    assert second.formula == "4 %"


def test_a_rate_is_followed_through_a_measure_to_the_step_of_its_scale():
    rest = (
        "  grade: {is: {scale: own_pv, steps: {0: 1 %, 100: 3 %}}, clause: § 9}\n"
        "bonuses:\n  mine: {kind: own, base: price, rate: grade}\n"
    )

    (rate,) = origins(small(rest), "Ada", "rate")

    assert [(row.how, row.of, row.have, row.key) for row in rate.rows] == [
        ("measure", "", "", "grade"),
        ("step", "own_pv", "120", "100"),
    ]
    assert (rate.formula, rate.clause) == ("3 %", "§ 9")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "Rates by level: rank: Gold; level: 3 (2–3); 4%; in force since: January 1, 2026",
        ),
        (
            "ru",
            "Ставки по уровням: ранг: Gold; уровень: 3 (2–3); 4 %; действует с: 1 января 2026 г.",
        ),
    ],
)
def test_where_a_rate_is_written_is_said_in_the_language_of_the_reader(language, said):
    ends = {"en": "clause: § 4.2; line of the plan: 22", "ru": "пункт: § 4.2; строка плана: 22"}

    found = written(small(RANKS + LEVELS), "Ada", language)

    assert f"    {said}; {ends[language]}" in found


def test_a_case_names_its_condition_and_a_rounding_how_it_rounds():
    rest = (
        "rounding: {places: 2, mode: down}\nbonuses:\n"
        "  mine: {kind: own, base: price,"
        " rate: [{when: own_pv >= 100, then: 2 %}, {otherwise: 1 %}]}\n"
    )

    assert written(small(rest), "Ada") == [
        "",
        "Where the plan says it:",
        "  mine",
        "    Paid on: amount of the order; line of the plan: 12",
        "    Rate: case: Personal volume is at least 100; 2%; line of the plan: 12",
        "    Rounding: decimal places: 2; towards zero; line of the plan: 10",
    ]


def test_a_line_says_what_it_came_to_before_it_was_rounded():
    orders = {
        "id": ["1"],
        "member": ["Ada"],
        "date": ["2026-10-05"],
        "pv": ["1"],
        "price": ["0.33"],
    }
    result = small("bonuses:\n  mine: {kind: own, base: price, rate: 10 %}\n", orders=orders)

    (line,) = reasons(result, "Ada", bonus="mine").bonuses[0].lines

    assert (line.amount, line.unrounded) == ("0.03", "0.033")


def test_the_shares_of_wallets_are_told_with_what_rounding_left_to_the_last():
    rest = "wallets: {cash: 70 %, shop: 30 %}\nbonuses:\n  prize: {kind: award, amount: 0.05 EUR}\n"
    result = small(rest)

    shares = reasons(result, "Ben").shares

    assert [(one.wallet, one.amount, one.origin.formula) for one in shares] == [
        ("cash", "0.04", "70 %"),
        ("shop", "0.01", "30 %"),
    ]
    assert "  Into the wallet: cash, 0.04 EUR" in written(result, "Ben")
