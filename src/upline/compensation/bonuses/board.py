"""Bonus kind `board`: places of a board are taken by orders; a full board pays its head and splits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.lines import NO_LEVEL, Lines, Paid, Work
from upline.compensation.bonuses.refunded import refunded
from upline.compensation.columns import Days, Flags, Numbers, constant
from upline.compensation.errors import Fault, InputRefused
from upline.compensation.kernels import boards
from upline.compensation.measures.evaluate import numbers, rule, value
from upline.compensation.measures.figures import Computed
from upline.compensation.measures.scopes import LineScope

Array = npt.NDArray[Any]
BOARD, PLACE, CYCLES = "board", "place", "cycles"


def compute(work: Work) -> list[Paid]:
    """Let orders take places, pay the heads of full boards, and carry who sits where."""
    played = play(work)
    work.figures.boards[work.name] = played
    _report(work, played)
    return [work.paid(_lines(work, played))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How the boards of a bonus stand, and those that split in this period.

    By position of the sponsor tree: `board` and `place` (-1 for none), `cycles`. `seats[b]` are
    the members on board b by place; `numbers[b]` says when it was founded. `splits` are the boards
    that became full, `fillers` the orders that filled them.
    """

    board: Array
    place: Array
    cycles: Array
    seats: Array
    numbers: Array
    splits: Array
    fillers: Array


def size_of(width: int, depth: int) -> int:
    """Count the places of a board, the head's included.

    >>> size_of(2, 2)
    7
    """
    return sum(width**level for level in range(depth + 1))


def play(work: Work) -> Played:
    """Let every order that takes a place take it, from the boards that the period before left."""
    bonus, forest = work.bonus, work.forest
    count = len(forest)
    size = size_of(bonus.width, bonus.depth)
    chosen = entries(work)
    member = work.figures.world.orders.member[chosen]
    who = _into_tree(work, member).astype(np.int64)
    top, end = np.empty(count, np.int32), np.empty(count, np.int32)
    boards.tops_and_ends(forest.parent, top, end)
    start = _start(work, top, end, size, who)
    splits, fillers = (np.full(len(start.taken), -1, np.int64) for _ in range(2))
    made = boards.play(
        who,
        bonus.width,
        top,
        end,
        start.board,
        start.place,
        start.cycles,
        start.seats,
        start.taken,
        len(start.numbers),
        *start.queues,
        start.marks,
        splits,
        fillers,
    )
    later = start.numbers[-1] if len(start.numbers) else 0
    new = later + 1 + np.arange(made - len(start.numbers))
    split = splits[splits >= 0]
    seats = start.seats[:made]
    at = _from_tree_of_members(work)
    return Played(
        board=start.board[at],
        place=start.place[at],
        cycles=start.cycles[at],
        seats=np.where(seats < 0, -1, shared.from_tree(work, np.maximum(seats, 0))),
        numbers=np.concatenate([start.numbers, new]),
        splits=split,
        fillers=chosen[fillers[: len(split)]],
    )


def entries(work: Work) -> Array:
    """Give the orders that may take a place, in the order of date and order id.

    A refund takes none, and neither does the order of this period that it gives back.
    """
    world = work.figures.world
    holds = np.ones(len(world.orders), np.bool_)
    if work.bonus.joins is not None:
        holds &= rule(work.bonus.joins, work.figures.order_scope)
    if world.orders.in_period is not None:
        holds &= world.orders.in_period
    chosen = np.flatnonzero(holds & ~refunded(work.figures))
    dates = world.orders.columns["date"]
    assert isinstance(dates, Days)
    keys = shared.id_ranks(world.order_ids)[world.orders.rows[chosen]]
    return np.asarray(chosen[np.lexsort((keys, dates.values[chosen]))])


def _into_tree(work: Work, positions: Array) -> Array:
    world = work.figures.world
    if work.forest is world.forest:
        return positions
    return np.asarray(work.forest.positions[world.forest.rows[positions]])


def _from_tree_of_members(work: Work) -> Array:
    """Give, for each position of the sponsor tree, the one in the bonus's tree."""
    return _into_tree(work, np.arange(len(work.forest)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """The boards at the beginning, by position of the bonus's tree, with room for all to come."""

    board: Array
    place: Array
    cycles: Array
    seats: Array
    taken: Array
    numbers: Array
    queues: tuple[Array, Array, Array]
    marks: Array


def _start(work: Work, top: Array, end: Array, size: int, entering: Array) -> _Start:
    """Lay out the boards that were carried."""
    count, width = len(top), work.bonus.width
    board, place, cycles = (np.full(count, -1, np.int64) for _ in range(3))
    carried = [_carried(work, name) for name in (BOARD, PLACE, CYCLES)]
    cycles[:] = 0
    for position, times in carried[2].items():
        cycles[position] = times
    numbers = np.asarray(sorted(set(carried[0].values())), np.int64)
    index = {int(number): row for row, number in enumerate(numbers)}
    # Boards that are there may split at once; for any other split a whole last level enters. Each
    # top may found a board, and one more where his has gone with another branch.
    most = len(numbers) + len(entering) // (size - (size - 1) // width)
    room = len(numbers) + 2 * len(np.unique(top[entering])) + width * most
    seats = np.full((room, size), -1, np.int32)
    taken = np.zeros(room, np.int64)
    for position, number in carried[0].items():
        row, seat = index[number], carried[1].get(position, 0) - 1
        _refuse_unfit(work, fits=0 <= seat < size and seats[row, max(seat, 0) % size] < 0)
        board[position], place[position], seats[row, seat] = row, seat, position
        taken[row] += 1
    _refuse_unfit(work, fits=all((seats[row, : taken[row]] >= 0).all() for row in index.values()))
    _refuse_unfit(work, fits=bool((taken < size).all()))
    following, first, last = (np.full(length, -1, np.int64) for length in (room, count, count))
    leaves = 1 << max(count - 1, 1).bit_length()
    marks = np.zeros(2 * leaves, np.int32)
    for row in index.values():
        boards.append(row, int(top[seats[row, 0]]), following, first, last)
    for position in carried[0]:
        boards.mark(marks, position, end[position])
    return _Start(
        board=board,
        place=place,
        cycles=cycles,
        seats=seats,
        taken=taken,
        numbers=numbers,
        queues=(following, first, last),
        marks=marks,
    )


def _carried(work: Work, name: str) -> dict[int, int]:
    entries = work.figures.world.carried.get(f"{work.name} {name}", {})
    at = _from_tree_of_members(work) if entries else np.zeros(0, np.int64)
    return {int(at[position]): int(Fraction(text)) for position, text in entries.items()}


def _refuse_unfit(work: Work, *, fits: bool) -> None:
    if not fits:
        problem = f"The boards of '{work.name}' that were carried do not fit its width and depth."
        remedy = "Keep width and depth for boards that have begun; a new board has a new name."
        raise InputRefused([Fault(work.bonus.place, "board.carried", problem, remedy)])


def _lines(work: Work, played: Played) -> Lines:
    """Pay the head of each board that became full, if he qualifies."""
    head = played.seats[played.splits, 0]
    paid = np.flatnonzero(work.member_rule(work.bonus.requires)[head])
    head, order = head[paid].astype(np.int64), played.fillers[paid]
    buyer = work.figures.world.orders.member[order].astype(np.int64)
    scope = LineScope(work.figures, head, buyer, order)
    pay = numbers(value(work.bonus.pay, scope)).spread(len(paid))
    lines = Lines(
        receiver=head,
        buyer=buyer,
        order=order,
        level=np.full(len(paid), NO_LEVEL, np.int32),
        amount=shared.line_amounts(pay, constant(1), work.rounding),
        base=pay,
        rate=constant(1).spread(len(paid)),
    )
    return lines.taken(np.flatnonzero(lines.amount))


def _report(work: Work, played: Played) -> None:
    """Carry boards and places, counted from 1, and report who is on a board and how often he led."""
    figures, one = work.figures, Fraction(1)
    sits = played.board >= 0
    founded = np.zeros(len(sits), np.int64)
    founded[sits] = played.numbers[played.board[sits]]
    for name, values in ((BOARD, founded), (PLACE, played.place + 1), (CYCLES, played.cycles)):
        figures.carries[f"{work.name} {name}"] = Numbers(values, one)
    tops = shared.from_tree(work, np.flatnonzero(work.forest.parent < 0))
    leads = np.zeros(len(sits), np.bool_)
    leads[tops] = played.cycles[tops] == 0
    figures.states[f"{work.name}.on_board"] = Flags(sits | leads)
    figures.states[f"{work.name}.{CYCLES}"] = Numbers(played.cycles, one)


def board_state(figures: Computed, position: int, state: str) -> str | None:
    """Give, as `BONUS.heads_board_with`, who is on the board that a member heads, by place.

    The head himself is left out. None for any other state.
    """
    name, _, asked = state.partition(".")
    played = figures.boards.get(name)
    if played is None or asked != "heads_board_with":
        return None
    if played.place[position] != 0:
        return ""
    others = played.seats[played.board[position], 1:]
    return ",".join(figures.world.id_of(int(one)) for one in others[others >= 0])
