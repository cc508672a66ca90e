"""The fast engine and the slow reference answer alike, to the cent, whatever plan and company.

`make soak` does the same for very many worlds, and says how often each rule was at work.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.agreement import Verdict, compare
from tests.properties.chance import Chance, Drawn, Seeded
from tests.properties.companies import random_company, wanted_by
from tests.properties.plans.whole import random_plan
from tests.properties.rules import RULES
from tests.properties.soak import Tally, report, tally, thin, whole_world
from upline.compensation import load_plan


def verdict_of(chance: Chance) -> tuple[str, Verdict]:
    source = random_plan(chance)
    company = random_company(chance, wanted=wanted_by(source))
    return source, compare(load_plan(source), company)


@pytest.mark.parametrize("first", range(0, 160, 20))
def test_both_engines_agree_on_twenty_worlds(first):
    for seed in range(first, first + 20):
        source, verdict = verdict_of(Seeded(seed))

        assert verdict.outcome == "agreed", (seed, verdict, source)


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_both_engines_agree_on_worlds_that_can_be_made_smaller(data):
    source, verdict = verdict_of(Drawn(data.draw))

    assert verdict.outcome == "agreed", (verdict, source)


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_both_engines_agree_on_twenty_worlds_of_any_kind(first):
    for seed in range(first, first + 20):
        source, verdict = whole_world(Seeded(seed))

        assert verdict.outcome == "agreed", (seed, verdict, source)


def test_a_soak_tells_how_often_each_rule_was_at_work():
    found = tally(200, 12)

    assert found.unlike == []
    assert found.outcomes == {"agreed": 12}
    assert set(found.hits) <= set(RULES)
    assert f"{found.hits['cap cut']:>9}  cap cut" in report(found).splitlines()


def test_a_soak_in_which_a_rule_was_hardly_at_work_says_so():
    found = Tally(outcomes=Counter(agreed=300), hits=Counter(dict.fromkeys(RULES, 3)))
    assert thin(found) == []

    found.hits["cap cut"] = 2

    assert thin(found) == ["cap cut"]
    assert report(found).splitlines()[0] == "        2  cap cut  TOO SELDOM"
