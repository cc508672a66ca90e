"""The review of a plan: what it names, what blocks, and the most that each bonus can pay."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from upline.cli.main import main
from upline.compensation import Inputs, Period, PlanRefused, load_plan, refuse_blocked, run
from upline.compensation.plan.review import Bound, review
from upline.compensation.plan.review.finding import RULES
from upline.compensation.plan.review.linear import A_PERIOD, AN_ORDER
from upline.compensation.plan.speech import speech
from upline.languages import LANGUAGES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "plan-check.md").read_text(encoding="utf-8")
HEAD, *SECTIONS = PAGE.split("## Findings")[1].split("\n### ")
BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
START = BLOCK.findall(HEAD)[0]
RULES_OF_PAGE = {section.split("\n", 1)[0]: section for section in SECTIONS}


def whole(block: str) -> str:
    return block if block.startswith("language:") else START + block


def found_in(source: str, rule: str) -> set[tuple[tuple[str, str], ...]]:
    """Give the facts of what a rule finds."""
    return {one.about for one in review(load_plan(source)).findings if one.rule == rule}


def bound(rules: str, name: str = "b") -> Bound:
    return review(load_plan(START + rules)).bounds[name]


def finite(**most: str) -> Bound:
    return Bound("finite", {name: Fraction(share) for name, share in most.items()})


def test_the_page_has_a_section_for_every_rule():
    assert list(RULES_OF_PAGE) == list(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_what_the_page_shows_as_wrong_is_found_and_what_it_shows_instead_is_not(rule):
    wrong, right = BLOCK.findall(RULES_OF_PAGE[rule])

    named = found_in(whole(wrong), rule)
    assert named
    assert named - found_in(whole(right), rule) == named - {
        (("what", "package"),),
        (("what", "price"),),
    }


@pytest.mark.parametrize("rule", RULES)
def test_the_page_says_how_grave_a_finding_is(rule):
    grave = {"error": "\n\nError. ", "warning": "\n\nWarning. "}[RULES[rule][0]]

    assert grave in RULES_OF_PAGE[rule]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_a_finding_is_said_in_every_language_with_its_facts(rule, language):
    said = speech(language)
    wrong = whole(BLOCK.findall(RULES_OF_PAGE[rule])[0])
    finding = next(one for one in review(load_plan(wrong)).findings if one.rule == rule)

    words = f"{finding.problem(said)} {finding.remedy(said)}"

    assert "%(" not in words
    assert "%%" not in words
    if language != "en":
        assert said.say(RULES[rule][1]) != RULES[rule][1]
        assert said.say(RULES[rule][2]) != RULES[rule][2]


def test_an_override_with_a_reason_lifts_a_rule():
    wrong = whole(BLOCK.findall(RULES_OF_PAGE["recruiting_pay"])[0])
    lifted = wrong + "overrides: [{rule: recruiting_pay, reason: newcomers pay for a course}]\n"

    assert found_in(wrong, "recruiting_pay") == {(("what", "welcome"),)}
    assert found_in(lifted, "recruiting_pay") == set()


def test_a_plan_is_refused_where_it_is_put_in_force_and_not_where_it_is_run():
    wrong = load_plan(whole(BLOCK.findall(RULES_OF_PAGE["recruiting_pay"])[0]))
    members = {
        "id": ["Ada", "Ben"],
        "sponsor": [None, "Ada"],
        "joined": ["2026-09-01", "2026-10-05"],
    }
    members["package"] = ["gold", "gold"]
    none = {"id": [], "member": [], "date": [], "pv": [], "price": []}

    with pytest.raises(PlanRefused) as refused:
        refuse_blocked(wrong)
    paid = run(wrong, Inputs(members=members, orders=none, period=Period.parse("2026-10")))

    (fault,) = refused.value.faults
    assert (fault.code, fault.place.line) == ("review.recruiting_pay", 10)
    assert fault.remedy == (
        "Let it hang on a sale. Or let the plan say why it may:"
        " overrides: [{rule: recruiting_pay, reason: ...}]"
    )
    assert paid.company_total() == 100


@pytest.mark.parametrize("heads", ["recruits(yes)", "recruits(1)", "downline(not no)", "legs(yes)"])
def test_heads_that_are_counted_without_a_condition_are_heads(heads):
    rules = f"bonuses: {{b: {{kind: award, amount: 9 EUR, requires: '{heads} >= 1'}}}}"

    assert found_in(START + rules, "recruiting_pay") == {(("what", "b"),)}


def test_computing_files_refuses_what_the_check_blocks_and_names_the_override(tmp_path):
    plan, members, orders = (tmp_path / name for name in ("plan.yaml", "members.csv", "orders.csv"))
    plan.write_text(whole(BLOCK.findall(RULES_OF_PAGE["rank_unreachable"])[0]), encoding="utf-8")
    members.write_text("id,sponsor,package\nAda,,gold\n", encoding="utf-8")
    orders.write_text("id,member,date,pv,price\n1,Ada,2026-10-05,1,2.00\n", encoding="utf-8")
    files = ["--plan", str(plan), "--members", str(members), "--orders", str(orders)]
    asked = ["compute", *files, "--period", "2026-10", "--out", str(tmp_path / "run")]

    refused = CliRunner().invoke(main, asked)

    assert refused.exit_code == 1
    assert "[review.rank_unreachable]" in refused.output
    assert "overrides: [{rule: rank_unreachable, reason: ...}]" in refused.output


@pytest.mark.parametrize(
    "rate",
    [
        "kind: level, base: price, levels: {1: 10 %}",
        "kind: own, base: price, rate: 0.5",
        # Euros for each unit are no shares.
        "kind: level, base: order_count, levels: {1: 5 EUR}",
        "kind: level, base: joined_in_period, levels: {1: 20 EUR}, sources: own(price) > 9 EUR",
    ],
)
def test_rates_that_are_no_bare_numbers_of_1_or_more_are_not_named(rate):
    assert found_in(START + f"bonuses: {{b: {{{rate}}}}}", "rate_without_sign") == set()


def test_bare_rates_are_found_in_scales_and_wallets_too():
    rules = (
        "bonuses: {b: {kind: own, base: price, rate: {scale: own(pv), steps: {0: 5 %, 9: 7}}}}\n"
        "wallets: {cash: 20}"
    )

    assert found_in(START + rules, "rate_without_sign") == {
        (("what", "7"), ("share", "7")),
        (("what", "20"), ("share", "20")),
    }


def test_a_bonus_on_orders_that_cannot_be_is_dead():
    rules = "bonuses: {b: {kind: own, base: price, rate: 5 %, orders: pv > 5 and pv < 3}}"

    assert found_in(START + rules, "bonus_dead") == {(("what", "b"),)}


DATED = "bonuses: {b: {kind: own, base: price, rate: %s}}"


def test_a_version_that_holds_on_the_first_day_of_the_period_of_the_begin_is_not_past():
    rate = "[{from: 2026-01-01, then: 5 %}, {from: 2026-10-15, then: 6 %}]"
    midmonth = START.replace("version: 2026-10-01", "version: 2026-10-20")

    assert found_in(midmonth + DATED.replace("%s", rate), "version_past") == set()


def test_a_version_of_an_order_value_is_not_past_as_an_order_may_be_older_than_the_plan():
    dated = "[{from: 2025-01-01, then: price}, {from: 2026-01-01, then: 2 * price}]"
    rules = (
        f"order_values: {{worth: {dated}}}\nbonuses: {{b: {{kind: own, base: worth, rate: 5 %}}}}"
    )

    assert found_in(START + rules, "version_past") == set()


def test_each_version_that_is_over_is_named_with_its_days():
    rate = (
        "[{from: 2024-01-01, then: 4 %}, {from: 2025-01-01, then: 5 %},"
        " {from: 2026-01-01, then: 6 %}]"
    )

    assert found_in(START + DATED.replace("%s", rate), "version_past") == {
        (("begin", "2026-10-01"), ("day", "2024-01-01")),
        (("begin", "2026-10-01"), ("day", "2025-01-01")),
    }


def test_a_pool_of_last_days_is_no_error_as_an_order_may_lie_in_fewer_periods():
    rules = "bonuses: {b: {kind: pool, fund: 40 % * company(price last 90 days), shares: own(pv)}}"

    assert found_in(START + rules, "pool_overspent") == set()


# Bounds


@pytest.mark.parametrize(
    ("rules", "most"),
    [
        ("b: {kind: own, base: price, rate: 5 %}", {"price": "0.05"}),
        ("b: {kind: own, amount: order.price / 1.25}", {"price": "0.8"}),
        (
            "b: {kind: own, base: price, rate: {by: buyer.package, a: 3 %, b: 9 %}}",
            {"price": "0.09"},
        ),
        ("b: {kind: level, base: pv, levels: {1: 10 %, 2..4: 5 %}}", {"pv": "0.25"}),
        (
            "b: {kind: level, base: pv, levels: {1: 10 %, 2: 5 %}, compression: merge_up, requires: own(pv) > 0}",
            {"pv": "0.25"},
        ),
        ("b: {kind: level, base: order_count, levels: {1: 3 EUR}}", {AN_ORDER: "3"}),
        (
            "b: {kind: stairstep, base: pv, rate: {scale: group(pv), steps: {100: 6 %, 1000: 21 %}}}",
            {"pv": "0.21"},
        ),
        ("b: {kind: pool, fund: 2 % * company(price), shares: own(pv)}", {"price": "0.02"}),
        ("b: {kind: pool, fund: 500 EUR, shares: own(pv)}", {A_PERIOD: "500"}),
        ("b: {kind: award, amount: 2 % * own(price)}", {"price": "0.02"}),
        ("b: {kind: award, requires: own(pv) >= 200, amount: 10 EUR}", {"pv": "0.05"}),
        ("b: {kind: board, width: 2, depth: 2, pay: 100 EUR}", {AN_ORDER: "25"}),
        ("b: {kind: breakaway, base: price, head: own(pv) > 9, rate: 4 %}", {"price": "0.04"}),
        # A month has 28 days at least: an order lies in the last 60 days of three months at most.
        ("b: {kind: award, amount: 1 % * own(price last 60 days)}", {"price": "0.03"}),
        ("b: {kind: award, amount: 1 % * own(price last 28 days)}", {"price": "0.01"}),
        (
            "b: {kind: award, requires: own(pv last 30 days) >= 200, amount: 10 EUR}",
            {"pv": "0.1"},
        ),
        (
            "b: {kind: pool, fund: 2 % * company(price last 90 days), shares: own(pv)}",
            {"price": "0.08"},
        ),
    ],
)
def test_the_bound_of_a_kind_is_worked_out_exactly(rules, most):
    assert bound(f"bonuses:\n  {rules}\n") == finite(**most)


@pytest.mark.parametrize(
    ("rules", "verdict", "why"),
    [
        ("b: {kind: level, base: pv, levels: {1+: 1 %}}", "endless", "levels"),
        ("b: {kind: award, amount: 1 % * group(price)}", "endless", "above"),
        ("b: {kind: award, amount: 10 EUR}", "endless", "members"),
        ("b: {kind: award, requires: group(pv) >= 9, amount: 10 EUR}", "unknown", "members"),
        ("b: {kind: award, amount: 1 % * group(price last 60 days)}", "endless", "above"),
        ("b: {kind: binary, given_legs: points, cycle: whole, rate: 10 %}", "endless", "given"),
        (
            "b: {kind: level, base: pv, head: own(pv) >= 9, generations: {1: 5 %}}",
            "endless",
            "heads",
        ),
        (
            (
                "b: {kind: level, base: pv, head: own(pv) > 9, generations: {0: 5 %},"
                " head_belongs_to: generation_below}"
            ),
            "endless",
            "heads",
        ),
        (
            "b: {kind: level, base: pv, head: package != receiver.package, generations: {1: 5 %}}",
            "unknown",
            "",
        ),
        ("b: {kind: own, base: price - 9 EUR, rate: -1 %}", "unknown", ""),
    ],
)
def test_where_no_bound_follows_it_says_why(rules, verdict, why):
    assert bound(f"bonuses:\n  {rules}\n") == Bound(verdict, why=why)


def test_a_binary_has_no_finite_bound_and_neither_has_a_match_on_it():
    rules = (
        "trees: {placement: {kind: binary}}\nbonuses:\n"
        "  b: {kind: binary, base: pv, cycle: whole, rate: 10 %}\n"
        "  match: {kind: level, base: earned(b), levels: {1: 20 %}}\n"
    )

    assert bound(rules) == Bound("endless", why="legs")
    assert bound(rules, "match") == Bound("endless", why="legs")


BINARY = "trees: {placement: {kind: binary}}\nbonuses:\n  b: {kind: binary, base: pv, "


@pytest.mark.parametrize(
    ("rules", "most"),
    [
        # Four members with 100 in each leg need 500 of volume: less than 1 a 100.
        ("cycle: {left: 200, right: 100}, per_cycle: 9 EUR, cap: 20 EUR, carry: none}", "0.2"),
        ("cycle: {strong: 200, weak: 50}, per_cycle: 9 EUR, cap: 20 EUR, carry: none}", "0.4"),
    ],
)
def test_a_cap_bounds_a_binary_whose_cycles_have_a_size_and_leave_nothing(rules, most):
    assert bound(BINARY + rules) == finite(pv=most)


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        ("cycle: {left: 200, right: 100}, per_cycle: 9 EUR, cap: 20 EUR}", "endless"),
        ("cycle: whole, rate: 10 %, cap: 20 EUR, carry: none}", "endless"),
        (
            "cycle: {left: 9, right: 5}, per_cycle: 9 EUR, carry: none, cap: {by: package, a: 2 EUR}}",
            "unknown",
        ),
        ("cycle: whole, rate: 10 %, cap: 20 EUR, carry: {most: 300}}", "unknown"),
        ("steps: [{sales: 3, pay: 20 EUR}]}", "endless"),
        ("steps: [{sales: 3, pay: 20 EUR}], max_ratio: 2}", "unknown"),
    ],
)
def test_a_cap_alone_puts_no_end_to_a_binary(rules, verdict):
    assert bound(BINARY + rules) == Bound(verdict, why="legs")


def test_a_binary_without_a_rate_pays_nothing():
    assert bound(BINARY + "cycle: whole, rate: 0 %}") == Bound("finite")


def test_limits_and_budgets_bound_what_has_no_bound_of_its_own():
    rules = "bonuses:\n  b: {kind: level, base: price, levels: {1+: 1 %}}\n"

    limited = review(load_plan(f"{START}{rules}limits: {{all: {{most: 40 % * company(price)}}}}"))
    budgeted = review(load_plan(f"{START}{rules}budget: {{most: 30 % * price, spent: 1 EUR}}"))

    assert limited.in_all == finite(price="0.4")
    assert budgeted.in_all == finite(price="0.3")


# The command


def test_the_command_prints_the_bounds_of_a_sound_plan():
    plan = ROOT / "examples" / "plans" / "wholesale-royalties.yaml"

    printed = CliRunner().invoke(main, ["plan", "check", str(plan)])

    table = PAGE.split("## Bounds")[1].split("```")[1].strip().splitlines()
    assert printed.exit_code == 0
    assert [line.rstrip() for line in printed.stdout.splitlines()[-len(table) :]] == table


def test_the_command_gives_findings_and_bounds_as_data_and_ends_with_1(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(whole(BLOCK.findall(RULES_OF_PAGE["recruiting_pay"])[0]), encoding="utf-8")

    printed = CliRunner().invoke(main, ["plan", "check", str(path), "--json"])

    assert printed.exit_code == 1
    (report,) = json.loads(printed.stdout)
    assert report["is_sound"] is False
    assert report["findings"][0]["rule"] == "recruiting_pay"
    assert report["findings"][0]["place"] == f"{path}:10:12"
    assert report["bounds"]["welcome"]["verdict"] == "endless"


def test_the_command_gives_faults_of_a_text_as_data(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(START + "measures: {a: nowhere}\n", encoding="utf-8")

    printed = CliRunner().invoke(main, ["plan", "check", str(path), "--json"])

    assert printed.exit_code == 1
    assert [one["code"] for one in json.loads(printed.stdout)[0]["faults"]] == ["name.unknown"]
