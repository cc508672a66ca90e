"""Write many persons at once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from django.db import connection

from upline.foundation import clock
from upline.foundation.copying import copy_in
from upline.people import names

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
