"""Wallets: what was earned waits for its window, then becomes available; debts are taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from tests import closing, team
from tests.closing import ANNA, BORIS, CELINA
from upline.foundation import clock, context
from upline.foundation.models import AuditEntry
from upline.ledger import checking
from upline.ledger import queries as books
from upline.ledger import services as ledger
from upline.ledger.models import Journal
from upline.ledger.services import EntryDraft
from upline.money import Money
from upline.network.errors import MemberUnknown
from upline.payouts import maturing, queries, services
from upline.payouts.errors import RuleInThePast, RuleMalformed, RuleUnknown
from upline.payouts.models import DatedRule

pytestmark = pytest.mark.django_db

BEFORE_THE_DAY = datetime(2026, 11, 13, 12, tzinfo=UTC)
ON_THE_DAY = datetime(2026, 11, 14, 12, tzinfo=UTC)
DECEMBER_20 = datetime(2026, 12, 20, 12, tzinfo=UTC)


def euros(minor):
    return Money(minor, "EUR")


def window(days=14, starts_on=date(2026, 1, 1)):
    with context.working(actor="login:1"):
        services.set_rule(
            name="return_window_days", value=days, starts_on=starts_on, reason="the law says so"
        )


def settled(at):
    with clock.stopped_at(at):
        return services.settle_wallets()


def held(line, member=ANNA):
    return -books.balance(f"{line}:{member}", "EUR").minor


def taken_back(minor, key="clawback:1", on=date(2026, 11, 20)):
    """Let ANNA owe what a return took out of her pay."""
    ledger.post(
        key=key,
        kind="commissions.adjustment",
        effective_on=on,
        entries=[
            EntryDraft(f"commissions:payable:{ANNA}", euros(minor)),
            EntryDraft("commissions:expense:levels", euros(-minor)),
        ],
    )


def seen_by(viewer, member=ANNA, at=BEFORE_THE_DAY):
    with clock.stopped_at(at):
        return queries.wallet(viewer=viewer, member=member)


@pytest.fixture
def members():
    """Close an October in which ANNA earned 20.00 EUR and BORIS 20.00 EUR."""
    found = closing.opened()
    closing.bought(found[CELINA], "A-1", "200")
    closing.bought(found[BORIS], "A-2", "100")
    closing.closed()
    return found


def test_what_a_close_owes_is_accrued_until_its_window_is_over(members):
    window()

    assert settled(BEFORE_THE_DAY) == services.Settled()
    assert (held("commissions:payable"), held("wallet:available")) == (2_000, 0)

    assert settled(ON_THE_DAY) == services.Settled(matured=2)
    assert (held("commissions:payable"), held("wallet:available")) == (0, 2_000)
    assert held("wallet:available", BORIS) == 2_000


def test_settling_again_moves_nothing_twice(members):
    window()
    settled(ON_THE_DAY)
    journals = Journal.objects.count()

    assert settled(ON_THE_DAY) == services.Settled()
    assert settled(DECEMBER_20) == services.Settled()
    assert Journal.objects.count() == journals


def test_a_run_that_was_stopped_between_chunks_goes_on_where_it_stood(members, monkeypatch):
    window()
    monkeypatch.setattr(maturing, "MEMBERS_AT_ONCE", 1)

    def stops(_):
        raise KeyboardInterrupt

    with clock.stopped_at(ON_THE_DAY), pytest.raises(KeyboardInterrupt):
        services.settle_wallets(say=stops)
    assert Journal.objects.filter(kind="wallet.mature").count() == 1

    assert settled(ON_THE_DAY) == services.Settled(matured=1)
    assert (held("wallet:available"), held("wallet:available", BORIS)) == (2_000, 2_000)


def test_without_a_rule_nothing_becomes_available_and_nobody_guesses_a_day(members):
    assert settled(DECEMBER_20) == services.Settled()

    shown = seen_by(team.login_of(members[ANNA]), at=DECEMBER_20)

    assert shown.window_days is None
    assert shown.balances[0].maturing == (queries.Maturing(on=None, amount=euros(2_000)),)


def test_the_window_is_that_of_the_day_on_which_pay_was_earned(members):
    window(14)
    with clock.stopped_at(BEFORE_THE_DAY):
        window(60, starts_on=date(2026, 11, 14))

    assert settled(ON_THE_DAY) == services.Settled(matured=2)


def test_a_rule_that_holds_is_not_rewritten_for_days_that_are_over(members):
    window(14)

    with clock.stopped_at(ON_THE_DAY), pytest.raises(RuleInThePast):
        window(7, starts_on=date(2026, 11, 13))

    assert list(DatedRule.objects.values_list("value", flat=True)) == [14]


def test_a_rule_is_set_once_with_its_reason_in_the_audit():
    window(14)
    window(14)

    rule = DatedRule.objects.get()
    entry = AuditEntry.objects.get(act="payouts.set_rule")
    assert (rule.value, rule.set_by, rule.reason) == (14, "login:1", "the law says so")
    assert (entry.before["value"], entry.after["value"]) == (None, 14)


@pytest.mark.parametrize("days", [-1, 367])
def test_a_window_of_impossible_length_is_refused(days):
    with pytest.raises(RuleMalformed):
        window(days)
    with pytest.raises(RuleUnknown, match="return_window_days"):
        services.set_rule(name="windows", value=1, starts_on=date(2026, 1, 1), reason="a slip")

    assert not DatedRule.objects.exists()


def test_the_database_changes_no_rule():
    window()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        DatedRule.objects.update(value=0)


def test_what_is_owed_before_the_window_is_over_never_becomes_available(members):
    window()
    taken_back(500, on=date(2026, 11, 5))

    settled(ON_THE_DAY)

    assert (held("commissions:payable"), held("wallet:available")) == (0, 1_500)


def test_a_debt_is_taken_out_of_what_is_available_as_far_as_that_goes(members):
    window()
    settled(ON_THE_DAY)
    taken_back(2_600)

    assert settled(DECEMBER_20) == services.Settled(recovered=1)
    assert settled(DECEMBER_20) == services.Settled()
    assert (held("commissions:payable"), held("wallet:available")) == (-600, 0)

    shown = seen_by(team.login_of(members[ANNA]), at=DECEMBER_20).balances[0]
    assert (shown.owed, shown.accrued, shown.available) == (euros(600), euros(0), euros(0))


def test_pay_after_a_debt_was_recovered_becomes_available_whole(members):
    window()
    settled(ON_THE_DAY)
    taken_back(2_600)
    settled(DECEMBER_20)
    closing.bought(members[CELINA], "B-1", "400", month=11)
    closing.closed("2026-11", at=datetime(2026, 12, 21, 9, tzinfo=UTC))

    settled(datetime(2026, 12, 21, 12, tzinfo=UTC))

    # 5 % of 400.00, less the 6.00 that were still owed.
    assert (held("commissions:payable"), held("wallet:available")) == (0, 1_400)


def test_one_wallet_is_settled_alone(members):
    window()

    with clock.stopped_at(ON_THE_DAY):
        assert services.settle_wallet(member=ANNA) == services.Settled(matured=1)

    assert (held("wallet:available"), held("wallet:available", BORIS)) == (2_000, 0)


def test_the_database_refuses_to_overdraw_a_wallet_whoever_posts(members):
    window()
    settled(ON_THE_DAY)
    journals = Journal.objects.count()

    with pytest.raises(IntegrityError, match="overdrawn by 1 "), transaction.atomic():
        ledger.post(
            key="slip:1",
            kind="slip",
            effective_on=date(2026, 11, 14),
            entries=[
                EntryDraft(f"wallet:available:{ANNA}", euros(2_001)),
                EntryDraft("cash:bank", euros(-2_001)),
            ],
        )

    assert Journal.objects.count() == journals
    assert checking.findings() == []


def test_a_guard_that_is_off_is_found():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_balance DISABLE TRIGGER wallet_kept")

    assert [one.problem for one in checking.findings()] == [
        "The trigger ledger_balance.wallet_kept is missing or switched off."
    ]


def test_a_wallet_says_when_what_was_earned_becomes_available(members):
    window()
    taken_back(500, on=date(2026, 11, 5))

    shown = seen_by(team.login_of(members[ANNA]))

    assert shown.window_days == 14
    assert shown.balances == (
        queries.Balances(
            currency="EUR",
            accrued=euros(1_500),
            available=euros(0),
            reserved=euros(0),
            owed=euros(0),
            maturing=(queries.Maturing(on=date(2026, 11, 14), amount=euros(1_500)),),
        ),
    )


def test_the_lines_of_a_wallet_name_their_cause_and_their_statement(members):
    window()
    settled(ON_THE_DAY)

    found = queries.wallet_lines(viewer=team.login_of(members[ANNA]), member=ANNA)

    moved, earned = found.rows
    assert (moved.kind, moved.accrued, moved.available) == (
        "wallet.mature", euros(-2_000), euros(2_000),
    )  # fmt: skip
    assert (earned.kind, earned.accrued, earned.available) == (
        "commissions", euros(2_000), euros(0),
    )  # fmt: skip
    assert (earned.statement.label, earned.statement.last_on) == ("2026-10", date(2026, 10, 31))
    assert (found.total, found.kinds, found.currencies, found.years) == (
        2, ("commissions", "wallet.mature"), ("EUR",), (2026,),
    )  # fmt: skip


def test_lines_are_filtered_and_come_by_pages(members):
    window()
    settled(ON_THE_DAY)
    viewer = team.login_of(members[ANNA])

    def lines(**wanted):
        found = queries.wallet_lines(
            viewer=viewer, member=ANNA, wanted=queries.LineFilter(**wanted)
        )
        return [one.kind for one in found.rows], found.total

    assert lines(kind="commissions") == (["commissions"], 1)
    assert lines(first=1, most=1) == (["commissions"], 2)
    assert lines(year=2025) == ([], 0)
    assert lines(currency="PLN") == ([], 0)


def test_nobody_reads_the_wallet_of_another_not_even_from_above(members):
    anna, finance = team.login_of(members[ANNA]), team.staff("finance")

    with pytest.raises(MemberUnknown):
        seen_by(anna, member=BORIS)
    with pytest.raises(MemberUnknown):
        queries.wallet_lines(viewer=anna, member=BORIS)
    with pytest.raises(MemberUnknown):
        seen_by(team.staff("support"), member=BORIS)

    assert seen_by(finance, member=BORIS).balances[0].accrued == euros(2_000)
