"""The published cases: carried over without a change, and computed to the last digit."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from tools import convert_published
from upline.cases import load_case, run_case

HERE = Path(__file__).parent
IDS = sorted(path.stem for path in (HERE / "source").glob("*.yaml"))


def read(path):
    # The loader that makes nothing but texts, lists and mappings.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506


def both(name):
    return read(HERE / "source" / f"{name}.yaml"), read(HERE / "cases" / f"{name}.yaml")


def fields(rows, *, without=()):
    """Give what each row says, in the order of the rows; what is null says nothing."""
    plain = {"true": "yes", "false": "no"}
    return [
        {
            key: plain.get(value, value)
            for key, value in row.items()
            if value not in ("null", "") and key not in without
        }
        for row in rows
    ]


def as_facts(rows):
    return Counter(tuple(sorted(row.items())) for row in rows)


def test_all_published_cases_are_here():
    assert len(IDS) == 43
    assert [path.stem for path in sorted((HERE / "cases").glob("*.yaml"))] == IDS
    assert [path.stem for path in sorted((HERE / "plans").glob("*.yaml"))] == IDS


def test_the_case_files_are_what_the_converter_writes():
    for name in IDS:
        source, plan = HERE / "source" / f"{name}.yaml", HERE / "plans" / f"{name}.yaml"
        written = (HERE / "cases" / f"{name}.yaml").read_text(encoding="utf-8")

        assert convert_published.converted(source, plan) == written


@pytest.mark.parametrize("name", IDS)
def test_members_are_those_of_the_source(name):
    source, case = both(name)
    looked_up = [row for row in case["members"] if row["id"].startswith("at_")]
    listed = [row for row in case["members"] if row not in looked_up]

    assert fields(listed) == fields(source["members"])
    assert [row["total_volume_points"] for row in looked_up] == source.get("lookups", [])


@pytest.mark.parametrize("name", IDS)
def test_orders_and_given_figures_are_those_of_the_source(name):
    source, case = both(name)
    given = case.get("given", {})

    assert case.get("orders", []) == source.get("orders", [])
    assert given.get("earnings", []) == source.get("given_earnings", [])
    assert given.get("legs", []) == source.get("leg_volumes", [])


@pytest.mark.parametrize("name", IDS)
def test_words_and_periods_are_those_of_the_source(name):
    source, case = both(name)
    about = dict(case["source"])
    one = {key: source["period"].get(key) for key in ("start", "end", "label")}

    assert case["case"] == source["title"]
    assert case["description"] == source["description"]
    assert case.get("notes") == source.get("notes")
    assert about.pop("inputs") == source["inputs"]
    assert about.pop("flags", []) == source.get("flags", [])
    assert about == source["source"]
    assert case.get("periods") == source["period"].get("periods")
    assert case.get("period", one) == one


@pytest.mark.parametrize("name", IDS)
def test_expected_pay_is_that_of_the_source(name):
    source, case = both(name)
    of_all = [row for row in case.get("expect", []) if "member" not in row]
    of_members = [row for row in case.get("expect", []) if "member" in row]
    paid = [row for row in source.get("expected_state", []) if row["name"] == "total_paid"]

    assert as_facts(of_members) == as_facts(source["expected"])
    assert [(row["bonus"], row["amount"], row["basis"]) for row in of_all] == [
        ("total", row["value"], row["basis"]) for row in paid
    ]


@pytest.mark.parametrize("name", IDS)
def test_expected_ranks_states_lookups_and_gates_are_those_of_the_source(name):
    source, case = both(name)
    ranks = [
        {**row, "rank": "none" if row["rank"] == "null" else row["rank"]}
        for row in source.get("expected_ranks", [])
    ]
    gates = [
        {
            "member": row["member"],
            "gate": row["test"],
            "holds": row["allowed"],
            "basis": row["basis"],
        }
        for row in source.get("expected_eligibility", [])
    ]
    lookups = [
        {
            "member": f"at_{row['value']}",
            "name": "royalty",
            "value": row["rate"],
            "basis": row["basis"],
        }
        for row in source.get("expected_lookups", [])
    ]
    states = [
        {**row, "name": as_in_a_case(row["name"])}
        for row in source.get("expected_state", [])
        if row["name"] != "total_paid"
    ]

    assert as_facts(case.get("expect_ranks", [])) == as_facts(ranks)
    assert as_facts(case.get("expect_legal", [])) == as_facts(fields(gates))
    assert as_facts(states_of(case)) == as_facts(states + lookups)


def as_in_a_case(name):
    """Give a state of the source the name that the case has for it."""
    kind, _, part = name.partition(":")
    if kind == "counted_volume":
        return f"counted_{part.lower()}"
    return {"wallet": part, "matrix_level_below": f"level_below.{part}"}.get(kind, name)


def states_of(case):
    """Give measures, wallets and states in the one form that the source has for them."""
    for row in case.get("expect_measures", []):
        who = row.get("member") or row.get("customer")
        yield rest(row, member=who, name=row["measure"], value=row["value"])
    for row in case.get("expect_wallets", []):
        yield rest(row, member=row["member"], name=row["wallet"], value=row["amount"])
    for row in case.get("expect_states", []):
        name = row["state"].partition(".")[2]
        yield rest(row, member=row["member"], name=name, value=row["value"])


def rest(row, **told):
    return told | {key: row[key] for key in ("period", "basis") if key in row}


@pytest.mark.parametrize("name", IDS)
def test_every_case_is_met_to_the_last_digit(name):
    report = run_case(load_case(HERE / "cases" / f"{name}.yaml"))

    assert [str(fault) for fault in report.refused] == []
    assert [str(one) for one in report.outcomes if one.verdict != "passed"] == []
    assert report.count("passed") == number_of_expectations(name)


def number_of_expectations(name):
    source = read(HERE / "source" / f"{name}.yaml")
    return sum(len(rows) for key, rows in source.items() if key.startswith("expected"))
