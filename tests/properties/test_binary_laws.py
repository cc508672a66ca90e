"""Laws of two legs: nothing is lost between periods, caps hold, and the order of rows says nothing."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upline.compensation import Inputs, Period, load_plan, run
from upline.compensation.kernels import legs

HEAD = """\
language: 1
plan: p
version: 2026-01-01
currency: EUR
point_value: 1 EUR
members: {on: yes_no}
orders: {pv: {unit: points, places: 1}}
trees: {placement: {kind: binary}}
"""
SIDES = ("left", "right")
PARTS = ("used", "carry", "flushed")
SMALL = st.integers(1, 12)
VOLUME = st.integers(0, 90)
MATCHED = st.sampled_from(
    (
        "cycle: whole, rate: 12.5 %",
        "cycle: whole, rate: 7 %, two_to_one: {members: on, rate: 10 %}",
        "cycle: {left: 7, right: 5}, per_cycle: 3 EUR",
        "cycle: {strong: 6, weak: 2.5}, per_cycle: 4 EUR",
        "cycle: {strong: 3, weak: 8}, rate: 9 %",
        "cycle: {left: 4, right: 4}, rate: 5 %, two_to_one: {members: on, rate: 8 %}",
        "max_ratio: 1.5, steps: [{sales: 4, pay: 3 EUR}, {sales: 9.5, pay: 5 EUR}, {sales: 2, pay: 9 EUR}]",
    )
)
CAPS = st.sampled_from(("", ", cap: 10 EUR", ", cap: 6.50 EUR, cap_uses: paid"))
CARRIES = st.sampled_from(
    (
        "",
        ", carry: none",
        ", carry: {most: 12.5}",
        ", carry: {periods: 1}",
        ", carry: {periods: 2, most: 20, flush: not on}",
    )
)
OWN = st.sampled_from(("", ", own_volume: weak", ", own_volume: left", ", own_volume: right"))


@st.composite
def worlds(draw, *, negative=True):
    """Draw members with places in both trees, and the orders of three months."""
    count = draw(st.integers(1, 9))
    free, parent, side = ["0"], [None], [None]
    places = [("0", "left"), ("0", "right")]
    for number in range(1, count):
        above, where = places.pop(draw(st.integers(0, len(places) - 1)))
        parent.append(above)
        side.append(where)
        places += [(str(number), "left"), (str(number), "right")]
        free.append(str(number))
    members = {
        "id": free,
        "sponsor": [
            None if not number else str(draw(st.integers(0, number - 1))) for number in range(count)
        ],
        "number": list(range(count)),
        "placement_parent": parent,
        "side": side,
        "on": [draw(st.sampled_from(("yes", "yes", "no"))) for _ in range(count)],
    }
    volume = st.integers(-150 if negative else 0, 400)
    months = [
        [(draw(st.sampled_from(free)), draw(volume)) for _ in range(draw(st.integers(0, 8)))]
        for _ in range(3)
    ]
    return members, months


def orders_of(month, sales):
    return {
        "id": [f"{month}-{number}" for number in range(len(sales))],
        "member": [member for member, _ in sales],
        "date": [f"2026-{month:02}-05"] * len(sales),
        "pv": [f"{tenths / 10:.1f}" for _, tenths in sales],
    }


def run_months(plan, members, months):
    results, carries = [], None
    for month, sales in enumerate(months, 1):
        inputs = Inputs(
            members=members,
            orders=orders_of(month, sales),
            period=Period.parse(f"2026-{month:02}"),
            carries=carries,
        )
        results.append(run(plan, inputs))
        carries = results[-1].carries
    return results


def shuffled(table, order):
    return {name: [column[row] for row in order] for name, column in table.items()}


@given(VOLUME, VOLUME, SMALL, SMALL, st.integers(0, 9) | st.just(legs.NO_MOST))
@settings(max_examples=1000, deadline=None)
def test_cycles_at_once_are_those_that_are_counted_one_by_one(left, right, strong, weak, most):
    count, high, low = 0, left, right
    while count < most:
        is_left = high >= low
        if max(high, low) < strong or min(high, low) < weak:
            break
        high, low = (high - strong, low - weak) if is_left else (high - weak, low - strong)
        count += 1

    found = legs.anew(np.int64(left), np.int64(right), np.asarray([strong, weak]), np.int64(most))

    assert tuple(found) == (count, left - high, right - low)


@given(worlds(), MATCHED, CAPS, CARRIES, OWN)
@settings(max_examples=80, deadline=None)
def test_what_was_carried_in_and_is_new_is_used_carried_out_or_flushed(
    world, rule, cap, carry, own
):
    members, months = world
    plan = load_plan(
        f"{HEAD}bonuses: {{team: {{kind: binary, base: pv, {rule}{cap}{carry}{own}}}}}\n"
    )

    before = {}
    for result, sales in zip(run_months(plan, members, months), months, strict=True):
        held = {}
        for row in result.states.to_pylist():
            held[row["member"], row["name"].removeprefix("team.")] = Fraction(row["value"])
        carried = {}
        for row in result.carries.to_pylist():
            side = row["name"].split()[1]
            key = (row["member"], side)
            carried[key] = carried.get(key, Fraction(0)) + Fraction(row["value"])
        for member in members["id"]:
            old = [before.get((member, side), Fraction(0)) for side in SIDES]
            totals = with_own(own, old, new_legs(members, sales, member), own_volume(sales, member))
            for side, total in zip(SIDES, totals, strict=True):
                assert held.get((member, side), 0) == total
                parts = [held.get((member, f"{part}_{side}"), 0) for part in PARTS]
                assert total == sum(parts)
                assert parts[1] == carried.get((member, side), 0)
                assert parts[0] >= 0
                assert parts[1] >= 0 or total < 0
        before = carried
        if cap:
            most = Fraction("10" if "10 EUR" in cap else "6.5")
            assert all(row["amount"] <= most for row in result.totals.to_pylist())


def own_volume(sales, member):
    return sum((Fraction(tenths, 10) for one, tenths in sales if one == member), Fraction(0))


def new_legs(members, sales, member):
    """Add up what is new in both legs of a member, walking up the tree from everybody."""
    places = dict(
        zip(
            members["id"],
            zip(members["placement_parent"], members["side"], strict=True),
            strict=True,
        )
    )
    found = dict.fromkeys(SIDES, Fraction(0))
    for one in members["id"]:
        above, side = places[one]
        while above is not None and above != member:
            above, side = places[above]
        if above is not None:
            found[side] += own_volume(sales, one)
    return list(found.values())


def with_own(rule, old, new, own):
    """Give the totals of left and right with the member's own volume where the plan puts it."""
    left, right = old[0] + new[0], old[1] + new[1]
    goes = rule.rpartition(" ")[2]
    if goes == "weak":
        goes = "left" if left < right else "right"
    return left + own * (goes == "left"), right + own * (goes == "right")


@given(worlds(negative=False), MATCHED, CAPS, CARRIES, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_shuffled_rows_give_the_same_outputs(world, rule, cap, carry, chance):
    members, months = world
    plan = load_plan(f"{HEAD}bonuses: {{team: {{kind: binary, base: pv, {rule}{cap}{carry}}}}}\n")
    order = list(range(len(members["id"])))
    chance.shuffle(order)

    kept = run_months(plan, members, months)[-1].receipt()
    mixed = run_months(plan, shuffled(members, order), [sales[::-1] for sales in months])[
        -1
    ].receipt()

    changed = {key for key in kept["outputs"] if kept["outputs"][key] != mixed["outputs"][key]}
    assert not changed
    assert kept["inputs"]["trees.placement"] == mixed["inputs"]["trees.placement"]


@given(worlds(negative=False), MATCHED, CAPS, CARRIES, OWN)
@settings(max_examples=30, deadline=None)
def test_sales_that_are_refunded_in_the_same_month_leave_no_trace(world, rule, cap, carry, own):
    members, months = world
    plan = load_plan(
        f"{HEAD}bonuses: {{team: {{kind: binary, base: pv, {rule}{cap}{carry}{own}}}}}\n"
    )
    sold = [(members["id"][-1], 333), (members["id"][0], 70)]
    back = [(member, -tenths) for member, tenths in sold]

    kept = run_months(plan, members, months)
    same = run_months(plan, members, [[*sales, *sold, *back] for sales in months])

    for one, other in zip(kept, same, strict=True):
        assert one.receipt()["outputs"] == other.receipt()["outputs"]


RULES = [
    *(
        f"kind: level, base: pv, levels: {{1: 10 %, 2: 5 %, 3+: 1 %}}, requires: on, compression: {how}"
        for how in ("none", "count_between", "remove", "merge_up", "roll_up")
    ),
    "kind: level, base: pv, head: on, generations: {1: 5 %, 2: 2 %}",
    "kind: level, base: earned(sales), levels: {1: 10 %}, starts: buyer",
    "kind: stairstep, base: pv, rate: {scale: group(pv), steps: {5: 3 %, 30: 6 %}}, requires: on",
    "kind: differential, base: pv, share: {scale: own(pv), steps: {0: 2 %, 20: 9 %}}, requires: on",
    "kind: pool, fund: 10 % * own(pv) * 1 EUR, shares: number + 1, among: recruits",
]


@pytest.mark.parametrize("rules", RULES)
@given(world=worlds(negative=False))
@settings(max_examples=8, deadline=None)
def test_a_bonus_in_another_tree_of_the_same_shape_pays_the_same(rules, world):
    members, months = world
    members = {**members, "sponsor": members["placement_parent"]}
    plan = load_plan(
        f"{HEAD}bonuses:\n  sales: {{kind: own, base: pv, rate: 10 %}}\n"
        f"  here: {{{rules}}}\n  there: {{{rules}, tree: placement}}\n"
    )

    result = run_months(plan, members, months[:1])[0]

    paid = {"here": [], "there": []}
    for row in result.lines.to_pylist():
        if row["bonus"] in paid:
            paid[row["bonus"]].append(
                [row[name] for name in ("member", "order", "buyer", "level", "amount")]
            )
    assert paid["here"] == paid["there"]
