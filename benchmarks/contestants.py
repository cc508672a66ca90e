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


def numpy_by_level(work: Workload) -> tuple[float, dict[int, int]]:
    """Pay one level after another in whole columns of numpy; gives seconds and pay.

    Orders are taken as they come; the row of each sponsor and buyer is found by a table.
    """
    started = time.perf_counter()
    row_of = np.empty(int(work.ids.max()) + 1, np.int32)
    row_of[work.ids] = np.arange(len(work.ids), dtype=np.int32)
    row_of[0] = -1
    nearest = row_of[work.sponsors]
    while (waiting := np.flatnonzero((nearest >= 0) & ~work.active[nearest])).size:
        nearest[waiting] = nearest[nearest[waiting]]
    rates = np.asarray(RATES)[work.ranks]
    totals = np.zeros(len(work.ids), np.int64)
    volumes, receiver = work.volumes, nearest[row_of[work.order_members]]
    for level in range(LEVELS):
        paid = receiver >= 0
        volumes, receiver = volumes[paid], receiver[paid]
        np.add.at(totals, receiver, (volumes * rates[receiver, level] + 5000) // 10000)
        receiver = nearest[receiver]
    seconds = time.perf_counter() - started
    return seconds, dict(zip(work.ids.tolist(), totals.tolist(), strict=True))


def volume_walk(work: Workload) -> tuple[float, dict[str, dict[int, int]]]:
    """Carry every tenth order up both trees with dicts: groups, strongest legs, left and right."""
    sponsor = {m: s or None for m, s in zip(work.ids.tolist(), work.sponsors.tolist(), strict=True)}
    placed = {
        member: (above or None, "second" if right else "first")
        for member, above, right in zip(
            work.ids.tolist(), work.above.tolist(), work.is_right.tolist(), strict=True
        )
    }
    orders = list(
        zip(work.order_members[::TENTH].tolist(), work.volumes[::TENTH].tolist(), strict=True)
    )
    whole: dict[int, int] = {}
    legs: dict[str, dict[int, int]] = {"first": {}, "second": {}}
    started = time.perf_counter()
    for buyer, volume in orders:
        member = buyer
        while member is not None:
            whole[member] = whole.get(member, 0) + volume
            member = sponsor[member]
        above, side = placed[buyer]
        while above is not None:
            leg = legs[side]
            leg[above] = leg.get(above, 0) + volume
            above, side = placed[above]
    strongest: dict[int, int] = {}
    for member, volume in whole.items():
        upline = sponsor[member]
        if upline is not None and volume > strongest.get(upline, 0):
            strongest[upline] = volume
    seconds = time.perf_counter() - started
    return seconds, {"whole": whole, "strongest": strongest, **legs}


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
