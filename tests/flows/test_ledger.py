"""The books: acts are written whole, once, and never change."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from django.db import transaction

from tests.flows.ledger_books import MONDAY, TUESDAY, draft, entries, post, rows, sale
from upline.foundation import clock
from upline.foundation.models import AuditEntry
from upline.ledger import errors, queries, services
from upline.money import Money

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def balances(*codes, currency="EUR", on=None):
    return [queries.balance(code, currency, on=on).minor for code in codes]


def test_a_sale_is_booked_on_each_account_and_read_back_whole():
    with clock.stopped_at(NOON):
        number = post(reference="A-1", memo="By card")

    assert balances("cash:card", "sales:goods", "tax:vat:PL") == [12_300, -10_000, -2_300]
    found = queries.journal(number)
    assert (found.key, found.kind, found.reference, found.memo) == (
        "payment:1",
        "payment",
        "A-1",
        "By card",
    )
    assert (found.effective_on, found.posted_at) == (MONDAY, NOON)
    assert [(one.line, one.account, one.amount.minor) for one in found.entries] == [
        (1, "cash:card", 12_300),
        (2, "sales:goods", -10_000),
        (3, "tax:vat:PL", -2_300),
    ]
    assert queries.journals_of("A-1") == [queries.journal_by_key("payment:1")]


def test_the_same_key_and_content_again_is_the_same_journal():
    first = post()
    before = rows()

    assert post() == first
    assert rows() == before


@pytest.mark.parametrize(
    "other",
    [
        {"lines": sale(12_301)},
        {"lines": list(reversed(sale()))},
        {"effective_on": TUESDAY},
        {"kind": "refund"},
        {"reference": "A-2"},
        {"memo": "Other"},
    ],
)
def test_the_same_key_with_other_content_is_refused(other):
    number = post(reference="A-1")
    before = rows()

    with pytest.raises(errors.KeyAlreadyUsed, match=f"payment:1 belongs to journal {number}"):
        post(**{"reference": "A-1", **other})
    with pytest.raises(errors.KeyAlreadyUsed, match="payment:1"):
        services.post_many(journals=[draft(**{"reference": "A-1", **other})])

    assert rows() == before


def test_one_journal_may_hold_several_currencies_each_balanced():
    lines = [
        *entries(("cash:bank", -10_000), ("exchange:EUR-PLN", 10_000)),
        *entries(("cash:bank", 42_500), ("exchange:EUR-PLN", -42_500), currency="PLN"),
    ]

    post(lines=lines)

    assert balances("cash:bank") == [-10_000]
    assert balances("cash:bank", currency="PLN") == [42_500]


@pytest.mark.parametrize(
    ("lines", "refusal", "words"),
    [
        (entries(("cash:card", 100), ("sales:goods", -99)), errors.JournalUnbalanced, "EUR is off"),
        (
            [*entries(("cash:card", 100)), *entries(("sales:goods", -100), currency="PLN")],
            errors.JournalUnbalanced,
            "off by 100",
        ),
        (entries(("cash:card", 0), ("sales:goods", 0)), errors.JournalMalformed, "is zero"),
        (entries(("cash:card", 100)), errors.JournalMalformed, "fewer than two"),
        (
            entries(("cash:card", 2**63), ("sales:goods", -(2**63))),
            errors.JournalMalformed,
            "too great",
        ),
        (entries(("moon", 1), ("cash:card", -1)), errors.AccountUnknown, "no account moon"),
        (entries(("Cash card", 1), ("cash:card", -1)), errors.AccountMalformed, "Cash card"),
        (entries(("tax", 1), ("cash:card", -1)), errors.AccountUnknown, "no account tax"),
    ],
)
def test_a_journal_that_cannot_be_is_refused_and_writes_nothing(lines, refusal, words):
    with pytest.raises(refusal, match=words):
        post(lines=lines)

    assert set(rows().values()) == {0}


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"key": ""}, "key is empty"),
        ({"kind": ""}, "kind is empty"),
        ({"memo": "one\ntwo"}, "line break"),
        ({"key": "k" * 201}, "longer than 200"),
    ],
)
def test_texts_that_cannot_be_kept_are_refused(named, words):
    with pytest.raises(errors.JournalMalformed, match=words):
        post(**named)

    assert set(rows().values()) == {0}


def test_an_account_of_the_chart_without_entries_holds_nothing_and_another_is_refused():
    assert queries.balance("wallet:7K2Q0M", "EUR") == Money(0, "EUR")
    with pytest.raises(errors.AccountUnknown, match="moon"):
        queries.balance("moon", "EUR")


def test_an_account_is_opened_once_and_never_otherwise():
    first = services.open_account(
        code="commissions:payable:7K2Q0M", kind="liability", currency="EUR", holder="7K2Q0M"
    )

    assert first == services.open_account(
        code="commissions:payable:7K2Q0M", kind="liability", currency="EUR", holder="7K2Q0M"
    )
    with pytest.raises(errors.AccountDiffers, match="of kind liability, held by '7K2Q0M'"):
        services.open_account(code="commissions:payable:7K2Q0M", kind="asset", currency="EUR")
    assert rows()["account"] == 1


def test_balances_are_read_on_any_day():
    post("a", entries(("cash:bank", 100), ("sales:goods", -100)), effective_on=MONDAY)
    post("b", entries(("cash:bank", 10), ("sales:goods", -10)), effective_on=TUESDAY)
    post("c", entries(("cash:bank", 1), ("sales:goods", -1)), effective_on=date(2026, 10, 1))

    assert balances("cash:bank", on=date(2026, 9, 30)) == [0]
    assert balances("cash:bank", on=date(2026, 11, 1)) == [1]
    assert balances("cash:bank", on=MONDAY) == [101]
    assert balances("cash:bank", on=TUESDAY) == balances("cash:bank") == [111]
    assert [(one.account, one.balance.minor) for one in queries.trial_balance(on=MONDAY)] == [
        ("cash:bank", 101),
        ("sales:goods", -101),
    ]
    assert [one.journal_key for one in queries.entries_of("cash:bank", "EUR")] == ["c", "a", "b"]
    assert [
        one.journal_key
        for one in queries.entries_of("cash:bank", "EUR", since=MONDAY, until=TUESDAY)
    ] == ["a"]


def test_balances_below_a_line_of_the_chart_are_listed_without_its_neighbours():
    post("a", entries(("tax:vat:PL", -1), ("tax:vat:BG", -2), ("tax:withheld:PL", 3)))

    assert [one.account for one in queries.balances("tax:vat")] == ["tax:vat:BG", "tax:vat:PL"]
    assert [one.account for one in queries.balances("tax:vat:PL")] == ["tax:vat:PL"]


def test_a_reversal_takes_a_journal_back_line_by_line_and_repeats():
    number = post(reference="A-1")

    undone = services.reverse(
        key="undo:1", journal_id=number, effective_on=TUESDAY, reason="Charged twice"
    )
    again = services.reverse(
        key="undo:1", journal_id=number, effective_on=TUESDAY, reason="Charged twice"
    )

    assert again == undone
    assert balances("cash:card", "sales:goods", "tax:vat:PL") == [0, 0, 0]
    assert balances("cash:card", on=MONDAY) == [12_300]
    found = queries.journal(undone)
    assert (found.reverses, found.memo, found.reference) == (number, "Charged twice", "A-1")
    assert queries.journal(number).reversed_by == undone
    assert [one.amount.minor for one in found.entries] == [-12_300, 10_000, 2_300]


def test_a_reversal_that_cannot_be_is_refused_and_writes_nothing():
    number = post(effective_on=TUESDAY)
    undone = services.reverse(key="u", journal_id=number, effective_on=TUESDAY, reason="Twice")
    other = post("payment:2", effective_on=TUESDAY)
    before = rows()

    def undo(key, journal, on=TUESDAY, reason="Why"):
        services.reverse(key=key, journal_id=journal, effective_on=on, reason=reason)

    with pytest.raises(errors.JournalAlreadyReversed, match=f"by journal {undone}"):
        undo("v", number)
    with pytest.raises(errors.ReversalNotReversible, match=f"journal {number}"):
        undo("v", undone)
    with pytest.raises(errors.ReversalTooEarly, match="2026-11-03, its reversal on 2026-11-02"):
        undo("v", other, MONDAY)
    with pytest.raises(errors.JournalUnknown, match="no journal 0"):
        undo("v", 0)
    with pytest.raises(errors.ReasonMissing, match="no reason was given"):
        undo("v", other, reason=" ")
    with pytest.raises(errors.KeyAlreadyUsed, match="payment:1"):
        undo("payment:1", other)

    assert rows() == before


def test_nothing_is_posted_on_a_closed_day_but_a_repeat_still_finds_its_journal():
    number = post()
    services.close_days(through=MONDAY, by="login:1", reason="October is filed")
    services.close_days(through=MONDAY, by="login:1", reason="October is filed")
    before = rows()

    with pytest.raises(
        errors.DayClosed, match=r"payment:2 is effective on 2026-11-02; .* 2026-11-02"
    ):
        post("payment:2")
    with pytest.raises(
        errors.DayClosed, match=r"payment:3 is effective on 2026-11-02; .* 2026-11-02"
    ):
        services.post_many(journals=[draft("payment:3")])
    with pytest.raises(errors.DayClosed):
        services.reverse(key="u", journal_id=number, effective_on=MONDAY, reason="Twice")

    assert rows() == before
    assert rows()["closing"] == 1
    assert post() == number
    assert post("payment:4", effective_on=TUESDAY) > number
    assert queries.closed_through() == MONDAY
    assert AuditEntry.objects.get(act="ledger.close_days").after == {
        "closed_through": "2026-11-02",
        "by": "login:1",
    }


def test_a_rolled_back_act_leaves_no_trace_in_balances():
    with transaction.atomic():
        post()
        transaction.set_rollback(True)

    assert set(rows().values()) == {0}


def test_many_journals_give_the_same_as_one_by_one_and_repeat(monkeypatch):
    monkeypatch.setattr("upline.ledger.bulk.ENTRIES_AT_ONCE", 7)
    drafts = [
        draft(f"payment:{n}", sale(1_000 + n, n), reference='Әлия, "A"', memo=f"{n}; ünï")
        for n in range(1, 12)
    ]
    one_by_one = post("payment:5", drafts[4].entries, reference=drafts[4].reference, memo="5; ünï")

    assert services.post_many(journals=drafts) == services.Posted(written=10, repeated=1)
    assert services.post_many(journals=drafts) == services.Posted(written=0, repeated=11)
    assert services.post_many(journals=[]) == services.Posted()

    assert queries.journal_by_key("payment:5").id == one_by_one
    assert balances("cash:card", "tax:vat:PL") == [11_066, -66]
    facts = queries.journal_by_key("payment:11")
    assert (facts.reference, facts.memo) == ('Әлия, "A"', "11; ünï")
    assert [one.amount.minor for one in facts.entries] == [1_011, -1_000, -11]
    assert post("payment:7", drafts[6].entries, reference='Әлия, "A"', memo="7; ünï") == (
        queries.journal_by_key("payment:7").id
    )


def test_all_faults_of_many_journals_are_listed_and_none_is_written():
    journals = [
        draft("good"),
        draft("short", entries(("cash:card", 5))),
        draft("off", entries(("cash:card", 100), ("sales:goods", -98), ("tax:vat:PL", -1))),
        draft("zero", [*sale(), *entries(("cash:bank", 0))]),
        draft("ill", entries(("cash card", 1), ("sales:goods", -1))),
        draft("broken", memo="one\ntwo"),
        draft("good"),
    ]

    with pytest.raises(errors.JournalsRefused) as refused:
        services.post_many(journals=journals)

    text = str(refused.value)
    assert "7 faults" in text
    for words in (
        "journal good: its rows stand in 2 places",
        "journal short: it has fewer than two entries",
        "journal short: EUR is off by 5",
        "journal off: EUR is off by 1",
        "journal zero: the amount of row 11 is zero",
        "account 'cash card'",
        "its memo holds a control character",
    ):
        assert words in text
    assert set(rows().values()) == {0}


def test_sums_past_64_bits_are_not_taken_for_balanced():
    most = 2**62
    lines = [("cash:bank", most), ("cash:card", most), ("sales:goods", most), ("wallet:x", most)]

    with pytest.raises(errors.JournalsRefused, match=f"off by {4 * most}"):
        services.post_many(journals=[draft(lines=entries(*lines))])

    assert set(rows().values()) == {0}


def test_a_table_with_amounts_that_are_no_whole_numbers_is_refused():
    table = pa.table({"key": ["a", "a"], "amount_minor": [1.0, -1.0], "kind": ["x", None]})

    with pytest.raises(errors.JournalsRefused) as refused:
        services.post_table(table=table)

    assert "whole numbers are wanted, not double" in str(refused.value)
    assert "column kind: row 2 is empty" in str(refused.value)
    assert "column account: it is missing" in str(refused.value)


def test_an_unknown_account_among_many_is_refused_and_opens_none():
    with pytest.raises(errors.AccountUnknown, match="moon:base"):
        services.post_many(journals=[draft(lines=entries(("moon:base", 1), ("cash:card", -1)))])

    assert set(rows().values()) == {0}
