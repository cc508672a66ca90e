"""Times the pages of members and of the office, in a company of 200,000 members.

Each page is asked for as a browser does, one after the other, by a process that is warm; members are
drawn by chance, and the one with the largest team is among them. Queries are counted. Computing is
the work of the process alone, which tells more where a machine does other things beside.
"""

from __future__ import annotations

import gzip
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.closing import MONTH, load_company
from benchmarks.ledger import server
from benchmarks.machine import keep, machine

PLAN = Path("benchmarks/screens.yaml")
NOW = datetime(2026, 10, 31, 18, tzinfo=UTC)
TEAM = {
    "team, tree": "/my/team/",
    "team, a branch": "/my/team/branch/{code}/",
    "team, table": "/my/team/table/",
    "team, table by volume": "/my/team/table/?order=group_pv_down",
    "team, table searched": "/my/team/table/?search=an&order=name_up",
    "team, map": "/my/team/map/",
    "team, map's figures": "/my/team/map/data/",
    "team, a member": "/my/team/{code}/",
}


ESTIMATE = {
    "home": "/my/",
    "estimate": "/my/estimate/",
    "estimate, why not": "/my/estimate/monthly/2026-10/why-not/",
}
STATEMENTS = {
    "home, month closed": "/my/",
    "statements": "/my/statements/",
    "statement": "/my/statements/monthly/2026-10/",
    "statement, by level": "/my/statements/monthly/2026-10/?order=level_up",
    "statement, why": "/my/statements/monthly/2026-10/lines/{line}/",
    "statement, why not": "/my/statements/monthly/2026-10/why-not/",
}
MOST_QUERIES = 15
# Milliseconds for 19 of 20 pages, on a machine that does nothing else.
OF_MEMBERS, OF_OFFICE = 150, 250


def main(members: int, facts: int, visitors: int, out: Path | None = None) -> dict[str, Any]:
    """Run the benchmark and print it."""
    with tempfile.TemporaryDirectory(prefix="upline-bench-") as folder, server(Path(folder)):
        from upline.foundation import clock
        from upline.generate.company import company

        print(f"Pages of members: {members:,} members, {facts:,} facts")
        made = company(members=members, orders=facts, shape="bushy", months=1, start=MONTH, seed=1)
        load_company(made, PLAN)
        with clock.stopped_at(NOW):
            return _timed(made, facts, visitors, out)


def _timed(made: Any, facts: int, visitors: int, out: Path | None) -> dict[str, Any]:
    from django.conf import settings

    from upline.commissions import estimating, resident
    from upline.network import resident as network

    members = made.members.num_rows
    settings.ALLOWED_HOSTS.append("testserver")
    estimating.refresh_estimates()
    began = time.perf_counter()
    tree = network.fresh()
    read = time.perf_counter() - began
    print(f"  the genealogy, read and laid out: {read:.2f} s")
    resident.warm()
    codes = _visitors(tree, visitors)
    pages = {name: _page(address, codes) for name, address in (TEAM | ESTIMATE).items()}
    questions = _questions(tree)
    from benchmarks import screens_closed

    screens_closed.close_the_month()
    own = screens_closed.lines_of(codes)
    pages |= {name: _page(address, codes, own) for name, address in STATEMENTS.items()}
    screens_closed.load_orders(made)
    pages |= screens_closed.office_pages(tree, codes, visits=30)
    for name, found in (pages | questions).items():
        print(
            f"  {name:28s} p50 {found['p50']:7.1f} ms   p95 {found['p95']:7.1f} ms"
            f"   most {found['most']:7.1f} ms   computing {found.get('computing_p50', 0.0):6.1f} ms"
            f"   {found.get('queries', 0):2d} queries"
        )
    _hold_to_the_limits(pages)
    picture = _picture(tree)
    print(f"  the map of all: {picture['bytes']:,} bytes, sent as {picture['sent']:,}")
    print(
        f"  drawn in a browser: {picture['drawn']['first']:.2f} s the first time,"
        f" then median {picture['drawn']['p50']:.2f} s, most {picture['drawn']['most']:.2f} s"
    )
    result = {
        "work": "pages of members, sequential, warm, one process",
        "members": members,
        "facts": facts,
        "visitors": visitors,
        "genealogy_seconds": round(read, 2),
        "map": picture,
        "milliseconds": pages | questions,
        "machine": machine(),
    }
    keep(result, out)
    return result


def _visitors(tree: Any, count: int) -> list[str]:
    """Draw members by chance; the first is the one with the largest team."""
    chance = np.random.default_rng(1)
    places = chance.choice(len(tree), size=min(count - 1, len(tree)), replace=False)
    return [tree.at(int(place)).code for place in (int(tree.size.argmax()), *places)]


def _page(address: str, codes: list[str], lines: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Ask for a page as each visitor; whoever has no line has no page that explains it."""
    from django.test import Client

    lines = lines or {}
    wanted = [
        (_login_of(code), address.format(code=code, line=lines.get(code)))
        for code in codes
        if "{line}" not in address or code in lines
    ]
    return visited(Client(), wanted)


def visited(client: Any, visits: Sequence[tuple[Any, str]]) -> dict[str, Any]:
    """Open pages, each as its login; what a browser does only once is left out."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.signing_in import signed_in

    times, computing, queries = [], [], 0
    for login, wanted in visits:
        signed_in(client, login)
        client.get(wanted)
        with CaptureQueriesContext(connection) as asked:
            client.get(wanted)
        queries = max(queries, len(asked))
        began, worked = time.perf_counter(), time.thread_time()
        response = client.get(wanted)
        times.append((time.perf_counter() - began) * 1e3)
        computing.append((time.thread_time() - worked) * 1e3)
        assert response.status_code == 200, (wanted, response.status_code)
    return _spread(times) | {"computing_p50": _spread(computing)["p50"], "queries": queries}


def _login_of(code: str) -> Any:
    from upline.network.models import Member
    from upline.people.logins import grant_role
    from upline.people.models import Login

    email = f"{code.lower()}@example.com"
    login = Login.objects.filter(email=email).first()
    if login is None:
        holder = Member.objects.get(code=code).holders.get(place=1)
        login = Login.objects.create(email=email, person_id=holder.person_id)
        grant_role(login_id=login.pk, role="member", reason="a benchmark")
    return login


def _questions(tree: Any) -> dict[str, dict[str, Any]]:
    """Time what the office asks of all members."""
    from upline.network import queries as network
    from upline.people.models import Login

    owner = Login(email="owner@example.com", is_active=True)
    owner.save()
    from upline.people.logins import grant_role

    grant_role(login_id=owner.pk, role="support", reason="a benchmark")
    one = tree.at(len(tree) // 2)
    wanted = {
        "search by name": lambda: network.search_members(owner, one.name),
        "search by two letters": lambda: network.search_members(owner, "an"),
        "search by code": lambda: network.search_members(owner, one.code),
        "search by telephone": lambda: network.search_members(owner, "8 701 123 45 67"),
        "search by e-mail": lambda: network.search_members(owner, "nobody@example.com"),
        "card of a member": lambda: network.member_card(owner, one.id),
    }
    return {name: _spread([_once(ask) for _ in range(30)]) for name, ask in wanted.items()}


def _once(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1e3


def _hold_to_the_limits(pages: Mapping[str, Mapping[str, Any]]) -> None:
    """Say which pages take longer than they should; too many queries end the run."""
    for name, found in pages.items():
        limit = OF_OFFICE if name.startswith("office") else OF_MEMBERS
        if found["p95"] > limit:
            print(f"  over {limit} ms: {name}, {found['p95']} ms")
    asking = {
        name: found["queries"] for name, found in pages.items() if found["queries"] > MOST_QUERIES
    }
    assert not asking, f"More queries than {MOST_QUERIES}: {asking}"


def _spread(times: list[float]) -> dict[str, Any]:
    return {
        "p50": round(statistics.median(times), 1),
        "p95": round(float(np.percentile(times, 95)), 1),
        "most": round(max(times), 1),
    }


def _picture(tree: Any) -> dict[str, Any]:
    """Give how large the map of the largest team is, and how soon a browser has drawn it."""
    from django.test import Client

    from benchmarks.screens_drawn import seconds_until_drawn

    login = _login_of(tree.at(int(tree.size.argmax())).code)
    members = int(tree.size.max())
    client = Client()
    client.force_login(login)
    sent = client.get("/my/team/map/data/", HTTP_ACCEPT_ENCODING="gzip").content
    return {
        "members": members,
        "bytes": len(gzip.decompress(sent)),
        "sent": len(sent),
        "drawn": seconds_until_drawn(login, members),
    }


if __name__ == "__main__":
    sizes = [int(one) for one in sys.argv[1:4]]
    main(*(sizes or (200_000, 1_000_000, 200)))
