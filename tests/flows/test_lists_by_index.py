"""Long lists are read by index: no list that is narrowed down reads its whole table.

The tables are filled until PostgreSQL has a reason to use an index; the pages are those of the
site, and each question that they ask is explained before it is answered.
"""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from tests import closing, team
from tests.closing import ANNA, BORIS, CELINA, OCTOBER
from tests.signing_in import signed_in
from upline.catalog import services as catalog
from upline.catalog.models import Market
from upline.commissions.models import Run
from upline.ledger.models import Journal

pytestmark = pytest.mark.django_db

ROWS = 40_000
BIG = (
    *("foundation_auditentry", "ledger_journal", "ledger_entry", "orders_order"),
    *("commissions_line", "commissions_volumefact"),
)

# One row in a thousand is what the lists are narrowed down to.
FILL = (
    """INSERT INTO foundation_auditentry (recorded_at, actor, act, subject, reason, request_id)
       SELECT timestamptz '2024-01-01' + n * interval '30 minutes', 'login:' || n % 1000,
              CASE WHEN n % 1000 = 0 THEN 'network.load_members' ELSE 'orders.refund' END,
              'order:' || n, '', ''
       FROM generate_series(1, {rows}) AS n""",
    """INSERT INTO ledger_journal
           (key, digest, kind, effective_on, posted_at, entry_count, reference, memo)
       SELECT 'key:' || n, sha256(n::text::bytea),
              CASE WHEN n % 1000 = 0 THEN 'orders.load' ELSE 'orders.sale' END,
              date '2024-01-01' + n % 1000, now(), 2, 'order:' || n, ''
       FROM generate_series(1, {rows}) AS n""",
    """INSERT INTO orders_order
           (number, reference, digest, kind, status, channel, audience, member_id, customer,
            market_id, country, time_zone, currency, prices_include_tax, net_minor, tax_minor,
            gross_minor, refunded_minor, placed_at, paid_reference, paid_into)
       SELECT 'N-' || n, 'basket:' || n, ''::bytea, 'own', 'placed', 'office', 'partner',
              CASE WHEN n % 1000 = 0 THEN {one} ELSE {other} END, '', {market}, 'BG',
              'Europe/Sofia', 'EUR', true, 100, 20, 120, 0,
              timestamptz '2024-01-01' + n * interval '1 minute', '', ''
       FROM generate_series(1, {rows}) AS n""",
    """INSERT INTO commissions_volumefact (key, member_id, order_number, occurred_at, recorded_at,
           customer, kind, currency, figures)
       SELECT 'filled:' || n, {other}, 'N-' || n, timestamptz '2024-01-01' + n * interval '1 minute',
              now(), '', '', 'EUR', '{{}}'
       FROM generate_series(1, {rows}) AS n""",
    """INSERT INTO commissions_line (run_id, number, member_id, bonus, level, fact_id, buyer_id,
           base_billionths, rate_billionths, amount_units)
       SELECT {run}, 1000 + n, {other}, 0, 1, NULL, {one}, 0, 0, n
       FROM generate_series(1, {rows}) AS n""",
)
OFFICE = (
    "/office/audit/?act=network.load_members",
    "/office/audit/?on_from=2025-03-01&on_to=2025-03-01",
    "/office/audit/?subject=order:700",
    "/office/journals/?day_from=2025-03-01&day_to=2025-03-01",
    "/office/journals/?kind=orders.load",
    "/office/journals/?q=order:700",
    f"/office/orders/?member={BORIS}",
    "/office/orders/?q=N-700",
    "/office/orders/?placed_from=2024-01-02&placed_to=2024-01-02",
    f"/office/members/{BORIS}/statements/monthly:{OCTOBER}/",
)
CABINET = (
    f"/my/statements/monthly/{OCTOBER}/",
    f"/my/statements/monthly/{OCTOBER}/?level=1",
    f"/my/statements/monthly/{OCTOBER}/?order=level_up&search=A-1",
)


@pytest.fixture(scope="module")
def members(kept_database):
    """A closed month of three members, and tables so full that an index pays."""
    found = closing.opened()
    catalog.define_market(
        market=catalog.MarketDraft(
            code="BG",
            name="България",
            country="BG",
            currency="EUR",
            language="bg",
            prices_include_tax=True,
            time_zone="Europe/Sofia",
        )
    )
    closing.bought(found[CELINA], "A-1", "200")
    closing.closed()
    run = Run.objects.get()
    values = {
        "rows": ROWS,
        "one": found[BORIS].pk,
        "other": found[ANNA].pk,
        "run": run.pk,
        "market": Market.objects.get().pk,
    }
    with connection.cursor() as cursor:
        # Without the triggers: what the tables hold is not what is tried here.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in FILL:
            cursor.execute(statement.format(**values))
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(f"ANALYZE {', '.join(BIG)}, commissions_line_{run.pk}")
    return found


@contextmanager
def explained():
    """Collect the questions that read a whole table which is big."""
    found = []

    def look(execute, sql, parameters, many, context):
        if sql.lstrip().upper().startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.cursor.execute(f"EXPLAIN {sql}", parameters)
                plan = "\n".join(row[0] for row in cursor.cursor.fetchall())
            if re.search(rf"Seq Scan on ({'|'.join(BIG)})", plan):
                found.append(f"{sql % tuple(parameters or ())}\n{plan}")
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(look):
        yield found


def read_whole(client, address):
    """Give the questions of a page that read a whole table which is big."""
    with explained() as found:
        response = client.get(address)
    assert response.status_code == 200, address
    return found


@pytest.mark.parametrize("address", OFFICE)
def test_a_list_of_the_office_that_is_narrowed_down_reads_by_index(members, address):
    client = signed_in(Client(), team.staff("owner"))

    assert read_whole(client, address) == []


@pytest.mark.parametrize("address", CABINET)
def test_lines_of_a_member_are_read_by_index(members, address):
    client = signed_in(Client(), team.login_of(members[BORIS]))

    assert read_whole(client, address) == []


def test_a_whole_table_that_is_read_is_noticed(members):
    with explained() as found:
        assert not Journal.objects.filter(memo="nothing is found by its memo").exists()

    assert len(found) == 1
