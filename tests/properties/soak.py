"""Compares both engines on very many random worlds, and counts what was put to the test.

`make soak` compares 100,000 worlds, `UPLINE_WORLDS` another number, from the seed `UPLINE_SEED` on.
Each world is a company of its own; a few companies after one another share a plan, since reading
and reviewing a plan takes as long as several companies do. Most companies are small.

It names every world in which the engines differ, and prints how often each rule had something to
do: a rule that was hardly ever at work has not been compared, and fails the run too.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache

from tests.properties.agreement import Verdict, compare
from tests.properties.chance import Chance, Seeded
from tests.properties.companies import Company, random_company, wanted_by
from tests.properties.plans.whole import whole_plan
from tests.properties.rules import RULES
from upline.compensation import Plan, load_plan

# So many worlds one after another have the same plan.
COMPANIES_A_PLAN = 5
# Few members meet most rules; some rules need more of them.
MOST_MEMBERS = (5, 5, 7, 9, 14)
CHUNK = 10 * COMPANIES_A_PLAN
# A rule must have been at work once in so many worlds: a thousand times in a hundred thousand.
WORLDS_A_RULE = 100


@dataclass(slots=True)
class Tally:
    """What came of many comparisons, and every seed in which something was wrong."""

    outcomes: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    unlike: list[tuple[int, Verdict]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take another tally in."""
        self.outcomes.update(other.outcomes)
        self.hits.update(other.hits)
        self.unlike += other.unlike


def whole_world(chance: Chance) -> tuple[str, Verdict]:
    """Make a plan of any kinds and a company, and give the plan and what came of the comparison."""
    source = whole_plan(chance)
    company = random_company(chance, wanted=wanted_by(source))
    return source, compare(load_plan(source), company)


def world_of(seed: int) -> tuple[Plan, Company]:
    """Give the plan and company of a seed: companies that follow one another share a plan."""
    plan = _plan_of(seed // COMPANIES_A_PLAN)
    chance = Seeded(f"company {seed}")
    most = chance.pick(MOST_MEMBERS)
    return plan, random_company(chance, most=most, wanted=wanted_by(plan.source))


@lru_cache(maxsize=2)
def _plan_of(number: int) -> Plan:
    return load_plan(whole_plan(Seeded(f"plan {number}")))


def tally(first: int, count: int) -> Tally:
    """Compare so many worlds one after another."""
    found = Tally()
    for seed in range(first, first + count):
        verdict = compare(*world_of(seed))
        found.outcomes[verdict.outcome] += 1
        found.hits.update(verdict.hits)
        if verdict.outcome not in ("agreed", "refused"):
            found.unlike.append((seed, verdict))
    return found


def in_parts(first: int, count: int) -> Iterator[tuple[int, int]]:
    """Cut the seeds into chunks, each its first seed and its length."""
    for start in range(first, first + count, CHUNK):
        yield start, min(CHUNK, first + count - start)


def soak(first: int, count: int) -> Tally:
    """Compare worlds on every core, saying now and then how far it has come."""
    whole = Tally()
    begun = time.monotonic()
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        starts, lengths = zip(*in_parts(first, count), strict=True)
        for found in workers.map(tally, starts, lengths):
            whole.add(found)
            for seed, verdict in found.unlike:
                say(f"seed {seed}: {verdict.reason or verdict.differences[:3]}")
            done = sum(whole.outcomes.values())
            if done % (20 * CHUNK) == 0:
                say(f"{done} worlds in {time.monotonic() - begun:.0f} s: {dict(whole.outcomes)}")
    return whole


def thin(found: Tally) -> list[str]:
    """Name the rules that were at work too seldom for so many worlds."""
    least = sum(found.outcomes.values()) // WORLDS_A_RULE
    return [rule for rule in RULES if found.hits[rule] < least]


def report(found: Tally) -> str:
    """Say how often each rule was at work, the rarest first, and which were too seldom."""
    counts = {rule: found.hits[rule] for rule in RULES}
    seldom = thin(found)
    rows = [
        f"{count:>9}  {rule}{'  TOO SELDOM' if rule in seldom else ''}"
        for rule, count in sorted(counts.items(), key=lambda one: one[1])
    ]
    return "\n".join([*rows, f"{dict(found.outcomes)}"])


def say(text: str) -> None:
    """Print at once: a long run is watched."""
    print(text, flush=True)  # noqa: T201 - asked for


def main() -> int:
    """Compare as many worlds as the environment says; 1 where the engines differ or a rule is thin."""
    count = int(os.environ.get("UPLINE_WORLDS", "100000"))
    found = soak(int(os.environ.get("UPLINE_SEED", "1000000")), count)
    say(report(found))
    return 1 if found.unlike or thin(found) else 0


if __name__ == "__main__":
    sys.exit(main())
