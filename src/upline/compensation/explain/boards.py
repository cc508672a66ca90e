"""Where a member sits on the boards of a bonus, and who was on the one that paid him."""

from __future__ import annotations

import numpy as np

from upline.compensation.bonuses.board import Played
from upline.compensation.bonuses.lines import Work
from upline.compensation.explain.facts import Nothing
from upline.compensation.explain.view import View


def on_board(view: View, work: Work, receiver: int, order: int) -> tuple[str, ...]:
    """Give who was on the board that a member headed when an order filled it, in order of places."""
    played: Played = view.figures.boards[work.name]
    split = played.splits[np.flatnonzero(played.fillers == order)]
    row = next(played.seats[board] for board in split if int(played.seats[board, 0]) == receiver)
    return tuple(view.world.id_of(int(one)) for one in row[1:])


def no_board(view: View, work: Work, position: int) -> Nothing:
    """Say that a member has no place, that his board is not full, or who heads it."""
    played: Played = view.figures.boards[work.name]
    size = played.seats.shape[1]
    board = int(played.board[position])
    if board < 0:
        is_first = view.position_above(work, position) < 0 and not played.cycles[position]
        if not is_first:
            return Nothing(code="no_board")
        return Nothing(code="board_open", facts=_places(1, size))
    taken = int(np.count_nonzero(played.seats[board] >= 0))
    if played.place[position] == 0:
        return Nothing(code="board_open", facts=_places(taken, size))
    head = view.world.id_of(int(played.seats[board, 0]))
    facts = _places(taken, size) | {"member": head, "place": str(int(played.place[position]) + 1)}
    return Nothing(code="board_place", facts=facts)


def _places(taken: int, size: int) -> dict[str, str]:
    return {"taken_places": str(taken), "places": str(size), "open": str(size - taken)}
