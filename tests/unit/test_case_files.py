"""Case files: what is read, and how every fault in them is reported."""

import re

import pytest

from upline.cases import CaseRefused, find_cases, load_case

PLAN = """\
language: 1
plan: p
version: 2026-01-01
currency: EUR
given_earnings: [match_up]
members: {country: text, mentor: member, share: ratio, goal: points, is_new: yes_no, since: date}
orders: {pv: points, price: {unit: money, places: 2}}
order_values: {net: price / 2}
measures: {own_pv: own(pv)}
ranks:
  - {rank: Partner}
  - {rank: Silver, needs: own_pv >= 100}
bonuses:
  unilevel: {kind: level, base: price, levels: {1: 10 %, 2: 5 %}}
wallets: {cash: 100 %}
legal: {majority: {needs: own_pv >= 1}}
"""
CASE = """\
case: The two levels above a sale earn 10 % and 5 %
plan: plan.yaml
period: 2026-10
tree: {Aiman: {Boris: {Celina: {}}}}
orders: [{member: Celina, price: 200.00 EUR, pv: 200}]
expect:
  - {member: Boris, bonus: unilevel, level: 1, amount: 20.00 EUR}
  - {member: Aiman, bonus: unilevel, level: 2, amount: 10.00}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    return tmp_path


def load(folder, text):
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return load_case(path)


def faults(folder, text):
    with pytest.raises(CaseRefused) as refusal:
        load(folder, text)
    return [
        (str(fault.place).removeprefix(f"{folder}/"), fault.code, fault.problem)
        for fault in refusal.value.faults
    ]


def changed(old, new):
    assert old in CASE
    return CASE.replace(old, new)


def test_a_tree_gives_members_in_the_order_in_which_they_are_written(folder):
    case = load(folder, changed("{Celina: {}}}}", "{Celina: {}}, Дина: {}}, Жан: {}}"))

    assert [dict(row) for row in case.members.values] == [
        {"id": "Aiman"},
        {"id": "Boris", "sponsor": "Aiman"},
        {"id": "Celina", "sponsor": "Boris"},
        {"id": "Дина", "sponsor": "Aiman"},
        {"id": "Жан"},
    ]


def test_members_may_add_fields_to_those_of_the_tree(folder):
    case = load(
        folder, CASE + "members: [{id: Boris, country: NO, share: 12.5 %, mentor: Aiman}]\n"
    )

    assert dict(case.members.values[1]) == {
        "id": "Boris",
        "sponsor": "Aiman",
        "country": "NO",
        "share": "0.125",
        "mentor": "Aiman",
    }


def test_an_order_without_id_and_date_gets_its_place_and_the_first_day(folder):
    case = load(folder, CASE)

    assert [dict(row) for row in case.orders.values] == [
        {"member": "Celina", "price": "200.00", "pv": "200", "id": "o1", "date": "2026-10-01"}
    ]


def test_a_period_written_with_its_last_day_ends_after_that_day(folder):
    case = load(folder, changed("2026-10\n", "{start: 2026-10-05, end: 2026-10-11}\n"))

    period = case.periods["1"]
    assert (str(period.start), str(period.end)) == ("2026-10-05", "2026-10-12")


def test_amounts_stay_the_text_that_was_written(folder):
    case = load(folder, CASE)

    assert [(one.who, one.level, one.value) for one in case.expectations] == [
        ("Boris", "1", "20.00"),
        ("Aiman", "2", "10.00"),
    ]


def test_every_fault_is_listed_at_once_with_its_place(folder):
    text = """\
case: Ten faults
plan: plan.yaml
period: 2026-13
tree: {Aiman: {Boris: {}}}
order: []
orders:
  - {member: Celina, pv: 1e3}
  - {member: Boris, pvv: 100, date: 2026-02-30}
expect:
  - {member: Borris, bonus: unilvel, amount: ten}
  - {member: Boris, bonus: unilevel, amount: 5.00 USD, level: one}
expect_ranks: [{member: Boris, rank: Gold}]
"""

    assert faults(folder, text) == [
        ("case.yaml:3:9", "case.unreadable", "'2026-13' is not a period."),
        ("case.yaml:5:1", "case.key", "'order' is not known here."),
        ("case.yaml:7:14", "case.member", "'Celina' in 'member' is no member of the case."),
        ("case.yaml:7:26", "case.number", "'1e3' in 'pv' is not a number."),
        ("case.yaml:8:21", "case.field", "The plan knows no field 'pvv' of orders."),
        ("case.yaml:8:37", "case.day", "'2026-02-30' in 'date' is not a day."),
        ("case.yaml:10:14", "case.member", "'Borris' in 'member' is no member of the case."),
        ("case.yaml:10:29", "case.unknown", "'unilvel' is no bonus of the plan."),
        ("case.yaml:10:46", "case.number", "'ten' in 'amount' is not a number."),
        (
            "case.yaml:11:46",
            "case.currency",
            "'5.00 USD' in 'amount' is not in the currency of the plan, EUR.",
        ),
        ("case.yaml:11:63", "case.number", "'one' in 'level' is not a number."),
        ("case.yaml:12:38", "case.unknown", "'Gold' is no rank of 'rank'."),
    ]


def test_a_fault_says_what_to_write_instead(folder):
    with pytest.raises(CaseRefused, match=re.escape("Did you mean 'unilevel'?")):
        load(folder, CASE.replace("unilevel, level: 1", "unilvel, level: 1"))


@pytest.mark.parametrize(
    ("section", "code"),
    [
        ("expect_measures: [{member: Boris, measure: group_pv, value: 1}]", "case.unknown"),
        ("expect_measures: [{measure: own_pv, value: 1}]", "case.subject"),
        ("expect_measures: [{order: o9, measure: net, value: 1}]", "case.unknown"),
        ("expect_measures: [{customer: Zoe, measure: net, value: 1}]", "case.unknown"),
        ("expect_legal: [{member: Boris, gate: minority, holds: yes}]", "case.unknown"),
        ("expect_legal: [{member: Boris, gate: majority, holds: true}]", "case.yes_no"),
        ("expect_wallets: [{member: Boris, wallet: shop, amount: 1}]", "case.unknown"),
        ("expect_states: [{member: Boris, state: cycles, value: 1}]", "case.state"),
        ("expect_states: [{member: Boris, state: binary.cycles, value: 1}]", "case.unknown"),
        ("expect_ranks: [{member: Boris, ladder: power, rank: Silver}]", "case.unknown"),
        ("given: {earnings: [{member: Boris, bonus: match, amount: 1}]}", "case.unknown"),
        ("given: {earnings: [{member: Boris, bonus: match_up}]}", "case.missing"),
        ("given: {legs: [{member: Boris, left: 1, right: 2}]}", "case.legs"),
        ("unused: {members: {shoe_size: ''}}", "case.missing"),
        ("complete: perhaps", "case.yes_no"),
        ("periods: [{id: 1, start: 2026-10-01, end: 2026-10-31}]", "case.periods"),
        ("members: [{id: Boris, sponsor: Aiman}]", "case.sponsor"),
        ("members: [{id: Dina, sponsor: null}]", "case.member"),
        ("members: [{id: Dina, is_new: 1}]", "case.yes_no"),
        ("members: [{id: Dina}, {id: Dina}]", "case.member_twice"),
        ("exchange: {USD: about 1}", "case.number"),
    ],
)
def test_a_single_fault_has_its_code_and_the_line_of_the_case(folder, section, code):
    found = faults(folder, f"{CASE}{section}\n")

    assert [(place.split(":")[1], fault) for place, fault, _ in found] == [("9", code)]


def test_a_total_cannot_be_narrowed(folder):
    text = changed("bonus: unilevel, level: 1", "bonus: total, level: 1")

    assert [code for _, code, _ in faults(folder, text)] == ["case.total"]


def test_given_earnings_are_not_expected(folder):
    text = changed("bonus: unilevel, level: 1", "bonus: match_up")

    assert [code for _, code, _ in faults(folder, text)] == ["case.unknown"]


def test_several_periods_ask_orders_and_measures_for_theirs(folder):
    periods = "periods:\n  - {start: 2026-10-01, end: 2026-10-31}\n  - {id: b, start: 2026-11-01, end: 2026-11-30}\n"
    text = CASE.replace("period: 2026-10\n", periods)
    text += "expect_measures: [{member: Celina, measure: own_pv, value: 200}]\n"

    assert [(place, code) for place, code, _ in faults(folder, text)] == [
        ("case.yaml:7:10", "case.period"),
        ("case.yaml:11:19", "case.period"),
    ]


def test_an_order_outside_its_period_is_refused(folder):
    late = changed("pv: 200}", "pv: 200, date: 2026-11-01}")
    early = changed("pv: 200}", "pv: 200, period: 1, date: 2026-09-30}")

    assert [code for _, code, _ in faults(folder, late)] == ["case.outside"]
    assert [code for _, code, _ in faults(folder, early)] == ["case.outside"]


def test_an_earlier_order_is_history_and_allowed(folder):
    case = load(folder, changed("pv: 200}", "pv: 200, date: 2026-09-30}"))

    assert case.orders.values[0]["date"] == "2026-09-30"


def test_a_field_that_no_rule_needs_is_kept_out_when_the_case_says_why(folder):
    text = changed("pv: 200}", "pv: 200, colour: red}")
    text += "unused: {orders: {colour: The plan pays every colour alike.}}\n"

    case = load(folder, text)

    assert "colour" not in case.orders.values[0]


def test_a_key_written_twice_and_a_missing_plan_are_refused(folder):
    assert faults(folder, CASE + "case: again\n") == [
        ("case.yaml:9:1", "case.key_twice", "'case' is written twice.")
    ]
    assert faults(folder, changed("plan.yaml", "plans.yaml"))[0][:2] == (
        "case.yaml:2:7",
        "case.plan",
    )


def test_faults_of_the_plan_are_listed_with_those_of_the_case(folder):
    (folder / "plan.yaml").write_text(PLAN.replace("kind: level", "kind: lever"), encoding="utf-8")

    found = faults(folder, CASE + "colour: red\n")

    assert {place.split(":")[0] for place, _, _ in found} == {"plan.yaml", "case.yaml"}


def test_a_case_that_expects_nothing_is_refused(folder):
    text = CASE.partition("expect:")[0]

    assert [code for _, code, _ in faults(folder, text)] == ["case.no_expectation"]


def test_cases_are_found_by_folder_by_plan_and_by_themselves(folder):
    (folder / "plan.cases").mkdir()
    (folder / "cases").mkdir()
    one, two = folder / "plan.cases" / "one.yaml", folder / "cases" / "two.yaml"
    one.write_text(CASE.replace("plan.yaml", "../plan.yaml"), encoding="utf-8")
    two.write_text(CASE.replace("plan.yaml", "../plan.yaml"), encoding="utf-8")
    (folder / "cases" / "other.yaml").write_text(CASE, encoding="utf-8")

    assert find_cases(folder / "plan.yaml") == [two, one]
    assert find_cases(one) == [one]
    assert find_cases(folder) == [folder / "cases" / "other.yaml", two, one]
