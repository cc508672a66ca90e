"""The check of a plan lists every fault at once, each with its code, line and remedy."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from upline.cli.main import main
from upline.compensation.errors import PlanRefused
from upline.compensation.plan.load import load, load_file

ROOT = Path(__file__).parents[2]
TEN_FAULTS = ROOT / "examples" / "wrong" / "ten-faults.yaml"
PLANS = sorted((ROOT / "examples" / "plans").glob("*.yaml"))

HEAD = """\
language: 1
plan: p
version: 2026-01-01
currency: EUR
"""
FIELDS = "members: {country: text, mentor: member}\norders: {pv: points, price: money}\n"
RANKS = "ranks: [{rank: Silver}, {rank: Gold}]\n"


def faults(source: str) -> list[tuple[str, int]]:
    with pytest.raises(PlanRefused) as refused:
        load(source)
    return [(fault.code, fault.place.line) for fault in refused.value.faults]


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.stem)
def test_every_whole_plan_is_sound(plan):
    result = CliRunner().invoke(main, ["plan", "check", str(plan)])

    assert result.exit_code == 0
    assert re.search(r"plan is sound: \d+ measures?, \d+ ranks, \d+ bonuses\n", result.output)


def test_all_faults_of_a_wrong_plan_are_listed_at_once_with_their_places():
    result = CliRunner().invoke(main, ["plan", "check", str(TEN_FAULTS)])
    listed = re.findall(
        r"ten-faults\.yaml:(\d+):\d+: .* \[([a-z_.]+)\]$", result.output, re.MULTILINE
    )

    assert result.exit_code == 1
    assert [(int(line), code) for line, code in listed] == [
        (7, "plan.choice"),
        (16, "unit.money"),
        (17, "unit.mismatch"),
        (18, "name.unknown"),
        (19, "plan.circle"),
        (21, "value.scale_order"),
        (26, "rule.not_a_condition"),
        (33, "plan.unknown_key"),
        (34, "table.key"),
        (38, "value.keys_overlap"),
        (42, "unit.not_money"),
        (44, "name.tree"),
        (49, "bonus.base"),
        (52, "plan.kind"),
    ]
    assert result.output.endswith("ten-faults.yaml: 14 faults\n")


def test_a_fault_is_shown_with_what_to_write_instead():
    result = CliRunner().invoke(main, ["plan", "check", str(TEN_FAULTS)])

    assert (
        f"""\
{TEN_FAULTS}:16:30: Money and a plain number do not go together. [unit.money]
    Write the currency, as in '100 EUR'.
"""
        in result.output
    )


def test_a_sound_plan_beside_a_wrong_one_is_still_named(tmp_path):
    result = CliRunner().invoke(main, ["plan", "check", str(PLANS[0]), str(tmp_path / "none.yaml")])

    assert result.exit_code == 1
    assert "plan is sound" in result.output
    assert "none.yaml: This plan cannot be read" in result.output


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["not text", "missing"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, content):
    path = tmp_path / "plan.yaml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(PlanRefused) as refused:
        load_file(path)

    assert [fault.code for fault in refused.value.faults] == ["plan.unreadable"]


@pytest.mark.parametrize(
    ("code", "line", "source"),
    [
        ("plan.not_yaml", 2, "language: 1\nplan: {a: b: c\n"),
        ("plan.not_a_mapping", 1, "- language: 1\n"),
        ("plan.key_not_text", 5, f"{HEAD}? [a, b]\n: 1\n"),
        ("plan.key_twice", 5, f"{HEAD}currency: USD\n"),
        ("plan.anchor", 5, f"{HEAD}title: &name Text\n"),
        ("plan.anchor", 5, f"{HEAD}title: !!str Text\n"),
    ],
)
def test_a_text_that_could_be_read_in_two_ways_is_refused(code, line, source):
    assert faults(source) == [(code, line)]


@pytest.mark.parametrize(
    ("code", "line", "lines"),
    [
        ("plan.missing", 1, "delete currency"),
        ("plan.unknown_key", 5, "tittle: Plan"),
        ("plan.choice", 5, "calendar: fortnight"),
        ("plan.choice", 5, "rounding: {mode: up}"),
        ("plan.value", 5, "rounding: {places: 7}"),
        ("plan.value", 5, "rounding: {places: two}"),
        ("plan.value", 5, "exchange: {USD: much}"),
        ("plan.value", 5, "exchange: {USD: 0}"),
        ("plan.value", 5, "pay_exchange: {USD: -0.5}"),
        ("plan.value", 5, "measures: [a]"),
        ("plan.value", 5, "overrides: [{rule: x, reason: short}]"),
        ("plan.value", 5, "ranks: {given: []}"),
        ("plan.value", 5, "given_earnings: all"),
        ("plan.value", 5, "calendar: {every: week, starts: Monday}"),
        ("plan.pattern", 5, "members: {two words: text}"),
        ("plan.pattern", 5, "exchange: {usd: 1}"),
        ("plan.value", 5, "time_zone: Mars/Base"),
        ("plan.kind", 6, "bonuses:\n  b: {kind: raffle}"),
        ("plan.kind", 6, "bonuses:\n  b: {base: 1 EUR}"),
        ("plan.missing", 6, "bonuses:\n  b: {kind: pool, fund: 1 EUR}"),
        ("plan.unknown_key", 5, "ranks: [{rank: Silver, needs: yes, kep: 1}]"),
    ],
)
def test_what_has_not_the_shape_of_a_plan_is_refused(code, line, lines):
    if lines == "delete currency":
        source = HEAD.replace("currency: EUR\n", "")
    else:
        source = f"{HEAD}{lines}\n"

    assert faults(source) == [(code, line)]


@pytest.mark.parametrize(
    ("code", "formula"),
    [
        ("formula.syntax", "own(pv) >="),
        ("formula.syntax", "own(pv) == 1"),
        ("formula.syntax", "1 < own(pv) < 3"),
        ("formula.syntax", " "),
        ("formula.syntax", "own(pv) 3"),
        ("formula.syntax", "nobody.pv"),
        ("formula.syntax", "2026-02-30"),
        ("formula.syntax", "own(pv unless pv)"),
        ("name.unknown", "own(vp)"),
        ("name.unknown", "pv + 1"),
        ("name.prefix", "receiver.number"),
        ("name.rank", "recruits(rank >= 'Bronze')"),
        ("name.tree", "group(pv in grid)"),
        ("name.bonus", "earned(unilevel)"),
        ("function.unknown", "sum(pv)"),
        ("function.arguments", "team(pv)"),
        ("function.limits", "min(1, 2 where pv)"),
        ("function.where", "recruits(country = 'PL' where pv > 1)"),
        ("function.whole_number", "team(pv, country)"),
        ("function.context", "paid_on(unilevel)"),
        ("unit.money", "own(price) >= 100"),
        ("unit.mismatch", "own(pv) + own(price)"),
        ("unit.mismatch", "legs(number)"),
        ("unit.not_a_number", "country * 2"),
        ("unit.not_a_number", "group(country)"),
        ("unit.product", "own(pv) * own(pv)"),
        ("unit.quotient", "own(pv) / own(price)"),
        ("unit.order", "country > 'PL'"),
        ("unit.currency", "own(price) >= 5 USD"),
    ],
)
def test_a_formula_that_means_nothing_is_refused(code, formula):
    quoted = '"' + formula + '"'

    found = faults(f"{HEAD}{FIELDS}{RANKS}measures:\n  m: {quoted}\n")

    assert (code, 9) in found
    assert {line for _, line in found} == {9}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("formula.cut", "{scale: own(pv, steps: {1: 5 %}}"),
        ("value.not_formula", "{by: [country], PL: 1}"),
        ("value.unknown_form", "{PL: 1, KZ: 2}"),
        ("value.unknown_form", "[]"),
        ("value.unknown_form", "[{when: yes}]"),
        ("value.unknown_form", "[{otherwise: 1}, {when: own(pv) > 1, then: 2}]"),
        ("value.keys_overlap", "{by: number, 1..3: 1, 3+: 2}"),
        ("value.unknown_key", "{scale: own(pv), steps: {1: 2}, kind: x}"),
        ("value.scale_mode", "{scale: own(pv), steps: {1: 2}, mode: steep}"),
        ("value.scale_steps", "{scale: own(pv)}"),
        ("value.scale_steps", "{scale: own(pv), steps: {number: 2}}"),
        ("value.scale_order", "{scale: own(pv), steps: {2: 1, 1: 2}}"),
        ("value.version", "[{from: 2026-01-01, value: 1}]"),
        ("value.version_order", "[{from: 2026-02-01, then: 1}, {from: 2026-01-01, then: 2}]"),
        ("value.not_a_day", "[{from: January, then: 1}]"),
        ("table.by", "{by: own(pv), PL: 1}"),
        ("table.key", "{by: rank, Bronze: 1}"),
        ("table.key", "{by: joined_in_period, perhaps: 1}"),
        ("scale.marginal", "{scale: own(pv), mode: marginal, steps: {1: 2}}"),
        ("unit.mismatch", "{by: country, PL: 1 %, KZ: 2 EUR}"),
        ("unit.mismatch", "{scale: own(pv), steps: {100 EUR: 2}}"),
        ("unit.declared", "{is: own(pv), unit: money}"),
        ("plan.circle", "m + 1"),
    ],
)
def test_a_value_of_no_known_form_is_refused(code, value):
    found = faults(f"{HEAD}{FIELDS}{RANKS}measures:\n  m: {value}\n")

    assert (code, 9) in found
    assert {line for _, line in found} == {9}


BASE = "    kind: level\n    base: price\n    levels: {1: 5 %}\n"


@pytest.mark.parametrize(
    ("code", "line", "lines"),
    [
        ("name.twice", 8, "measures:\n  country: own(pv)"),
        ("value.unknown_form", 8, "bonuses:\n  b: {kind: level, base: price, levels: [5 %, 3 %]}"),
        ("name.taken", 8, "measures:\n  personal: own(pv)"),
        ("name.taken", 8, "measures:\n  title: own(pv)"),
        ("name.taken", 8, "order_values:\n  kind: pv * 2"),
        ("name.taken", 8, "ladders:\n  number: [{rank: One}]"),
        ("constant.not_a_number", 7, "constants: {goal: own(pv)}"),
        ("rule.not_a_condition", 7, "ranks: [{rank: Silver, needs: own(pv)}]"),
        ("rule.unknown_form", 7, "ranks: [{rank: Silver, needs: {either: [yes, no]}}]"),
        ("plan.circle", 7, "ranks: [{rank: Silver, needs: rank >= 'Silver'}]"),
        ("unit.slot", 7, "point_value: 1 %"),
        ("unit.slot", 7, "limits: {all: {most: 5 %}}"),
        ("name.tree", 9, "bonuses:\n  b:\n    tree: grid\n" + BASE),
        ("bonus.levels", 8, "bonuses:\n  b: {kind: level, base: price}"),
        ("bonus.head", 8, "bonuses:\n  b: {kind: level, base: price, generations: {1: 5 %}}"),
        ("bonus.share", 8, "bonuses:\n  b: {kind: differential, base: price}"),
        ("bonus.base", 8, "bonuses:\n  b: {kind: own, rate: 5 %}"),
        ("bonus.amount", 8, "bonuses:\n  b: {kind: own, base: price, rate: 5 %, amount: 1 EUR}"),
        (
            "bonus.orders",
            8,
            "bonuses:\n  b: {kind: level, base: number, orders: pv > 1, levels: {1: 1 EUR}}",
        ),
        ("unit.not_money", 8, "bonuses:\n  b: {kind: level, base: pv, levels: {1: 5 %}}"),
        ("unit.not_money", 8, "bonuses:\n  b: {kind: level, base: price, levels: {1: 5 EUR}}"),
        ("name.bonus", 8, "bonuses:\n  b: {kind: best_of, of: [c, d]}"),
        ("name.bonus", 7, "limits: {team: {most: 10 EUR, bonuses: [pairing]}}"),
        ("name.twice", 7, "ranks: [{rank: Silver}, {rank: Silver}]"),
        ("name.wallet", 8, "bonuses:\n  b: {kind: own, base: price, wallet: cash}"),
        ("name.receiver", 8, "bonuses:\n  b: {kind: own, base: price, to: order.host}"),
        ("name.receiver", 8, "bonuses:\n  b: {kind: own, base: price, to: buyer.country}"),
        (
            "name.receiver",
            8,
            "bonuses:\n  b: {kind: level, base: price, levels: {1: 5 %}, starts: affiliate}",
        ),
        ("bonus.lines", 8, "bonuses:\n  b: {kind: own, base: price, lines: event}"),
        (
            "bonus.lines",
            8,
            "bonuses:\n  b: {kind: level, base: price, levels: {1: 5 %}, lines: per_head}",
        ),
        ("name.tree", 8, "bonuses:\n  b: {kind: binary, base: price, cycle: whole, rate: 5 %}"),
    ],
)
def test_parts_that_do_not_fit_each_other_are_refused(code, line, lines):
    found = faults(f"{HEAD}{FIELDS}{lines}\n")

    assert (code, line) in found
    assert {place for _, place in found} == {line}


def test_each_formula_fault_says_where_in_the_line_it_stands():
    with pytest.raises(PlanRefused) as refused:
        load(f"{HEAD}{FIELDS}measures:\n  m: own(price) + own(prise)\n")

    assert [str(fault) for fault in refused.value.faults] == [
        "plan.yaml:8:23: 'prise' is not known here. [name.unknown]\n    Did you mean 'price'?"
    ]


def test_what_only_follows_from_a_refused_part_is_not_reported():
    source = f"""{HEAD}{FIELDS}
measures:
  active: own(pv >= 100
  keen: active and own(pv) > 300
bonuses:
  b: {{kind: level, base: price, levels: {{1: 5 %}}, requires: active}}
  c: {{kind: levell, base: price}}
  d: {{kind: level, base: earned(c), levels: {{1: 5 %}}}}
"""

    assert faults(source) == [("formula.cut", 9), ("plan.kind", 13)]


def test_a_misspelt_field_does_not_hide_other_faults_of_the_same_bonus():
    source = f"""{HEAD}{FIELDS}
bonuses:
  b:
    kind: level
    base: price
    requirs: yes
    levels: {{1: 5 EUR}}
"""

    assert faults(source) == [("plan.unknown_key", 12), ("unit.not_money", 13)]


def test_a_measure_may_use_its_own_value_of_the_period_before():
    plan = load(f"{HEAD}{FIELDS}measures:\n  total: previous(total) + own(pv)\n")

    assert plan.names.member["total"] == "points"
