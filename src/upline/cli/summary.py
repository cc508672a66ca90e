"""The table that ends `upline compute`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from upline.compensation import Result


def show_summary(result: Result, out: Path, seconds: float) -> None:
    """Print bonuses, ranks, and where the files are."""
    console = Console(width=None if Console().is_terminal else 100)
    world = result.world
    currency = world.plan.file.currency
    console.print(
        f"\n[bold]{world.plan.id}[/bold], {world.period.label or world.period.start}: "
        f"{_counted(len(world), 'member')}, {_counted(len(world.orders), 'order')}"
    )
    console.print(_bonuses(result, currency))
    if result.ladders():
        console.print(_ranks(result))
    if world.orders_outside:
        console.print(f"Orders outside the period, left out: {world.orders_outside:,}.")
    for name, lost in placeless(result).items():
        found = f"Found no place in the tree '{name}': {_counted(lost, 'member')}."
        console.print(f"{found} Each stands at the top of a tree of his own.")
    if world.ignored_columns:
        console.print(f"Columns the plan does not use: {', '.join(world.ignored_columns)}.")
    lost = result.lost_carries
    if lost.num_rows:
        named = ", ".join(dict.fromkeys(lost["name"].to_pylist()))
        console.print(
            f"Carries that no rule goes on with, {_counted(lost.num_rows, 'row')}: {named}."
        )
    lines = "lines, " if result.keeps_lines else ""
    console.print(f"{out}: {lines}totals, pay, ranks, carries, receipt. {seconds:.1f} s")


def placeless(result: Result) -> dict[str, int]:
    """Count by tree the members for whom it had no place; trees with room for all are left out."""
    states = result.figures.states
    counts = {
        name: int(np.count_nonzero(states[f"{name}.without_place"].values))  # type: ignore[union-attr]
        for name in result.world.trees
        if f"{name}.without_place" in states
    }
    return {name: count for name, count in counts.items() if count}


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word if number == 1 else word + 's'}"


def _bonuses(result: Result, currency: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("bonus")
    for heading in ("members paid", "lines", f"{currency}"):
        table.add_column(heading, justify="right")
    for part in result.paid:
        lines = f"{len(part.lines):,}" if part.lines is not None else ""
        amount = Fraction(int(part.totals.sum()), 10**part.places)
        paid = int(np.count_nonzero(part.totals))
        table.add_row(part.bonus, f"{paid:,}", lines, _money(amount, result.places))
    totals = np.sum(
        [part.totals * 10 ** (result.places - part.places) for part in result.paid], axis=0
    )
    table.add_section()
    paid = int(np.count_nonzero(totals))
    table.add_row(
        "[bold]total", f"{paid:,}", "", f"[bold]{_money(result.company_total(), result.places)}"
    )
    return table


def _ranks(result: Result) -> Table:
    names = [name for name in result.world.plan.names.ranks if name != "title"]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("rank" if names == ["rank"] else "ladder and rank")
    table.add_column("members", justify="right")
    for name in names:
        column = result.figures.member_scope.named(name).spread(len(result.world))
        counts = np.bincount(column.values + 1, minlength=len(column.labels) + 1)  # type: ignore[union-attr]
        prefix = "" if names == ["rank"] else f"{name}: "
        for label, count in zip(("none", *column.labels), counts.tolist(), strict=True):  # type: ignore[union-attr]
            if count or label != "none":
                table.add_row(f"{prefix}{label}", f"{count:,}")
    return table


def _money(exact: Fraction, places: int) -> str:
    whole = int(exact * 10**places)
    cents = f"{abs(whole) % 10**places:0{places}}" if places else ""
    sign = "-" if whole < 0 else ""
    return f"{sign}{abs(whole) // 10**places:,}{'.' if places else ''}{cents}"
