"""Write the members of a table: all of them with everything valid, or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from upline.foundation import audit, changes, clock, outbox, set_aside
from upline.foundation.copying import LARGE_LOAD, copy_in, count_rows
from upline.network import history, locks, resident
from upline.network.events import MembersLoaded
from upline.network.guards import ODD_HOLDERS
from upline.network.loading import reading
from upline.network.loading.checking import EPOCH, Resolved, Seats, checked
from upline.network.loading.faults import Faults
from upline.network.models import Tree
from upline.people import services as people

TABLES = (
    "network_member",
    "network_sponsorship",
    "network_placement",
    "network_holder",
    "network_standing",
)
# From so many rows on, and if they are not few beside those there, indexes are built afterwards.
MANY_ROWS = 50_000
_LOCKS = "IN SHARE ROW EXCLUSIVE MODE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """How many members came, and the numbers under which they joined."""

    members: int
    first_number: int
    last_number: int


def load_members(table: Any, *, reason: str = "load of members") -> Loaded:
    """Load members with sponsors, placements and holders, all or none.

    `table` has Arrow columns, or anything with the Arrow interface; `read_members` reads files.
    Columns: code, joined_on, country; as wanted sponsor (a code), sponsor_since, number, status,
    status_since, person (rows with the same one are positions of one person), given_name,
    family_name, language, and for each tree `<tree>_parent` (a code), `<tree>_side`, `<tree>_since`; a side
    `root` without parent is a top. Raises MembersRefused with every fault and its row.
    """
    with transaction.atomic():
        resolved = _resolved(table)
        if not len(resolved.columns):
            return Loaded(members=0, first_number=0, last_number=0)
        with _room_for(len(resolved.columns)):
            loaded = _write(resolved)
        # Where triggers were set aside, they noted nothing.
        changes.note(resident.TOPIC)
        audit.record(
            act="network.load_members",
            subject=f"members:{loaded.first_number}-{loaded.last_number}",
            reason=reason,
            after={"members": loaded.members},
        )
        outbox.append(
            MembersLoaded(
                first_number=loaded.first_number,
                last_number=loaded.last_number,
                count=loaded.members,
            )
        )
    return loaded


def check_members(table: Any) -> int:
    """Check a table as a load would, write nothing, and give how many members it holds.

    Raises MembersRefused.
    """
    with transaction.atomic():
        return len(_resolved(table).columns)


def _resolved(table: Any) -> Resolved:
    locks.hold_all()
    faults = Faults()
    columns = reading.in_form(table, list(Tree.objects.order_by("code")), faults)
    if columns is None:
        faults.refuse()
    assert columns is not None, "what could not be read was refused"
    # Of a row that cannot be read nothing more is said; the others are looked at all the same.
    further = Faults()
    resolved = checked(columns, further)
    faults.add_for_other_rows(further)
    faults.refuse()
    return resolved


@contextmanager
def _room_for(count: int) -> Iterator[None]:
    """Set indexes aside where that is quicker; afterwards ask what the triggers would have asked."""
    tables = (*TABLES, *people.TABLES_OF_PERSONS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM network_member")
        there = int(cursor.fetchone()[0])
        if count < MANY_ROWS or 2 * count < there or not set_aside.may_set_aside(tables):
            # Ids are handed out in a block, so nobody else may take any meanwhile.
            cursor.execute(f"LOCK TABLE network_member, people_person {_LOCKS}")
            yield
            if count >= LARGE_LOAD:
                count_rows(tables)
            return
    with set_aside.set_aside(tables):
        yield
    _ask_for_the_triggers()


def _ask_for_the_triggers() -> None:
    questions = {
        "a slot was taken until later": """
            SELECT FROM network_placement past JOIN network_placement open
                ON upper_inf(open.span) AND NOT upper_inf(past.span) AND open.span && past.span
                AND open.tree_id = past.tree_id
                AND (open.member_id = past.member_id
                    OR (open.parent_id = past.parent_id AND open.slot = past.slot))""",
        "the shares of a position do not sum to one": ODD_HOLDERS.format(
            where="WHERE member_id IN (SELECT member_id FROM network_holder"
            " WHERE place > 1 OR share_numerator <> share_denominator)"
        ),
    }
    with connection.cursor() as cursor:
        for problem, question in questions.items():
            cursor.execute(f"SELECT EXISTS ({question})")
            if cursor.fetchone()[0]:
                faults = Faults()
                faults.whole("table", "constraint", f"{problem}.", "Look at the history there.")
                faults.refuse()


def _write(resolved: Resolved) -> Loaded:
    columns = resolved.columns
    count = len(columns)
    numbers = _numbers(resolved)
    first = _reserved("network_member", count)
    # Keys rise with the numbers, so that tables lie in the order in which they are read.
    ids = np.empty(count, np.int64)
    ids[resolved.order] = np.arange(first, first + count)
    all_ids = np.concatenate([ids, resolved.there.id])
    sponsor = _of(all_ids, resolved.sponsor)
    members = {
        "id": ids,
        "number": numbers,
        "code": columns.code,
        "status": _status_today(resolved),
        "sponsor_id": sponsor,
        "joined_on": _dates(columns.joined),
        "country": columns.country,
        "recorded_at": _repeated(clock.now().isoformat(), count),
    }
    copy_in("network_member", pa.table(members).take(pa.array(resolved.order)))
    _write_sponsorships(resolved, ids, sponsor)
    for seats in resolved.seats:
        _write_placements(seats, ids, all_ids)
    _write_holders(resolved, ids)
    _write_standings(resolved, ids)
    return Loaded(members=count, first_number=int(numbers.min()), last_number=int(numbers.max()))


def _write_sponsorships(resolved: Resolved, ids: Any, sponsor: pa.Array) -> None:
    rows = pa.table(
        {"member_id": ids, "sponsor_id": sponsor, "span": _spans(resolved.columns.sponsor_since)}
    )
    copy_in("network_sponsorship", rows.filter(pc.is_valid(rows["sponsor_id"])))


def _write_placements(seats: Seats, ids: Any, all_ids: Any) -> None:
    count = len(ids)
    rows = pa.table(
        {
            "tree_id": _repeated(seats.columns.tree.pk, count),
            "member_id": ids,
            "parent_id": _of(all_ids, seats.parent),
            "slot": pa.array(seats.columns.slot, mask=seats.parent < 0),
            "span": _spans(seats.columns.since),
        }
    )
    copy_in("network_placement", rows.filter(pa.array(seats.is_placed)))


def _write_holders(resolved: Resolved, ids: Any) -> None:
    columns = resolved.columns
    persons = np.arange(len(columns))
    first_rows: Any = persons
    if columns.person is not None:
        # Rows without a person are each one of their own.
        own = pa.array([f"\0{row}" for row in range(len(columns))])
        named = pc.if_else(pc.equal(columns.person, ""), own, columns.person)
        encoded = pc.dictionary_encode(named)
        persons = encoded.indices.to_numpy()
        first_rows = np.unique(persons, return_index=True)[1]
    names = pa.table(
        {
            "given_name": columns.given_name,
            "family_name": columns.family_name,
            "language": columns.language,
        }
    )
    first = people.load_persons(names.take(pa.array(first_rows)))
    count = len(columns)
    rows = {
        "member_id": ids,
        "person_id": persons + first,
        "place": _repeated(1, count),
        "share_numerator": _repeated(1, count),
        "share_denominator": _repeated(1, count),
        "how": _repeated("enrolled", count),
        "span": _spans(columns.joined),
    }
    copy_in("network_holder", pa.table(rows))


def _write_standings(resolved: Resolved, ids: Any) -> None:
    columns = resolved.columns
    rows = pa.table(
        {
            "member_id": ids,
            "status": columns.status,
            "span": _spans(columns.status_since),
            "reason": _repeated("loaded", len(columns)),
        }
    )
    copy_in("network_standing", rows.filter(pc.not_equal(rows["status"], "active")))


def _numbers(resolved: Resolved) -> npt.NDArray[np.int64]:
    """Give the joining numbers: those given, or the next ones in the order of joining."""
    given = resolved.columns.number
    with connection.cursor() as cursor:
        if given is not None:
            cursor.execute(
                "SELECT setval('network_member_number', greatest(%s,"
                " (SELECT last_value FROM network_member_number)))",
                [int(given.max())],
            )
            return given
        count = len(resolved.columns)
        cursor.execute(
            "SELECT setval('network_member_number', nextval('network_member_number') + %s)",
            [count - 1],
        )
        last = int(cursor.fetchone()[0])
    numbers = np.empty(count, np.int64)
    numbers[resolved.order] = np.arange(last - count + 1, last + 1)
    return numbers


def _reserved(table: str, count: int) -> int:
    """Take a block of ids and give the first. The caller holds a lock that keeps others away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(sequence, nextval(sequence) + %s)"
            " FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence) named",
            [count - 1, table],
        )
        return int(cursor.fetchone()[0]) - count + 1


def _status_today(resolved: Resolved) -> pa.Array:
    columns = resolved.columns
    begun = columns.status_since <= (history.today() - EPOCH).days
    return pc.if_else(pa.array(begun), columns.status, "active")


def _of(ids: Any, rows: Any) -> pa.Array:
    """Give the id of each row, null for -1."""
    return pa.array(ids[rows], mask=rows < 0)


def _dates(days: npt.NDArray[np.int32]) -> pa.Array:
    return pa.array(days).cast(pa.date32())


def _spans(days: npt.NDArray[np.int32]) -> pa.Array:
    """Write open spans as PostgreSQL reads them; there are few different days."""
    starts = pc.dictionary_encode(_dates(days))
    texts = pa.array([f"[{day},)" for day in _as_dates(starts.dictionary)])
    return texts.take(starts.indices)


def _as_dates(values: pa.Array) -> Sequence[date]:
    return values.to_pylist()


def _repeated(value: object, count: int) -> pa.Array:
    return pa.array([value]).take(pa.array(np.zeros(count, np.int32)))
