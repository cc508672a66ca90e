"""A load of many members: from files, in bulk, into a company at work."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from django.db import connection
from pyarrow import parquet

from upline.foundation.copying import LARGE_LOAD
from upline.network import queries, services
from upline.network.domain import Newcomer
from upline.network.loading import load
from upline.network.models import Member
from upline.people.models import Person

pytestmark = pytest.mark.django_db

CSV = """\
code,sponsor,joined_on,country,number,binary_parent,binary_side,binary_since
Aiman,,2026-03-01,KZ,7,,root,
Boris,Aiman,2026-03-02,BG,9,Aiman,left,2026-04-01
"Celina, the third",boris,2026-03-03,PL,12,Boris,right,2026-05-01
"""

# Everything by which the database refuses: what a load sets aside must all be there again.
GUARDS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text
FROM pg_constraint WHERE conrelid::regclass::text ~ '^(network|people)_'
UNION ALL
SELECT tablename::text, indexname::text, indexdef, '' FROM pg_indexes
WHERE tablename ~ '^(network|people)_'
UNION ALL
SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text
FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text ~ '^(network|people)_'
ORDER BY 1, 2, 3
"""


def guards():
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        return cursor.fetchall()


def company(count, first=0):
    """A chain of sponsors with a binary chain to the left."""
    codes = [f"N{number}" for number in range(first, first + count)]
    above = [f"N{number - 1}" if number else "" for number in range(first, first + count)]
    return pa.table(
        {
            "code": codes,
            "sponsor": above,
            "joined_on": ["2026-03-01"] * count,
            "country": ["KZ"] * count,
            "binary_parent": above,
            "binary_side": ["left" if code else "root" for code in above],
        }
    )


@pytest.fixture
def _few_are_many(monkeypatch):
    monkeypatch.setattr(load, "MANY_ROWS", 1)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_is_read_as_it_stands(tmp_path, form):
    services.open_tree(code="binary", kind="binary")
    path = tmp_path / "members.csv"
    path.write_text(CSV, encoding="utf-8")
    if form == "parquet":
        table = services.read_members(path)
        path = tmp_path / "members.parquet"
        parquet.write_table(table, path)

    loaded = services.load_members(services.read_members(path))

    rows = queries.snapshot(on=date(2026, 5, 1)).to_pylist()
    earlier = queries.snapshot(on=date(2026, 4, 30)).to_pylist()
    assert loaded == load.Loaded(members=3, first_number=7, last_number=12)
    assert [(row["code"], row["number"]) for row in rows] == [
        ("Aiman", 7),
        ("Boris", 9),
        ("Celina, the third", 12),
    ]
    assert [row["binary_side"] for row in rows] == [None, "left", "right"]
    assert [row["binary_side"] for row in earlier] == [None, "left", None]


@pytest.mark.usefixtures("_few_are_many")
def test_a_bulk_load_leaves_every_constraint_index_and_trigger_as_it_was():
    services.open_tree(code="binary", kind="binary")
    before = guards()

    services.load_members(company(500))

    assert guards() == before
    assert Member.objects.count() == Person.objects.count() == 500
    assert queries.depth(queries.member("N499").id, on=date(2026, 3, 1)) == 499
    assert queries.depth(queries.member("N499").id, on=date(2026, 3, 1), tree="binary") == 499


@pytest.mark.usefixtures("_few_are_many")
def test_after_a_large_load_the_database_knows_how_many_there_are():
    services.open_tree(code="binary", kind="binary")

    services.load_members(company(LARGE_LOAD))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples FROM pg_class"
            " WHERE relname IN ('network_member', 'people_person') ORDER BY 1"
        )
        assert cursor.fetchall() == [("network_member", 1_000), ("people_person", 1_000)]


def test_a_refused_bulk_load_writes_nothing_and_leaves_everything_in_force():
    services.open_tree(code="binary", kind="binary")
    before = guards()
    table = company(10)
    twice = table.set_column(5, "binary_side", pa.array(["root"] + ["left"] * 8 + ["up"]))

    with pytest.raises(services.MembersRefused, match="row 10, binary_side"):
        services.load_members(twice)

    assert guards() == before
    assert Member.objects.count() == Person.objects.count() == 0


def test_a_second_load_joins_those_who_are_there_and_numbers_go_on():
    services.open_tree(code="binary", kind="binary")
    services.load_members(company(5))

    services.load_members(company(5, first=5))
    person = Person.objects.create(given_name="Aiman")
    newcomer = Newcomer(
        person_id=person.pk,
        sponsor_id=queries.member("N9").id,
        joined_on=date(2026, 3, 5),
        country="KZ",
    )
    last = services.enrol(newcomer=newcomer, key="form-1")

    number = queries.member_by_id(last).number
    assert number == queries.member("N9").number + 1
    assert queries.depth(last, on=date(2026, 3, 5)) == 10
    with pytest.raises(services.MembersRefused) as refused:
        services.load_members(
            pa.table(
                {
                    "code": ["New"],
                    "joined_on": [date(2026, 3, 1)],
                    "country": ["KZ"],
                    "number": [number],
                    "binary_parent": ["N3"],
                    "binary_side": ["left"],
                }
            )
        )
    assert [(fault.row, fault.code) for fault in refused.value.faults] == [
        (1, "slot_twice"),
        (1, "number_twice"),
    ]


def test_who_would_join_before_a_sealed_day_is_refused():
    services.seal_history(before_on=date(2026, 3, 2), reason="February is sealed")

    with pytest.raises(services.MembersRefused, match="2026-03-01 lies before 2026-03-02"):
        services.load_members(company(1).select(["code", "joined_on", "country"]))

    assert Member.objects.count() == 0


def test_an_unknown_or_missing_column_is_refused_by_name():
    table = pa.table({"code": ["A"], "country": ["KZ"], "joined": ["2026-03-01"]})

    with pytest.raises(services.MembersRefused) as refused:
        services.load_members(table)

    assert [(fault.column, fault.code) for fault in refused.value.faults] == [
        ("joined", "column_unknown"),
        ("joined_on", "column_missing"),
    ]
