"""Several settle at once, are killed, or hold a transaction open: the differences stay the same."""

from __future__ import annotations

from threading import Event

import pytest
from django.db import OperationalError, connection, transaction

from tests import closing
from tests.closing import ANNA, BORIS, CELINA, NOVEMBER_2
from tests.flows.test_closing_at_once import Other
from upline.commissions import adjusting, adjusting_money, errors, queries, services, settling
from upline.commissions.models import (
    AdjustedFact,
    AdjustedLine,
    AdjustedPay,
    Adjustment,
    VolumeFact,
)
from upline.foundation import clock, context
from upline.ledger import queries as ledger
from upline.ledger.models import Journal

pytestmark = pytest.mark.django_db(transaction=True)

# After what of its writing the adjuster's connection dies.
STEPS = {
    "the facts are counted": (adjusting, "_count"),
    "what a period leaves is kept": (adjusting, "_keep_carries"),
    "its lines are kept": (adjusting, "_keep_lines"),
    "its money is kept": (adjusting_money, "keep"),
    "the digest is made": (adjusting, "digest_of"),
}


@pytest.fixture
def members():
    found = closing.opened()
    closing.bought(found[CELINA], "A-1", "100.00")
    closing.closed()
    original = VolumeFact.objects.get(key="order:A-1")
    closing.bought(found[CELINA], "A-1", "-40.00", key="refund:A-1:1", opposite_of=original.pk)
    closing.bought(found[BORIS], "B-1", "50.00")
    return found


def adjust():
    return services.adjust_periods(calendar="monthly", reason="orders came late")


def as_person(actor, act, *given, **named):
    with clock.stopped_at(NOVEMBER_2), context.working(actor=actor):
        return act(*given, **named)


def owed():
    return tuple(
        -ledger.balance(f"commissions:payable:{one}", "EUR").minor for one in (ANNA, BORIS)
    )


def journals():
    return Journal.objects.filter(kind=settling.KIND).count()


def undisturbed():
    """Give the digest of a run that nobody disturbs, and take it back."""
    found = as_person("login:3", adjust)
    as_person("login:3", services.discard_adjustment, number=found.pk, reason="only to compare")
    return found.digest


def die():
    """Let the server end this connection, as it ends that of a program that is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def dying_after(monkeypatch, module, name):
    whole = getattr(module, name)

    def killed(*given, **named):
        found = whole(*given, **named)
        die()
        return found

    monkeypatch.setattr(module, name, killed)


def test_two_who_adjust_at_once_make_one_adjustment(members):
    expected = undisturbed()
    others = [Other(adjust, actor) for actor in ("login:3", "login:5", "login:6")]

    outcomes = [one.ended() for one in others]

    done = [one for one in outcomes if isinstance(one, Adjustment)]
    refused = [one for one in outcomes if isinstance(one, errors.AdjustmentWaits)]
    assert (len(done), len(refused)) == (1, 2)
    assert done[0].digest == expected
    assert AdjustedFact.objects.count() == 2


@pytest.mark.parametrize("step", STEPS)
def test_an_adjuster_killed_after_a_step_leaves_nothing_and_the_next_finds_the_same(
    members, monkeypatch, step
):
    expected = undisturbed()
    lines_before = AdjustedLine.objects.count()
    with monkeypatch.context() as dying:
        dying_after(dying, *STEPS[step])
        outcome = Other(adjust).ended()
    left = (AdjustedFact.objects.count(), AdjustedLine.objects.count() - lines_before)

    again = as_person("login:3", adjust)

    assert isinstance(outcome, OperationalError)
    assert left == (0, 0)
    assert again.digest == expected


def test_a_transaction_held_open_is_not_counted_and_late_again(members):
    may_end, is_open = Event(), Event()

    def holding():
        with transaction.atomic():
            closing.bought(members[BORIS], "B-2", "10.00")
            is_open.set()
            may_end.wait(30)

    holder = Other(holding)
    assert is_open.wait(30)
    first = as_person("login:3", adjust)
    counted = set(AdjustedFact.objects.values_list("fact__key", flat=True))
    may_end.set()
    holder.ended()
    as_person("login:4", services.approve_adjustment, number=first.pk, digest=first.digest)
    as_person("login:4", services.post_adjustment, number=first.pk)
    late = [one.order_number for one in queries.late_facts(calendar="monthly")]
    closing.adjusted()

    assert counted == {"refund:A-1:1", "order:B-1"}
    assert late == ["B-2"]
    assert owed() == (500 - 200 + 500 + 100, 1000 - 400)


def test_two_who_approve_and_post_at_once_post_once(members):
    found = as_person("login:3", adjust)

    def settle():
        services.approve_adjustment(number=found.pk, digest=found.digest)
        return services.post_adjustment(number=found.pk)

    outcomes = [Other(settle, actor) for actor in ("login:4", "login:5", "login:6")]

    assert [one.ended().state for one in outcomes] == ["posted"] * 3
    assert journals() == AdjustedPay.objects.filter(adjustment=found).count() == 2
    assert owed() == (500 - 200 + 500, 1000 - 400)


def test_a_poster_killed_before_the_check_posts_nothing_twice(members, monkeypatch):
    found = as_person("login:3", adjust)
    as_person("login:4", services.approve_adjustment, number=found.pk, digest=found.digest)
    with monkeypatch.context() as dying:
        dying.setattr(settling, "_check", lambda _found: die())
        outcome = Other(lambda: services.post_adjustment(number=found.pk), "login:4").ended()
    found.refresh_from_db()
    between = (found.state, journals())

    as_person("login:5", services.post_adjustment, number=found.pk)
    found.refresh_from_db()

    assert isinstance(outcome, OperationalError)
    assert between == ("approved", 2)
    assert (found.state, journals()) == ("posted", 2)
    assert owed() == (500 - 200 + 500, 1000 - 400)
