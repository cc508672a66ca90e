"""The bonus kind binary: what is matched, paid, used, carried and flushed, each figure by hand."""

import csv
from decimal import Decimal

import pytest
from click.testing import CliRunner

from upline.cli.main import main
from upline.compensation import InputRefused, Inputs, Period, load_plan, run
from upline.compensation.errors import PlanRefused

HEAD = """\
language: 1
plan: p
version: 2026-01-01
currency: EUR
point_value: 1 EUR
members: {type: text, on: yes_no}
orders: {pv: points, kind: text}
trees: {placement: {kind: binary}}
"""
TEN = "cycle: {left: 10, right: 10}, per_cycle: 7 EUR"
ANEW = "cycle: {strong: 200, weak: 100}, per_cycle: 14 EUR"
STEPS = "max_ratio: 2, steps: [{sales: 3, pay: 20 EUR}, {sales: 6, pay: 35 EUR}, {sales: 9, pay: 30 EUR}]"


def plan_of(rules, *, given="points", head=HEAD):
    legs = f"given_legs: {given}, " if given else ""
    return load_plan(f"{head}bonuses: {{team: {{kind: binary, {legs}{rules}}}}}\n")


def months(plan, *legs, members=None, orders=(), **fields):
    """Run a month for each pair of legs that Ada gets, each with the carries of the one before."""
    results, carries = [], None
    members = members or {"id": ["Ada"], "sponsor": [None], "type": ["x"], "on": ["yes"]}
    members = {**members, **fields}
    none = {name: [] for name in ("id", "member", "date", "pv", "kind")}
    for number, pair in enumerate(legs, 1):
        left, right = pair or (0, 0)
        inputs = Inputs(
            members=members,
            orders=orders[number - 1] if orders else none,
            period=Period.parse(f"2026-{number:02}"),
            given_legs=None
            if orders
            else {"member": ["Ada"], "left": [str(left)], "right": [str(right)]},
            carries=carries,
        )
        results.append(run(plan, inputs))
        carries = results[-1].carries
    return results


def states(result, *names, member="Ada"):
    held = {
        row["name"]: row["value"] for row in result.states.to_pylist() if row["member"] == member
    }
    return [held.get(f"team.{name}", "0") for name in names]


def paid(result, member="Ada"):
    return sum(
        (row["amount"] for row in result.lines.to_pylist() if row["member"] == member), Decimal(0)
    )


def outcome(rules, left, right, **more):
    """Give pay, what was used of each leg and what is carried of each, for one month."""
    (result,) = months(plan_of(rules, **more), (left, right))
    return [
        str(paid(result)),
        *states(result, "used_left", "used_right", "carry_left", "carry_right"),
    ]


@pytest.mark.parametrize(
    ("rules", "left", "right", "expected"),
    [
        # 35 has three tens, 47 four: three cycles.
        (TEN, 35, 47, ["21.00", "30", "30", "5", "17"]),
        (TEN, 9, 1000, ["0", "0", "0", "9", "1000"]),
        ("cycle: {left: 10, right: 5}, per_cycle: 7 EUR", 35, 12, ["14.00", "20", "10", "15", "2"]),
        # Paid on the lesser side: 2 x 5 at 10 %.
        ("cycle: {left: 10, right: 5}, rate: 10 %", 35, 12, ["1.00", "20", "10", "15", "2"]),
        (
            "cycle: {left: 0.5, right: 0.5}, rate: 10 %",
            "1.75",
            3,
            ["0.15", "1.5", "1.5", "0.25", "1.5"],
        ),
        # 560/500: left, right, left are strong in turn; then 60/100.
        (ANEW, 560, 500, ["42.00", "500", "400", "60", "100"]),
        # Equal legs: the left one is strong.
        (ANEW, 200, 200, ["14.00", "200", "100", "0", "100"]),
        (ANEW, 199, 199, ["0", "0", "0", "199", "199"]),
        # The same leg stays strong while it is ahead by 100 or more.
        (ANEW, 1000, 300, ["42.00", "600", "300", "400", "0"]),
        (
            "cycle: {strong: 100, weak: 200}, per_cycle: 1 EUR",
            500,
            450,
            ["2.00", "200", "400", "300", "50"],
        ),
        ("cycle: whole, rate: 10 %", "123.4567", 99, ["9.90", "99", "99", "24.4567", "0"]),
        # Without a rate for him nothing is used.
        ("cycle: whole, rate: {by: type, y: 10 %}", 50, 50, ["0", "0", "0", "50", "50"]),
        ("cycle: whole, rate: 10 %, requires: not on", 50, 50, ["0", "0", "0", "50", "50"]),
        ("cycle: whole, rate: 10 %, carry: none", 70, 50, ["5.00", "50", "50", "0", "0"]),
        # A leg below 0 matches nothing and is carried as a debt.
        ("cycle: whole, rate: 10 %", -20, 50, ["0", "0", "0", "-20", "50"]),
        ("cycle: whole, rate: 10 %, carry: none", -20, 50, ["0", "0", "0", "0", "0"]),
    ],
)
def test_what_a_month_pays_uses_and_carries(rules, left, right, expected):
    assert outcome(rules, left, right) == expected


def test_cycles_by_the_billion_are_counted_at_once():
    pay, used_left, used_right, _, _ = outcome(ANEW, 2 * 10**11, 2 * 10**11)

    # Two cycles take 300 from both: 666,666,666 pairs leave 200/200, one more cycle 0/100.
    assert pay == "18666666662.00"
    assert (used_left, used_right) == ("200000000000", "199999999900")


@pytest.mark.parametrize(
    ("rules", "left", "right", "expected"),
    [
        # 24.50 whole cycles are 3 x 7; at most 20 are paid, all three are used.
        (TEN + ", cap: 20 EUR", 35, 47, ["20.00", "30", "30", "5", "17"]),
        # Two cycles make 14, the third reaches 20: it is used.
        (TEN + ", cap: 20 EUR, cap_uses: paid", 55, 47, ["20.00", "30", "30", "25", "17"]),
        (TEN + ", cap: 21 EUR, cap_uses: paid", 55, 47, ["21.00", "30", "30", "25", "17"]),
        (TEN + ", cap: 0 EUR, cap_uses: paid", 55, 47, ["0", "0", "0", "55", "47"]),
        (TEN + ", cap: 0 EUR", 55, 47, ["0.00", "40", "40", "15", "7"]),
        # A cap that is not listed is no cap.
        (
            TEN + ", cap: {by: type, y: 7 EUR}, cap_uses: paid",
            55,
            47,
            ["28.00", "40", "40", "15", "7"],
        ),
        # 10 EUR at 3 % are 333.333...: 333.3334 are used.
        (
            "cycle: whole, rate: 3 %, cap: 10 EUR, cap_uses: paid",
            500,
            400,
            ["10.00", "333.3334", "333.3334", "166.6666", "66.6666"],
        ),
        ("cycle: whole, rate: 3 %, cap: 10 EUR", 500, 400, ["10.00", "400", "400", "100", "0"]),
        # 200, 100, 200 go from the left: 2 cycles of 14 reach 20.
        (ANEW + ", cap: 20 EUR, cap_uses: paid", 560, 500, ["20.00", "300", "300", "260", "200"]),
        (STEPS + ", cap: 40 EUR, cap_uses: paid", 10, 10, ["40.00", "0", "9", "10", "1"]),
        (STEPS + ", cap: 20 EUR, cap_uses: paid", 10, 10, ["20.00", "0", "3", "10", "7"]),
        (STEPS + ", cap: 40 EUR", 10, 10, ["40.00", "8", "10", "2", "0"]),
    ],
)
def test_a_cap_cuts_the_pay_and_says_what_is_used(rules, left, right, expected):
    assert outcome(rules, left, right) == expected


def test_what_a_cap_uses_of_whole_legs_has_four_decimals_however_fine_the_volume_is():
    rules = "base: pv / 1.23, tree: placement, cycle: whole, rate: 3 %, cap: 10 EUR, cap_uses: paid"
    people = {
        "id": ["Ada", "Left", "Right"],
        "sponsor": [None, "Ada", "Ada"],
        "placement_parent": [None, "Ada", "Ada"],
        "side": [None, "left", "right"],
        "type": ["x", "", ""],
        "on": ["yes", "yes", "yes"],
    }
    bought = {
        "id": ["1", "2"],
        "member": ["Left", "Right"],
        "date": ["2026-01-05", "2026-01-06"],
        "pv": ["615", "492"],
        "kind": ["", ""],
    }

    (result,) = months(plan_of(rules, given=""), None, members=people, orders=[bought])

    assert str(paid(result)) == "10.00"
    assert states(result, "used_left", "used_right", "carry_left", "carry_right") == [
        "333.3334",
        "333.3334",
        "166.6666",
        "66.6666",
    ]


TWO = ", rate: 10 %, two_to_one: {members: type = 'x', rate: 15 %}"


@pytest.mark.parametrize(
    ("rules", "left", "right", "expected"),
    [
        # 5 units against 2: each of the two meets two, at 15 % of 2 x 100.
        ("cycle: {left: 100, right: 100}" + TWO, 530, 299, ["30.00", "400", "200", "130", "99"]),
        ("cycle: {left: 100, right: 100}" + TWO, 299, 530, ["30.00", "200", "400", "99", "130"]),
        # 5 against 3: one to one.
        ("cycle: {left: 100, right: 100}" + TWO, 530, 300, ["30.00", "300", "300", "230", "0"]),
        ("cycle: {left: 100, right: 100}" + TWO, 530, 99, ["0", "0", "0", "530", "99"]),
        ("cycle: whole" + TWO, 80, 30, ["4.50", "60", "30", "20", "0"]),
        ("cycle: whole" + TWO.replace("'x'", "'y'"), 80, 30, ["3.00", "30", "30", "50", "0"]),
        (
            "cycle: {left: 100, right: 100}" + TWO + ", cap: 20 EUR, cap_uses: paid",
            900,
            300,
            ["20.00", "400", "200", "500", "100"],
        ),
    ],
)
def test_two_to_one_is_paid_on_the_weak_side(rules, left, right, expected):
    assert outcome(rules, left, right) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected", "step"),
    [
        (9, 12, ["85.00", "9", "9", "0", "3"], "3"),
        # 2 + min(9, 4) = 6 usable: one step.
        (2, 9, ["20.00", "2", "1", "0", "8"], "1"),
        (0, 9, ["0", "0", "0", "0", "9"], "0"),
        # Equal legs: the right one is used up first.
        (5, 5, ["55.00", "4", "5", "1", "0"], "2"),
        (100, 100, ["85.00", "0", "18", "100", "82"], "3"),
        (-4, 9, ["0", "0", "0", "-4", "9"], "0"),
    ],
)
def test_steps_are_climbed_in_order_from_the_usable_volume(left, right, expected, step):
    assert outcome(STEPS, left, right) == expected
    (result,) = months(plan_of(STEPS), (left, right))
    assert states(result, "step") == [step]


def test_steps_go_on_in_the_next_period_and_each_is_paid_once():
    first, second, third = months(plan_of(STEPS + ", carry: none"), (3, 0), (3, 9), (50, 50))

    assert [str(paid(one)) for one in (first, second, third)] == ["0", "55.00", "30.00"]
    assert [states(one, "step")[0] for one in (first, second, third)] == ["0", "2", "3"]
    levels = [(row["level"], str(row["amount"])) for row in second.lines.to_pylist()]
    assert levels == [(1, "20.00"), (2, "35.00")]


def test_without_a_ratio_steps_take_both_legs_in_full_and_a_ratio_may_be_broken():
    assert outcome(STEPS.replace("max_ratio: 2, ", ""), 0, 9) == ["55.00", "0", "9", "0", "0"]
    # 3 + 1.5 x 3 = 7.5 is less than 9: one step.
    assert outcome(STEPS.replace("2,", "1.5,", 1), 3, 50)[0] == "20.00"


def test_a_step_that_pays_nothing_is_climbed_without_a_line():
    rules = "steps: [{sales: 3, pay: {by: type, y: 5 EUR}}, {sales: 3, pay: 4 EUR}]"
    (result,) = months(plan_of(rules), (3, 3))

    assert [(row["level"], str(row["amount"])) for row in result.lines.to_pylist()] == [(2, "4.00")]
    assert states(result, "step") == ["2"]


def test_what_is_left_stays_up_to_the_most_and_the_rest_is_flushed():
    rules = "cycle: whole, rate: 10 %, carry: {most: 40.5}"
    first, second = months(plan_of(rules), (100, 30), (0, 50))

    assert states(first, "carry_left", "flushed_left") == ["40.5", "29.5"]
    assert states(second, "left", "used_left", "carry_right") == ["40.5", "40.5", "9.5"]


def test_a_most_that_is_not_listed_is_no_limit():
    rules = "cycle: whole, rate: 10 %, carry: {most: {by: type, y: 5}}"
    (result,) = months(plan_of(rules), (100, 30))

    assert states(result, "carry_left", "flushed_left") == ["70", "0"]


def test_whoever_flushes_loses_both_legs_and_debts_with_them():
    rules = "cycle: whole, rate: 10 %, carry: {flush: not on}"
    first, second = months(plan_of(rules), (100, -30), (0, 50), on=["no"])

    assert states(first, "carry_left", "carry_right", "flushed_left", "flushed_right") == [
        "0",
        "0",
        "100",
        "-30",
    ]
    assert states(second, "right") == ["50"]


def test_a_debt_is_made_good_before_anything_is_matched():
    first, second = months(plan_of("cycle: whole, rate: 10 %"), (-20, 50), (50, 0))

    assert states(first, "carry_left") == ["-20"]
    assert [str(paid(second)), *states(second, "left", "used_left")] == ["3.00", "30", "30"]


def test_volume_is_used_from_the_oldest_on_and_goes_after_its_last_period():
    rules = "cycle: whole, rate: 10 %, carry: {periods: 2}"
    results = months(plan_of(rules), (100, 0), (40, 0), (0, 30), (0, 0), (0, 0))

    # 30 of the first hundred are used in the third month; at its end the other 70 are too old.
    # The 40 of the second month go at the end of the fourth.
    left = [states(one, "carry_left", "flushed_left") for one in results]
    assert left == [["100", "0"], ["140", "0"], ["40", "70"], ["0", "40"], ["0", "0"]]
    assert str(paid(results[2])) == "3.00"


def test_refunds_and_the_most_take_from_the_oldest_volume():
    rules = "cycle: whole, rate: 10 %, carry: {periods: 1, most: 90}"
    results = months(plan_of(rules), (100, 0), (50, 0), (-20, 0), (0, 0))

    # First month: 90 of 100. Second: the 90 are too old at its end, 50 stay. Third: the refund
    # takes 20 of those 50, the 30 are too old.
    left = [states(one, "left", "carry_left", "flushed_left") for one in results]
    assert left == [["100", "90", "10"], ["140", "50", "90"], ["30", "0", "30"], ["0", "0", "0"]]


def test_a_debt_has_no_age():
    rules = "cycle: whole, rate: 10 %, carry: {periods: 1}"
    results = months(plan_of(rules), (-5, 0), (0, 0), (0, 0), (8, 3))

    assert [states(one, "carry_left")[0] for one in results] == ["-5", "-5", "-5", "0"]
    assert str(paid(results[-1])) == "0.30"


def test_a_plan_that_begins_to_count_ages_takes_what_was_carried_without():
    (before,) = months(plan_of("cycle: whole, rate: 10 %"), (100, 0))
    inputs = Inputs(
        members={"id": ["Ada"], "sponsor": [None], "type": ["x"], "on": ["yes"]},
        orders={name: [] for name in ("id", "member", "date", "pv", "kind")},
        period=Period.parse("2026-02"),
        given_legs={"member": ["Ada", "Ada"], "left": ["1", "2"], "right": ["0", "4"]},
        carries=before.carries,
    )

    result = run(plan_of("cycle: whole, rate: 10 %, carry: {periods: 1}"), inputs)

    assert states(result, "left", "right", "carry_left", "flushed_left") == ["103", "4", "3", "96"]


# Legs from orders

TREE = {
    "id": ["Ada", "Boris", "Cem", "Dina"],
    "sponsor": [None, "Ada", "Ada", "Ada"],
    "placement_parent": [None, "Ada", "Ada", "Boris"],
    "side": [None, "left", "right", "right"],
    "type": ["x"] * 4,
    "on": ["yes"] * 4,
}
SOLD = {
    "id": ["1", "2", "3", "4"],
    "member": ["Ada", "Boris", "Cem", "Dina"],
    "date": ["2026-01-05"] * 4,
    "pv": ["7", "10", "20", "40"],
    "kind": ["a", "a", "a", "b"],
}


@pytest.mark.parametrize(
    ("rules", "left", "right"),
    [
        ("base: pv", "50", "20"),
        ("base: pv, orders: kind = 'a'", "10", "20"),
        ("base: own(pv where kind = 'a') / 2", "5", "10"),
        ("base: pv, own_volume: left", "57", "20"),
        ("base: pv, own_volume: right", "50", "27"),
        ("base: pv, own_volume: weak", "50", "27"),
        # 10 against 20: the left leg is the weaker one.
        ("base: pv, orders: kind = 'a', own_volume: weak", "17", "20"),
    ],
)
def test_orders_below_make_up_the_legs(rules, left, right):
    plan = plan_of(f"{rules}, cycle: whole, rate: 10 %", given="")

    (result,) = months(plan, None, members=TREE, orders=[SOLD])

    assert states(result, "left", "right") == [left, right]


def test_equal_legs_get_the_own_volume_on_the_right():
    plan = plan_of("base: pv, own_volume: weak, cycle: whole, rate: 10 %", given="")

    (result,) = months(plan, None, members=TREE, orders=[{**SOLD, "pv": ["7", "10", "50", "40"]}])

    assert states(result, "left", "right") == ["50", "57"]


def test_a_match_in_the_sponsor_tree_is_paid_on_what_the_cap_left_of_the_binary():
    plan = load_plan(
        HEAD
        + "bonuses:\n"
        + "  team: {kind: binary, base: pv, cycle: whole, rate: 50 %, cap: 4 EUR, own_volume: weak}\n"
        + "  match: {kind: level, base: earned(team), levels: {1: 25 %}}\n"
    )

    (result,) = months(plan, None, members=TREE, orders=[SOLD])

    # Ada matches 27 of 50/27, Boris 10 of 10/40: 13.50 and 5, both cut to 4; Boris' 4 brings Ada 1.
    # Dina, Cem and their own volume alone match nothing.
    found = {(row["member"], row["bonus"]): str(row["amount"]) for row in result.lines.to_pylist()}
    assert found == {("Ada", "team"): "4.00", ("Boris", "team"): "4.00", ("Ada", "match"): "1.00"}


def test_a_refund_in_the_same_period_leaves_the_legs_as_they_were():
    plan = plan_of("base: pv, cycle: whole, rate: 10 %", given="")
    back = {name: [*column, column[3]] for name, column in SOLD.items()}
    back["id"][-1], back["pv"][-1] = "5", "-40"

    (result,) = months(plan, None, members=TREE, orders=[back])

    assert states(result, "left", "right", "carry_left") == ["10", "20", "0"]


def test_points_without_a_point_value_for_the_receiver_are_refused_not_left_out():
    head = HEAD.replace("point_value: 1 EUR", "point_value: {by: type, y: 1 EUR}")
    with pytest.raises(InputRefused, match="for whom the plan lists no point value"):
        months(plan_of("cycle: whole, rate: 10 %", head=head), (10, 10))


def test_legs_that_no_bonus_takes_and_legs_of_nobody_are_refused():
    inputs = {
        "members": {"id": ["Ada"], "sponsor": [None], "type": ["x"], "on": ["yes"]},
        "orders": {name: [] for name in ("id", "member", "date", "pv", "kind")},
        "period": Period.parse("2026-01"),
    }
    legs = {"member": ["Ada"], "left": ["1"], "right": ["1"]}
    with pytest.raises(InputRefused, match="No bonus of the plan takes given legs"):
        run(load_plan(HEAD), Inputs(**inputs, given_legs=legs))
    with pytest.raises(InputRefused, match="'Eve' is no member"):
        run(plan_of(TEN), Inputs(**inputs, given_legs={**legs, "member": ["Eve"]}))
    with pytest.raises(InputRefused, match="too many decimals"):
        run(plan_of(TEN, given="count"), Inputs(**inputs, given_legs={**legs, "left": ["1.5"]}))


@pytest.mark.parametrize(
    "rules",
    [
        "cycle: whole, rate: 10 %",
        "given_legs: points, base: pv, cycle: whole, rate: 10 %",
        "given_legs: points, own_volume: left, cycle: whole, rate: 10 %",
        "given_legs: points, orders: kind = 'a', cycle: whole, rate: 10 %",
        "base: own(pv), orders: kind = 'a', cycle: whole, rate: 10 %",
        "base: pv",
        "base: pv, cycle: whole, steps: [{sales: 1, pay: 1 EUR}]",
        "base: pv, cycle: whole, per_cycle: 5 EUR",
        "base: pv, cycle: {left: 5, right: 5}",
        "base: pv, cycle: {left: 5, right: 5}, rate: 1 %, per_cycle: 5 EUR",
        "base: pv, cycle: {left: 5}, rate: 1 %",
        "base: pv, cycle: {left: 5, weak: 5}, rate: 1 %",
        "base: pv, cycle: {left: 0, right: 5}, rate: 1 %",
        "base: pv, cycle: {left: 5, right: 5}, rate: 1 %, max_ratio: 2",
        "base: pv, cycle: {left: 5, right: 6}, rate: 1 %, two_to_one: {members: on, rate: 1 %}",
        "base: pv, cycle: {strong: 5, weak: 5}, rate: 1 %, two_to_one: {members: on, rate: 1 %}",
        "base: pv, steps: [{sales: 1, pay: 1 EUR}], rate: 1 %",
        "base: pv, steps: [{sales: 0, pay: 1 EUR}]",
        "base: pv, steps: [{sales: 1, pay: 1 EUR}], max_ratio: 0",
        "base: order_count, cycle: whole, rate: 10 %",
    ],
)
def test_fields_that_do_not_go_together_are_refused(rules):
    with pytest.raises(PlanRefused) as refused:
        plan_of(rules, given="")

    assert [fault.code for fault in refused.value.faults] == ["binary.fields"]
    assert all(fault.place.line == 9 and fault.remedy for fault in refused.value.faults)


def test_a_cycle_comes_from_no_single_order():
    with pytest.raises(PlanRefused, match=r"'order\.kind' has no meaning in 'team'"):
        plan_of("base: pv, cycle: whole, rate: {by: order.kind, a: 10 %}", given="")


def test_a_binary_needs_a_binary_tree():
    head = HEAD.replace("{kind: binary}", "{kind: given}")
    with pytest.raises(PlanRefused, match="'placement' is none"):
        plan_of("base: pv, cycle: whole, rate: 10 %", given="", head=head)


def test_legs_places_and_sides_are_part_of_the_receipt():
    plan = plan_of("base: pv, cycle: whole, rate: 10 %", given="")
    mirrored = {**TREE, "side": [None, "right", "left", "right"]}
    moved = {**TREE, "placement_parent": [None, "Ada", "Ada", "Cem"]}

    kept, *others = (
        months(plan, None, members=members, orders=[SOLD])[0].receipt()["inputs_digest"]
        for members in (TREE, mirrored, moved)
    )

    assert kept not in others
    given = [months(plan_of(TEN), pair)[0].receipt()["inputs_digest"] for pair in ((1, 2), (2, 1))]
    assert given[0] != given[1]


def test_legs_come_in_from_a_file_and_the_kept_run_is_verified(tmp_path):
    files = {
        "plan.yaml": HEAD + "bonuses: {team: {kind: binary, given_legs: points, " + TEN + "}}\n",
        "members.csv": "id,sponsor,type,on\nAda,,x,yes\n",
        "orders.csv": "id,member,date,pv,kind\n1,Ada,2026-10-05,1,a\n",
        "legs.csv": "member,left,right\nAda,35,40\nAda,,7\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    given = [
        part
        for name in ("plan", "members", "orders", "legs")
        for part in (
            f"--{name}",
            str(tmp_path / (f"{name}.yaml" if name == "plan" else f"{name}.csv")),
        )
    ]

    done = CliRunner().invoke(main, ["compute", *given, "--out", str(tmp_path / "run")])
    kept = CliRunner().invoke(main, ["verify", str(tmp_path / "run")])

    assert done.exit_code == kept.exit_code == 0, done.output + kept.output
    carries, states = (
        list(csv.reader((tmp_path / "run" / f"{name}.csv").read_text("utf-8").splitlines()))
        for name in ("carries", "states")
    )
    assert carries[1:] == [["Ada", "team left", "5"], ["Ada", "team right", "17"]]
    assert ["Ada", "team.cycles", "3"] in states
