"""Two trees at once: legs, sides, who is personal in another tree, persons with several positions."""

import pytest

from upline.compensation import InputRefused, Inputs, Period, load_plan, run
from upline.compensation.errors import PlanRefused

HEAD = """\
language: 1
plan: p
version: 2026-01-01
currency: EUR
point_value: 1 EUR
orders: {pv: points}
trees: {placement: {kind: binary}}
"""
# Ada above Boris (right) and Cem (left); Boris above Dina (left) and Ela (right); Finn right of Dina.
# Ada sponsored all but Ela, who was sponsored by Boris.
MEMBERS = {
    "id": ["Ada", "Boris", "Cem", "Dina", "Ela", "Finn"],
    "sponsor": [None, "Ada", "Ada", "Ada", "Boris", "Ada"],
    "placement_parent": [None, "Ada", "Ada", "Boris", "Boris", "Dina"],
    "side": [None, "right", "left", "left", "right", "right"],
}
ORDERS = {
    "id": ["1", "2", "3", "4", "5", "6"],
    "member": MEMBERS["id"],
    "date": ["2026-10-05"] * 6,
    "pv": ["5", "10", "20", "40", "80", "160"],
}


def result_of(source, *, members=MEMBERS, orders=ORDERS):
    inputs = Inputs(members=members, orders=orders, period=Period.parse("2026-10"))
    return run(load_plan(HEAD + source), inputs)


def measured(formula, **inputs):
    result = result_of(f'measures: {{it: {{is: "{formula}"}}}}\n', **inputs)
    return result.measure("it").column("value").to_pylist()


def refusals(**changed):
    with pytest.raises(InputRefused) as refused:
        measured("left(pv)", members={**MEMBERS, **changed})
    return [(fault.code, fault.place.line, fault.problem) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("formula", "figures"),
    [
        ("left(pv)", [20, 200, 0, 0, 0, 0]),
        ("right(pv)", [290, 80, 0, 160, 0, 0]),
        ("left(pv in placement)", [20, 200, 0, 0, 0, 0]),
        ("right(own(pv) >= 40)", [3, 1, 0, 1, 0, 0]),
        ("right(pv where pv >= 40)", [280, 80, 0, 160, 0, 0]),
        ("right(own(pv) until own(pv) = 40)", [90, 80, 0, 160, 0, 0]),
        ("leg(1, pv in placement)", [290, 200, 0, 160, 0, 0]),
        ("legs(own(pv) >= 100 in placement)", [1, 1, 0, 1, 0, 0]),
    ],
)
def test_legs_of_a_binary_tree_are_whole_subtrees_by_side(formula, figures):
    assert measured(formula) == [str(figure) for figure in figures]


@pytest.mark.parametrize(
    ("formula", "figures"),
    [
        ("left(personal)", [1, 0, 0, 0, 0, 0]),
        ("right(personal)", [3, 1, 0, 0, 0, 0]),
        ("right(own(pv) >= 40 and personal)", [2, 1, 0, 0, 0, 0]),
        # Whoever is not personal counts 1, who is counts 11.
        ("right(1 + 10 * personal)", [34, 11, 0, 1, 0, 0]),
        ("downline(personal in placement)", [4, 1, 0, 0, 0, 0]),
        ("group(personal in placement)", [4, 1, 0, 0, 0, 0]),
        ("recruits(personal in placement)", [2, 1, 0, 0, 0, 0]),
        ("team(personal, 2 in placement)", [3, 1, 0, 0, 0, 0]),
        ("legs(own(pv) >= 20 and personal in placement)", [2, 1, 0, 0, 0, 0]),
        ("leg(1, own(pv) * personal in placement)", [210, 80, 0, 0, 0, 0]),
        ("legs_sum(own(pv) * personal, 100 in placement)", [120, 80, 0, 0, 0, 0]),
        # Below Dina nobody is looked at: Finn is out, Dina with him.
        ("right(personal until own(pv) = 40)", [1, 1, 0, 0, 0, 0]),
        ("right(left(personal) = 0 and personal)", [3, 1, 0, 0, 0, 0]),
    ],
)
def test_who_was_enrolled_by_the_asking_member_is_personal_to_him_alone(formula, figures):
    assert measured(formula) == [str(figure) for figure in figures]


def test_side_and_placement_parent_are_values_of_a_member():
    assert measured("placement_parent = 'Ada'") == ["no", "yes", "yes", "no", "no", "no"]
    assert measured("side = 'right'") == ["no", "yes", "no", "no", "yes", "yes"]
    assert measured("left(side = 'right')") == ["0", "1", "0", "0", "0", "0"]


def test_positions_of_one_person_are_added_up_and_an_empty_person_is_one_by_himself():
    persons = {**MEMBERS, "person": ["x", "x", None, "y", "y", None]}

    assert measured("person(own(pv))", members=persons) == ["15", "15", "20", "120", "120", "160"]
    assert measured("person(own(pv) >= 80)", members=persons) == ["0", "0", "0", "1", "1", "1"]


def test_a_plan_that_asks_for_persons_needs_the_column():
    with pytest.raises(InputRefused, match="There is no column 'person'"):
        measured("person(own(pv))")


def test_every_fault_of_the_sides_is_listed_with_its_row():
    sides = [None, "right", None, "up", "right", "right"]
    parents = [None, "Ada", "Ada", "Boris", "Ada", "Ela"]

    found = refusals(side=sides, placement_parent=parents)

    assert found == [
        ("table.side", 3, "This member has a place, but no side."),
        ("table.side", 4, "'up' is no side."),
        ("tree.place_twice", 5, "The right place below 'Ada' is taken twice."),
    ]


def test_a_circle_of_places_is_listed_beside_faults_of_sides():
    parents = [None, "Ada", "Ada", "Finn", "Boris", "Dina"]

    found = refusals(placement_parent=parents, side=[None, "left", "left", "left", "right", "x"])

    assert sorted(code for code, _, _ in found) == [
        "table.side",
        "tree.circle",
        "tree.circle",
        "tree.place_twice",
    ]


def test_sides_are_needed_where_legs_are_asked_for():
    without = {name: column for name, column in MEMBERS.items() if name != "side"}
    with pytest.raises(InputRefused, match="There is no column 'side'"):
        measured("left(pv)", members=without)
    without.pop("placement_parent")
    with pytest.raises(InputRefused, match="There is no column 'placement_parent'"):
        measured("left(pv)", members=without)


@pytest.mark.parametrize(
    ("code", "formula"),
    [
        ("name.personal", "left(recruits(personal) > 0)"),
        ("name.personal", "left(pv until personal)"),
        ("name.personal", "company(personal in placement)"),
        ("name.tree", "left(pv in sponsor)"),
    ],
)
def test_what_has_no_meaning_in_another_tree_is_refused(code, formula):
    with pytest.raises(PlanRefused) as refused:
        load_plan(f'{HEAD}measures: {{it: {{is: "{formula}"}}}}\n')

    assert [fault.code for fault in refused.value.faults] == [code]


@pytest.mark.parametrize("formula", ["left(pv)", "side = 'left'", "placement_parent = 'Ada'"])
def test_legs_and_places_need_a_tree(formula):
    head = HEAD.replace("trees: {placement: {kind: binary}}\n", "")
    with pytest.raises(PlanRefused, match=r"needs a (binary|placement) tree"):
        load_plan(f'{head}measures: {{it: {{is: "{formula}"}}}}\n')


def test_a_level_bonus_goes_up_the_placement_tree():
    result = result_of(
        "bonuses: {up: {kind: level, tree: placement, base: pv, levels: {1: 10 %, 2: 5 %, 3: 1 %}}}\n"
    )

    # Finn's 160: Dina 16, Boris 8, Ada 1.60; Ela's 80: Boris 8, Ada 4; Dina's 40: Boris 4, Ada 2;
    # Boris' 10 and Cem's 20: Ada 3.
    paid = {row["member"]: str(row["amount"]) for row in result.totals.to_pylist()}
    assert paid == {"Ada": "10.60", "Boris": "20.00", "Dina": "16.00"}


def test_a_placement_chain_a_hundred_thousand_deep_is_summed():
    count = 100_000
    ids = [str(number) for number in range(count)]
    above = [None, *ids[:-1]]
    sides = [None, *("left" if number % 2 else "right" for number in range(1, count))]
    members = {"id": ids, "sponsor": above, "placement_parent": above, "side": sides}
    orders = {"id": ["1"], "member": [ids[-1]], "date": ["2026-10-05"], "pv": ["7"]}

    result = result_of(
        "measures: {l: left(pv), r: right(pv), p: left(personal)}\n", members=members, orders=orders
    )

    left, right, own = (result.measure(name).column("value").to_pylist() for name in "lrp")
    assert left[:3] == ["7", "0", "7"]
    assert right[:3] == ["0", "7", "0"]
    assert own[:3] == ["1", "0", "1"]
    assert left[-1] == right[-1] == own[-1] == "0"


def test_who_stands_above_whom_in_a_tree_that_came_in_is_part_of_the_receipt():
    head = HEAD.replace("{kind: binary}", "{kind: matrix, width: 3}")
    members = {name: MEMBERS[name] for name in ("id", "sponsor", "placement_parent")}
    moved = {**members, "placement_parent": [None, "Ada", "Ada", "Boris", "Boris", "Cem"]}

    def receipt(members):
        plan = load_plan(head)
        inputs = Inputs(members=members, orders=ORDERS, period=Period.parse("2026-10"))
        return run(plan, inputs).receipt()

    before, after = receipt(members), receipt(moved)

    changed = {name for name, digest in before["inputs"].items() if after["inputs"][name] != digest}
    assert changed == {"trees.placement"}
    assert before["inputs_digest"] != after["inputs_digest"]
