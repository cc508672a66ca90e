"""PostgreSQL itself keeps the books: what goes around the services is refused, whoever sends it."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.db import connection, transaction

from tests.at_once import at_once
from tests.flows.ledger_books import MONDAY, TUESDAY, draft, entries, post, rows, sale
from upline.foundation import postgres_roles
from upline.ledger import checking, errors, queries, services
from upline.ledger.models import Journal

pytestmark = pytest.mark.django_db(transaction=True)

JOURNAL = """
INSERT INTO ledger_journal
    (key, digest, kind, effective_on, posted_at, entry_count, reference, memo, reverses_id)
VALUES (%(key)s, sha256(%(key)s::bytea), 'payment', %(on)s, now(), %(count)s, '', '', %(reverses)s)
"""
ENTRIES = """
INSERT INTO ledger_entry (journal_id, line, account_id, currency, effective_on, amount_minor)
SELECT {journal}, line, account_id, currency, %(on)s, amount
FROM {source}
    unnest(%(accounts)s::bigint[], %(currencies)s::text[], %(amounts)s::bigint[], %(lines)s::int[])
    AS given (account_id, currency, amount, line)
"""
WHOLE = f"WITH journal AS ({JOURNAL} RETURNING id) " + ENTRIES.format(
    journal="journal.id", source="journal,"
)


@pytest.fixture
def raw(transactional_db):
    """A connection of psycopg to the test database, without a line of our Python between."""
    parameters = connection.get_connection_params()
    parameters.pop("context", None)
    parameters["cursor_factory"] = psycopg.ClientCursor
    with psycopg.connect(**parameters, autocommit=True) as other:
        yield other


@pytest.fixture
def accounts(transactional_db):
    """Two accounts in EUR and one in PLN, by their codes."""
    return {
        code: services.open_account(code=code, kind="asset", currency=currency)
        for code, currency in (("cash:bank", "EUR"), ("cash:card", "EUR"), ("cash:till", "PLN"))
    }


def values(accounts, *lines, key="raw:1", on=MONDAY, **named):
    """Give what a raw journal is made of, from lines of a code, a currency and an amount."""
    codes, currencies, amounts = zip(*lines, strict=True) if lines else ((), (), ())
    return {
        "key": key,
        "on": on,
        "count": len(lines),
        "reverses": None,
        "accounts": [accounts[code] for code in codes],
        "currencies": list(currencies),
        "amounts": list(amounts),
        "lines": list(range(1, len(lines) + 1)),
        **named,
    }


def two(minor=500, other=-500):
    return ("cash:bank", "EUR", minor), ("cash:card", "EUR", other)


def refused_by(raw, constraint, statement, given=None):
    """Assert that a statement is refused by a constraint, and that nothing was written."""
    before = rows()
    with pytest.raises(psycopg.errors.IntegrityError) as refused:
        raw.execute(statement, given)
    assert refused.value.diag.constraint_name == constraint
    assert rows() == before


def test_a_whole_balanced_journal_of_raw_sql_is_kept_and_counted(raw, accounts):
    raw.execute(WHOLE, values(accounts, *two()))

    assert queries.balance("cash:bank", "EUR").minor == 500
    assert queries.balance("cash:card", "EUR").minor == -500


def test_an_unbalanced_journal_is_refused(raw, accounts):
    refused_by(raw, "ledger_journal_balanced", WHOLE, values(accounts, *two(500, -499)))


def test_currencies_do_not_balance_each_other(raw, accounts):
    lines = ("cash:bank", "EUR", 500), ("cash:till", "PLN", -500)

    refused_by(raw, "ledger_journal_balanced", WHOLE, values(accounts, *lines))


def test_amounts_near_the_end_of_64_bits_are_summed_truly(raw, accounts):
    most = 2**63 - 1
    lines = [("cash:bank", "EUR", most)] * 2 + [("cash:card", "EUR", 2)]

    refused_by(raw, "ledger_journal_balanced", WHOLE, values(accounts, *lines))


def test_a_journal_without_entries_is_refused(raw, accounts):
    refused_by(raw, "ledger_journal_whole", JOURNAL, values(accounts, *two()))


@pytest.mark.parametrize("named", [{"count": 3}, {"lines": [1, 3]}, {"lines": [0, 1]}])
def test_a_journal_says_truly_how_many_entries_it_has(raw, accounts, named):
    constraint = "ledger_entry_line_positive" if 0 in named.get("lines", ()) else None

    refused_by(raw, constraint or "ledger_journal_whole", WHOLE, values(accounts, *two(), **named))


def test_a_journal_of_one_entry_is_refused(raw, accounts):
    given = values(accounts, ("cash:bank", "EUR", 0))

    with pytest.raises(psycopg.errors.CheckViolation):
        raw.execute(WHOLE, given)
    assert rows()["journal"] == 0


def test_an_entry_of_zero_is_refused(raw, accounts):
    refused_by(raw, "ledger_entry_not_zero", WHOLE, values(accounts, *two(0, 0)))


def test_an_entry_has_the_currency_of_its_account(raw, accounts):
    lines = ("cash:bank", "PLN", 500), ("cash:card", "PLN", -500)

    refused_by(raw, "ledger_entry_account", WHOLE, values(accounts, *lines))


def test_an_entry_has_an_account_that_is_there(raw, accounts):
    given = values({"cash:bank": 0, "cash:card": accounts["cash:card"]}, *two())

    refused_by(raw, "ledger_entry_account", WHOLE, given)


def test_an_entry_has_the_day_of_its_journal(raw, accounts):
    statement = WHOLE.replace("currency, %(on)s, amount", "currency, %(on)s::date + 1, amount")

    refused_by(raw, "ledger_journal_whole", statement, values(accounts, *two()))


def test_nothing_is_added_to_a_committed_journal(raw, accounts):
    raw.execute(WHOLE, values(accounts, *two()))
    number = Journal.objects.get().pk
    adding = ENTRIES.format(journal=number, source="")

    refused_by(raw, "ledger_journal_whole", adding, values(accounts, *two(), lines=[3, 4]))
    refused_by(raw, "ledger_entry_line", adding, values(accounts, *two()))


def test_nothing_is_added_to_a_journal_of_the_same_transaction(raw, accounts):
    raw.autocommit = False
    raw.execute(WHOLE, values(accounts, *two()))
    adding = ENTRIES.format(journal="(SELECT max(id) FROM ledger_journal)", source="")

    with pytest.raises(psycopg.errors.CheckViolation):
        raw.execute(adding, values(accounts, *two(), lines=[3, 4]))
    raw.rollback()

    assert rows()["journal"] == 0


def test_entries_without_a_journal_are_refused(raw, accounts):
    adding = ENTRIES.format(journal=999, source="")

    refused_by(raw, "ledger_journal_whole", adding, values(accounts, *two()))


def test_a_key_is_used_once(raw, accounts):
    raw.execute(WHOLE, values(accounts, *two()))

    refused_by(raw, "ledger_journal_key", WHOLE, values(accounts, *two(7, -7)))


@pytest.mark.parametrize(
    ("lines", "on"),
    [
        (two(-499, 499), MONDAY),
        (two(500, -500), MONDAY),
        (tuple(reversed(two(-500, 500))), TUESDAY),
        ((*two(-500, 500), ("cash:bank", "EUR", 1), ("cash:card", "EUR", -1)), TUESDAY),
        (two(-500, 500), MONDAY.replace(day=1)),
    ],
)
def test_a_reversal_that_does_not_mirror_its_journal_is_refused(raw, accounts, lines, on):
    raw.execute(WHOLE, values(accounts, *two()))
    number = Journal.objects.get().pk
    if lines[0][0] == "cash:card":
        lines = tuple((code, unit, -minor) for code, unit, minor in lines)

    given = values(accounts, *lines, key="undo", on=on, reverses=number)
    refused_by(raw, "ledger_journal_mirrored", WHOLE, given)


def test_a_journal_is_reversed_once_and_a_reversal_never(raw, accounts):
    raw.execute(WHOLE, values(accounts, *two()))
    number = Journal.objects.get().pk
    raw.execute(WHOLE, values(accounts, *two(-500, 500), key="undo", reverses=number))
    undone = Journal.objects.get(key="undo").pk

    again = values(accounts, *two(-500, 500), key="again", reverses=number)
    refused_by(raw, "ledger_journal_reversed_once", WHOLE, again)
    back = values(accounts, *two(), key="back", reverses=undone)
    refused_by(raw, "ledger_journal_mirrored", WHOLE, back)


def test_nothing_is_effective_on_a_closed_day(raw, accounts):
    services.close_days(through=MONDAY, by="login:1", reason="Filed")

    refused_by(raw, "ledger_day_closed", WHOLE, values(accounts, *two()))
    raw.execute(WHOLE, values(accounts, *two(), on=TUESDAY))


@pytest.mark.parametrize("table", ["account", "journal", "entry", "closing", "balance"])
@pytest.mark.parametrize("change", ["UPDATE ledger_{} SET {} = {}", "DELETE FROM ledger_{}"])
def test_what_is_written_is_neither_changed_nor_deleted(raw, accounts, table, change):
    raw.execute(WHOLE, values(accounts, *two()))
    services.close_days(through=MONDAY.replace(day=1), by="login:1", reason="Filed")
    column = {"closing": "closed_by", "balance": "balance_minor"}.get(table, "id")
    before = rows()

    with pytest.raises(psycopg.errors.RestrictViolation):
        raw.execute(change.format(table, column, column))

    assert rows() == before


def test_a_balance_is_not_written_by_hand(raw, accounts):
    with pytest.raises(psycopg.errors.RestrictViolation, match="follows from entries"):
        raw.execute("INSERT INTO ledger_balance VALUES (%s, 1, 1)", [accounts["cash:bank"]])

    assert rows()["balance"] == 0


def test_the_role_of_the_site_posts_and_cannot_change_rows_even_without_triggers(
    raw, accounts, request
):
    names = postgres_roles.Names(owner="ledger_test_owner", app="ledger_test_app")
    with transaction.atomic():
        postgres_roles.grant(app_password="x", names=names)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER append_only")
            cursor.execute("SET LOCAL ROLE ledger_test_app")
        number = post()
        undone = services.reverse(
            key="undo", journal_id=number, effective_on=MONDAY, reason="Twice"
        )
        assert services.post_many(journals=[draft("b"), draft("c")]).written == 2
        assert undone > number
        for act in ("UPDATE ledger_entry SET line = line", "DELETE FROM ledger_entry"):
            with (
                pytest.raises(Exception, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(act)
        transaction.set_rollback(True)


# --- at the same time ----------------------------------------------------------------------------


def test_the_same_key_posted_at_once_is_one_journal():
    for number in range(5):
        found = at_once(*[lambda number=number: post(f"payment:{number}")] * 4)

        assert len(set(found)) == 1
    assert rows()["journal"] == 5
    assert queries.balance("cash:card", "EUR").minor == 5 * 12_300


def test_one_key_with_two_contents_at_once_is_one_journal_and_one_refusal():
    found = at_once(post, lambda: post(lines=sale(999, 99)))

    assert sum(isinstance(one, errors.KeyAlreadyUsed) for one in found) == 1
    assert rows()["journal"] == 1


def test_two_reversals_at_once_are_one():
    number = post()

    def undo(key):
        return lambda: services.reverse(
            key=key, journal_id=number, effective_on=MONDAY, reason="Twice"
        )

    found = at_once(undo("undo:a"), undo("undo:b"))

    assert sum(isinstance(one, errors.JournalAlreadyReversed) for one in found) == 1
    assert queries.balance("cash:card", "EUR").minor == 0


def test_postings_and_chunks_over_the_same_accounts_at_once_all_count():
    members = [f"commissions:payable:M{number}" for number in range(30)]

    def forward():
        for number in range(20):
            lines = entries((members[number], -5), (members[29 - number], 5))
            post(f"single:{number}", lines)

    def bulk(name, some):
        lines = [entries(("commissions:expense:levels", 7), (member, -7)) for member in some]
        drafts = [draft(f"{name}:{place}", line) for place, line in enumerate(lines)]
        return lambda: services.post_many(journals=drafts)

    found = at_once(forward, bulk("a", members), bulk("b", list(reversed(members))), forward)

    assert [one for one in found if isinstance(one, Exception)] == []
    assert rows()["journal"] == 80
    assert checking.findings() == []


def test_the_same_chunk_at_once_is_posted_once():
    drafts = [draft(f"payment:{number}") for number in range(200)]

    found = at_once(*[lambda: services.post_many(journals=drafts)] * 3)

    assert sum(one.written for one in found) == 200
    assert sum(one.repeated for one in found) == 400
    assert checking.findings() == []


def test_a_closing_waits_for_a_journal_under_way_and_later_ones_see_it(raw, accounts):
    with raw.transaction():
        raw.execute(WHOLE, values(accounts, *two()))
        closing = threading.Thread(
            target=lambda: at_once(
                lambda: services.close_days(through=MONDAY, by="login:1", reason="Filed")
            )
        )
        closing.start()
        closing.join(timeout=0.5)
        assert closing.is_alive()
    closing.join(timeout=30)

    assert rows()["closing"] == 1
    refused_by(raw, "ledger_day_closed", WHOLE, values(accounts, *two(), key="raw:2"))
