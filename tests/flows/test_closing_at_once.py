"""Several close at once, and facts come in meanwhile: none is lost, none counted twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from threading import Event, Thread

import pytest
from django.db import connections, transaction

from tests import closing, shop
from tests.closing import BORIS, CELINA, NOVEMBER_2, OCTOBER
from upline.commissions import computing, errors, facts, posting, queries, services
from upline.commissions.models import (
    Adjustment,
    FrozenFact,
    FrozenPart,
    Line,
    Period,
    Run,
    Statement,
)
from upline.foundation import clock, context, outbox
from upline.foundation.errors import DomainError
from upline.foundation.models import AuditEntry, Delivery
from upline.ledger.models import Journal
from upline.money import Money
from upline.network.models import Member
from upline.orders import services as orders

pytestmark = pytest.mark.django_db(transaction=True)

BY = {"calendar": "monthly", "label": OCTOBER}


class Other(Thread):
    """Somebody else: an act in a thread with a connection of its own."""

    def __init__(self, act: Callable[[], object], actor: str = "login:3") -> None:
        super().__init__(daemon=True)
        self.act, self.actor = act, actor
        self.outcome: object = None
        self.start()

    def run(self) -> None:
        try:
            with clock.stopped_at(NOVEMBER_2), context.working(actor=self.actor):
                self.outcome = self.act()
        except Exception as failure:  # noqa: BLE001 - looked at by the test
            self.outcome = failure
        finally:
            connections.close_all()

    def ended(self, seconds: float = 30.0) -> object:
        self.join(seconds)
        assert not self.is_alive(), "it does not end"
        return self.outcome


def state():
    return Period.objects.get().state


def test_two_who_freeze_at_once_freeze_once():
    closing.bought(closing.opened()[CELINA], "A-1", "200.00")

    others = [Other(lambda: services.freeze_period(**BY)) for _ in range(3)]

    assert {str(one.ended()) for one in others} == {f"monthly {OCTOBER}"}
    assert (Period.objects.get().fence, FrozenFact.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(act="commissions.freeze").count() == 1


def test_a_slow_computation_writes_nothing_once_its_period_was_begun_anew(monkeypatch):
    # Tables of lines outlive the emptying of a test database.
    lines_before = set(Line.objects.values_list("run_id", flat=True))
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200.00")
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        services.freeze_period(**BY)
    is_slow, may_go_on = Event(), Event()
    quickly = computing.computed

    def slowly(*given):
        found = quickly(*given)
        is_slow.set()
        may_go_on.wait(30)
        return found

    monkeypatch.setattr(computing, "computed", slowly)
    slow = Other(lambda: services.compute_period(**BY))
    assert is_slow.wait(30)
    monkeypatch.setattr(computing, "computed", quickly)
    closing.reopened()
    closing.bought(members[CELINA], "A-2", "100.00")
    second = closing.computed()

    may_go_on.set()

    assert isinstance(slow.ended(), errors.PeriodFenced)
    assert [(run.pk, run.fence) for run in Run.objects.all()] == [(second.pk, 2)]
    assert {one.run_id for one in Statement.objects.all()} == {second.pk}
    assert set(Line.objects.values_list("run_id", flat=True)) - lines_before == {second.pk}
    assert not FrozenPart.objects.filter(fence=1, table="carries_out").exists()
    assert queries.statement(**BY, member=BORIS).pay == Money(3000, "EUR")


def test_a_slow_computation_of_a_period_that_was_reopened_writes_nothing(monkeypatch):
    closing.bought(closing.opened()[CELINA], "A-1", "200.00")
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        services.freeze_period(**BY)
    is_slow, may_go_on = Event(), Event()
    quickly = computing.computed

    def slowly(*given):
        is_slow.set()
        may_go_on.wait(30)
        return quickly(*given)

    monkeypatch.setattr(computing, "computed", slowly)
    slow = Other(lambda: services.compute_period(**BY))
    assert is_slow.wait(30)
    closing.reopened()

    may_go_on.set()

    assert isinstance(slow.ended(), errors.PeriodFenced)
    assert (state(), Run.objects.count()) == ("open", 0)


def test_two_who_close_at_once_compute_one_run():
    closing.bought(closing.opened()[CELINA], "A-1", "200.00")

    def closes():
        services.freeze_period(**BY)
        return services.compute_period(**BY)

    found = [one.ended() for one in [Other(closes) for _ in range(2)]]

    run = Run.objects.get()
    # Who comes second finds the run, or that somebody is at it.
    assert run in found
    assert all(isinstance(one, (Run, DomainError)) for one in found)
    assert (state(), AuditEntry.objects.filter(act="commissions.compute").count()) == (
        "calculated",
        1,
    )


def test_two_who_approve_at_once_approve_once():
    closing.bought(closing.opened()[CELINA], "A-1", "200.00")
    run = closing.computed()

    others = [
        Other(lambda: services.approve_period(**BY, digest=run.digest), actor=f"login:{number}")
        for number in (4, 5)
    ]

    assert [one.ended() for one in others] == [run, run]
    entry = AuditEntry.objects.get(act="commissions.approved")
    assert Run.objects.get().approved_by == entry.actor


def test_two_who_settle_what_is_late_at_once_count_it_once():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200.00")
    closing.closed()
    closing.bought(members[CELINA], "A-2", "50.00")

    def adjusts():
        return services.adjust_periods(calendar="monthly", reason="an order came late")

    found = [one.ended() for one in [Other(adjusts) for _ in range(2)]]
    adjustment = Adjustment.objects.get()
    approvals = [
        Other(
            lambda: services.approve_adjustment(number=adjustment.pk, digest=adjustment.digest),
            actor=f"login:{number}",
        )
        for number in (4, 5)
    ]
    approved = [one.ended() for one in approvals]
    posted = [
        one.ended()
        for one in [Other(lambda: services.post_adjustment(number=adjustment.pk)) for _ in range(2)]
    ]

    assert sorted(type(one).__name__ for one in found) == ["Adjustment", "AdjustmentWaits"]
    assert approved == posted == [adjustment, adjustment]
    for act in ("adjustment_approved", "adjustment_posted"):
        assert AuditEntry.objects.filter(act=f"commissions.{act}").count() == 1
    assert Journal.objects.filter(kind="commissions.adjustment").count() == 2


def test_two_who_post_at_once_post_each_journal_once(monkeypatch):
    members = closing.opened()
    for number in range(6):
        closing.bought(members[CELINA], f"A-{number}", "10.05", day=number + 1)
    run = closing.computed()
    with context.working(actor="login:4"):
        services.approve_period(**BY, digest=run.digest)
    monkeypatch.setattr(posting, "MEMBERS_AT_ONCE", 1)

    others = [Other(lambda: services.post_period(**BY)) for _ in range(2)]

    assert [one.ended() for one in others] == [run, run]
    assert state() == "posted"
    assert Journal.objects.filter(kind="commissions").count() == Statement.objects.count() == 2
    assert AuditEntry.objects.filter(act="commissions.posted").count() == 1


def test_two_who_write_one_fact_at_once_write_it_once():
    members = closing.opened()
    draft = facts.FactDraft(
        key="order:A-1",
        member_id=members[CELINA].pk,
        order_number="A-1",
        occurred_at=datetime(2026, 10, 5, tzinfo=UTC),
        currency="EUR",
        figures={"pv": Decimal(1)},
    )

    with transaction.atomic():
        assert facts.record_volume([draft]) == 1
        other = Other(lambda: facts.record_volume([draft]))
        other.join(0.5)
        assert other.is_alive()

    assert other.ended() == 0


def sold(reference):
    """Sell to Celina in October; the news waits in the outbox."""
    at = datetime(2026, 10, 20, 12, tzinfo=UTC)
    celina = Member.objects.get(code=CELINA)
    number = shop.placed(reference, member_id=celina.pk, placed_at=at)
    orders.confirm_payment(order_number=number, payment=shop.payment(receipt=reference, at=at))
    return number


@pytest.fixture
def open_shop():
    """A company whose plan takes the currency of its shop, with the shop open."""
    shop.opened()
    closing.opened(closing.PLAN.replace("currency: EUR", "currency: PLN").replace("1 EUR", "1 PLN"))


def test_what_was_told_before_the_cut_is_counted_and_what_comes_after_waits(open_shop):
    before = sold("before")
    with clock.stopped_at(NOVEMBER_2):
        services.freeze_period(**BY)
    after = sold("after")
    outbox.drain()

    assert [one.fact.order_number for one in FrozenFact.objects.all()] == [before]
    assert [one.order_number for one in queries.late_facts(calendar="monthly")] == [after]


def test_news_that_is_committed_while_the_freeze_waits_is_late_but_not_lost(open_shop):
    with transaction.atomic():
        kept_open = sold("open across the cut")
        freezing = Other(lambda: services.freeze_period(**BY))
        # It has no fact yet, so that the freeze waits for nobody.
        assert str(freezing.ended()) == f"monthly {OCTOBER}"
    outbox.drain()

    assert not FrozenFact.objects.exists()
    assert [one.order_number for one in queries.late_facts(calendar="monthly")] == [kept_open]


def test_a_freeze_waits_for_a_handler_at_work_and_counts_what_it_writes(open_shop, monkeypatch):
    number = sold("at work")
    is_at_work, may_go_on = Event(), Event()
    append = facts.record_volume

    def slowly(drafts):
        written = append(drafts)
        is_at_work.set()
        may_go_on.wait(30)
        return written

    monkeypatch.setattr(facts, "record_volume", slowly)
    worker = Other(outbox.drain, actor="worker")
    assert is_at_work.wait(30)
    freezing = Other(lambda: services.freeze_period(**BY))
    freezing.join(0.7)
    assert freezing.is_alive()

    may_go_on.set()

    worker.ended()
    freezing.ended()
    assert [one.fact.order_number for one in FrozenFact.objects.all()] == [number]


def test_a_letter_about_facts_that_cannot_be_delivered_stops_the_freeze_and_no_other(open_shop):
    number = sold("dead")
    dead = Delivery.objects.filter(handler=facts.HANDLERS[0])
    dead.update(state="dead", attempts=10)

    with clock.stopped_at(NOVEMBER_2), pytest.raises(outbox.OutboxBlocked):
        services.freeze_period(**BY)
    assert state() == "open"
    dead.update(handler="elsewhere:letter")
    facts.on_order_paid(facts.OrderPaid(order_number=number))

    with clock.stopped_at(NOVEMBER_2):
        services.freeze_period(**BY)

    assert FrozenFact.objects.count() == 1


def test_news_for_a_handler_under_an_earlier_name_is_waited_for_as_well(open_shop):
    sold("renamed")
    Delivery.objects.filter(handler=facts.HANDLERS[0]).update(
        handler="upline.commissions.former:on_order_paid"
    )

    with clock.stopped_at(NOVEMBER_2), pytest.raises(outbox.OutboxBlocked, match="former"):
        services.freeze_period(**BY)

    assert state() == "open"


def test_the_handlers_that_a_freeze_waits_for_are_those_of_the_wiring():
    from upline.config.wiring import WIRING

    wired = [handler for handlers in WIRING.values() for handler in handlers]

    assert sorted(one for one in wired if one.startswith("upline.commissions.")) == sorted(
        (*facts.HANDLERS, *facts.TELLING)
    )
