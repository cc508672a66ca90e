"""The digests of a run: of every column that went in, and of every one that came out."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from upline.compensation import digests
from upline.compensation.carry_tables import digests_elsewhere, digests_in, named
from upline.compensation.columns import Column, Members, Numbers
from upline.compensation.finding import is_rising
from upline.compensation.genealogy.binary import SIDES
from upline.compensation.measures.windows import resolve_carries
from upline.compensation.orders import in_sequence
from upline.compensation.plan.calendars import calendars_of

if TYPE_CHECKING:
    from upline.compensation.result import Result

Array = npt.NDArray[Any]
_Tasks = dict[str, Callable[[], str]]


def digests_of(result: Result) -> tuple[dict[str, str], dict[str, str]]:
    """Give the digests of the inputs and of the outputs, each by the name of its column.

    Rows stand in the sequence of ids, so that neither the order in which they came nor that in
    which they were computed makes a difference. Columns are digested several at once.
    """
    by_id = _inverse(result.member_ranks())
    positions = result.members_by_id()
    rank_at = np.empty(len(positions), np.int64)
    rank_at[positions] = np.arange(len(positions))
    inputs = _members(result, by_id, positions, rank_at) | _orders(result, rank_at)
    inputs |= _whatever_else(result, positions, rank_at)
    outputs = _outputs(result, positions, rank_at) | _pay(result)
    found = _done(inputs), _done(outputs)
    found[0].update(_texts(result))
    found[1].update(digests_elsewhere(result.figures))
    if result.keeps_lines:
        found[1].update({f"lines.{name}": one for name, one in result.line_digests().items()})
    return found


def _done(tasks: _Tasks) -> dict[str, str]:
    """Do all tasks, several at once; those that take longest come first by custom, not by need."""
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as workers:
        found = {name: workers.submit(task) for name, task in tasks.items()}
    return {name: future.result() for name, future in found.items()}


def _of(column: Column, rows: digests.Rows, ids: Array | None = None) -> Callable[[], str]:
    return partial(digests.of_column, column, rows, ids)


def _members(result: Result, by_id: Array, positions: Array, rank_at: Array) -> _Tasks:
    world = result.world
    ids: digests.Rows = slice(None) if _is_in_sequence(by_id) else by_id
    tasks: _Tasks = {"members.id": partial(digests.of_ids, world.ids, ids)}
    for name, column in world.members.items():
        tasks[f"members.{name}"] = _of(column, positions, rank_at)
    return tasks


def _orders(result: Result, rank_at: Array) -> _Tasks:
    """Digest orders as they came in, in the sequence of their ids: none need be put by member."""
    world, orders = result.world, result.world.orders
    sequence = _by_id(result)
    rows = in_sequence(orders.chosen_rows, sequence)
    tasks: _Tasks = {"orders.id": partial(digests.of_ids, world.order_ids, rows)}
    tasks["orders.member"] = _of(Members(orders.member_as_it_came), sequence, rank_at)
    rank_of_row = rank_at[world.forest.positions]
    for name, column in orders.as_they_came.items():
        tasks[f"orders.{name}"] = _of(column, rows, rank_of_row)
    return tasks


def _by_id(result: Result) -> digests.Rows:
    """Give the sequence of orders by id; all as they stand where they came so."""
    chosen = result.world.orders.chosen_rows
    if is_rising(result.world.order_ids) and (chosen is None or _is_in_sequence(chosen)):
        return slice(None)
    ranks = result.order_ranks()
    return np.argsort(ranks if chosen is None else ranks[chosen])


def _whatever_else(result: Result, positions: Array, rank_at: Array) -> _Tasks:
    world = result.world
    tasks: _Tasks = {}
    for name, sums in world.given_earnings.items():
        tasks[f"earnings.{name}"] = _of(Numbers(sums, world.earnings_unit), positions)
    for side, legs in zip(SIDES, world.given_legs or (), strict=False):
        tasks[f"legs.{side}"] = _of(legs, positions)
    for name, tree in world.trees.items():
        if tree.is_right is not None or world.plan.file.trees[name].fill == "given":
            above = Members(world.forest.parents_in(tree))
            tasks[f"trees.{name}"] = _of(above, positions, rank_at)
    return tasks


def _texts(result: Result) -> dict[str, str]:
    """Digest what is no column: the period, rates, and what was carried in."""
    world = result.world
    found = {"period": digests.of_text(f"{world.period.start} {world.period.end}")}
    found |= digests_in(world)
    if len(calendars_of(world.plan.file)) > 1:
        found["calendar"] = digests.of_text(world.calendar)
    for name, rates in world.rates.items():
        if rates:
            found[name] = digests.of_text(repr(sorted(rates.items())))
    return found


def _outputs(result: Result, positions: Array, rank_at: Array) -> _Tasks:
    tasks: _Tasks = {}
    for part in result.paid:
        totals = Numbers(part.totals, Fraction(1, 10**part.places))
        tasks[f"totals.{part.bonus}"] = _of(totals, positions)
    scope = result.figures.member_scope
    for name in result.ladders():
        tasks[f"ranks.{name}"] = _of(scope.named(name), positions)
    for name, flags in result.gates.items():
        tasks[f"legal.{name}"] = _of(flags, positions)
    for name, column in sorted(result.figures.states.items()):
        tasks[f"states.{name}"] = _of(column, positions, rank_at)
    for name, column in sorted(resolve_carries(scope).items()):
        tasks[f"carries.{named(name, result.world)}"] = _of(column, positions, rank_at)
    return tasks


def _pay(result: Result) -> _Tasks:
    members, pay = result.paid_members(), result.in_own_currency()
    rank = result.member_ranks()[result.world.forest.rows]
    columns_of_pay: dict[str, Column] = {
        "member": Numbers(rank, Fraction(1)),
        "amount": pay.totals,
        "pay_amount": Numbers(pay.units, Fraction(1)),
        "pay_currency": pay.currencies,
    }
    return {f"pay.{name}": _of(column, members) for name, column in columns_of_pay.items()}


def _inverse(places: Array) -> Array:
    """Give the row at each place."""
    rows = np.empty_like(places)
    rows[places] = np.arange(len(places))
    return rows


def _is_in_sequence(ranks: Array) -> bool:
    return bool((ranks[1:] > ranks[:-1]).all())
