"""Made-up companies."""

import hashlib
from collections import Counter
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from upline.cli.main import main
from upline.generate import SHAPES, company
from upline.generate.shapes import BRANCHES, sponsors

ARGUMENTS = {"members": 500, "orders": 2000, "months": 1, "start": "2026-10", "seed": 7}


def made(**changes):
    return company(**{**ARGUMENTS, "shape": "realistic", **changes})


def digest(table: pa.Table) -> str:
    rows = "\n".join(
        ",".join("" if value is None else str(value) for value in row.values())
        for row in table.to_pylist()
    )
    return hashlib.sha256(rows.encode()).hexdigest()[:16]


def depths(tree) -> list[int]:
    depth: list[int] = []
    for sponsor in tree:
        depth.append(0 if sponsor < 0 else depth[sponsor] + 1)
    return depth


def test_the_same_arguments_give_the_same_company_on_any_machine():
    first, again = made(), made()

    assert first.members.equals(again.members)
    assert digest(first.members) == "d8bd30d0c80fe092"
    assert digest(first.orders) == "21d7f46c983ced2a"


def test_another_seed_gives_another_company():
    assert digest(made(seed=8).orders) != digest(made().orders)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sponsor_joins_before_his_recruits_so_there_is_no_circle(shape):
    members = made(shape=shape).members.to_pylist()
    by_id = {member["id"]: member for member in members}

    recruits = [member for member in members if member["sponsor"]]

    assert len(by_id) == ARGUMENTS["members"]
    for member in recruits:
        sponsor = by_id[member["sponsor"]]
        assert sponsor["number"] < member["number"]
        assert sponsor["joined"] <= member["joined"]


def test_a_chain_is_as_deep_as_it_is_long():
    assert max(depths(sponsors("chain", count=300, seed=1))) == 299


def test_a_star_has_everybody_below_the_first():
    assert Counter(sponsors("star", count=300, seed=1).tolist()) == {-1: 1, 0: 299}


def test_a_bushy_tree_is_wide_and_flat():
    tree = sponsors("bushy", count=585, seed=1)

    assert max(depths(tree)) == 3
    assert set(np.bincount(tree[1:])) == {BRANCHES}


def test_a_forest_has_several_roots():
    assert (sponsors("forest", count=500, seed=1) < 0).sum() > 3


def test_a_caterpillar_has_leaves_on_a_long_spine():
    tree = sponsors("caterpillar", count=400, seed=1)

    assert max(depths(tree)) == 100
    assert np.bincount(tree[tree >= 0]).max() == 4


def test_a_realistic_company_is_deep_and_has_leaders():
    tree = sponsors("realistic", count=20_000, seed=7)

    assert max(depths(tree)) >= 15
    assert np.bincount(tree[1:]).max() >= 40


def test_about_half_of_a_realistic_company_is_active():
    orders = made(members=5000, orders=25_000).orders
    volumes = orders.group_by("member").aggregate([("pv", "sum")])["pv_sum"].to_pylist()

    active = sum(volume >= 100 for volume in volumes)

    assert 0.5 < active / 5000 < 0.6


def test_orders_lie_in_the_month_its_first_and_last_day_included():
    days = made(months=2).orders["date"].to_pylist()

    assert len(days) == 2 * ARGUMENTS["orders"]
    assert min(days) == date(2026, 10, 1)
    assert max(days) == date(2026, 11, 30)
    assert {date(2026, 10, 31), date(2026, 11, 1)} <= set(days)


def test_nobody_buys_before_he_joined():
    made_up = made(months=3, members=3000)
    joined = dict(
        zip(*(made_up.members[name].to_pylist() for name in ("id", "joined")), strict=True)
    )

    orders = made_up.orders.to_pylist()

    assert all(joined[order["member"]] <= order["date"] for order in orders)


def test_a_refund_negates_one_earlier_order_with_all_its_fields():
    orders = made().orders.to_pylist()
    figures = ("pv", "cv", "price")
    fields = ("member", "date", "kind", "customer")
    sold = Counter(
        tuple(order[name] for name in (*fields, *figures)) for order in orders if order["price"] > 0
    )

    refunds = Counter(
        (*(order[name] for name in fields), *(-order[name] for name in figures))
        for order in orders
        if order["price"] < 0
    )

    assert refunds.total() == 20
    assert refunds <= sold


def test_a_third_of_the_orders_are_those_of_customers_and_newcomers_buy_a_kit():
    orders = made(orders=10_000).orders
    joining = orders.filter(pa.compute.equal(orders["kind"], "joining")).to_pylist()

    assert 0.3 < 1 - orders["customer"].null_count / orders.num_rows < 0.4
    assert joining
    assert {(order["pv"], order["customer"]) for order in joining} <= {(0, None)}


def test_names_come_in_several_alphabets():
    members = made().members.to_pylist()
    letters = {
        country: set("".join(m["name"] for m in members if m["country"] == country))
        for country in ("PL", "KZ", "BG", "RU", "EU")
    }

    assert letters["PL"] & set("łśżź")
    assert letters["KZ"] & set("әғқңөұүһі")
    assert letters["RU"] & set("ыэё")
    assert letters["BG"] & set("ъщ")
    assert letters["EU"] & set("éüåø")


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("members", "0", "1 to 50,000,000 members, not 0"),
        ("members", "-5", "not -5"),
        ("orders", "-1", "not -1"),
        ("shape", "ring", "'ring' is not one of"),
        ("months", "0", "not 0"),
        ("start", "2026-13", "a month such as 2026-10, not '2026-13'"),
        ("seed", "-1", "not -1"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(tmp_path, option, value, said):
    out = tmp_path / "company"

    result = CliRunner().invoke(main, ["generate", f"--{option}", value, "--out", str(out)])

    assert result.exit_code == 2
    assert said in result.output
    assert list(tmp_path.iterdir()) == []


SMALL = ["generate", "--members", "50", "--orders", "200"]


def test_both_formats_hold_the_same_company(tmp_path):
    run = CliRunner().invoke
    run(main, [*SMALL, "--out", str(tmp_path / "text")])
    run(main, [*SMALL, "--format", "parquet", "--out", str(tmp_path / "columns")])

    lines = (tmp_path / "text" / "orders.csv").read_text(encoding="utf-8").splitlines()
    orders = pq.read_table(tmp_path / "columns" / "orders.parquet").to_pylist()

    assert lines[0] == "id,member,date,kind,customer,pv,cv,price"
    assert lines[1:] == [
        ",".join("" if value is None else str(value) for value in order.values())
        for order in orders
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["columns", "text"]


def test_a_folder_that_holds_something_is_replaced_only_by_force(tmp_path):
    out = tmp_path / "company"
    run = CliRunner().invoke
    run(main, [*SMALL, "--out", str(out)])
    before = (out / "orders.csv").read_bytes()

    refused = run(main, [*SMALL, "--seed", "8", "--out", str(out)])
    kept = (out / "orders.csv").read_bytes()
    forced = run(main, [*SMALL, "--seed", "8", "--out", str(out), "--force"])

    assert refused.exit_code == 2
    assert "--force" in refused.output
    assert kept == before
    assert forced.exit_code == 0
    assert (out / "orders.csv").read_bytes() != before
    assert list(tmp_path.iterdir()) == [out]


def test_force_does_not_remove_what_it_has_not_made(tmp_path):
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")

    result = CliRunner().invoke(main, [*SMALL, "--out", str(tmp_path), "--force"])

    assert result.exit_code == 2
    assert "letter.txt" in result.output
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "dear"
