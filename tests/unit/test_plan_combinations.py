"""Fields that do not go together are refused with their place, whatever they would have computed."""

import pytest

from upline.compensation.errors import PlanRefused
from upline.compensation.plan.load import load

HEAD = """\
language: 1
plan: p
version: 2026-01-01
currency: EUR
point_value: 1 EUR
members: {country: text, mentor: member}
orders: {pv: points, price: money, event: text, host: member}
trees: {line: {kind: given}}
ranks: [{rank: Silver}, {rank: Gold}]
ladders: {club: [{rank: In, needs: number < 5}]}
"""
GIVEN = HEAD.replace("[{rank: Silver}, {rank: Gold}]", "{given: [Silver, Gold]}").replace(
    "ladders: {club: [{rank: In, needs: number < 5}]}", "ladders: {}"
)
LEVEL = "kind: level, base: price, levels: {1: 5 %}"


def faults(source):
    with pytest.raises(PlanRefused) as refused:
        load(source)
    assert all(fault.place.line == 12 for fault in refused.value.faults)
    assert all(fault.problem and fault.remedy for fault in refused.value.faults)
    return [fault.code for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("code", "bonus"),
    [
        ("bonus.amount", "kind: own, base: price, amount: 1 EUR"),
        ("own.negative", "kind: own, base: price, negative: carried"),
        ("own.negative", "kind: own, amount: 1 EUR, lines: per_period, negative: carried"),
        ("own.negative", "kind: own, base: price, lines: per_period, negative: lost"),
        ("own.negative", "kind: own, base: own(price), to: buyer.mentor, negative: carried"),
        ("bonus.lines", "kind: own, base: own(price), lines: per_period"),
        ("bonus.no_order", "kind: own, base: own(price), to: order.host"),
        (
            "bonus.no_order",
            "kind: own, base: price, lines: per_period, rate: {by: order.event, a: 1 %}",
        ),
        (
            "bonus.no_buyer",
            "kind: own, base: price, lines: event, rate: {by: buyer.country, a: 1 %}",
        ),
        ("value.level_map", "kind: own, base: price, rate: {1: 5 %}"),
        ("value.level_map", "kind: level, base: price, levels: {1: 5 %}, cap: {1: 5 EUR}"),
        (
            "function.event",
            "kind: own, base: price, rate: 'min(1 %, share(event_sum(price), 1 EUR))'",
        ),
        (
            "bonus.generations",
            "kind: level, base: price, head: yes, generations: {1: 5 %}, counts: yes",
        ),
        (
            "bonus.generations",
            "kind: level, base: price, head: yes, generations: {1: 5 %}, compression: remove",
        ),
        ("bonus.no_order", "kind: level, base: price, levels: {1: {by: order.event, a: 5 %}}"),
        (
            "bonus.no_buyer",
            "kind: level, base: price, head: yes, lines: per_head, generations: {1: {by: buyer.country, a: 5 %}}",
        ),
        (
            "bonus.no_buyer",
            "kind: level, base: price, depth: as_listed, levels: {1: {by: buyer.country, a: 5 %}}",
        ),
        ("bonus.receiver_alone", LEVEL + ", cap: {by: buyer.country, PL: 5 EUR}"),
        ("bonus.receiver_alone", "kind: stairstep, base: pv, rate: {by: buyer.country, PL: 5 %}"),
        ("bonus.lines", "kind: stairstep, base: pv, rate: 5 %, lines: per_buyer"),
        (
            "bonus.orders",
            "kind: stairstep, base: own(pv), rate: 5 %, below_first_step: {rate: 1 %, orders: pv > 1}",
        ),
        ("differential.total", "kind: differential, share: 1, takes: remaining, rate: 1 EUR"),
        ("differential.slots", "kind: differential, slots: 1 EUR"),
        ("differential.slots", "kind: differential, slots: {by: country, PL: 1 EUR}"),
        ("differential.slots", "kind: differential, slots: {by: rank, Gold: 1 % * own(price)}"),
        ("bonus.no_order", "kind: differential, base: price, share: {by: order.event, a: 1 %}"),
        ("name.personal", LEVEL + ", requires: personal"),
        ("name.personal", LEVEL + ", requires: recruits(personal) > 0"),
        ("function.context", "kind: own, base: lifetime(price)"),
        ("name.prefix", LEVEL + ", depth: 'best(2, buyer.number)'"),
    ],
)
def test_fields_that_do_not_go_together_are_refused(code, bonus):
    assert code in faults(f"{HEAD}bonuses:\n  b: {{{bonus}}}\n")


def test_an_award_once_for_each_rank_needs_ranks_that_the_plan_computes():
    bonus = "kind: award, once: per_rank, amount: {by: rank, Gold: 1 EUR}"

    assert faults(f"{GIVEN}bonuses:\n  b: {{{bonus}}}\n") == ["award.per_rank"]


@pytest.mark.parametrize(
    "bonus",
    [
        "kind: own, base: price, lines: per_period, negative: {by: country, PL: carried, otherwise: kept}",
        "kind: own, base: own(price), negative: reset",
        "kind: own, base: price, lines: event, to: order.host, rate: {scale: event_sum(price), steps: {0 EUR: 1 %}}",
        "kind: own, base: price, rate: {by: order.event, a: 1 %}",
        "kind: own, amount: 5, to: order.host",
        "kind: differential, slots: {by: title, Silver: 1 EUR}",
        "kind: award, once: per_rank, amount: {by: club, In: 1 EUR}",
        "kind: level, base: price, levels: {1: 5 %}, requires: recruits(personal in line) > 0",
    ],
)
def test_what_goes_together_is_accepted(bonus):
    load(f"{HEAD}bonuses:\n  b: {{{bonus}}}\n")


def test_whoever_asks_for_an_own_part_waits_for_the_bonus_that_reports_it():
    plan = load(
        f"""{HEAD}bonuses:
  match: {{kind: level, base: earned(mine), levels: {{1: 5 %}}}}
  steps: {{kind: stairstep, base: pv, rate: 5 %, own_part: mine}}
"""
    )

    bonuses = [[one.name for one in stages if one.kind == "bonus"] for stages in plan.rounds]
    assert bonuses == [["steps"], ["match"]]
