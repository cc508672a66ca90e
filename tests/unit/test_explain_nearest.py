"""Who is nearest to count for the next rank, worked by hand on seven people."""

from upline.compensation import Inputs, Period, load_plan, run
from upline.compensation.explain.render import sentences
from upline.compensation.explain.why import reasons

PLAN = """\
language: 1
plan: near
version: 2026-01-01
currency: EUR
orders: {pv: points}
measures:
  own_pv: {is: own(pv), title: Personal volume}
ranks:
- {rank: Partner}
- {rank: Gold, needs: own_pv >= 300}
- {rank: Star, needs: NEEDS}
bonuses:
  mine: {kind: own, base: pv, rate: 10 %, point_value: 1 EUR}
"""
# Three legs: Ben with Eve below him, Cem with Fay, Dia alone.
MEMBERS = {
    "id": ["Ada", "Ben", "Eve", "Cem", "Fay", "Dia"],
    "sponsor": [None, "Ada", "Ben", "Ada", "Cem", "Ada"],
}
BOUGHT = {"Ada": "300", "Ben": "20", "Eve": "250", "Cem": "100", "Fay": "10", "Dia": "300"}


def explained(needs, member="Ada"):
    orders = {
        "id": list(BOUGHT),
        "member": list(BOUGHT),
        "date": ["2026-10-05"] * len(BOUGHT),
        "pv": list(BOUGHT.values()),
    }
    inputs = Inputs(members=MEMBERS, orders=orders, period=Period.parse("2026-10"))
    result = run(load_plan(PLAN.replace("NEEDS", f'"{needs}"')), inputs)
    return reasons(result, member), result


def near(needs):
    found, _ = explained(needs)
    return [
        (one.member, one.leg, [leaf.missing for leaf in one.way.missing])
        for one in found.ranks[0].near
    ]


def test_of_each_leg_that_does_not_count_the_nearest_member_is_named_with_the_least_first():
    assert near("legs(rank >= 'Gold') >= 3") == [
        ("Eve", "Ben", ["50"]),
        ("Cem", "Cem", ["200"]),
    ]


def test_recruits_who_do_not_count_are_named_with_what_they_lack():
    assert near("recruits(own_pv >= 300) >= 2") == [("Cem", "", ["200"]), ("Ben", "", ["280"])]


def test_of_a_downline_everybody_is_looked_at_on_any_level():
    assert [one[0] for one in near("downline(rank >= 'Gold') >= 4")] == ["Eve", "Cem", "Ben", "Fay"]


def test_where_volume_is_missing_nobody_is_named():
    assert near("group(pv) >= 5000") == []


def test_who_is_nearest_is_said_below_what_is_missing():
    found, result = explained("legs(rank >= 'Gold') >= 3")

    said = [line.replace("\u00a0", " ") for line in sentences(found, result.world.plan, "en")]

    start = said.index("  Nearest to count, the least missing first:")
    assert said[start + 1 : start + 3] == [
        "    Eve (leg of: Ben): Personal volume: 50 points",
        "    Cem: Personal volume: 200 points",
    ]
