"""The example plans are whole, short, and do what their cases say, to the last digit."""

from pathlib import Path

import pytest

from upline.cases import load_case, run_case
from upline.cases.find import find_cases
from upline.compensation import load_plan
from upline.compensation.plan.review import review

EXAMPLES = Path(__file__).parents[2] / "examples" / "plans"
PLANS = sorted(EXAMPLES.glob("*.yaml"))
CASES = find_cases(EXAMPLES)
WAITING = {"binary-hybrid"}  # a limit on bonuses of several calendars is not computed yet


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.stem}-{path.stem}")
def test_every_case_of_the_example_plans_is_met(path):
    report = run_case(load_case(path))

    assert [str(fault) for fault in report.refused] == []
    assert [str(one) for one in report.outcomes if one.verdict != "passed"] == []
    assert report.outcomes


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.stem)
def test_an_example_plan_is_read_on_a_few_screens_and_has_three_cases(plan):
    cases = list(plan.with_suffix(".cases").glob("*.yaml"))

    assert len(plan.read_text(encoding="utf-8").splitlines()) < 150
    assert len(cases) >= 3 or plan.stem in WAITING


def test_every_example_plan_is_called_as_its_file():
    for plan in PLANS:
        assert f"\nplan: {plan.stem}\n" in plan.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_the_check_warns_of_nothing_in_an_example_plan(path):
    found = review(load_plan(path.read_text(encoding="utf-8"))).findings

    assert [(one.rule, one.place.line, one.about) for one in found] == []
