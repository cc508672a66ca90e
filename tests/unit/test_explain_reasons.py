"""Single reasons, worked by hand on four people: what an explanation says, word for word."""

import pytest
from click.testing import CliRunner
from pydantic import TypeAdapter

from upline.cli.main import main
from upline.compensation import Inputs, Period, load_plan, run
from upline.compensation.explain.facts import MemberReasons
from upline.compensation.explain.render import sentences
from upline.compensation.explain.why import reasons

HEAD = """\
language: 1
plan: small
version: 2026-01-01
title: {en: Small plan, ru: Малый план}
currency: EUR
orders: {pv: points, price: money}
measures:
  own_pv: {is: own(pv), title: {en: Personal volume, ru: Личный объём}}
  active: {is: 'own_pv >= 100 or over(2, own_pv) >= 240', title: Active}
"""
# Ada sponsors Ben, Ben Cem, Cem Dia; Dia buys most.
MEMBERS = {"id": ["Ada", "Ben", "Cem", "Dia"], "sponsor": [None, "Ada", "Ben", "Cem"]}
ORDERS = {
    "id": ["1", "2", "3", "4"],
    "member": ["Ada", "Ben", "Dia", "Dia"],
    "date": ["2026-10-05"] * 4,
    "pv": ["120", "40", "100", "300"],
    "price": ["120.00", "40.00", "100.00", "300.00"],
}


def small(rest, *, members=MEMBERS, orders=ORDERS, carries=None):
    period = Period.parse("2026-10")
    inputs = Inputs(members=members, orders=orders, period=period, carries=carries)
    return run(load_plan(HEAD + rest), inputs)


def said(result, member, language="en", **chosen):
    """Give the sentences about a member, with plain spaces."""
    found = sentences(reasons(result, member, **chosen), result.world.plan, language)
    return [line.replace("\u00a0", " ") for line in found]


def after(lines, start):
    """Give the lines of the section whose first line starts so."""
    first = next(index for index, line in enumerate(lines) if line.startswith(start))
    end = next((i for i in range(first + 1, len(lines)) if not lines[i]), len(lines))
    return lines[first + 1 : end]


def test_a_line_names_its_factors_and_those_who_were_passed_over():
    result = small(
        "bonuses:\n  team: {kind: level, base: price, requires: active, compression: roll_up,"
        " levels: {1: 10 %, 2: 5 %}}\n"
    )

    assert said(result, "Ada", bonus="team") == [
        "Member: Ada.",
        "Plan: Small plan (small@2026-01-01). Period: October 1, 2026 – October 31, 2026",
        "",
        "team: 44.00 EUR",
        "  from: Ben; level: 1",
        "    4.00 EUR = 40.00 EUR × 10%; order: 2",
        "  from: Dia; level: 1",
        (
            "    Passed over: Cem (Active (Personal volume: 0 points, needed: 100 points, missing:"
            " 100 points; or total over the last 2 periods (Personal volume): 0 points, needed: 240"
            " points, missing: 240 points))"
        ),
        (
            "    Passed over: Ben (Active (Personal volume: 40 points, needed: 100 points, missing:"
            " 60 points; or total over the last 2 periods (Personal volume): 40 points, needed: 240"
            " points, missing: 200 points))"
        ),
        "    10.00 EUR = 100.00 EUR × 10%; order: 3",
        "    30.00 EUR = 300.00 EUR × 10%; order: 4",
    ]


def test_lines_that_were_not_asked_for_are_added_up():
    result = small("bonuses:\n  team: {kind: level, base: price, levels: {1..3: 10 %}}\n")

    found = reasons(result, "Ada", most_lines=1)

    assert found.bonuses[0].further_lines == 2
    assert said(result, "Ada", most_lines=1)[-1] == "  Further lines: 2; together: 40.00 EUR."


@pytest.mark.parametrize(
    ("bonus", "member", "sentence"),
    [
        (
            "{kind: level, base: price, levels: {1: 10 %, 2: 5 %}, sources: own_pv >= 100}",
            "Ada",
            "what is nearest below lies deeper than is paid. From: Dia; level: 3; paid levels: 2.",
        ),
        (
            (
                "{kind: level, base: price, levels: {1: 10 %}, sources: own_pv >= 100,"
                " compression: roll_up}"
            ),
            "Ada",
            "what is nearest below lies deeper than is paid. From: Dia; level: 3; paid levels: 1.",
        ),
        (
            "{kind: level, base: price, levels: {1..3: 10 %}, from_level: 4}",
            "Ada",
            "too near. From: Ben; level: 1; paid from level: 4.",
        ),
        (
            "{kind: level, base: price, levels: {1..3: 10 %}, stop_above: own_pv = 40}",
            "Ada",
            "payment up the line ends below. From: Ben; payment ends with: Ben.",
        ),
        (
            "{kind: level, base: price, levels: {2: 10 %}, sources: own_pv = 40}",
            "Ada",
            "no rate for the level of what is nearest below. From: Ben; level: 1.",
        ),
        (
            (
                "{kind: level, base: price, requires: own_pv > 100, levels: {1..3: 10 %},"
                " compression: remove, sources: own_pv = 40}"
            ),
            "Ada",
            "buyers who do not meet the conditions are not paid on. Nearest buyer: Ben.",
        ),
        (
            "{kind: level, base: price, levels: {1: 10 %}}",
            "Dia",
            "there is nothing below to be paid on.",
        ),
        (
            "{kind: level, base: price, orders: pv > 1000, levels: {1: 10 %}}",
            "Ada",
            "none of the orders below counts. Orders: 3. What counts: volume of the order is more than 1,000.",
        ),
        (
            "{kind: own, base: price, orders: pv > 1000, rate: 10 %}",
            "Ada",
            "none of the own orders counts. Orders: 1. What counts: volume of the order is more than 1,000.",
        ),
        ("{kind: own, base: price, rate: 10 %}", "Cem", "there were no orders to be paid on."),
        (
            "{kind: differential, base: price, buyer: discounted, share: 10 %}",
            "Ada",
            "took as great a share. Own share: 10%. From: Ben; taken by: Ben (10%).",
        ),
        (
            "{kind: stairstep, base: price, rate: {scale: own_pv, steps: {200: 3 %}}}",
            "Ada",
            "Personal volume: 120 points, needed: 200 points, missing: 80 points.",
        ),
        (
            "{kind: stairstep, base: price, rate: 3 %, orders: pv < 100}",
            "Ada",
            "the same rate and take it all. Rate: 3%. Groups: Ben.",
        ),
        ("{kind: pool, fund: 0 EUR, shares: 1}", "Ada", "there was no fund to share."),
        ("{kind: pool, fund: 5 EUR, shares: own_pv}", "Cem", "no share of the fund here."),
        ("{kind: award, amount: 0 EUR}", "Ada", "the plan has no rate here."),
    ],
    ids=lambda part: part if part.startswith("{") else "",
)
def test_what_paid_nothing_says_why(bonus, member, sentence):
    result = small(f"bonuses:\n  team: {bonus}\n")

    lines = after(said(result, member, bonus="team"), "team")

    assert sentence in lines[0]
    assert lines[0].startswith("  Nothing, because ")


def test_levels_that_nearer_members_took_are_named():
    result = small(
        "bonuses:\n  team: {kind: level, base: price, levels: {1: 10 %}, orders: pv >= 300,"
        " compression: roll_up}\n"
    )

    assert after(said(result, "Ben", bonus="team"), "team") == [
        (
            "  Nothing, because what is nearest below lies deeper than is paid. From: Dia; level: 2;"
            " paid levels: 1."
        ),
        "    Paid nearer to the buyer (level): Cem (1)",
    ]


def test_failed_conditions_of_a_bonus_say_what_is_missing():
    result = small("bonuses:\n  fixed: {kind: award, amount: 5 EUR, requires: own_pv >= 100}\n")

    assert after(said(result, "Ben", bonus="fixed"), "fixed") == [
        "  Nothing, because the conditions are not met:",
        "    ✗ Personal volume: 40 points, needed: 100 points, missing: 60 points",
    ]
    assert after(said(result, "Ben", "ru", bonus="fixed"), "fixed")[1] == (
        "    ✗ Личный объём: 40 б., нужно: 100 б., не хватает: 60 б."
    )


def test_a_legal_gate_is_named_before_anything_else():
    result = small(
        "bonuses:\n  fixed: {kind: award, amount: 5 EUR}\n"
        "legal:\n  buys: {needs: own_pv >= 100, clause: § 9}\n"
    )

    assert after(said(result, "Ben", bonus="fixed"), "fixed") == [
        "  Nothing, because a legal condition is not met:",
        "    Clause: § 9",
        "    ✗ Personal volume: 40 points, needed: 100 points, missing: 60 points",
        "  Lost by the legal condition buys (§ 9): 5.00 EUR.",
    ]
    assert reasons(result, "Ada").bonuses[0].amount == "5.00"


def test_lines_that_the_cap_cuts_say_so():
    result = small("bonuses:\n  own: {kind: own, base: price, rate: 10 %, cap: 25 EUR}\n")

    assert after(said(result, "Dia", bonus="own"), "own") == [
        "  At most 25.00 EUR are paid in a period; what goes beyond is cut.",
        "  10.00 EUR = 100.00 EUR × 10%; order: 3",
        "  15.00 EUR = 300.00 EUR × 10%; cut by the cap from: 30.00 EUR; order: 4",
    ]
    assert after(said(result, "Ada", bonus="own"), "own") == [
        "  12.00 EUR = 120.00 EUR × 10%; order: 1"
    ]


def test_a_pool_line_says_fund_and_shares():
    result = small(
        "bonuses:\n  pool: {kind: pool, fund: 1 % * company(price), shares: 1,"
        " requires: own_pv >= 100}\n"
    )

    assert after(said(result, "Ada", bonus="pool"), "pool") == [
        "  2.80 EUR; fund: 5.60 EUR; shares: 1 of 2"
    ]


def test_shares_that_are_money_are_said_as_money():
    result = small(
        "bonuses:\n  boxes: {kind: differential, share: {scale: own_pv, steps: {40: 2 EUR,"
        " 100: 5 EUR}}}\n"
    )

    assert after(said(result, "Ada", bonus="boxes"), "boxes") == [
        "  from: Ben; level: 1",
        "    5.00 EUR = 1 × 5.00 EUR; order: 2",
        "  from: Dia; level: 3",
        "    Passed over: Cem (no rate at this rank or level)",
        "    Taken nearer to the buyer: Ben (2.00 EUR)",
        "    3.00 EUR = 1 × 3.00 EUR; order: 3",
        "    3.00 EUR = 1 × 3.00 EUR; order: 4",
    ]


def test_an_own_part_is_reported_under_its_name():
    result = small(
        "bonuses:\n  team: {kind: stairstep, title: Team, base: price, own_part: mine,"
        " rate: {scale: own_pv, steps: {1: 3 %, 100: 10 %}}}\n"
    )

    lines = said(result, "Ada")

    assert after(lines, "Team (team)") == [
        "  Deducted is what each group takes itself.",
        "  30.80 EUR = 440.00 EUR × 10% − 13.20 EUR; group of: Ben",
    ]
    assert after(lines, "Team: own part (mine)") == ["  12.00 EUR = 120.00 EUR × 10%"]
    assert after(said(result, "Cem"), "Team: own part") == [
        (
            "  Nothing, because the first step is not reached. Personal volume: 0 points, needed: 1"
            " points, missing: 1 points."
        )
    ]


def test_lines_per_buyer_and_per_head_name_buyer_and_head():
    result = small(
        "bonuses:\n  buyers: {kind: level, base: price, lines: per_buyer, levels: {1..3: 10 %}}\n"
        "  heads: {kind: level, base: price, lines: per_head, head: own_pv = 40,"
        " generations: {1: 1 %, 2: 2 %}}\n"
    )

    assert after(said(result, "Ada"), "buyers") == [
        "  4.00 EUR = 40.00 EUR × 10%; from: Ben; level: 1",
        "  40.00 EUR = 400.00 EUR × 10%; from: Dia; level: 3",
        "    Paid nearer to the buyer (level): Cem (1), Ben (2)",
    ]
    assert after(said(result, "Ada"), "heads") == [
        "  0.40 EUR = 40.00 EUR × 1%; level: 1",
        "  8.00 EUR = 400.00 EUR × 2%; from: Ben; level: 2",
    ]


RANKS = (
    "ranks:\n  - {rank: Low}\n  - {rank: Mid, needs: own_pv >= 100, kept: 1}\n"
    "  - {rank: High, needs: own_pv >= 300}\n"
    "bonuses:\n  new: {kind: award, once: per_rank, amount: {by: rank, Mid: 10 EUR, High: 50 EUR}}\n"
)


def test_awards_name_the_rank_that_they_are_for():
    result = small(RANKS)

    assert after(said(result, "Dia"), "new") == [
        "  10.00 EUR; rank: Mid",
        "  50.00 EUR; rank: High",
    ]
    assert after(said(result, "Ben"), "new") == [
        "  Nothing, because the plan has no award for this rank. Rank: Low."
    ]


def test_a_rank_says_what_the_next_one_lacks_and_whether_it_is_kept():
    october = small(RANKS)
    november = run(
        october.world.plan,
        Inputs(
            members=MEMBERS,
            orders={**ORDERS, "pv": ["0"] * 4, "date": ["2026-11-05"] * 4},
            period=Period.parse("2026-11"),
            carries=october.carries,
        ),
    )

    assert said(october, "Ada")[3:5] == [
        "Rank: Mid. Next: High, if:",
        "  ✗ Personal volume: 120 points, needed: 300 points, missing: 180 points",
    ]
    assert said(november, "Ada")[3] == (
        "Rank: Mid (kept from an earlier period for the last time). Next: High, if:"
    )
    assert after(said(november, "Ada"), "new") == [
        "  Nothing, because no new rank was reached. Rank: Mid."
    ]


def test_an_award_that_was_paid_before_says_so():
    plan = "bonuses:\n  once: {kind: award, once: ever, amount: 5 EUR}\n"
    october = small(plan)
    november = small(plan, carries=october.carries)

    assert after(said(november, "Ada"), "once") == [
        "  Nothing, because this award is paid only once and has been paid before."
    ]


def test_a_given_rank_says_that_it_was_given():
    result = small(
        "ranks: {given: [Low, High]}\nbonuses:\n  one: {kind: award, amount: 1 EUR}\n",
        members={**MEMBERS, "rank": ["High", "Low", None, "Low"]},
    )

    assert said(result, "Ada")[3] == "Rank: High (given with the member)"
    assert said(result, "Cem", "pl")[3] == "Ranga: brak (podana razem z uczestnikiem)"


def test_long_figures_are_cut_and_amounts_have_their_decimals():
    result = small(
        "order_values: {net: price / 1.16}\nbonuses:\n  own: {kind: own, base: net, rate: 10 %}\n"
    )

    assert after(said(result, "Ada"), "own") == ["  10.34 EUR = 103.448275… EUR × 10%; order: 1"]
    assert "own: 0.00 EUR" in said(result, "Cem")


def test_the_command_gives_sentences_and_data_of_a_kept_run(tmp_path):
    members, orders = tmp_path / "members.csv", tmp_path / "orders.csv"
    plan, out = tmp_path / "plan.yaml", tmp_path / "run"
    members.write_text("id,sponsor\nAda,\nBen,Ada\n", encoding="utf-8")
    orders.write_text("id,member,date,pv,price\n1,Ben,2026-10-05,10,40.00\n", encoding="utf-8")
    plan.write_text(
        HEAD + "bonuses:\n  team: {kind: level, base: price, levels: {1: 10 %}}\n",
        encoding="utf-8",
    )
    call = CliRunner().invoke
    files = ["--plan", plan, "--members", members, "--orders", orders, "--out", out]
    call(main, ["compute", *map(str, files)], catch_exceptions=False)
    explain = ["explain", "--run", str(out), "--member"]

    text = call(main, [*explain, "Ada", "--lang", "kk"])
    data = call(main, [*explain, "Ada", "--json"])
    nobody = call(main, [*explain, "Eve"])
    nothing = call(main, [*explain, "Ada", "--bonus", "pool"])

    assert "    4,00\u00a0EUR = 40,00\u00a0EUR × 10%; тапсырыс: 1" in text.output
    found = TypeAdapter(MemberReasons).validate_json(data.output)
    assert found.total == "4.00"
    assert nobody.exit_code == nothing.exit_code == 1
    assert "There is no member 'Eve'." in nobody.output
    assert "Bonuses of this plan: team." in nothing.output
