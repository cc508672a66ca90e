"""Boards: places taken one after the other, level by level; a full board splits.

A board of width w is a heap: below place s are the places s * w + 1 to s * w + w, place 0 is its
head. Places fill in that order, and so do those of the boards that a full one leaves behind.
"""

from __future__ import annotations

from upline.compensation.kernels import kernel


@kernel
def play(  # type: ignore[no-untyped-def]
    entries,
    width,
    top,
    end,
    board,
    place,
    cycles,
    seats,
    taken,
    found_count,
    following,
    first_open,
    last_open,
    marks,
    splits,
    fillers,
):
    """Let members take places in the order of `entries`; returns how many boards there are.

    By position in the tree: `top`, the uppermost one above; `end`, the position behind the group;
    `board` and `place` or -1; `cycles`, how often he has headed a full board. By board: its
    `seats` (members or -1), how many are `taken`, and the one `following` it among those of the
    same top, from first_open[top] to last_open[top]. The first `found_count` boards are there
    already, and `marks` is the tree of marks over them. The k-th board to split goes into
    splits[k], the entry that filled it into fillers[k]; further ones are -1.
    """
    boards = found_count
    split = 0
    for k in range(len(entries)):
        who = entries[k]
        if board[who] >= 0 or (top[who] == who and cycles[who] == 0):
            continue
        here = board_for(who, top, cycles, board, taken, seats, following, first_open, marks)
        if here < 0:
            head = top[who] if cycles[top[who]] == 0 and board[top[who]] < 0 else who
            here = boards
            boards += 1
            append(here, top[who], following, first_open, last_open)
            sit(head, here, 0, board, place, seats, end, marks)
            taken[here] = 1
            if head == who:
                continue
        sit(who, here, taken[here], board, place, seats, end, marks)
        taken[here] += 1
        if taken[here] < seats.shape[1]:
            continue
        splits[split] = here
        fillers[split] = k
        split += 1
        head = seats[here, 0]
        board[head] = -1
        place[head] = -1
        cycles[head] += 1
        mark(marks, head, 0)
        for leg in range(width):
            append(boards, top[head], following, first_open, last_open)
            halve(here, boards, leg, width, board, place, seats)
            taken[boards] = (seats.shape[1] - 1) // width
            boards += 1
    return boards


@kernel
def board_for(who, top, cycles, board, taken, seats, following, first_open, marks):  # type: ignore[no-untyped-def]
    """Give the board of the nearest one above, else the oldest open one of the same top, or -1."""
    upper = nearest_marked(marks, who)
    if upper >= 0:
        return board[upper]
    head = top[who]
    if cycles[head] == 0 and board[head] < 0:
        return -1
    here = first_open[head]
    while here >= 0 and taken[here] == seats.shape[1]:
        here = following[here]
    first_open[head] = here
    return here


@kernel
def append(new, head, following, first_open, last_open):  # type: ignore[no-untyped-def]
    """Put a board behind the others of one top."""
    if first_open[head] < 0:
        first_open[head] = new
    else:
        following[last_open[head]] = new
    last_open[head] = new


@kernel
def sit(who, here, seat, board, place, seats, end, marks):  # type: ignore[no-untyped-def]
    """Give a member a place on a board."""
    board[who] = here
    place[who] = seat
    seats[here, seat] = who
    mark(marks, who, end[who])


@kernel
def halve(full, new, leg, width, board, place, seats):  # type: ignore[no-untyped-def]
    """Move the group below one of the first level of a full board to a board of its own."""
    for seat in range((seats.shape[1] - 1) // width):
        # Where the seat was: follow its path from the new head, which was on the first level.
        above, deep, step = seat, 0, 1
        while above > 0:
            deep += (above - 1) % width * step
            step *= width
            above = (above - 1) // width
        first = 0
        size = 1
        while size < step * width:
            first += size
            size *= width
        who = seats[full, first + leg * step + deep]
        seats[new, seat] = who
        board[who] = new
        place[who] = seat


@kernel
def mark(marks, who, value):  # type: ignore[no-untyped-def]
    """Set a member's mark, the end of his group, or 0 for none; each node holds the greatest below."""
    node = who + len(marks) // 2
    marks[node] = value
    while node > 1:
        node >>= 1
        greatest = max(marks[2 * node], marks[2 * node + 1])
        if marks[node] == greatest:
            break
        marks[node] = greatest


@kernel
def nearest_marked(marks, who):  # type: ignore[no-untyped-def]
    """Give the nearest marked member above: the last one before him whose group goes beyond him."""
    leaves = len(marks) // 2
    node = who + leaves
    while node > 1 and not (node & 1 and marks[node - 1] > who):
        node >>= 1
    if node <= 1:
        return -1
    node -= 1
    while node < leaves:
        node = 2 * node + 1 if marks[2 * node + 1] > who else 2 * node
    return node - leaves


@kernel
def tops_and_ends(parent, top, end):  # type: ignore[no-untyped-def]
    """Fill who stands uppermost above each position, and the position behind each one's group."""
    for i in range(len(parent)):
        above = parent[i]
        top[i] = i if above < 0 else top[above]
        end[i] = i + 1
    for i in range(len(parent) - 1, -1, -1):
        above = parent[i]
        if above >= 0:
            end[above] = max(end[above], end[i])
