"""The bonus kind board: places below a head that fill up; the head is paid and the board splits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference.drafts import Draft, in_money, pays, unit_of
from tests.reference.scope import Order, of_order, of_receiver
from upline.compensation.plan import schema

if TYPE_CHECKING:
    from tests.reference.period import Period


@dataclass(frozen=True, slots=True)
class Board:
    """Members in the order of their places, the head first; and the top from whom it comes."""

    top: str
    places: tuple[str, ...]


@dataclass(slots=True)
class Boards:
    """All open boards, the oldest first, and how often each member has headed a full one."""

    open: list[Board] = field(default_factory=list)
    cycles: dict[str, int] = field(default_factory=dict)
    tops: set[str] = field(default_factory=set)

    def of(self, member: str) -> Board | None:
        """Give the board on which a member has a place."""
        return next((board for board in self.open if member in board.places), None)


def drafts(period: Period, name: str, bonus: schema.Board) -> list[Draft]:
    """Let each order take a place, and pay the head of each board that is full."""
    boards = _from_before(period, name)
    tree = period.company.tree(bonus.tree)
    for member in period.company.members:
        if tree.parents[member] is None and member not in boards.tops:
            boards.open.append(Board(member, (member,)))
            boards.tops.add(member)
    found = []
    for order in period.company.standing_orders(period.orders):
        if bonus.joins is not None and not period.rule(bonus.joins, of_order(order)):
            continue
        full = _joined(period, boards, bonus, str(order["member"]))
        if full is not None:
            found += _paid(period, name, bonus, full.places[0], order)
    period.kept[name] = boards
    _report(period, name, boards)
    return found


def _from_before(period: Period, name: str) -> Boards:
    if period.previous is None:
        return Boards()
    before = period.previous.kept[name]
    assert isinstance(before, Boards)
    return Boards(list(before.open), dict(before.cycles), set(before.tops))


def _joined(period: Period, boards: Boards, bonus: schema.Board, member: str) -> Board | None:
    """Give a member a place, and the board that he has filled, if any."""
    if boards.of(member) is not None:
        return None
    board = _board_for(period, boards, bonus, member)
    if board is None:
        top = list(period.company.tree(bonus.tree).upwards(member))[-1]
        boards.open.append(Board(top, (member,)))
        return None
    joined = Board(board.top, (*board.places, member))
    boards.open[boards.open.index(board)] = joined
    room = sum(bonus.width**level for level in range(bonus.depth + 1))
    if len(joined.places) < room:
        return None
    boards.open.remove(joined)
    boards.open += _split(joined, bonus)
    head = joined.places[0]
    boards.cycles[head] = boards.cycles.get(head, 0) + 1
    return joined


def _board_for(period: Period, boards: Boards, bonus: schema.Board, member: str) -> Board | None:
    """Find the board of the nearest one above who has a place, else the oldest of the same top."""
    line = list(period.company.tree(bonus.tree).upwards(member))
    for upline in line[1:]:
        board = boards.of(upline)
        if board is not None:
            return board
    return next((board for board in boards.open if board.top == line[-1]), None)


def _split(full: Board, bonus: schema.Board) -> list[Board]:
    """Let each of the first level head those below him, in their places."""
    found = []
    for first in range(1, bonus.width + 1):
        level, places = [first], []
        while level and level[0] < len(full.places):
            places += level
            level = [
                bonus.width * place + child
                for place in level
                for child in range(1, bonus.width + 1)
            ]
        found.append(Board(full.top, tuple(full.places[place] for place in places)))
    return found


def _paid(period: Period, name: str, bonus: schema.Board, head: str, order: Order) -> list[Draft]:
    period.hits["board full"] += 1
    if not pays(period, bonus, head):
        return []
    buyer = str(order["member"])
    scope = of_receiver(head, order=order, buyer=buyer)
    amount = period.amount(bonus.pay, scope)
    amount = in_money(period, bonus, amount, [unit_of(period, bonus.pay, "receiver")], scope)
    return [Draft(receiver=head, bonus=name, buyer=buyer, order=order, amount=amount)]


def _report(period: Period, name: str, boards: Boards) -> None:
    states: Mapping[str, dict[str, object]] = {
        "cycles": {one: Fraction(count) for one, count in boards.cycles.items()},
        "on_board": {one: True for board in boards.open for one in board.places},
        "heads_board_with": {board.places[0]: ",".join(board.places[1:]) for board in boards.open},
    }
    for state, values in states.items():
        for member, value in values.items():
            period.states[member, f"{name}.{state}"] = value
