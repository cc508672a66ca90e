"""A session takes orders as they come, and refuses those that are wrong without losing the others."""

from fractions import Fraction

import pytest

from upline.compensation import InputRefused, Inputs, Period, PlanRefused, Session, load_plan

PLAN = load_plan(
    "language: 1\nplan: p\nversion: 2026-10-01\ncurrency: EUR\norders: {price: money}\n"
    "bonuses: {team: {kind: level, base: price, levels: {1: 10 %}}}\n"
)
MEMBERS = {"id": ["Ana", "Ben"], "sponsor": [None, "Ana"]}


def order(number, member="Ben", day="2026-10-05", price="100"):
    return {"id": [number], "member": [member], "date": [day], "price": [price]}


def session_with(orders):
    return Session(PLAN, Inputs(members=MEMBERS, orders=orders, period=Period.parse("2026-10")))


def test_what_is_appended_is_paid_on_and_earlier_results_stay():
    session = session_with(order("1"))
    before = session.result()
    session.append(order("2", price="50"))
    session.append(order("3", day="2026-11-01"))

    assert before.company_total() == Fraction(10)
    after = session.result()
    assert after.company_total() == Fraction(15)
    assert after.world.orders_outside == 1
    assert [line["order"] for line in after.lines.to_pylist()] == ["1", "2"]


def test_numbers_that_came_as_numbers_take_texts_that_are_numbers():
    session = session_with(order("1") | {"price": [100]})
    session.append(order("2", price="7"))
    assert session.result().company_total() == Fraction(107, 10)

    with pytest.raises(InputRefused, match="'price' of the appended orders is not int64"):
        session.append(order("3", price="much"))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (order("1"), "table.id_twice"),
        (order("2", member="Cleo"), "table.unknown_member"),
        (order("2", day="soon"), "table.value"),
    ],
)
def test_a_session_goes_on_without_orders_that_are_refused(wrong, code):
    session = session_with(order("1"))
    with pytest.raises(InputRefused) as refused:
        session.append(wrong)
    assert [fault.code for fault in refused.value.faults] == [code]
    assert session.result().company_total() == Fraction(10)

    session.append(order("2"))
    assert session.result().company_total() == Fraction(20)


def test_a_session_refuses_a_plan_that_is_not_computed():
    plan = load_plan(
        PLAN.source + "rank_calendar: week\nranks: [{rank: Gold}]\n"
        "measures: {sold: {is: own(price), calendar: {every: week, starts: 2026-10-07}}}\n"
    )
    with pytest.raises(PlanRefused, match="begins on another day"):
        Session(plan, Inputs(members=MEMBERS, orders=order("1"), period=Period.parse("2026-10")))
