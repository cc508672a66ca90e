"""Awards that must be held, and awards paid in instalments, from period to period."""

from decimal import Decimal

from tests.engine_runs import amounts, computed, totals

ONE = {"Ada": None}
MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11", "2026-12")


def paid_by_month(plan, prices, people=ONE, fields=None):
    """Give what is paid in each month of a row, each month carrying into the next."""
    found, carries = [], None
    for month, price in zip(MONTHS, prices, strict=False):
        orders = [(f"{month} {one}", one, {"price": price}) for one in people]
        members = {name: [values[month]] for name, values in (fields or {}).items()}
        result = computed(plan, people, orders, month=month, members=members, carries=carries)
        carries = result.carries
        found.append(result)
    return found


def sums(results):
    return [str(result.company_total()) for result in results]


AWARD = """
orders: {price: money}
bonuses:
  car: {kind: award, amount: 100 EUR, requires: own(price) >= 50 EUR, %s}
"""


def test_a_hold_pays_from_the_last_period_of_a_full_row_on():
    results = paid_by_month(AWARD % "hold: 3", ["50", "60", "50", "70", "49"])

    assert sums(results) == ["0", "0", "100", "100", "0"]


def test_a_row_that_is_broken_begins_anew():
    results = paid_by_month(AWARD % "hold: 2", ["50", "49", "50", "50", "0"])

    assert sums(results) == ["0", "0", "0", "100", "0"]


def test_a_hold_and_once_ever_pay_a_single_time():
    results = paid_by_month(AWARD % "hold: 2, once: ever", ["50"] * 5)

    assert sums(results) == ["0", "100", "0", "0", "0"]


def test_instalments_begin_at_once_and_add_up_to_the_award():
    results = paid_by_month(
        AWARD % "once: ever, instalments: {count: 3}", ["50", "0", "0", "0", "0"]
    )

    assert sums(results) == ["3333/100", "1667/50", "3333/100", "0", "0"]
    (line,) = results[1].lines.to_pylist()
    assert (line["base"], line["rate"]) == (Decimal(100), Decimal("0.333333333"))


def test_awards_of_several_periods_run_side_by_side():
    results = paid_by_month(AWARD % "instalments: {count: 2}", ["50", "50", "0", "0"])

    assert sums(results) == ["50", "100", "50", "0"]
    assert len(amounts(results[1])) == 2


def test_what_is_left_is_lost_once_the_while_fails():
    plan = AWARD % "once: ever, instalments: {count: 4, while: own(price) >= 10 EUR}"

    results = paid_by_month(plan, ["50", "10", "9.99", "10", "10"])

    assert sums(results) == ["25", "25", "0", "0", "0"]
    assert not [row for row in results[2].carries.to_pylist() if "instalment" in row["name"]]


def test_a_cap_cuts_the_parts_of_one_period():
    results = paid_by_month(AWARD % "cap: 80 EUR, instalments: {count: 2}", ["50", "50", "0"])

    assert sums(results) == ["50", "80", "50"]


def test_points_are_worth_what_they_are_in_the_period_of_the_award():
    plan = """
members: {worth: money}
orders: {price: money}
point_value: worth
bonuses:
  gift: {kind: award, amount: 10, requires: own(price) > 0 EUR, instalments: {count: 2}}
"""
    worth = dict(zip(MONTHS, ("2", "5", "7"), strict=False))

    results = paid_by_month(plan, ["1", "0", "0"], fields={"worth": worth})

    assert sums(results) == ["10", "10", "0"]


RANKS = """
orders: {price: money}
ranks:
  - {rank: Silver, needs: own(price) >= 10 EUR}
  - {rank: Gold, needs: own(price) >= 50 EUR}
bonuses:
  rise: {kind: award, once: per_rank, amount: {by: rank, Silver: 30 EUR, Gold: 90 EUR}, %s}
"""


def test_each_rank_has_instalments_of_its_own():
    plan = RANKS % "instalments: {count: 3, while: rank >= 'Silver'}"

    results = paid_by_month(plan, ["10", "50", "10", "10", "10"])

    assert [amounts(one, "level") for one in results] == [
        [(1, Decimal("10.00"))],
        [(1, Decimal("10.00")), (2, Decimal("30.00"))],
        [(1, Decimal("10.00")), (2, Decimal("30.00"))],
        [(2, Decimal("30.00"))],
        [],
    ]


def test_each_rank_must_be_held_by_itself():
    results = paid_by_month(RANKS % "hold: 2", ["10", "50", "50", "10", "50"])

    # Silver is held in August and September, Gold in September and October.
    assert [amounts(one, "level") for one in results] == [
        [],
        [(1, Decimal("30.00"))],
        [(2, Decimal("90.00"))],
        [],
        [],
    ]


def test_several_members_keep_their_own_rows():
    plan = AWARD % "hold: 2"
    people = {"Ada": None, "Boris": "Ada"}
    first = computed(plan, people, [("o1", "Ada", {"price": "50"})], month="2026-08")

    second = computed(
        plan,
        people,
        [("o2", "Ada", {"price": "50"}), ("o3", "Boris", {"price": "50"})],
        month="2026-09",
        carries=first.carries,
    )

    assert totals(second) == {("Ada", "car"): Decimal(100)}
