"""A close is killed within every step, and its server too: begun again it always ends the same.

So is settling what came too late. `UPLINE_TRIALS` adds so many kills at random moments, as `make soak`
does; `-s` shows what each kill met.
"""

from __future__ import annotations

import itertools
import os
import random

import pytest

from tests.faults.closings import DEATHS, TASK_OF, Strike, outcome, running

# Its server is its own, for it is killed, and of the kind that this run of the tests is for.
pytestmark = pytest.mark.database

TRIALS = int(os.environ.get("UPLINE_TRIALS", "0"))
SEED = int(os.environ.get("UPLINE_SEED", "20261102"))
STRIKES_A_CLOSE = 10
ROUNDS_MORE = 3
STATE = """
SELECT concat_ws(', ', period.state, adjustment.state)
FROM commissions_period AS period LEFT JOIN commissions_adjustment AS adjustment ON true
WHERE period.label = '2026-10'
"""


@pytest.fixture
def company(folder):
    with running(folder) as made:
        made.asked("upline", "CREATE DATABASE company")
        made.begin("load", "company")
        assert made.told("ended") == "ended 0"
        yield made


EACH_ACT_ONCE = [
    (f"commissions.{act}", 1)
    for act in (
        *("adjust", "adjustment_approved", "adjustment_posted"),
        *("approved", "compute", "freeze", "posted", "posting", "sealed"),
    )
]


class Trials:
    """What an undisturbed close took and gave, and closes that are disturbed, company by company."""

    def __init__(self, company, capsys):
        self.company, self.capsys = company, capsys
        self.chance = random.Random(SEED)  # noqa: S311 - chance for tests
        self.numbers = itertools.count()
        company.copy("undisturbed")
        self.seconds = company.done("close", "undisturbed") | company.done("adjust", "undisturbed")
        self.wanted = outcome(company, "undisturbed")

    def end_as_wanted(self, strikes):
        """Kill as told, end everything undisturbed, compare, and give the steps that were hit."""
        name = f"trial{next(self.numbers)}"
        self.company.copy(name)
        met = []
        for task in ("close", "adjust"):
            for strike in (one for one in strikes if TASK_OF[one.step] == task):
                # Not in its last moments: begun anew a step may take less than undisturbed.
                after = self.chance.uniform(0.02, 0.5) * self.seconds[strike.step]
                where = self.company.struck(name, strike, after)
                found = self.company.asked(name, STATE)
                met.append((strike, where, found[0][0] if found else "not begun"))
            self.company.done(task, name)
        self._show(name, met)
        assert outcome(self.company, name) == self.wanted
        self.company.asked("upline", f"DROP DATABASE {name}")
        return {strike.step for strike, where, _ in met if where == "within"}

    def _show(self, name, met):
        with self.capsys.disabled():
            print(f"\n{name}, seed {SEED}: {len(met)} kills")  # noqa: T201 - a table to be read
            for strike, where, state in met:
                print(f"  {strike.step:<8} {strike.death:<8} {where:<7} {state}")  # noqa: T201


@pytest.fixture
def trials(company, capsys):
    return Trials(company, capsys)


def test_killed_in_each_step_everything_ends_as_if_it_had_not_been(trials):
    october, _ = trials.wanted[0]
    assert (october[:2], trials.wanted[-1]) == (("2026-10", "sealed"), EACH_ACT_ONCE)

    hit = set()
    for death in DEATHS:
        hit |= trials.end_as_wanted([Strike(step, death) for step in TASK_OF])
    # On a busy machine a kill may come when its step is over.
    for _ in range(ROUNDS_MORE):
        missed = [Strike(step, "program") for step in TASK_OF if step not in hit]
        if missed:
            hit |= trials.end_as_wanted(missed)
    assert hit == set(TASK_OF)


@pytest.mark.skipif(not TRIALS, reason="set UPLINE_TRIALS, as make soak does")
def test_killed_at_random_moments_everything_ends_as_if_it_had_not_been(trials):
    every = [Strike(step, death) for step in TASK_OF for death in DEATHS]

    for first in range(0, TRIALS, STRIKES_A_CLOSE):
        chosen = trials.chance.choices(every, k=min(STRIKES_A_CLOSE, TRIALS - first))
        # In the sequence of steps, for one that is done has nothing to be killed in.
        trials.end_as_wanted(sorted(chosen, key=lambda one: list(TASK_OF).index(one.step)))
