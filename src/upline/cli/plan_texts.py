"""`upline plan check`, `describe`, `diff`, `schema`: a plan read as a text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upline.cli.plan import plan
from upline.languages import LANGUAGES

if TYPE_CHECKING:
    from upline.compensation.errors import Fault
    from upline.compensation.plan.load import Plan

__all__ = ["plan"]

PLAN_FILE = click.Path(path_type=Path)


@plan.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=PLAN_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON instead.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language of findings and bounds.",
)
def check(files: tuple[Path, ...], as_json: bool, lang: str) -> None:
    """List everything that is wrong with plans, each fault with its place and what to write.

    Then what a sound plan had better not do, and the most that each bonus can pay. Ends with 1 if
    any plan has a fault or an error; a warning does not block.
    """
    from upline.cli.plan_review import as_data, show
    from upline.compensation.errors import PlanRefused
    from upline.compensation.plan.load import load_file
    from upline.compensation.plan.review import review
    from upline.compensation.plan.speech import speech

    is_blocked = False
    reports: list[dict[str, object]] = []
    for path in files:
        try:
            checked = load_file(path)
        except PlanRefused as refusal:
            is_blocked = True
            reports.append({"file": str(path), **refused_data(refusal.faults)})
            if not as_json:
                _show_faults(path, refusal.faults)
            continue
        found = review(checked)
        is_blocked = is_blocked or bool(found.errors)
        reports.append({"file": str(path), **as_data(checked, found, speech(lang))})
        if not as_json:
            show(checked, found, speech(lang), "" if found.errors else _summary(path, checked))
    if as_json:
        click.echo(json.dumps(reports, indent=2, ensure_ascii=False))
    if is_blocked:
        raise SystemExit(1)


def refused_data(faults: Sequence[Fault]) -> dict[str, object]:
    """Give the faults of a plan that is refused as data."""
    listed = [
        {
            "place": str(fault.place),
            "code": fault.code,
            "problem": fault.problem,
            "remedy": fault.remedy,
        }
        for fault in faults
    ]
    return {"is_sound": False, "faults": listed}


def _show_faults(path: Path, faults: Sequence[Fault]) -> None:
    for fault in faults:
        click.echo(str(fault), err=True)
    click.echo(f"{path}: {len(faults)} {'fault' if len(faults) == 1 else 'faults'}", err=True)


def _summary(path: Path, checked: Plan) -> str:
    file = checked.file
    ladders = [file.ranks, *file.ladders.values()]
    ranks = sum(
        len(ladder) if isinstance(ladder, list) else len(ladder.given) for ladder in ladders
    )
    counts = (
        (len(file.measures), "measure"),
        (ranks, "rank"),
        (len(file.bonuses), "bonus"),
    )
    words = (f"{count} {_plural(word, count)}" for count, word in counts)
    return f"{path}: plan is sound: {', '.join(words)}"


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}es" if word.endswith("s") else f"{word}s"


@plan.command("describe")
@click.argument("file", type=PLAN_FILE)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language of the document.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write here instead of printing.")
def describe(file: Path, lang: str, out: Path | None) -> None:
    """Write a plan out as a document (Markdown) that needs no knowledge of its language."""
    from upline.compensation.plan.describe import describe as described

    document = described(_loaded(file), lang)
    if out is None:
        click.echo(document, nl=False)
        return
    try:
        with out.open("x", encoding="utf-8") as written:
            written.write(document)
    except FileExistsError:
        raise click.UsageError(f"{out} is there already; name a new file.") from None
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror or error}.") from error
    click.echo(str(out))


@plan.command("diff")
@click.argument("old", type=PLAN_FILE)
@click.argument("new", type=PLAN_FILE)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language of the sentences.",
)
def diff(old: Path, new: Path, lang: str) -> None:
    """Say in sentences what a new version of a plan changes."""
    from upline.compensation.plan.describe import diff as differences

    sentences = list(differences(_loaded(old), _loaded(new), lang))
    for sentence in sentences:
        click.echo(sentence)
    if not sentences:
        click.echo(f"No rule differs between {old} and {new}.", err=True)


@plan.command("schema")
def schema() -> None:
    """Print the JSON Schema of plans, with which an editor completes and checks them."""
    from upline.compensation.plan.json_schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _loaded(path: Path) -> Plan:
    from upline.compensation.errors import PlanRefused
    from upline.compensation.plan.load import load_file

    try:
        return load_file(path)
    except PlanRefused as refusal:
        for fault in refusal.faults:
            click.echo(str(fault), err=True)
        raise SystemExit(1) from refusal
