"""Plans as documents, and their differences as sentences, in every language."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from upline.cli.main import main
from upline.compensation.plan import values
from upline.compensation.plan.describe import describe, diff
from upline.compensation.plan.load import load, load_file
from upline.compensation.plan.parts import slots_of
from upline.compensation.plan.schema import Part
from upline.compensation.plan.speech import LANGUAGES

ROOT = Path(__file__).parents[2]
PLANS = sorted(
    [
        *(ROOT / "examples" / "plans").glob("*.yaml"),
        *(ROOT / "tests/published/plans").glob("*.yaml"),
    ]
)
TRANSLATED = [language for language in LANGUAGES if language != "en"]
UNILEVEL = ROOT / "examples" / "plans" / "unilevel-compression.yaml"
SMALL = """\
language: 1
plan: small
version: 2026-10-01
title: {en: Small plan, ru: Малый план, kk: Шағын жоспар}
currency: EUR
orders: {price: money, pv: points}
measures:
  own_pv: {is: own(pv), title: Own points}
  active: own_pv >= 100
ranks:
  - {rank: Partner}
  - {rank: Silver, needs: [active, recruits(active) >= 3], kept: for_life}
bonuses:
  team:
    kind: level
    base: price
    requires: active
    levels: {by: rank, Partner: {1: 5 %}, Silver: {1: 5 %, 2..3: 2.5 %}}
    clause: § 4
"""


def changed(*replacements: tuple[str, str]) -> list[str]:
    """Say what replacing texts of the small plan changes, in English."""
    source = SMALL
    for old, new in replacements:
        assert old in source
        source = source.replace(old, new)
    return diff(load(SMALL), load(source), "en")


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_condition_of_every_plan_is_in_its_document(path):
    plan = load_file(path)
    conditions = {
        written.text
        for part in parts_of(plan.file)
        for _, content, slot in slots_of(part)
        if slot.units == ("yes_no",)
        for written in values.formulas_of(content)
    }

    documents = [describe(plan, language) for language in LANGUAGES]

    for document in documents:
        assert [text for text in conditions if f"`{text}`" not in document] == []
        assert "%(" not in document


def parts_of(part):
    waiting = [part]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, Part):
            yield inner
            waiting += [getattr(inner, name) for name in type(inner).model_fields]
        elif isinstance(inner, dict):
            waiting += inner.values()
        elif isinstance(inner, list):
            waiting += inner


def test_a_document_says_rates_as_tables_and_conditions_as_lists():
    assert (
        describe(load(SMALL), "en")
        == """\
# Small plan

- **Plan:** `small`
- **Holds from:** October 1, 2026
- **Currency:** EUR
- **Time zone:** UTC
- **Period:** one calendar month
- **Rounding:** decimal places: 2; half away from zero

## Fields of orders

| Name | Unit | Decimal places | When empty |
| --- | --- | --- | --- |
| `price` | money |  |  |
| `pv` | points |  |  |

## Measures

### Own points (`own_pv`)

- **Value:** sum over own orders (`pv`) [`own(pv)`]

### `active`

- **Value:** Own points is at least 100 [`own_pv >= 100`]

## Ranks

### Partner

- **Conditions:** none
- **Kept:** for this period only

### Silver

- **Conditions:** all of these hold:
  - `active`: yes [`active`]
  - number of direct recruits with (`active`: yes) is at least 3 [`recruits(active) >= 3`]
- **Kept:** for life

## Bonuses

### `team`

Pays the members above the buyer, level by level.

- **Clause:** § 4
- **Paid on:** `price`
- **Lines:** one line for each order
- **Rates by level:**

  | rank | Level 1 | Level 2–3 |
  | --- | --- | --- |
  | Partner | 5% | — |
  | Silver | 5% | 2.5% |

- **Compression:** none: the level is the distance; the level of an unqualified upline is lost
- **Who is paid must meet:** `active`: yes [`active`]
- **Late orders and refunds:** the lines of the order are reversed
"""
    )


@pytest.mark.parametrize(
    ("language", "title", "condition", "rate"),
    [
        ("en", "Small plan", "Own points is at least 100", "2.5%"),
        ("ru", "Малый план", "Own points — не меньше чем 100", "2,5\u00a0%"),
        ("bg", "Small plan", "Own points е поне 100", "2,5%"),
        ("kk", "Шағын жоспар", "Own points: кемінде 100", "2,5%"),
        ("pl", "Small plan", "Own points: co najmniej 100", "2,5%"),
    ],
)
def test_each_language_has_its_words_and_figures(language, title, condition, rate):
    document = describe(load(SMALL), language)

    assert document.startswith(f"# {title}\n")
    assert f"{condition} [`own_pv >= 100`]" in document
    assert f"| {rate} |" in document


def test_a_field_is_not_taken_for_a_bonus_of_the_same_name():
    source = SMALL.replace("{price: money,", "{team: money, price: money,").replace(
        "base: price", "title: Team bonus\n    base: team"
    )

    assert "- **Paid on:** `team`\n" in describe(load(source), "en")


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="no language 'de'"):
        describe(load(SMALL), "de")


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_plan_does_not_differ_from_itself(path):
    plan = load_file(path)

    assert [diff(plan, plan, language) for language in LANGUAGES] == [[]] * len(LANGUAGES)


def test_another_spacing_of_a_table_is_no_change():
    assert changed(("{1: 5 %, 2..3: 2.5 %}", "{1: 5.0%, 2..3: 2.50 %}")) == []


def test_a_changed_rate_is_said_with_its_place_in_the_table():
    assert changed(("2..3: 2.5 %", "2..3: 3 %")) == [
        "Bonus `team`, Rates by level, Silver, 2–3: was 2.5%, is now 3%."
    ]


def test_a_changed_condition_is_said_in_words():
    (sentence,) = changed(("recruits(active) >= 3", "recruits(active) >= 4"))

    assert sentence == (
        "Rank Silver, Conditions: was number of direct recruits with (`active`: yes) is at least 3"
        " [`recruits(active) >= 3`], is now number of direct recruits with (`active`: yes) is at"
        " least 4 [`recruits(active) >= 4`]."
    )


def test_what_is_new_and_what_is_gone_is_said():
    assert changed(
        ("2026-10-01", "2027-01-01"),
        ("  - {rank: Partner}\n", ""),
        ("needs: [active, ", "needs: ["),
        ("Partner: {1: 5 %}, Silver: {1: 5 %, 2..3: 2.5 %}", "Silver: {1: 5 %}"),
        ("    clause: § 4\n", "  pool: {kind: pool, fund: 1 % * company(price), shares: 1}\n"),
    ) == [
        "Holds from: was October 1, 2026, is now January 1, 2027.",
        "Bonus `team`, Clause: no longer holds: “§ 4”.",
        "Bonus `team`, Rates by level, Partner, 1: no longer holds: 5%.",
        "Bonus `team`, Rates by level, Silver, 2–3: no longer holds: 2.5%.",
        "Bonus `pool` is new.",
        "Rank Silver, Conditions: no longer holds: `active`: yes [`active`].",
        "Rank Partner is removed.",
    ]


def test_another_order_of_ranks_is_a_change():
    partner, silver = (line for line in SMALL.splitlines(True) if line.startswith("  - {rank"))

    assert changed((partner + silver, silver + partner)) == [
        "The ranks now stand in this order: Silver, Partner."
    ]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_difference_is_said_in_each_language(language):
    new = load(SMALL.replace("2..3: 2.5 %", "2..3: 3 %"))

    (sentence,) = diff(load(SMALL), new, language)

    assert re.search(r"2,5.?%.*3.?%", sentence)
    assert "was" not in sentence


def test_the_commands_print_or_write_the_document(tmp_path):
    run = CliRunner().invoke
    out = tmp_path / "plan.md"

    printed = run(main, ["plan", "describe", str(UNILEVEL), "--lang", "kk"])
    written = run(main, ["plan", "describe", str(UNILEVEL), "--lang", "kk", "--out", str(out)])

    assert printed.exit_code == written.exit_code == 0
    assert printed.output == out.read_text(encoding="utf-8")


def test_a_document_never_overwrites_a_file(tmp_path):
    out = tmp_path / "plan.md"
    out.write_text("ours", encoding="utf-8")

    refused = CliRunner().invoke(main, ["plan", "describe", str(UNILEVEL), "--out", str(out)])

    assert refused.exit_code == 2
    assert "is there already" in refused.output
    assert out.read_text(encoding="utf-8") == "ours"


def test_plans_without_a_difference_say_so_in_each_language():
    asked = ["plan", "diff", str(UNILEVEL), str(UNILEVEL), "--lang"]

    said = {one: CliRunner().invoke(main, [*asked, one]).output for one in LANGUAGES}

    assert said == {
        "en": "Both plans say the same.\n",
        "ru": "Оба плана говорят одно и то же.\n",
        "bg": "Двата плана казват едно и също.\n",
        "kk": "Екі жоспардың мазмұны бірдей.\n",
        "pl": "Oba plany mówią to samo.\n",
    }


def test_a_day_that_ends_with_a_stop_ends_the_sentence():
    new = load(SMALL.replace("2026-10-01", "2027-01-01"))

    (sentence,) = diff(load(SMALL), new, "ru")

    assert sentence.endswith("1 января 2027\u202fг.")
    assert not sentence.endswith("..")


def test_the_diff_command_compares_two_files_and_refuses_a_wrong_one(tmp_path):
    new = tmp_path / "new.yaml"
    text = UNILEVEL.read_text(encoding="utf-8")
    new.write_text(text.replace("fund: 1 % *", "fund: 2 % *"), encoding="utf-8")
    wrong = ROOT / "examples" / "wrong" / "ten-faults.yaml"
    run = CliRunner().invoke

    compared = run(main, ["plan", "diff", str(UNILEVEL), str(new), "--lang", "pl"])
    refused = run(main, ["plan", "diff", str(UNILEVEL), str(wrong)])

    assert compared.output.startswith(
        "Bonus Pula dla rang Platinum i Diamond (`pool`), Fundusz: było 1% ×"
    )
    assert refused.exit_code == 1
    assert "[plan.kind]" in refused.output
