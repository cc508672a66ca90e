"""Matrices: who stands where, who finds no place, and what pays up them."""

import numpy as np
import pytest

from upline.compensation import InputRefused, Inputs, Period, PlanRefused, load_plan, run
from upline.compensation.genealogy.filling import Matrix, filled

NOBODY = {"id": [], "member": [], "date": [], "price": []}
PLAN = """
language: 1
plan: grid
version: 2026-10-01
currency: EUR
orders: {price: money}
trees:
  grid: {kind: matrix, %s}
bonuses:
  levels: {kind: level, tree: grid, base: price, levels: {1: 10 %%, 2: 5 %%}}
"""


def above(form, sponsors, joining=None):
    """Give who stands above each, by name; `sponsors` in order of joining unless that is given."""
    names = list(sponsors)
    row = {name: k for k, name in enumerate(names)}
    rows = np.asarray([row.get(sponsors[name], -1) for name in names], np.int32)
    order = np.asarray([row[name] for name in joining or names], np.int32)
    found = filled(rows, order, form)
    return {name: names[at] if at >= 0 else None for name, at in zip(names, found, strict=True)}


def matrix(width, depth=None, *, is_balanced=False):
    return Matrix(width=width, depth=depth, is_balanced=is_balanced)


def test_who_is_beyond_the_width_falls_to_the_next_level_from_the_left():
    sponsors = {"top": None} | dict.fromkeys("abcdefg", "top")

    found = above(matrix(2), sponsors)

    assert [found[name] for name in "abcdefg"] == ["top", "top", "a", "a", "b", "b", "c"]


def test_a_member_fills_his_own_matrix_and_those_above_find_his_places_taken():
    sponsors = {"top": None, "a": "top", "b": "top", "x": "a", "y": "a", "c": "top", "z": "a"}

    found = above(matrix(2), sponsors)

    assert (found["x"], found["y"]) == ("a", "a")
    assert found["c"] == "b"
    assert found["z"] == "x"


def test_whoever_joined_before_his_sponsor_takes_his_place_right_after_him():
    sponsors = {"top": None, "late": "top", "early": "late", "b": "top"}
    joining = ["early", "top", "b", "late"]

    found = above(matrix(1), sponsors, joining)

    assert (found["b"], found["late"], found["early"]) == ("top", "b", "late")


def test_beyond_the_depth_there_is_no_place():
    sponsors = {"top": None} | dict.fromkeys("abcdefg", "top")

    found = above(matrix(2, depth=2), sponsors)

    assert [found[name] for name in "abcdefg"] == ["top", "top", "a", "a", "b", "b", None]


def test_depth_is_counted_from_the_sponsor_so_a_line_goes_on_without_end():
    sponsors = {"top": None, "a": "top", "b": "a", "c": "b", "d": "c"}

    assert above(matrix(2, depth=1), sponsors)["d"] == "c"


def test_balanced_goes_into_the_leg_with_the_fewest_members():
    sponsors = {"top": None, "a": "top", "b": "top", "x": "a", "c": "top", "d": "top", "e": "top"}

    found = above(matrix(2, is_balanced=True), sponsors)

    # a has two in his leg when c comes, b has one; then both have two, and the first is taken.
    assert (found["c"], found["d"], found["e"]) == ("b", "a", "b")


def test_balanced_where_the_smallest_leg_leads_too_deep_takes_the_first_open_place():
    sponsors = {"top": None, "a": "top", "b": "top", "a1": "a", "a2": "a", "b1": "b"}
    sponsors |= {"b2": "b1", "b3": "b2", "c": "top"}

    found = above(matrix(2, depth=2, is_balanced=True), sponsors)

    assert found["c"] == "b"


@pytest.mark.parametrize("width", [2, 3])
def test_a_deep_tree_is_balanced_by_the_same_sizes_as_a_flat_one(width):
    """The link-cut tree takes over once walking up has cost too much: both ways place alike."""
    rng = np.random.default_rng(width)
    count = 3000
    caterpillar = np.asarray([-1] + [k - 1 if k % 9 == 0 else k - k % 9 for k in range(1, count)])
    for sponsors in (
        caterpillar,
        np.asarray([-1] + [int(rng.integers(max(0, k - 30), k)) for k in range(1, count)]),
    ):
        rows = sponsors.astype(np.int32)
        joining = np.arange(count, dtype=np.int32)
        compiled = filled(rows, joining, matrix(width, is_balanced=True))

        assert compiled.tolist() == plainly_balanced(rows.tolist(), width)


def plainly_balanced(sponsors, width):
    above, below, size = [-1] * len(sponsors), [[] for _ in sponsors], [1] * len(sponsors)
    for row, upper in enumerate(sponsors):
        if upper < 0:
            continue
        here = upper
        while len(below[here]) == width:
            here = min(below[here], key=lambda leg: size[leg])
        above[row] = here
        below[here].append(row)
        while here >= 0:
            size[here] += 1
            here = above[here]
    return above


def computed(form, members, orders=NOBODY):
    inputs = Inputs(members=members, orders=orders, period=Period.parse("2026-10"))
    return run(load_plan(PLAN % form), inputs)


STAR = {"id": ["top", *"abcd"], "sponsor": [None, *["top"] * 4]}


def test_a_bonus_goes_up_the_filled_tree():
    orders = {"id": ["1"], "member": ["d"], "date": ["2026-10-02"], "price": ["100.00"]}

    result = computed("width: 3, fill: left_to_right", STAR, orders)

    paid = [(row["member"], str(row["amount"])) for row in result.lines.to_pylist()]
    assert paid == [("a", "10.00"), ("top", "5.00")]


def test_rows_in_another_order_fill_the_same_tree():
    members = {**STAR, "number": ["1", "2", "3", "4", "5"]}
    turned = {name: column[::-1] for name, column in members.items()}
    orders = {"id": ["1"], "member": ["d"], "date": ["2026-10-02"], "price": ["100.00"]}

    one, other = (
        computed("width: 2, fill: left_to_right", rows, orders) for rows in (members, turned)
    )

    assert one.receipt()["outputs"] == other.receipt()["outputs"]


def test_who_finds_no_place_is_reported():
    result = computed("width: 1, depth: 3, fill: left_to_right", STAR)

    assert result.states.to_pylist() == [
        {"member": "d", "name": "grid.without_place", "value": "yes"}
    ]


def test_places_can_be_asked_for():
    result = computed("width: 3, depth: 5, fill: left_to_right", STAR)

    assert result.asked_state("top", "grid.capacity_level_4") == "81"
    assert result.asked_state("top", "grid.capacity_level_6") == "0"
    assert result.asked_state("top", "grid.capacity_total") == "363"
    assert result.asked_state("d", "grid.level_below.top") == "2"
    assert result.asked_state("b", "grid.level_below.a") == "0"
    assert result.asked_state("b", "grid.without_place") is None


@pytest.mark.parametrize(
    ("form", "code"),
    [("fill: left_to_right", "tree.width"), ("width: 2, fill: somehow", r"plan\.choice")],
)
def test_a_matrix_that_cannot_be_filled_is_refused_by_the_check(form, code):
    with pytest.raises(PlanRefused, match=code):
        load_plan(PLAN % form)


def test_a_tree_that_is_no_matrix_is_not_filled():
    with pytest.raises(PlanRefused, match=r"tree\.fill"):
        load_plan(PLAN.replace("kind: matrix", "kind: given") % "fill: balanced")


def test_a_given_matrix_is_held_against_its_width_and_depth():
    members = {
        "id": ["top", "a", "b", "c", "d"],
        "sponsor": [None, "top", "top", "top", "top"],
        "placement_parent": [None, "top", "top", "a", "c"],
    }
    with pytest.raises(InputRefused) as refused:
        computed("width: 1, depth: 2", members)

    assert [str(fault.place) for fault in refused.value.faults] == ["members:3:3", "members:5:3"]
    assert [fault.code for fault in refused.value.faults] == ["tree.no_place"] * 2
    assert "level 3 below his sponsor, of 2" in refused.value.faults[1].problem
    computed("width: 2, depth: 3", members)
