"""Boards: who sits where, who is paid, what is carried."""

import pytest

from upline.compensation import InputRefused, Inputs, Period, PlanRefused, load_plan, run

PLAN = """
language: 1
plan: boards
version: 2026-10-01
currency: EUR
members: {active: {unit: yes_no, default: yes}, level: text}
orders: {price: money}
bonuses:
  board: {kind: board, width: 2, depth: %s, pay: 300 EUR, joins: kind = 'starter', requires: active}
"""


def orders(who, *, day=1, kind="starter", price="50.00", first=1):
    """Give an order for each, one a day from a day of October on."""
    count = len(who)
    return {
        "id": [f"o{first + k:02}" for k in range(count)],
        "member": list(who),
        "date": [f"2026-10-{day + k:02}" for k in range(count)],
        "kind": [kind] * count,
        "price": [price] * count,
    }


def joined(*tables):
    return {name: [cell for table in tables for cell in table[name]] for name in tables[0]}


def members(sponsors, **columns):
    table = {"id": list(sponsors), "sponsor": list(sponsors.values())}
    return table | {"active": ["yes"] * len(sponsors), "level": [""] * len(sponsors)} | columns


def computed(sponsors, made, depth=2, period="2026-10", **more):
    table = sponsors if "id" in sponsors else members(sponsors)
    inputs = Inputs(members=table, orders=made, period=Period.parse(period), **more)
    return run(load_plan(PLAN % depth), inputs)


def paid(result):
    return [
        (row["member"], row["order"], row["buyer"], str(row["amount"]))
        for row in result.lines.to_pylist()
    ]


def board_of(result, member):
    return result.asked_state(member, "board.heads_board_with")


def cycles(result):
    rows = result.states.to_pylist()
    return {row["member"]: row["value"] for row in rows if row["name"] == "board.cycles"}


def on_board(result):
    rows = result.states.to_pylist()
    return "".join(row["member"] for row in rows if row["name"] == "board.on_board")


STAR = {"T": None} | dict.fromkeys("abcdefghijkl", "T")


def test_a_full_board_pays_its_head_and_splits_into_those_of_the_first_level():
    result = computed(STAR, orders("abcdef"))

    assert paid(result) == [("T", "o06", "f", "300.00")]
    assert board_of(result, "a") == "c,d"
    assert board_of(result, "b") == "e,f"
    assert board_of(result, "c") == ""
    assert on_board(result) == "abcdef"
    assert cycles(result) == {"T": "1"}


def test_who_finds_nobody_above_him_on_a_board_goes_to_the_oldest_open_one():
    result = computed(STAR, orders("abcdefghijk"))

    # g to j fill the board of a, k is the first to come to that of b.
    assert paid(result) == [("T", "o06", "f", "300.00"), ("a", "o10", "j", "300.00")]
    assert board_of(result, "b") == "e,f,k"
    assert board_of(result, "c") == "g,h"


def test_a_newcomer_sits_on_the_board_of_the_nearest_one_above_him():
    sponsors = {**STAR, "x": "e", "y": "x"}

    result = computed(sponsors, orders("abcdefy"))

    assert board_of(result, "a") == "c,d"
    assert board_of(result, "b") == "e,f,y"


def test_an_order_of_one_who_holds_a_place_takes_no_other():
    result = computed(STAR, orders("aTabab"))

    assert board_of(result, "T") == "a,b"
    assert paid(result) == []


def test_whoever_has_led_a_full_board_comes_back_by_another_order():
    result = computed(STAR, orders("abcdefT"))

    assert board_of(result, "a") == "c,d,T"
    assert "T" in on_board(result)


def test_a_board_of_one_level():
    result = computed(STAR, orders("abcd"), depth=1)

    # T is paid with b; a and b lead boards of their own: c and d fill the older one.
    assert paid(result) == [("T", "o02", "b", "300.00"), ("a", "o04", "d", "300.00")]
    assert (board_of(result, "b"), board_of(result, "c"), board_of(result, "d")) == ("", "", "")


def test_three_levels_split_into_boards_in_which_two_are_full():
    sponsors = {"T": None} | {f"m{k:02}": "T" for k in range(1, 15)}

    result = computed(sponsors, orders([f"m{k:02}" for k in range(1, 15)]), depth=3)

    assert paid(result) == [("T", "o14", "m14", "300.00")]
    assert board_of(result, "m01") == "m03,m04,m07,m08,m09,m10"
    assert board_of(result, "m02") == "m05,m06,m11,m12,m13,m14"


def test_a_head_who_does_not_qualify_leaves_without_pay():
    table = members(STAR, active=["no"] + ["yes"] * 12)

    result = computed(table, orders("abcdef"))

    assert paid(result) == []
    assert cycles(result) == {"T": "1"}
    assert board_of(result, "a") == "c,d"


def test_only_orders_that_join_take_a_place():
    made = joined(orders("ab"), orders("cdef", kind="refill", day=3, first=3))

    assert board_of(computed(STAR, made), "T") == "a,b"


def test_orders_of_a_day_take_places_in_the_order_of_their_ids():
    made = {**orders("ba"), "date": ["2026-10-01"] * 2}
    turned = {name: column[::-1] for name, column in made.items()}

    assert board_of(computed(STAR, made), "T") == "b,a"
    assert board_of(computed(STAR, turned), "T") == "b,a"


def test_a_refunded_order_takes_no_place():
    refund = {**orders("a", price="-50.00", first=90)}
    made = joined(orders("abc"), refund)

    result = computed(STAR, made)

    assert board_of(result, "T") == "b,c"
    assert on_board(result) == "Tbc"


def test_a_refund_gives_back_one_order_and_only_its_own():
    twice = {**orders("aab"), "date": ["2026-10-01", "2026-10-01", "2026-10-02"]}
    refunds = joined(
        orders("a", price="-50.00", first=90), orders("b", price="-20.00", day=2, first=91)
    )

    # One of a's two orders stays; nobody bought for 20.
    assert board_of(computed(STAR, joined(twice, refunds)), "T") == "a,b"


def test_boards_go_on_from_period_to_period():
    first = computed(STAR, orders("abcde"))
    second_orders = {**orders("fghij", first=6), "date": [f"2026-11-0{k}" for k in range(1, 6)]}

    second = computed(STAR, second_orders, period="2026-11", carries=first.carries)
    at_once = computed(STAR, orders("abcdefghij"))

    assert paid(first) == []
    assert paid(second) == paid(at_once)
    for member in "abcdefghij":
        assert board_of(second, member) == board_of(at_once, member)
    assert cycles(second) == cycles(at_once) == {"T": "1", "a": "1"}


def test_every_top_leads_a_board_of_its_own_line():
    sponsors = {"S": None, "T": None, "a": "S", "b": "T", "c": "S", "d": "T"}

    result = computed(sponsors, orders("abcd"))

    assert board_of(result, "S") == "a,c"
    assert board_of(result, "T") == "b,d"


def test_pay_may_speak_of_the_head_and_of_who_fills_the_board():
    text = (PLAN % 1).replace("300 EUR", "{by: level, A: {by: buyer.level, B: 70 EUR}}")
    table = members(STAR, level=["A", "B", "B"] + [""] * 10)
    inputs = Inputs(members=table, orders=orders("ab"), period=Period.parse("2026-10"))

    assert paid(run(load_plan(text), inputs)) == [("T", "o02", "b", "70.00")]


def test_boards_that_were_carried_with_another_form_are_refused():
    first = computed(STAR, orders("abcde"))

    with pytest.raises(InputRefused, match=r"board\.carried"):
        computed(STAR, orders("f", first=6), depth=1, carries=first.carries)


def test_the_boards_agree_with_a_plain_play_of_them():
    import random

    for seed in range(60):
        chance = random.Random(seed)  # noqa: S311 - no secret hangs on it
        names = [f"m{k:03}" for k in range(60)]
        sponsors = {
            name: (
                names[chance.randrange(max(0, k - chance.choice([2, 60])), k)] if k > 2 else None
            )
            for k, name in enumerate(names)
        }
        entries = [chance.choice(names) for _ in range(25)] + names[3:40]
        chance.shuffle(entries)
        made = {
            "id": [f"o{k:03}" for k in range(len(entries))],
            "member": entries,
            "date": [f"2026-10-{1 + k // 3:02}" for k in range(len(entries))],
            "kind": ["starter"] * len(entries),
            "price": ["50.00"] * len(entries),
        }
        depth = chance.choice([1, 2, 3])

        heads, boards = plain_play(sponsors, entries, 2, depth)

        result = computed(sponsors, made, depth=depth)
        assert [line[0] for line in sorted(paid(result), key=lambda line: line[1])] == heads
        for head, others in boards.items():
            assert board_of(result, head) == ",".join(others)


def plain_play(sponsors, entries, width, depth):
    """Play boards as the page says: one list of levels each, walking up to find the nearest one."""
    size = sum(width**level for level in range(depth + 1))
    boards, paid, left = [], [], set()

    def board_with(member):
        return next((board for board in boards if member in board["seats"]), None)

    def uplines(member):
        while (member := sponsors[member]) is not None:
            yield member

    for who in entries:
        top = [who, *uplines(who)][-1]
        if board_with(who) or (top == who and who not in left):
            continue
        board = next((b for one in uplines(who) if (b := board_with(one))), None)
        if board is None and top in left:
            board = next(b for b in boards if b["top"] == top)
        if board is None:
            board = {"top": top, "seats": [top]}
            boards.append(board)
        board["seats"].append(who)
        if len(board["seats"]) < size:
            continue
        boards.remove(board)
        paid.append(board["seats"][0])
        left.add(board["seats"][0])
        levels, start, many = [], 1, width
        while start < size:
            levels.append(board["seats"][start : start + many])
            start, many = start + many, many * width
        for leg in range(width):
            seats = [
                one
                for number, level in enumerate(levels)
                for one in level[leg * width**number : (leg + 1) * width**number]
            ]
            boards.append({"top": board["top"], "seats": seats})
    return paid, {board["seats"][0]: board["seats"][1:] for board in boards}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("depth: %s", "depth: 20", r"board\.size"),
        ("kind: board, width: 2, depth: %s, pay: 300 EUR, joins: kind = 'starter'",
         "kind: breakaway, base: price, head: active, rate: 1 %, guarantee: order.price",
         r"bonus\.no_order"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_the_check(old, new, code):
    with pytest.raises(PlanRefused, match=code):
        load_plan(PLAN.replace(old, new))
