"""Write many persons at once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from django.db import connection

from upline.foundation import clock, secrets
from upline.foundation.copying import copy_in
from upline.people import names
from upline.people.models import Contact

# What a load of many persons writes to.
TABLES_OF_PERSONS = ("people_person",)


def load_persons(persons: pa.Table) -> int:
    """Write many persons in the present transaction and give the first id; the others follow it.

    Columns: given_name, family_name, language. The caller keeps others from writing persons
    meanwhile, and has checked what is in the columns.
    """
    count = persons.num_rows
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(sequence, nextval(sequence) + %s)"
            " FROM (SELECT pg_get_serial_sequence('people_person', 'id')::regclass AS sequence) s",
            [count - 1],
        )
        first = int(cursor.fetchone()[0]) - count + 1
    moment = pa.array([clock.now().isoformat()]).take(pa.array(np.zeros(count, np.int32)))
    rows = {
        "id": pa.array(np.arange(first, first + count)),
        **{name: persons[name] for name in ("given_name", "family_name", "language")},
        **names.keys_of(persons["family_name"], persons["given_name"]),
        "created_at": moment,
    }
    copy_in("people_person", pa.table(rows))
    return first


def load_contacts(contacts: pa.Table) -> int:
    """Write many contacts in the present transaction and give how many.

    Columns: person_id, kind (email, phone), value, as we keep it. Each is the first of its kind of
    its person. The caller has checked what is in the columns, and that the persons have none yet.
    """
    sealed, index = (Contact._meta.get_field(name) for name in ("value", "value_index"))
    values = contacts["value"].to_pylist()
    count = contacts.num_rows
    rows = {
        "person_id": contacts["person_id"],
        "kind": contacts["kind"],
        "value": pa.array([_hex(secrets.seal(one, field=sealed.address)) for one in values]),
        "value_index": pa.array([_hex(secrets.digest(one, field=index.address)) for one in values]),
        "is_first": pa.array(np.ones(count, bool)),
        "created_at": pa.array([clock.now().isoformat()] * count, pa.string()),
    }
    copy_in("people_contact", pa.table(rows))
    return count


def _hex(value: bytes) -> str:
    return f"\\x{value.hex()}"
