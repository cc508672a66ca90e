"""Heads that bound generations, for all alike or only as some receivers see them."""

import pytest

from tests.engine_runs import computed
from upline.compensation import PlanRefused
from upline.compensation.bonuses import heads

# Ada is at the top, each stands below the one before; Fay has bought.
CHAIN = dict(zip("ABCDEF", [None, *"ABCDE"], strict=True))
PLAN = """
members: {figure: count, team: text, since: date, is_open: yes_no}
orders: {price: money}
bonuses:
  heads:
    kind: level
    base: price
    head: %s
    head_belongs_to: %s
    generations: {0: 1 %%, 1: 2 %%, 2: 3 %%, 3: 4 %%, 4: 5 %%, 5: 6 %%}
"""
FIELDS = {
    "figure": ["5", "3", "4", "5", "1", "3"],
    "team": ["x", "y", "x", "x", "", "y"],
    "since": ["2026-01-03", "2026-01-01", None, "2026-01-02", "2026-01-03", "2026-01-01"],
    "is_open": ["yes", "no", "yes", "yes", "no", "no"],
}


def generations(head, belongs="generation_above"):
    """Give the generation in which each upline sees what F has bought."""
    orders = [("o1", "F", {"price": "100"})]
    result = computed(PLAN % (head, belongs), CHAIN, orders, members=FIELDS)
    return {row["member"]: row["level"] for row in result.lines.to_pylist()}


# Strictly between F and A stand B (3), C (4), D (5) and E (1).
@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("figure >= receiver.figure", {"E": 1, "D": 1, "C": 2, "B": 3, "A": 2}),
        ("receiver.figure <= figure", {"E": 1, "D": 1, "C": 2, "B": 3, "A": 2}),
        ("figure > receiver.figure", {"E": 1, "D": 1, "C": 2, "B": 3, "A": 1}),
        ("figure < receiver.figure", {"E": 1, "D": 2, "C": 2, "B": 2, "A": 4}),
        ("figure <= receiver.figure", {"E": 1, "D": 2, "C": 2, "B": 2, "A": 5}),
        ("figure = receiver.figure", {"E": 1, "D": 1, "C": 1, "B": 1, "A": 2}),
        ("figure != receiver.figure", {"E": 1, "D": 2, "C": 3, "B": 4, "A": 4}),
        ("team = receiver.team", {"E": 1, "D": 1, "C": 2, "B": 1, "A": 3}),
        ("team != receiver.team", {"E": 1, "D": 2, "C": 2, "B": 4, "A": 3}),
        ("is_open = receiver.is_open", {"E": 1, "D": 1, "C": 2, "B": 2, "A": 3}),
        # C's day is not known: nobody is earlier or later than it.
        ("since > receiver.since", {"E": 1, "D": 2, "C": 1, "B": 3, "A": 1}),
        ("figure >= receiver.figure and is_open", {"E": 1, "D": 1, "C": 2, "B": 3, "A": 2}),
        ("figure <= receiver.figure and not is_open", {"E": 1, "D": 2, "C": 2, "B": 2, "A": 3}),
        ("figure * 2 > receiver.figure + 2", {"E": 1, "D": 1, "C": 2, "B": 3, "A": 3}),
    ],
)
def test_a_generation_counts_the_heads_that_its_receiver_sees(head, expected):
    assert generations(head) == expected


def test_a_head_may_open_a_generation():
    # F (3) himself is a head for whoever has 3 or more.
    found = generations("figure <= receiver.figure", "generation_below")

    assert found == {"E": 0, "D": 2, "C": 2, "B": 2, "A": 5}


def test_volume_is_added_up_below_the_nearest_head():
    plan = (PLAN % ("figure != receiver.figure", "generation_above")) + "    lines: per_head\n"
    orders = [("o1", "F", {"price": "100"}), ("o2", "E", {"price": "10"})]

    result = computed(plan, CHAIN, orders, members=FIELDS)

    lines = [
        (row["member"], row["buyer"], row["level"], str(row["base"].normalize()))
        for row in result.lines.to_pylist()
    ]
    # Seen by B (3) the nearest head to F's order is E (1), that to E's order is D (5).
    assert [line for line in lines if line[0] == "B"] == [
        ("B", "D", 3, "1E+1"),
        ("B", "E", 4, "1E+2"),
    ]


def test_thousands_of_different_figures_are_compared():
    members = 3000
    chain = {str(k): str(k - 1) if k else None for k in range(members)}
    plan = """
members: {figure: count}
orders: {price: money}
bonuses:
  heads: {kind: level, base: price, head: figure > receiver.figure, generations: {1: 1 %, 2: 2 %}}
"""
    fields = {"figure": [str(k * 7 % members) for k in range(members)]}
    last = str(members - 1)

    result = computed(plan, chain, [("o1", last, {"price": "100"})], members=fields)

    def heads(receiver):
        mine = receiver * 7 % members
        return sum(k * 7 % members > mine for k in range(receiver + 1, members - 1))

    expected = {str(k): heads(k) + 1 for k in range(members - 1) if heads(k) < 2}
    assert {row["member"]: row["level"] for row in result.lines.to_pylist()} == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "figure > receiver.figure and team = receiver.team",
            {"E": 1, "D": 1, "C": 2, "B": 1, "A": 1},
        ),
        ("figure > receiver.figure or is_open", {"E": 1, "D": 1, "C": 2, "B": 3, "A": 3}),
        ("figure - receiver.figure > 1", {"E": 1, "D": 1, "C": 1, "B": 2, "A": 1}),
        ("not (figure < receiver.figure)", {"E": 1, "D": 1, "C": 2, "B": 3, "A": 2}),
        ("receiver.is_open", {"E": 1, "D": 2, "C": 3, "B": 1, "A": 5}),
        (
            "[figure > receiver.figure, {any: [is_open, team = receiver.team]}]",
            {"E": 1, "D": 1, "C": 2, "B": 3, "A": 1},
        ),
        ("{any: [is_open, team = receiver.team]}", {"E": 1, "D": 1, "C": 2, "B": 3, "A": 3}),
    ],
)
def test_any_condition_may_compare_with_the_receiver(head, expected):
    assert generations(head) == expected


def test_volume_is_added_up_below_the_nearest_head_of_any_condition():
    head = "figure > receiver.figure or is_open"
    plan = (PLAN % (head, "generation_above")) + "    lines: per_head\n"
    orders = [("o1", "F", {"price": "100"}), ("o2", "E", {"price": "10"})]

    result = computed(plan, CHAIN, orders, members=FIELDS)

    # B sees D and C as heads; D is the one nearest to both orders.
    lines = [row for row in result.lines.to_pylist() if row["member"] == "B"]
    assert [(row["buyer"], row["level"], row["base"]) for row in lines] == [("D", 3, 110)]


def test_a_condition_of_too_many_pairs_is_refused(monkeypatch):
    monkeypatch.setattr(heads, "_MOST_ASKED", 23)

    # Four different figures of receivers, six members.
    with pytest.raises(PlanRefused, match="pairs of members and receivers"):
        generations("figure - receiver.figure > 1")


PLAIN = {name: [None] * 400 for name in ("figure", "team", "since")}
LONG = dict(zip((f"m{k}" for k in range(400)), [None, *(f"m{k}" for k in range(399))], strict=True))


@pytest.mark.parametrize("belongs", ["generation_above", "generation_below"])
@pytest.mark.parametrize("last", ["3", "3+"])
def test_totals_without_lines_are_what_the_lines_of_a_deep_chain_add_up_to(belongs, last):
    plan = PLAN.replace("5: 6 %%}", "5: 6 %%, 6+: 0.7 %%}" if last == "3+" else "5: 6 %%}")
    orders = [
        (f"o{row}", f"m{k}", {"price": f"{k % 97}.{k % 7}1"})
        for row, k in enumerate((*range(0, 400, 3), 399, 399))
    ]
    flags = {"is_open": ["yes" if k % 41 == 0 else "no" for k in range(400)]}

    with_lines, without = (
        computed(plan % ("is_open", belongs), LONG, orders, members=flags | PLAIN, keep_lines=keeps)
        for keeps in (True, False)
    )

    assert without.totals.equals(with_lines.totals)
    assert without.company_total() > 0
