"""`upline plan test`."""

import pytest
from click.testing import CliRunner

from upline.cli.main import main

PLAN = """\
language: 1
plan: p
version: 2026-01-01
currency: EUR
orders: {price: money}
bonuses:
  unilevel: {kind: level, base: price, levels: {1: 10 %, 2: 5 %}}
"""
YEARLY = """\
  yearly: {kind: award, amount: 100 EUR, calendar: year}
limits:
  payout: {most: 48 % * company(price), bonuses: all}
"""
CASE = """\
case: The two levels above a sale earn 10 % and 5 %
plan: ../plan.yaml
period: 2026-10
tree: {Aiman: {Boris: {Celina: {}}}}
orders: [{member: Celina, price: 200.00 EUR}]
expect:
  - {member: Boris, bonus: unilevel, level: 1, amount: 20.00 EUR}
  - {member: Aiman, bonus: unilevel, level: 2, amount: 10.00 EUR}
complete: yes
"""


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    (tmp_path / "plan.cases").mkdir()
    (tmp_path / "plan.cases" / "levels.yaml").write_text(CASE, encoding="utf-8")
    return path


def upline(*arguments):
    return CliRunner().invoke(main, ["plan", "test", *map(str, arguments)])


def change(plan, old, new):
    path = plan.parent / "plan.cases" / "levels.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_the_cases_of_a_plan_pass(plan):
    answer = upline(plan)

    assert answer.exit_code == 0, answer.output
    assert "1 case: 2 passed, 0 failed, 0 waiting" in answer.output


def test_a_failing_case_names_what_was_expected_and_found_and_ends_with_1(plan):
    change(plan, "amount: 10.00", "amount: 12.00")

    answer = upline(plan)

    assert answer.exit_code == 1
    assert "Aiman, unilevel, level 2: expected 12.00, got 10.00" in answer.output
    assert "order o1, from Celina, level 2" in answer.output


def test_verbose_lists_what_passed_too(plan):
    answer = upline(plan, "--verbose")

    assert "Boris, unilevel, level 1: expected 20.00, got 20.00" in answer.output


def test_a_rule_that_is_not_computed_yet_makes_its_case_wait(plan):
    plan.write_text(PLAN + YEARLY, encoding="utf-8")

    answer = upline(plan)

    assert answer.exit_code == 0, answer.output
    assert "0 passed, 0 failed, 2 waiting" in answer.output
    assert "payout" in answer.output


def test_a_faulty_case_is_reported_and_ends_with_1(plan):
    path = change(plan, "member: Boris", "member: Borris")

    answer = upline(plan)

    assert answer.exit_code == 1
    assert f"{path}:7:14: 'Borris' in 'member' is no member of the case." in answer.output


def test_input_that_the_engine_refuses_is_reported_where_it_is_written(plan):
    path = change(plan, "price: 200.00 EUR", "price: 200.123 EUR")

    answer = upline(plan)

    assert answer.exit_code == 1
    assert f"{path}:5:34: '200.123' in 'price'" in answer.output
    assert "0 passed, 0 failed, 0 waiting, 1 refused" in answer.output


def test_a_folder_without_cases_ends_with_1(tmp_path):
    answer = upline(tmp_path)

    assert answer.exit_code == 1
    assert "No cases were found" in answer.output
