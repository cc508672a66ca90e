"""Other ways to compute the same cents. Each gives {member id: cents}."""

from __future__ import annotations

import time
from collections.abc import Callable

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.workload import LEVELS, RANKS, RATES, Workload

TENTH = 10


def dict_walk(work: Workload) -> tuple[float, dict[int, int]]:
    """Walk the upline of every tenth order with dicts; gives seconds for these and their pay."""
    members = {
        member: {"sponsor": sponsor or None, "rank": RANKS[rank], "active": active}
        for member, sponsor, rank, active in zip(
            work.ids.tolist(),
            work.sponsors.tolist(),
            work.ranks.tolist(),
            work.active.tolist(),
            strict=True,
        )
    }
    rates = dict(zip(RANKS, RATES, strict=True))
    orders = list(
        zip(work.order_members[::TENTH].tolist(), work.volumes[::TENTH].tolist(), strict=True)
    )
    totals: dict[int, int] = {}
    started = time.perf_counter()
    for buyer, volume in orders:
        level = 0
        above = members[buyer]["sponsor"]
        while above is not None and level < LEVELS:
            upline = members[above]
            if upline["active"]:
                amount = (volume * rates[upline["rank"]][level] + 5000) // 10000
                totals[above] = totals.get(above, 0) + amount
                level += 1
            above = upline["sponsor"]
    return time.perf_counter() - started, totals


_SQL = """
with recursive climbing as (
    select member.id, member.sponsor as above, upline.active as found
    from members member join members upline on upline.id = member.sponsor
    union all
    select climbing.id, member.sponsor, upline.active
    from climbing
    join members member on member.id = climbing.above
    join members upline on upline.id = member.sponsor
    where not climbing.found
),
nearest as (select id, above from climbing where found),
level_1 as (select id as buyer, above, 1 as level from nearest),
{levels},
paid as (
    select buyer, chain.above, rates.rate
    from ({chains}) chain
    join members on members.id = chain.above
    join rates on rates.rank = members.rank and rates.level = chain.level
)
select paid.above as member, sum((orders.volume * paid.rate + 5000) // 10000) as cents
from orders join paid on paid.buyer = orders.member
group by paid.above
"""


def duckdb_query(work: Workload) -> Callable[[], dict[str, np.ndarray]]:
    """Load DuckDB's own tables and give the query to be timed."""
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    sponsors = pa.array(work.sponsors, mask=work.sponsors == 0)
    members = pa.table(
        {"id": work.ids, "sponsor": sponsors, "rank": work.ranks, "active": work.active}
    )
    orders = pa.table({"member": work.order_members, "volume": work.volumes})
    count = len(RANKS)
    rates = pa.table(
        {
            "rank": np.repeat(np.arange(count, dtype=np.int32), LEVELS),
            "level": np.tile(np.arange(1, LEVELS + 1), count),
            "rate": np.asarray(RATES).ravel(),
        }
    )
    for name, table in {"members": members, "orders": orders, "rates": rates}.items():
        connection.register("incoming", table)
        connection.execute(f"create table {name} as select * from incoming")
        connection.unregister("incoming")
    levels = ",\n".join(
        f"level_{level} as (select below.buyer, nearest.above, {level} as level "
        f"from level_{level - 1} below join nearest on nearest.id = below.above)"
        for level in range(2, LEVELS + 1)
    )
    chains = " union all ".join(f"select * from level_{level}" for level in range(1, LEVELS + 1))
    sql = _SQL.format(levels=levels, chains=chains)
    return lambda: connection.execute(sql).fetchnumpy()
