"""What is done to persons: each act one transaction."""

from __future__ import annotations

import pyarrow as pa
from django.db import connection

from upline.foundation import clock
from upline.foundation.copying import copy_in

# What a load of many persons writes to.
TABLES_OF_PERSONS = ("people_person",)


def load_persons(names: pa.Table) -> int:
    """Write many persons in the present transaction and give the first id; the others follow it.

    Columns: given_name, family_name. The caller keeps others from writing persons meanwhile.
    """
    count = names.num_rows
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(sequence, nextval(sequence) + %s)"
            " FROM (SELECT pg_get_serial_sequence('people_person', 'id')::regclass AS sequence) s",
            [count - 1],
        )
        first = int(cursor.fetchone()[0]) - count + 1
    moment = pa.array([clock.now().isoformat()]).take(pa.array([0] * count, pa.int32()))
    rows = names.append_column("created_at", moment)
    copy_in("people_person", rows.add_column(0, "id", pa.array(range(first, first + count))))
    return first
