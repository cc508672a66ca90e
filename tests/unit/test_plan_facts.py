"""What a plan says is found once for each plan, however often it is computed."""

import gc

from upline.compensation import load_plan
from upline.compensation.plan import once
from upline.compensation.plan.once import once_a_plan

SOURCE = "language: 1\nplan: p\nversion: 2026-01-01\ncurrency: EUR\n"


def test_a_fact_is_found_once_for_each_plan_and_question():
    asked = []

    @once_a_plan
    def length(file, name):
        asked.append(name)
        return len(file.plan) + len(name)

    plan, other = load_plan(SOURCE).file, load_plan(SOURCE).file

    assert [length(plan, "a"), length(plan, "a"), length(plan, "bc"), length(other, "a")] == [
        *(2, 2, 3, 2)
    ]
    assert asked == ["a", "bc", "a"]


def test_facts_go_with_their_plan():
    @once_a_plan
    def name(file):
        return file.plan

    gc.collect()
    before = len(once._FACTS)
    plan = load_plan(SOURCE).file
    assert name(plan) == "p"
    assert len(once._FACTS) == before + 1

    del plan
    gc.collect()

    assert len(once._FACTS) == before
