"""Plans of several calendars: each run computes one, and gives to the others what they ask for."""

import pytest

from upline.compensation import InputRefused, Inputs, Period, PlanRefused, load_plan, run
from upline.compensation.run import refuse_unclosable, refuse_uncomputed

HEAD = """
language: 1
plan: p
version: 2026-10-01
currency: EUR
orders: {price: money}
"""
WEEKLY = """
measures:
  month_sold: {is: own(price), calendar: month}
  week_sold: {is: own(price), calendar: week}
bonuses:
  sale: {kind: own, calendar: week, base: price, rate: 10 %}
  match: {kind: level, base: earned(sale), levels: {1: 50 %}}
"""
MEMBERS = {"id": ["Ana", "Ben"], "sponsor": [None, "Ana"]}


def orders(*sold):
    return {
        "id": [str(row) for row in range(len(sold))],
        "member": [member for member, _, _ in sold],
        "date": [day for _, day, _ in sold],
        "price": [price for _, _, price in sold],
    }


SOLD = orders(("Ben", "2026-10-20", "100"), ("Ben", "2026-10-28", "60"), ("Ben", "2026-11-03", "8"))


def computed(plan, period, calendar="", carries=None, sold=SOLD):
    plan = plan if not isinstance(plan, str) else load_plan(HEAD + plan)
    inputs = Inputs(
        members=MEMBERS,
        orders=sold,
        period=Period.parse(period),
        calendar=calendar,
        carries=carries,
    )
    return run(plan, inputs)


def paid(result):
    return [(row["member"], row["bonus"], str(row["amount"])) for row in result.totals.to_pylist()]


def carried(result):
    return {(row["member"], row["name"]): row["value"] for row in result.carries.to_pylist()}


def test_a_run_pays_the_bonuses_of_its_calendar_alone():
    assert paid(computed(WEEKLY, "2026-W43", "week")) == [("Ben", "sale", "10.00")]
    assert paid(computed(WEEKLY, "2026-10")) == []


def test_a_month_matches_what_the_weeks_that_ended_in_it_earned():
    week43 = computed(WEEKLY, "2026-W43", "week")
    week44 = computed(WEEKLY, "2026-W44", "week", week43.carries)

    assert carried(week44) == {
        ("Ben", "earned sale 2026-10-26"): "10",
        ("Ben", "earned sale 2026-11-02"): "6",
    }
    october = computed(WEEKLY, "2026-10", "month", week44.carries)
    assert paid(october) == [("Ana", "match", "5.00")]
    assert carried(october) == {("Ben", "earned sale 2026-11-02"): "6"}
    november = computed(WEEKLY, "2026-11", "month", october.carries)
    assert paid(november) == [("Ana", "match", "3.00")]
    assert carried(november) == {}


def test_a_week_computed_twice_from_the_same_carries_is_matched_once():
    week43 = computed(WEEKLY, "2026-W43", "week")
    again = computed(WEEKLY, "2026-W43", "week", week43.carries)

    assert paid(computed(WEEKLY, "2026-10", "", again.carries)) == [("Ana", "match", "5.00")]


def test_a_measure_of_another_calendar_is_that_of_its_last_closed_period():
    plan = WEEKLY.replace(
        "rate: 10 %", "rate: {scale: month_sold, steps: {0 EUR: 10 %, 150 EUR: 20 %}}"
    )
    before = computed(plan, "2026-W45", "week")
    october = computed(plan, "2026-10")
    after = computed(plan, "2026-W45", "week", october.carries)

    assert paid(before) == [("Ben", "sale", "0.80")]
    assert carried(october)["Ben", "closed month_sold"] == "160"
    assert paid(after) == [("Ben", "sale", "1.60")]
    assert carried(after)["Ben", "closed month_sold"] == "160"


def test_a_measure_without_a_calendar_is_measured_in_the_run_that_asks():
    plan = WEEKLY + "  goal: {kind: award, requires: sold >= 100 EUR, amount: 1 EUR}\n"
    plan = plan.replace("bonuses:", "  sold: own(price)\nbonuses:")
    weekly = plan.replace("kind: award,", "kind: award, calendar: week,")

    assert ("Ben", "goal", "1.00") in paid(computed(plan, "2026-10"))
    assert ("Ben", "goal", "1.00") in paid(computed(weekly, "2026-W43", "week"))
    assert ("Ben", "goal", "1.00") not in paid(computed(weekly, "2026-W44", "week"))


def test_monthly_ranks_stand_in_a_week_as_the_last_month_left_them():
    plan = (
        "ranks: [{rank: Partner}, {rank: Gold, needs: [own(price) >= 150 EUR]}]\n"
        "bonuses:\n  sale: {kind: own, calendar: week, base: price, rate: {by: rank, Gold: 10 %}}\n"
    )
    october = computed(plan, "2026-10")
    week45 = computed(plan, "2026-W45", "week", october.carries)

    assert paid(computed(plan, "2026-W45", "week")) == []
    assert paid(week45) == [("Ben", "sale", "0.80")]
    assert [row["rank"] for row in week45.ranks.to_pylist()] == ["Partner", "Gold"]
    november = computed(plan, "2026-11", "", week45.carries)
    assert [(row["rank"], row["title"]) for row in november.ranks.to_pylist()] == [
        ("Partner", "Partner"),
        ("Partner", "Gold"),
    ]


def test_weekly_ranks_have_a_calendar_by_rank_calendar():
    plan = (
        "rank_calendar: week\nranks: [{rank: Partner}, {rank: Gold, needs: [own(price) >= 50 EUR]}]\n"
        "bonuses:\n  sale: {kind: own, base: price, rate: {by: rank, Partner: 1 %, Gold: 10 %}}\n"
    )
    week44 = computed(plan, "2026-W44", "week")
    assert carried(week44)["Ben", "week: closed rank"] == "Gold"
    assert paid(computed(plan, "2026-10", "", week44.carries)) == [("Ben", "sale", "16.00")]


def test_windows_count_periods_of_the_run_in_which_they_are_asked():
    plan = (
        "measures: {sold: own(price)}\nbonuses:\n"
        "  two_weeks: {kind: award, calendar: week, amount: 'over(2, sold)'}\n"
        "  two_months: {kind: award, amount: 'over(2, sold)'}\n"
    )
    week43 = computed(plan, "2026-W43", "week")
    october = computed(plan, "2026-10", "", week43.carries)
    week44 = computed(plan, "2026-W44", "week", october.carries)
    november = computed(plan, "2026-11", "", week44.carries)

    assert paid(week44) == [("Ben", "two_weeks", "160.00")]
    assert paid(november) == [("Ben", "two_months", "168.00")]
    assert carried(november) == {("Ben", "sold @1"): "8", ("Ben", "week: sold @1"): "60"}


def test_ranks_and_a_bonus_of_two_calendars_may_ask_for_each_other():
    plan = (
        "ranks: [{rank: Partner}, {rank: Gold, needs: [earned(sale) >= 10 EUR]}]\n"
        "bonuses:\n  sale: {kind: own, calendar: week, base: price, rate: {by: rank, Gold: 20 %, otherwise: 10 %}}\n"
    )
    week43 = computed(plan, "2026-W43", "week")
    october = computed(plan, "2026-10", "", week43.carries)
    week44 = computed(plan, "2026-W44", "week", october.carries)

    assert paid(week43) == [("Ben", "sale", "10.00")]
    assert [row["rank"] for row in october.ranks.to_pylist()] == ["Partner", "Gold"]
    assert paid(week44) == [("Ben", "sale", "12.00")]


def test_what_a_wallet_holds_is_asked_in_the_runs_of_every_calendar():
    plan = WEEKLY + "wallets: {cash: {share: 100 %, withdraw: own(price) >= 500 EUR}}\n"
    week43 = computed(plan, "2026-W43", "week")
    october = computed(plan, "2026-10", "", week43.carries)
    week44 = computed(plan, "2026-W44", "week", october.carries)

    assert carried(week44)["Ben", "cash held"] == "16"
    assert carried(week44)["Ana", "cash held"] == "5"


@pytest.mark.parametrize(
    ("rules", "what"),
    [
        ("limits: {all: {most: 5 EUR}}\n", "The limit 'all' on bonuses of several calendars"),
        ("budget: {most: 5 EUR}\n", "A budget of orders that bonuses of several calendars"),
        (
            "  best: {kind: best_of, of: [sale, match]}\n",
            "The choice 'best' among bonuses of another calendar",
        ),
        (
            "  again: {kind: own, base: paid_on(sale), rate: 1 %}\n",
            "paid_on(sale), asked in runs of another calendar,",
        ),
        (
            "  again: {kind: own, base: price, rate: 1 %, calendar: {every: week, starts: 2026-10-07}}\n",
            "A second calendar of 'week' that begins on another day",
        ),
        (
            "  rise: {kind: award, calendar: week, once: per_rank, amount: 5 EUR}\nranks: [{rank: Gold}]\n",
            "The award 'rise' for ranks of another calendar",
        ),
    ],
)
def test_what_no_run_of_one_calendar_can_compute_is_refused(rules, what):
    with pytest.raises(PlanRefused) as refused:
        refuse_uncomputed(load_plan(HEAD + WEEKLY + rules))

    problems = [fault.problem for fault in refused.value.faults]
    assert [problem.startswith(what) for problem in problems] == [True]
    assert refused.value.faults[0].code == "plan.not_computed"
    assert refused.value.faults[0].place.line > 1


def test_the_title_is_shown_in_the_runs_of_every_calendar_when_the_rank_has_fallen():
    plan = WEEKLY + "ranks: [{rank: Partner}, {rank: Gold, needs: [own(price) >= 150 EUR]}]\n"
    october = computed(plan, "2026-10")
    november = computed(plan, "2026-11", carries=october.carries)

    week = computed(plan, "2026-W49", "week", carries=november.carries)

    ranks = [(row["member"], row["rank"], row["title"]) for row in week.ranks.to_pylist()]
    assert ranks == [("Ana", "Partner", "Partner"), ("Ben", "Partner", "Gold")]


def test_a_measure_of_another_calendar_that_no_rule_asks_for_is_not_shown_as_nothing():
    result = computed(WEEKLY, "2026-W43", "week")

    with pytest.raises(KeyError, match="month_sold"):
        result.measure("month_sold")


def test_a_quotient_that_another_calendar_asks_for_must_be_rounded():
    plan = WEEKLY.replace(
        "is: own(price), calendar: month",
        "is: 'share(own(price), company(price))', calendar: month",
    )
    plan = plan.replace("rate: 10 %", "rate: 10 %, requires: month_sold >= 0")

    with pytest.raises(PlanRefused, match="The quotient 'month_sold'"):
        computed(plan, "2026-10")


def test_a_calendar_that_the_plan_has_not_is_refused():
    with pytest.raises(InputRefused, match="Its calendars: month, week"):
        computed(WEEKLY, "2026-Q4", "quarter")


def test_a_company_does_not_close_by_a_plan_of_several_calendars():
    with pytest.raises(PlanRefused) as refused:
        refuse_unclosable(load_plan(HEAD + WEEKLY))

    assert refused.value.faults[0].code == "plan.several_calendars"


def test_carries_that_a_new_version_does_not_know_are_listed_and_new_ones_begin_with_nothing():
    old = (
        "ranks: [{rank: Partner}, {rank: Gold, needs: [own(price) >= 150 EUR]}]\n"
        "bonuses: {two: {kind: award, amount: 'over(2, own(price))'}}\n"
    )
    new = (
        "ranks: [{rank: Partner}, {rank: Ruby, needs: [own(price) >= 900 EUR]}]\n"
        "bonuses: {three: {kind: award, amount: lifetime(own(price))}}\n"
    )
    october = computed(old, "2026-10")
    november = computed(new, "2026-11", "", october.carries)

    assert october.lost_carries.num_rows == 0
    assert november.lost_carries.to_pylist() == [
        {"member": "Ben", "name": "own(price) @1", "value": "160"},
        {"member": "Ben", "name": "title of rank", "value": "Gold"},
    ]
    assert paid(november) == [("Ben", "three", "8.00")]


def test_carries_of_a_calendar_that_a_new_version_has_no_more_are_listed():
    week43 = computed(
        "measures: {sold: own(price)}\nbonuses: {two: {kind: award, calendar: week, amount: 'over(2, sold)'}}\n",
        "2026-W43",
        "week",
    )
    october = computed(
        "bonuses: {two: {kind: own, base: price, rate: 1 %}}\n", "2026-10", "", week43.carries
    )

    assert october.lost_carries.to_pylist() == [
        {"member": "Ben", "name": "week: sold @1", "value": "100"}
    ]
