"""A close is killed at any moment, and its server too: begun again it always ends the same."""

from __future__ import annotations

import itertools
import random

import pytest

from tests.faults.closings import outcome, running

# Its server is its own, for it is killed, and of the kind that this run of the tests is for.
pytestmark = pytest.mark.database

TRIALS = 30
STRIKES_A_CLOSE = 6
# Which step a kill waits for, and how long the step takes at most: the moment is within.
STEPS = {"freeze": 0.25, "compute": 0.5, "post": 0.6, "seal": 0.03, "approve": 0.02}
TARGETS = ("program", "program", "server", "backend")


@pytest.fixture
def company(folder):
    with running(folder) as made:
        made.asked("upline", "CREATE DATABASE company")
        made.begin("load", "company")
        assert made.told("ended") == "ended 0"
        yield made


EACH_ACT_ONCE = [
    (f"commissions.{act}", 1)
    for act in ("approved", "compute", "freeze", "posted", "posting", "sealed")
]


def test_a_close_that_is_killed_at_any_moment_ends_as_if_it_had_not_been(company):
    chance = random.Random(20261102)  # noqa: S311 - chance for tests
    company.copy("undisturbed")
    company.close("undisturbed")
    wanted = outcome(company, "undisturbed")
    steps, targets = itertools.cycle(STEPS), itertools.cycle(TARGETS)

    found = []
    for number in range(TRIALS // STRIKES_A_CLOSE):
        name = f"trial{number}"
        company.copy(name)
        for _ in range(STRIKES_A_CLOSE):
            step = next(steps)
            company.struck(name, step, next(targets), chance.uniform(0, STEPS[step]))
        company.close(name)
        found.append(outcome(company, name))

    (state, _), *_ = wanted[0]
    assert (state, wanted[3], wanted[-1]) == ("sealed", [wanted[4][0][:1]], EACH_ACT_ONCE)
    assert len(found) * STRIKES_A_CLOSE == TRIALS
    for one in found:
        assert one == wanted
