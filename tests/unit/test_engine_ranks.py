"""Ranks that hang on ranks below: in one sweep, with other figures, and over two trees."""

import random

import pytest

from upline.compensation import Inputs, Period, PlanRefused, load_plan, run

PLAN = """
language: 1
plan: ranks
version: 2026-10-01
currency: EUR
members: {wanted: count, volume: points, goal: points, extra: points}
trees: {line: {kind: given}, placement: {kind: binary}}
%s
"""


def members(sponsors, **columns):
    count = len(sponsors)
    table = {"id": list(sponsors), "sponsor": list(sponsors.values())}
    nothing = {name: ["0"] * count for name in ("wanted", "volume", "goal", "extra")}
    given = {name: [column.get(one, "") for one in sponsors] for name, column in columns.items()}
    return table | nothing | given


def ranked(ranks, table, *, carries=None):
    nobody = {"id": [], "member": [], "date": []}
    inputs = Inputs(members=table, orders=nobody, period=Period.parse("2026-10"), carries=carries)
    result = run(load_plan(PLAN % ranks), inputs)
    return {row["member"]: row["rank"] for row in result.ranks.to_pylist()}


def holders(found, rank):
    return "".join(sorted(member for member, held in found.items() if held == rank))


# T over a and b; a over c and d.
FAMILY = {"T": None, "a": "T", "b": "T", "c": "a", "d": "a"}


def test_a_count_of_ranks_below_is_held_against_a_figure_of_the_member():
    ranks = """
ranks:
  - {rank: Seller, needs: volume >= 10}
  - {rank: Leader, needs: recruits(rank >= 'Seller') >= wanted and volume >= 10}
"""
    volume = dict.fromkeys(FAMILY, "10")
    table = members(
        FAMILY, volume=volume, wanted={"T": "3", "a": "2", "b": "1", "c": "1", "d": "0"}
    )

    # d needs nobody; a has two; T would need a third.
    found = ranked(ranks, table)

    assert holders(found, "Leader") == "ad"
    assert holders(ranked(ranks, {**table, "wanted": ["2", "2", "1", "1", "0"]}), "Leader") == "Tad"


def test_ranks_below_and_figures_may_stand_in_one_comparison():
    ranks = """
ranks:
  - {rank: Seller, needs: volume >= 10}
  - rank: Leader
    needs: min(recruits(rank >= 'Seller'), 1) * extra + 2 * volume - goal / 2 >= max(goal, 130)
"""
    table = members(
        FAMILY,
        volume={"T": "10", "a": "15.5", "b": "70", "c": "64.9", "d": "10"},
        goal={"T": "0", "a": "2", "b": "20"},
        extra={"T": "100", "a": "100", "b": "1000"},
    )

    # T: 100 + 20; a: 100 + 31 - 1 = 130; b: 140 - 10 = 130; c: 129.8.
    assert holders(ranked(ranks, table), "Leader") == "ab"


def test_ranks_below_in_another_tree_alone_are_found_in_one_sweep_even_if_they_fall():
    ranks = """
ranks:
  - {rank: Seller, needs: volume >= 10}
  - {rank: Scout, needs: volume >= 10 and recruits(rank >= 'Scout' in line) = 0}
"""
    table = members(
        dict.fromkeys("abcd"),
        volume=dict.fromkeys("abcd", "10"),
        placement_parent={"a": "b", "b": "c", "c": "d"},
    )

    # In the line d over c over b over a: every second one has no scout directly below.
    found = ranked(ranks, {**table, "side": ["left", "left", "left", ""]})

    assert found == {"a": "Scout", "b": "Seller", "c": "Scout", "d": "Seller"}


def two(needs):
    return f"""
ranks:
  - {{rank: Seller, needs: volume >= 10}}
  - rank: Leader
    needs:
      - volume >= 10
      - {needs}
"""


def test_a_rank_may_ask_in_two_trees_at_once():
    needs = "recruits(rank >= 'Seller') >= 1 and legs(rank >= 'Leader' in line) >= wanted"
    sponsors = {"a": None, "b": "a", "c": "b", "d": "c"}
    table = members(
        sponsors,
        volume=dict.fromkeys("abcd", "10"),
        wanted={"a": "0", "b": "1", "c": "1", "d": "0"},
        placement_parent={"a": "b", "b": "c", "d": "a"},
        side=dict.fromkeys("abd", "left"),
    )

    # The line goes c over b over a over d, the sponsors a over b over c over d. a needs no leader;
    # b has a below in the line, then c has b; d enrolled nobody.
    assert holders(ranked(two(needs), table), "Leader") == "abc"


def test_those_who_could_only_hold_each_other_up_do_not_rise():
    """The least ranks that fit: in a circle over two trees nobody is the first."""
    needs = "recruits(rank >= 'Leader') >= 1 or recruits(rank >= 'Leader' in line) >= 1"
    table = members(
        {"a": None, "b": "a"},
        volume={"a": "10", "b": "10"},
        placement_parent={"a": "b"},
        side={"a": "left"},
    )

    overrides = "overrides: [{rule: rank_unreachable, reason: it is shown that nobody rises}]\n"
    assert holders(ranked(f"{two(needs)}\n{overrides}", table), "Leader") == ""


def test_legs_of_a_binary_tree_may_be_asked_for_ranks_and_for_those_enrolled():
    needs = "left(rank >= 'Seller' and personal) >= 1 and right(rank >= 'Seller' and personal) >= 1"
    sponsors = {"T": None, "a": "T", "b": "T", "c": "a"}
    table = members(
        sponsors,
        volume={"T": "10", "a": "10", "b": "0", "c": "10"},
        placement_parent={"a": "T", "b": "T", "c": "b"},
        side={"a": "left", "b": "right", "c": "left"},
    )

    # c stands in T's right leg, but a enrolled him.
    assert holders(ranked(two(needs), table), "Leader") == ""
    by_top = {**table, "sponsor": [None, "T", "T", "T"]}
    assert holders(ranked(two(needs), by_top), "Leader") == "T"


def test_a_share_of_ranks_below_may_be_asked_for():
    needs = "recruits(recruits(rank >= 'Seller') >= 1) >= 1"
    table = members(FAMILY, volume=dict.fromkeys(FAMILY, "10"))

    assert holders(ranked(two(needs), table), "Leader") == "T"


@pytest.mark.parametrize(
    "needs",
    [
        "recruits(rank >= 'Seller') >= 1 and legs(rank >= 'Leader' in line) <= 2",
        "not legs(rank >= 'Leader' in line) >= 1 or recruits(rank >= 'Leader') >= 1",
        "recruits(rank >= 'Leader') >= recruits(rank >= 'Leader' in line)",
        "recruits(rank = 'Seller') >= 1 and recruits(rank >= 'Leader' in line) >= 1",
        "left(volume until rank >= 'Leader') >= 10",
    ],
)
def test_conditions_that_may_cease_to_hold_are_refused_where_ranks_need_rounds(needs):
    with pytest.raises(PlanRefused, match=r"ranks\.not_monotone"):
        load_plan(PLAN % two(needs))


def test_a_rank_of_ones_own_is_still_a_circle():
    for needs in (
        "legs_sum(volume, wanted_by_rank) >= 1",
        "team(volume, 2) >= 1 and rank >= 'Seller'",
    ):
        text = PLAN % two(needs.replace("wanted_by_rank", "{it}"))
        text = text.replace("{it}", "rank_wanted").replace(
            "trees:", "measures: {rank_wanted: {by: rank, Seller: 5, otherwise: 1}}\ntrees:"
        )
        with pytest.raises(PlanRefused, match=r"plan\.circle"):
            load_plan(text)


def test_ranks_over_two_trees_agree_with_a_plain_search_for_the_least():
    for seed in range(40):
        chance = random.Random(seed)  # noqa: S311 - chance for tests
        names = [f"m{k:02}" for k in range(25)]
        sponsors = {n: names[chance.randrange(k)] if k else None for k, n in enumerate(names)}
        turned = chance.sample(names, len(names))
        line = {n: turned[chance.randrange(k)] if k else None for k, n in enumerate(turned)}
        volume = {n: chance.choice([0, 10, 10]) for n in names}
        wanted = {n: chance.choice([0, 1, 2]) for n in names}
        table = members(
            sponsors,
            volume={n: str(volume[n]) for n in names},
            wanted={n: str(wanted[n]) for n in names},
            placement_parent={n: above or "" for n, above in line.items()},
        )
        plan = (
            PLAN % two("recruits(rank >= 'Leader') + legs(rank >= 'Leader' in line) >= wanted")
        ).replace(", placement: {kind: binary}", "")
        result = run(
            load_plan(plan),
            Inputs(
                members=table,
                orders={"id": [], "member": [], "date": []},
                period=Period.parse("2026-10"),
            ),
        )
        found = {row["member"] for row in result.ranks.to_pylist() if row["rank"] == "Leader"}

        assert found == least_leaders(sponsors, line, volume, wanted)


def least_leaders(sponsors, line, volume, wanted):
    leaders = set()

    def has_leader(member):
        return member in leaders or any(
            has_leader(n) for n, above in line.items() if above == member
        )

    while True:
        more = {
            one
            for one in sponsors
            if volume[one] >= 10
            and sum(n in leaders for n, above in sponsors.items() if above == one)
            + sum(has_leader(n) for n, above in line.items() if above == one)
            >= wanted[one]
        }
        if more == leaders:
            return leaders
        leaders = more
