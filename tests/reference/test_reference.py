"""Golden cases worked by hand: what one period pays up the line, down the tree and out of a pool."""

from __future__ import annotations

import pytest

from tests.reference.worlds import answers, cents, line_of, order, seen, with_field

# f sponsors e, e sponsors d, and so on down to the buyer a; c, e and f are qualified.
LINE = with_field(line_of("f", "e", "d", "c", "b", "a"), "qualified", {"c", "e", "f"})
FIVE_LEVELS = """
members: {qualified: yes_no}
orders: {pv: points}
bonuses:
  unilevel:
    kind: level
    base: pv
    requires: qualified
    compression: COMPRESSION
    levels: {1: 10 %, 2: 5 %, 3: 3 %, 4: 2 %, 5: 1 %}
"""
# Receivers with level and cents, for 100 points of a (unqualified) and 100 of c (qualified).
COMPRESSIONS = {
    # Distances from a: b 1, c 2, d 3, e 4, f 5; from c: d 1, e 2, f 3.
    "none": (
        {("c", 2, 500), ("e", 4, 200), ("f", 5, 100)},
        {("e", 2, 500), ("f", 3, 300)},
    ),
    # One more than the qualified strictly between: nobody before c, c before e, c and e before f.
    "count_between": (
        {("c", 1, 1000), ("e", 2, 500), ("f", 3, 300)},
        {("e", 1, 1000), ("f", 2, 500)},
    ),
    # a is unqualified: her volume pays nobody. From c: c himself before e, c and e before f.
    "remove": (
        set(),
        {("e", 1, 1000), ("f", 2, 500)},
    ),
    # The volume of a falls to c: at least level 1 for c, and the level of c for e and f.
    "merge_up": (
        {("c", 1, 1000), ("e", 1, 1000), ("f", 2, 500)},
        {("e", 1, 1000), ("f", 2, 500)},
    ),
    # b and d are skipped and leave the level to the next.
    "roll_up": (
        {("c", 1, 1000), ("e", 2, 500), ("f", 3, 300)},
        {("e", 1, 1000), ("f", 2, 500)},
    ),
}


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_each_compression_counts_levels_in_its_own_way(compression):
    plan = FIVE_LEVELS.replace("COMPRESSION", compression)
    orders = [order("o1", "a", pv=100), order("o2", "c", pv=100)]

    (answer,) = answers(plan, LINE, orders)

    found = seen(answer, "unilevel")
    from_a, from_c = COMPRESSIONS[compression]
    assert found == {(receiver, "a", level, amount) for receiver, level, amount in from_a} | {
        (receiver, "c", level, amount) for receiver, level, amount in from_c
    }


def test_roll_up_passes_a_level_on_only_to_whom_it_is_listed_when_depth_says_so():
    plan = """
orders: {pv: points}
ranks: {given: [A, B, C]}
bonuses:
  used_up:
    kind: level
    base: pv
    compression: roll_up
    levels: {by: rank, A: {1: 10 %}, B: {1: 10 %, 2: 5 %}, C: {1: 10 %, 2: 5 %, 3: 2 %}}
  passed_on:
    kind: level
    base: pv
    compression: roll_up
    depth: as_listed
    levels: {by: rank, A: {1: 10 %}, B: {1: 10 %, 2: 5 %}, C: {1: 10 %, 2: 5 %, 3: 2 %}}
"""
    members = with_field(
        line_of("third", "second", "first", "buyer"),
        "rank",
        {"first": "C", "second": "A", "third": "B"},
    )

    (answer,) = answers(plan, members, [order("o1", "buyer", pv=100)])

    # first takes level 1; second uses up level 2 unpaid, so level 3 is offered to third: no rate.
    assert cents(answer, "used_up") == {"first": 1000}
    # second is listed for level 1 only and is skipped: third takes level 2.
    assert cents(answer, "passed_on") == {"first": 1000, "third": 500}


LEADERS = with_field(
    line_of("top", "upper", "plain", "lower", "buyer"), "leader", {"top", "upper", "lower"}
)
GENERATIONS = """
members: {leader: yes_no}
orders: {pv: points}
bonuses:
  override:
    kind: level
    base: pv
    requires: leader
    head: leader
"""


def test_a_head_closes_a_generation_that_belongs_above():
    plan = GENERATIONS + "    generations: {1: 10 %, 2: 5 %, 3: 1 %}\n"
    orders = [order("o1", "buyer", pv=100), order("o2", "lower", pv=100)]

    (answer,) = answers(plan, LEADERS, orders)

    # Heads strictly between: buyer to lower none, to upper 1 (lower), to top 2 (lower, upper);
    # lower to upper none, to top 1 (upper).
    assert seen(answer, "override") == {
        ("lower", "buyer", 1, 1000),
        ("upper", "buyer", 2, 500),
        ("top", "buyer", 3, 100),
        ("upper", "lower", 1, 1000),
        ("top", "lower", 2, 500),
    }


def test_a_head_opens_a_generation_that_belongs_below():
    plan = (
        GENERATIONS
        + "    head_belongs_to: generation_below\n    generations: {0: 10 %, 1: 5 %, 2: 1 %}\n"
    )
    orders = [order("o1", "buyer", pv=100), order("o2", "lower", pv=100)]

    (answer,) = answers(plan, LEADERS, orders)

    # Heads on the way down, the buyer included: buyer to lower none, upper 1, top 2;
    # lower counts himself: upper 1, top 2.
    assert seen(answer, "override") == {
        ("lower", "buyer", 0, 1000),
        ("upper", "buyer", 1, 500),
        ("top", "buyer", 2, 100),
        ("upper", "lower", 1, 500),
        ("top", "lower", 2, 100),
    }


def test_volume_below_one_head_is_added_up_before_rounding():
    plan = (
        GENERATIONS
        + "    head_belongs_to: generation_below\n    generations: {0..1: 10 %}\n    lines: per_head\n"
    )
    orders = [order("o1", "buyer", pv="0.05"), order("o2", "lower", pv="0.05")]

    (answer,) = answers(plan, LEADERS, orders)

    # lower's own group is the buyer alone: 10 % of 0.05 is 0.005, rounded to 0.01. For upper both
    # orders lie below the head lower: 10 % of 0.10 is 0.01 once. For top that is generation 2.
    assert seen(answer, "override") == {("lower", "lower", 0, 1), ("upper", "lower", 1, 1)}


STAIRSTEP = """
orders: {pv: points}
measures: {active: own(pv) >= 100}
bonuses:
  stair:
    kind: stairstep
    base: pv
    requires: active
    own_part: own_volume
    rate: {scale: group(pv), steps: {100: 10 %, 300: 20 %}}
    unpaid: UNPAID
"""


@pytest.mark.parametrize(
    ("unpaid", "from_middle"),
    [
        # middle's group takes 10 % of 200; top has 20 % of 200 less that.
        ("kept", 2000),
        # middle takes nothing, so only low's 15.00 are deducted: 40.00 - 15.00.
        ("passed_up", 2500),
    ],
)
def test_a_stairstep_deducts_what_the_groups_below_take(unpaid, from_middle):
    members = line_of("top", "middle", "low")
    orders = [
        order("o1", "top", pv=200),
        order("o2", "middle", pv=50),
        order("o3", "low", pv=150),
    ]

    (answer,) = answers(STAIRSTEP.replace("UNPAID", unpaid), members, orders)

    # Groups: low 150 (10 %), middle 200 (10 %), top 400 (20 %). middle is not active.
    # Own: low 10 % of 150, top 20 % of 200.
    assert seen(answer, "own_volume") == {("low", "low", 0, 1500), ("top", "top", 0, 4000)}
    assert seen(answer, "stair") == {("top", "middle", 1, from_middle)}


def test_a_group_below_the_first_step_is_paid_on_some_orders_only():
    plan = """
orders: {pv: points}
bonuses:
  stair:
    kind: stairstep
    base: pv
    rate: {scale: group(pv), steps: {100: 10 %}}
    below_first_step: {rate: 5 %, orders: kind = 'joining'}
"""
    orders = [
        order("o1", "top", pv=200, kind="purchase"),
        order("o2", "middle", pv=10, kind="joining"),
        order("o3", "low", pv=40, kind="joining"),
        order("o4", "low", pv=30, kind="purchase"),
    ]

    (answer,) = answers(plan, line_of("top", "middle", "low"), orders)

    # low has 70 and middle 80, both below 100: low 5 % of 40; middle 5 % of his own 10, and on low
    # 5 % of 40 less the 2.00 taken. top has 280: 10 % of 200, and on middle 10 % of 80 less 5 % of
    # the 50 of joining orders.
    assert seen(answer, "stair") == {
        ("low", "low", 0, 200),
        ("middle", "middle", 0, 50),
        ("top", "top", 0, 2000),
        ("top", "middle", 1, 550),
    }


DIFFERENTIAL = """
members: {qualified: yes_no}
orders: {pv: points}
ranks: {given: [Silver, Gold, Platinum]}
bonuses:
  difference:
    kind: differential
    base: pv
    requires: qualified
    share: {by: rank, Silver: 5 %, Gold: 9 %, Platinum: 12 %}
"""
STAFF = with_field(
    with_field(
        line_of("platinum", "second", "gold", "silver", "buyer"),
        "rank",
        {"platinum": "Platinum", "second": "Silver", "gold": "Gold", "silver": "Silver"},
    ),
    "qualified",
    {"platinum", "second", "silver"},
)


@pytest.mark.parametrize(
    ("added", "paid"),
    [
        # gold is not qualified and does not block; second has no more than silver: 12 - 5.
        ("", {"silver": 500, "platinum": 700}),
        # gold counts as having taken his 9 though unpaid: 12 - 9.
        ("    blocks: rank >= 'Silver'\n", {"silver": 500, "platinum": 300}),
        # silver stands nearer than 2: he blocks and is not paid.
        ("    from_level: 2\n", {"platinum": 700}),
    ],
)
def test_a_differential_pays_what_exceeds_the_greatest_share_taken(added, paid):
    (answer,) = answers(DIFFERENTIAL + added, STAFF, [order("o1", "buyer", pv=100)])

    assert cents(answer, "difference") == paid


def test_slots_that_nobody_has_collected_go_to_the_next_higher_rank():
    plan = """
orders: {lots: count}
ranks: {given: [Bronze, Silver, Gold]}
bonuses:
  rebate: {kind: differential, base: lots, slots: {by: rank, Bronze: 1 EUR, Silver: 2 EUR, Gold: 4 EUR}}
"""
    members = with_field(
        line_of("silver", "gold", "bronze", "buyer"),
        "rank",
        {"silver": "Silver", "gold": "Gold", "bronze": "Bronze"},
    )

    (answer,) = answers(plan, members, [order("o1", "buyer", lots=3)])

    # bronze 3 x 1; gold 3 x (2 + 4); nothing is left for silver.
    assert cents(answer, "rebate") == {"bronze": 300, "gold": 1800}


def test_points_are_used_up_along_the_line_from_the_buyer_on():
    plan = """
members: {line_points: points}
orders: {units: count}
bonuses:
  points:
    kind: differential
    base: units
    takes: remaining
    total: 8
    share: line_points
    buyer: paid
    own_part: own_points
    rate: 10 EUR
"""
    members = with_field(
        line_of("top", "six", "three", "buyer"),
        "line_points",
        {"top": 6, "six": 6, "three": 3, "buyer": 1},
    )

    (answer,) = answers(plan, members, [order("o1", "buyer", units=2)])

    # Of 8 a unit the buyer takes 1, three 3, six the 4 that are left, top nothing; two units.
    assert cents(answer, "own_points") == {"buyer": 2000}
    assert cents(answer, "points") == {"three": 6000, "six": 8000}


@pytest.mark.parametrize(
    ("residue", "paid"),
    [
        # Three thirds of 0.05 are 0.01666...: 0.01 each, and the two cents left to the first two.
        ("shared", {"one": 2, "two": 2, "three": 1}),
        ("kept", {"one": 1, "two": 1, "three": 1}),
        ("rounded", {"one": 2, "two": 2, "three": 2}),
    ],
)
def test_a_pool_does_with_its_last_cents_what_the_plan_says(residue, paid):
    plan = f"bonuses:\n  pool: {{kind: pool, fund: 0.05 EUR, shares: 1, residue: {residue}}}\n"

    (answer,) = answers(plan, line_of("one", "two", "three"), [])

    assert cents(answer, "pool") == paid


def test_each_slice_of_a_marginal_scale_has_its_own_rate_and_a_cap_cuts_later_lines():
    plan = """
orders: {price: money}
bonuses:
  slices:
    kind: own
    lines: per_period
    amount: {scale: own(price), mode: marginal, steps: {1000 EUR: 2 %, 2500 EUR: 4 %}}
  capped: {kind: own, base: price, rate: 10 %, cap: 250 EUR}
"""
    orders = [order("o2", "one", price=2000), order("o1", "one", price=1000)]

    (answer,) = answers(plan, line_of("one"), orders)

    # 3,000: nothing on the first 1,000, 2 % of 1,500, 4 % of 500.
    assert cents(answer, "slices") == {"one": 5000}
    # On the same day o1 comes first: 100.00, and of o2's 200.00 the 150.00 that the cap leaves.
    capped = [(line.order, line.amount) for line in answer.lines if line.bonus == "capped"]
    assert capped == [("o1", 10000), ("o2", 15000)]
