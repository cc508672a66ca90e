"""A field's default fills empty cells; one that its column could not hold is a fault of the plan."""

import pytest

from upline.compensation import Inputs, Period, PlanRefused, load_plan, run

HEAD = """\
language: 1
plan: defaults
version: 2026-01-01
currency: EUR
"""


def measured(unit, default, cells, formula="field"):
    """Give what each member's field reads as."""
    plan = load_plan(
        f"{HEAD}members: {{field: {{unit: {unit}, default: {default}}}}}\n"
        f'measures: {{m: "{formula}"}}\n'
    )
    ids = [str(number) for number in range(len(cells))]
    members = {"id": ids, "sponsor": [None] * len(ids), "field": cells}
    orders = {"id": [], "member": [], "date": []}
    inputs = Inputs(members=members, orders=orders, period=Period.parse("2026-10"))
    return [row["value"] for row in run(plan, inputs).measure("m").to_pylist()]


@pytest.mark.parametrize(
    ("unit", "default", "cells", "expected"),
    [
        ("text", "PL", ["KZ", None, ""], ["KZ", "PL", "PL"]),
        ("text", "PL", ["PL", None, ""], ["PL", "PL", "PL"]),
        ("yes_no", "yes", ["no", None, "", " "], ["no", "yes", "yes", "yes"]),
        ("yes_no", "yes", [False, None], ["no", "yes"]),
        ("yes_no", "no", ["yes", None], ["yes", "no"]),
        (
            "date",
            "2026-10-31",
            ["2026-01-01", None, ""],
            ["2026-01-01", "2026-10-31", "2026-10-31"],
        ),
        ("money", "10 EUR", ["1.50", None, "", " "], ["1.5", "10", "10", "10"]),
        ("money", "10.25", ["1.50", None], ["1.5", "10.25"]),
        ("ratio", "5 %", ["0.5", None, ""], ["0.5", "0.05", "0.05"]),
        ("ratio", "0.05", ["0.5", None], ["0.5", "0.05"]),
        ("points", "-2.5", ["1", None], ["1", "-2.5"]),
        ("count", "3", [1, None], ["1", "3"]),
    ],
)
def test_an_empty_cell_reads_as_the_default(unit, default, cells, expected):
    assert measured(unit, default, cells) == expected


def test_a_text_that_is_filled_in_counts_as_given():
    assert measured("text", "PL", ["KZ", None], "given(field)") == ["yes", "yes"]


def test_the_currency_of_an_order_may_have_a_default():
    plan = load_plan(
        f"{HEAD}exchange: {{USD: 0.5}}\n"
        "orders: {price: money, currency: {unit: text, default: USD}}\n"
        "measures: {m: own(price)}\n"
    )
    orders = {
        "id": ["1", "2"],
        "member": ["a", "a"],
        "date": ["2026-10-05"] * 2,
        "price": ["10", "10"],
        "currency": [None, "EUR"],
    }
    members = {"id": ["a"], "sponsor": [None]}

    result = run(plan, Inputs(members=members, orders=orders, period=Period.parse("2026-10")))

    assert result.measure("m")["value"].to_pylist() == ["15"]


@pytest.mark.parametrize("section", ["members", "orders"])
@pytest.mark.parametrize(
    ("unit", "default"),
    [
        ("yes_no", "perhaps"),
        ("date", "tomorrow"),
        ("date", "2026-02-30"),
        ("money", "10 USD"),
        ("money", "10.001"),
        ("money", "5 %"),
        ("ratio", "5 EUR"),
        ("ratio", "1/3"),
        ("points", "ten"),
        ("points", "5 %"),
        ("count", "0.5"),
        ("member", "Ada"),
    ],
)
def test_a_default_that_the_column_could_not_hold_is_a_fault_with_its_place(section, unit, default):
    with pytest.raises(PlanRefused) as refused:
        load_plan(f"{HEAD}{section}:\n  field: {{unit: {unit}, default: {default}}}\n")

    (fault,) = refused.value.faults
    assert (fault.code, fault.place.line) == ("field.default", 6)
    assert fault.remedy
