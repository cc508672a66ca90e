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
@click.option("--pdf", type=click.Path(path_type=Path), help="Set it as a PDF to sign, here.")
@click.option("--company", default="", help="The company's name on the title page of the PDF.")
def describe(file: Path, lang: str, out: Path | None, pdf: Path | None, company: str) -> None:
    """Write a plan out as a document (Markdown, PDF) that needs no knowledge of its language."""
    from upline.compensation.plan.describe import describe as described

    plan = _loaded(file)
    if pdf is not None:
        _write(pdf, _as_pdf(plan, lang, company))
    if out is not None:
        _write(out, described(plan, lang).encode("utf-8"))
    if pdf is None and out is None:
        click.echo(described(plan, lang), nl=False)


def _as_pdf(plan: Plan, lang: str, company: str) -> bytes:
    from upline.compensation.plan.paper import paper
    from upline.documents import DocumentsMissing, render
    from upline.foundation import clock

    facts = paper(plan, lang, company=company, made_on=clock.today(plan.file.time_zone))
    try:
        return render("plan", facts, made_at=clock.now())
    except DocumentsMissing as error:
        raise click.ClickException(str(error)) from error


def _write(out: Path, document: bytes) -> None:
    try:
        with out.open("xb") as written:
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
    from upline.compensation.plan.differences import diff as differences
    from upline.compensation.plan.differences import says_the_same

    for sentence in differences(_loaded(old), _loaded(new), lang) or [says_the_same(lang)]:
        click.echo(sentence)


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
