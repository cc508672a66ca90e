"""Ways to the next rank, worked by hand: which there are, and which comes first."""

from __future__ import annotations

from upline.compensation import Inputs, Period, load_plan, run
from upline.compensation.explain.render import sentences
from upline.compensation.explain.why import reasons

HEAD = """\
language: 1
plan: small
version: 2026-01-01
currency: EUR
members: {country: text}
orders: {pv: points, price: money}
ranks:
  - {rank: Low}
  - rank: High
    needs:
"""
MEMBERS = {"id": ["Ada", "Ben"], "sponsor": [None, "Ada"], "country": ["PL", "BG"]}
ORDERS = {
    "id": ["1", "2"],
    "member": ["Ada", "Ben"],
    "date": ["2026-10-05"] * 2,
    "pv": ["60", "40"],
    "price": ["60.00", "40.00"],
}


def lines_of(needs: str) -> list[str]:
    """Give what is said of Ada's rank, with plain spaces."""
    plan = load_plan(HEAD + "".join(f"      - {one}\n" for one in needs.split("; ")))
    period = Period.parse("2026-10")
    result = run(plan, Inputs(members=MEMBERS, orders=ORDERS, period=period))
    found = sentences(reasons(result, "Ada"), plan, "en")
    return [line.replace("\u00a0", " ") for line in found[3:]]


def ways(needs: str) -> list[str]:
    lines = lines_of(needs)
    first = lines.index("  Each of these ways is enough; the least missing comes first:")
    listed = [line.strip() for line in lines[first + 1 :]]
    return [line for line in listed if line[0].isdigit()]


def test_one_way_alone_is_what_the_conditions_say():
    assert lines_of("own(pv) >= 100") == [
        "Rank: Low. Next: High, if:",
        "  ✗ sum over own orders (volume of the order): 60 points, needed: 100 points, missing: 40 points",
    ]


def test_the_way_with_the_least_missing_volume_comes_first():
    assert ways(
        "{any: [own(pv) >= 100, {all: [group(pv) >= 120, recruits(own(pv) >= 50) >= 1]}]}"
    ) == [
        (
            "1. sum over the group (volume of the order): 20 points; number of direct recruits with (sum over own"
            " orders (volume of the order) is at least 50): 1"
        ),
        "2. sum over own orders (volume of the order): 40 points",
    ]


def test_what_no_figure_can_be_named_for_comes_last():
    assert ways("{any: [country = 'KZ', own(pv) >= 1000]}") == [
        "1. sum over own orders (volume of the order): 940 points",
        "2. country: PL, needed: KZ",
    ]


def test_every_choice_of_several_conditions_is_a_way_of_its_own():
    assert ways(
        "own(pv) >= 100 or group(pv) >= 150; own(price) >= 100 EUR or group(pv) >= 101"
    ) == [
        "1. sum over own orders (volume of the order): 40 points; sum over the group (volume of the order): 1 points",
        "2. sum over the group (volume of the order): 50 points",
        "3. sum over own orders (volume of the order): 40 points; sum over own orders (amount of the order): 40.00 EUR",
    ]


def test_a_way_that_only_asks_for_more_than_another_is_left_out():
    lines = lines_of("own(pv) >= 100 or own(pv) >= 200 and group(pv) >= 500")

    assert not any("Each of these ways" in line for line in lines)
