"""`upline explain`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upline.cli.refusals import shows_refusals
from upline.languages import LANGUAGES

if TYPE_CHECKING:
    from upline.compensation.explain.facts import MemberReasons
    from upline.compensation.explain.orders import OrderReasons


@click.command()
@click.option(
    "--run",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    help="A folder that 'upline compute' made.",
)
@click.option("--member", help="The member's id.")
@click.option("--order", help="Instead of a member: the id of an order, with all that it paid.")
@click.option("--bonus", help="Only this bonus of the member, by its name in the plan.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language of the sentences.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Give the reasons as data instead, with every line."
)
@click.option(
    "--lines",
    "most_lines",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="At most so many lines of each bonus; the rest is added up.",
)
@shows_refusals()
def explain(
    folder: Path,
    member: str | None,
    order: str | None,
    bonus: str | None,
    lang: str,
    as_json: bool,
    most_lines: int,
) -> None:
    """Say why a member earned what he did, and why not more; or whom an order paid.

    Each line comes with its factors and those who were passed over; each bonus that paid nothing
    with the condition that failed and what was missing; the next rank with what it still needs and
    the ways to it. At the end stands where the plan says what the lines are made of: field, row,
    day and clause. An order comes with every line of it, with those above its buyer who were not
    paid, with the share of its price that was paid, and with its budget.
    """
    if (member is None) == (order is None):
        raise click.UsageError("Give either --member or --order.")
    if order is not None:
        lines = _of_order(folder, order, lang, as_json=as_json)
    else:
        assert member is not None
        lines = _of_member(_Asked(folder, member, bonus, most_lines), lang, as_json=as_json)
    for line in lines:
        click.echo(line)


@dataclass(frozen=True, slots=True)
class _Asked:
    folder: Path
    member: str
    bonus: str | None
    most_lines: int


def _of_member(asked: _Asked, lang: str, *, as_json: bool) -> list[str]:
    from upline.cli.progress import Steps

    with Steps() as steps:
        steps("Computing the run again")
        from upline.compensation.explain.why import reasons
        from upline.runs.folder import compute_again

        result, _ = compute_again(asked.folder)
        steps("Finding the reasons")
        most = None if as_json else asked.most_lines
        found = reasons(result, asked.member, bonus=asked.bonus, most_lines=most)
    if as_json:
        return [_json(found)]
    from upline.compensation.explain.render import sentences
    from upline.compensation.explain.render_origin import origin_sentences

    plan = result.world.plan
    said = sentences(found, plan, lang, most_lines=asked.most_lines)
    return said + origin_sentences(found, plan, lang)


def _of_order(folder: Path, order: str, lang: str, *, as_json: bool) -> list[str]:
    from upline.cli.progress import Steps

    with Steps() as steps:
        steps("Computing the run again")
        from upline.compensation.explain.orders import order_reasons
        from upline.runs.folder import compute_again

        result, _ = compute_again(folder)
        steps("Finding the reasons")
        found = order_reasons(result, order)
    if as_json:
        return [_json(found)]
    from upline.compensation.explain.render_order import order_sentences
    from upline.compensation.explain.render_origin import order_origin_sentences

    plan = result.world.plan
    return order_sentences(found, plan, lang) + order_origin_sentences(found, plan, lang)


def _json(found: MemberReasons | OrderReasons) -> str:
    return json.dumps(asdict(found), ensure_ascii=False, indent=2)
