"""The exported JSON Schema agrees with the loader."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from upline.cli.main import main
from upline.compensation.errors import PlanRefused
from upline.compensation.plan.json_schema import json_schema
from upline.compensation.plan.load import load

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "docs" / "reference" / "plan.schema.json"
PLANS = sorted(
    [
        *(ROOT / "examples" / "plans").glob("*.yaml"),
        *(ROOT / "tests/published/plans").glob("*.yaml"),
    ]
)
HEAD = "language: 1\nplan: p\nversion: 2026-01-01\ncurrency: EUR\n"


class TypedLoader(yaml.SafeLoader):
    """Reads numbers and truths as such, and days as text, as editors do."""


TypedLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def as_json(node):
    if isinstance(node, dict):
        return {str(key): as_json(part) for key, part in node.items()}
    return [as_json(part) for part in node] if isinstance(node, list) else node


VALIDATOR = Draft202012Validator(json_schema())


def errors(source: str, loader=TypedLoader) -> list[str]:
    document = as_json(yaml.load(source, Loader=loader))  # noqa: S506 - both loaders are safe
    return [error.message for error in VALIDATOR.iter_errors(document)]


def test_the_schema_is_itself_valid():
    Draft202012Validator.check_schema(json_schema())


def test_the_committed_schema_is_up_to_date():
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == json_schema(), (
        "Run: upline plan schema > docs/reference/plan.schema.json"
    )


def test_the_command_prints_the_committed_schema():
    result = CliRunner().invoke(main, ["plan", "schema"])

    assert result.output == COMMITTED.read_text(encoding="utf-8")


@pytest.mark.parametrize("loader", [yaml.BaseLoader, TypedLoader], ids=["text", "typed"])
@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.stem)
def test_every_plan_is_valid_however_its_scalars_are_read(plan, loader):
    assert errors(plan.read_text(encoding="utf-8"), loader) == []


def test_there_are_all_the_plans():
    assert len(PLANS) == 61


@pytest.mark.parametrize(
    "lines",
    [
        "calendar: {every: week, starts: 2026-01-05}",
        "measures: {m: {is: 1, title: {en: One, ru: Один}}}",
        "measures: {m: [{from: 2026-01-01, then: 1, clause: 4.1}]}",
        "measures: {m: [{when: [yes, {any: [no, yes]}], then: 1}, {otherwise: 2}]}",
        "measures: {m: {by: joined_in_period, yes: 1, otherwise: 2}}",
        "ranks: [{rank: 1, needs: [yes, {any: [yes, {all: [no]}]}], kept: 3}]",
        "given_earnings: [x]\nbonuses: {b: {kind: level, base: earned(x), levels: {1..2: 1 %, 3+: 2 %}}}",
        "wallets: {cash: {share: 90 %, withdraw: yes}, shop: 0.1}",
        "exchange: {USD: 0.92}",
        "measures: {объём: 1}",
    ],
)
def test_every_short_and_long_form_is_valid(lines):
    assert errors(f"{HEAD}{lines}\n") == []
    assert load(f"{HEAD}{lines}\n")


@pytest.mark.parametrize(
    "lines",
    [
        "tittle: Plan",
        "calendar: fortnight",
        "rounding: {places: 7}",
        "rounding: {mode: up}",
        "members: {country: string}",
        "members: {two words: text}",
        "measures: {m: {is: 1, titel: x}}",
        "measures: {m: {PL: 1, KZ: 2}}",
        "measures: {m: {scale: number, steps: {}}}",
        "measures: {m: {scale: number, steps: {1: 2}, mode: steep}}",
        "measures: {m: [{from: 2026-01-01}]}",
        "measures: {m: [{from: January, then: 1}]}",
        "measures: {m: []}",
        "ranks: [{needs: yes}]",
        "ranks: [{rank: A, kept: 0}]",
        "ranks: [{rank: A, needs: {either: [yes]}}]",
        "ranks: {given: []}",
        "bonuses: {b: {kind: raffle}}",
        "bonuses: {b: {kind: level, levels: {1: 1 EUR}}}",
        "bonuses: {b: {kind: level, base: number, levels: {1: 1 EUR}, compresion: roll_up}}",
        "bonuses: {b: {kind: pool, fund: 1 EUR}}",
        "trees: {grid: {kind: spiral}}",
        "overrides: [{rule: x, reason: short}]",
        "exchange: {USD: much}",
    ],
)
def test_what_the_loader_refuses_by_shape_is_invalid(lines):
    assert errors(f"{HEAD}{lines}\n")
    with pytest.raises(PlanRefused):
        load(f"{HEAD}{lines}\n")


@pytest.mark.parametrize("name", ["language", "plan", "version", "currency"])
def test_each_first_line_is_required(name):
    source = "".join(line for line in HEAD.splitlines(True) if not line.startswith(name))

    assert errors(source) == [f"'{name}' is a required property"]
