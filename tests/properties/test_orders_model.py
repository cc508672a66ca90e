"""An order's life beside a plain model of it: after each act the ledger holds paid less refunded."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import shop
from upline.money import Money
from upline.orders import errors, queries, services
from upline.orders.models import Order

pytestmark = pytest.mark.django_db

EXAMPLES, STEPS = 20, 25
STEPS_DONE: Counter[str] = Counter()

baskets = st.lists(
    st.tuples(st.sampled_from(sorted(shop.PRODUCTS)), st.integers(1, 4)), min_size=1, max_size=4
)
picks = st.integers(0, 10**6)


class Life(RuleBasedStateMachine):
    """One order; each example is rolled back at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.status = "placed"
        self.paid = 0
        self.refunds: dict[str, tuple[str, object, int]] = {}
        self.parcels: dict[str, list[services.Pieces]] = {}
        self.arrived: set[str] = set()
        self.events = ["placed"]
        # What was done at least once; what changes nothing is tried once a life.
        self.paths: set[str] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # --- what the model knows -------------------------------------------------------------------

    @property
    def refunded(self) -> int:
        return sum(gross for _, _, gross in self.refunds.values())

    @property
    def left(self) -> int:
        return self.paid - self.refunded

    def note(self, act: str, event: str = "") -> None:
        STEPS_DONE[act] += 1
        self.paths.add(act)
        if event:
            self.events.append(event)

    def turn(self) -> None:
        """Say by the plainest rules how far the goods are."""
        if not any(self.sent):
            return
        unsent = [had - out - gone for had, out, gone in zip(*self.pieces, strict=True)]
        if any(unsent):
            self.status = "partly_shipped"
        else:
            is_there = set(self.parcels) == self.arrived
            self.status = "delivered" if is_there else "shipped"

    @property
    def pieces(self) -> tuple[list[int], list[int], list[int]]:
        return self.had, self.sent, self.withdrawn

    def refuses(self, refusal: type[Exception], act) -> None:
        before = shop.written()
        with pytest.raises(refusal):
            act()
        assert shop.written() == before

    # --- acts -----------------------------------------------------------------------------------

    @initialize(basket=baskets, is_paid=st.sampled_from([True, True, True, False]))
    def place(self, basket: list[tuple[str, int]], is_paid: bool) -> None:
        self.number = shop.placed(lines=basket)
        self.cost = Order.objects.get().gross_minor
        self.lines = [line.pk for line in shop.lines(self.number)]
        self.had = [count for _, count in basket]
        self.sent, self.returned, self.withdrawn = ([0] * len(basket) for _ in range(3))
        if is_paid:
            self.pay(0)

    @precondition(lambda self: not {"payment again", "late payment"} & self.paths)
    @rule(off_by=st.sampled_from([0, 0, 0, 1, -1]))
    def pay(self, off_by: int) -> None:
        def confirm() -> None:
            services.confirm_payment(
                order_number=self.number, payment=shop.payment(self.cost + off_by)
            )

        if self.status == "cancelled" or (self.status != "placed" and off_by):
            refusals = (errors.OrderNotPayable, errors.ReceiptAlreadyUsed)
            self.refuses(refusals, confirm)
            self.note("late payment")
        elif self.status != "placed":
            confirm()
            self.note("payment again")
        elif off_by:
            self.refuses(errors.PaymentDiffers, confirm)
            self.note("wrong payment")
        else:
            confirm()
            self.status, self.paid = "paid", self.cost
            self.note("payment", "paid")

    @precondition(lambda self: self.status != "placed" or len(self.paths) == 2)
    @precondition(lambda self: "late cancel" not in self.paths)
    @rule()
    def cancel(self) -> None:
        def act() -> None:
            services.cancel_order(order_number=self.number, reason="Changed their mind")

        if self.status in ("placed", "cancelled"):
            act()
            if self.status == "placed":
                self.note("cancel", "cancelled")
            self.status = "cancelled"
        else:
            self.refuses(errors.OrderNotCancellable, act)
            self.note("late cancel")

    @precondition(lambda self: "paid" in self.events or len(self.events) < 2)
    @rule(place=picks, count=st.sampled_from([1, 1, 1, 2, 3]))
    def ship(self, place: int, count: int) -> None:
        place %= len(self.lines)
        reference = f"parcel-{len(self.parcels)}"
        pieces = [services.Pieces(line_id=self.lines[place], quantity=count)]

        def act() -> int:
            draft = services.ShipmentDraft(
                order_number=self.number, reference=reference, shipped_at=shop.NOON
            )
            return services.ship(shipment=draft, pieces=pieces)

        unsent = self.had[place] - self.sent[place] - self.withdrawn[place]
        if self.status not in ("paid", "partly_shipped") or count > unsent:
            self.refuses((errors.OrderNotShippable, errors.NothingToShip), act)
            self.note("refused parcel")
            return
        assert act() == act()
        self.sent[place] += count
        self.parcels[reference] = pieces
        self.turn()
        self.note("parcel", "shipped")

    @precondition(lambda self: self.parcels)
    @rule(pick=picks)
    def deliver(self, pick: int) -> None:
        reference = sorted(self.parcels)[pick % len(self.parcels)]
        services.deliver(
            shipment_reference=reference, delivered_at=shop.NOON + timedelta(days=pick % 9)
        )
        if reference not in self.arrived:
            self.arrived.add(reference)
            self.turn()
            self.note("delivery", "delivered")

    @precondition(lambda self: "paid" in self.events or len(self.events) < 2)
    @rule(minor=st.integers(1, 6_000))
    def refund_amount(self, minor: int) -> None:
        def act() -> int:
            return services.refund_amount(refund=self.draft(), amount=Money(minor, "PLN"))

        if not self.paid_for():
            self.refuses(errors.OrderNotRefundable, act)
        elif minor > self.left:
            self.refuses(errors.NothingLeftToRefund, act)
        else:
            refund_id = act()
            if minor == self.left:
                self.take([had - gone for had, gone in zip(self.had, self.returned, strict=True)])
            self.keep("amount", minor, minor, refund_id)

    @precondition(lambda self: "paid" in self.events or len(self.events) < 2)
    @rule(place=picks, count=st.sampled_from([1, 1, 1, 2, 3]))
    def refund_pieces(self, place: int, count: int) -> None:
        place %= len(self.lines)
        pieces = [services.Pieces(line_id=self.lines[place], quantity=count)]

        def act() -> int:
            return services.refund_pieces(refund=self.draft(), pieces=pieces)

        if not self.paid_for():
            self.refuses(errors.OrderNotRefundable, act)
        elif count > self.had[place] - self.returned[place]:
            self.refuses(errors.NothingLeftToRefund, act)
        else:
            refund_id = act()
            gross = sum(one.gross.minor for one in queries.refund_facts(refund_id).lines)
            assert 0 <= gross <= self.left
            self.take([count if other == place else 0 for other in range(len(self.lines))])
            self.keep("pieces", pieces, gross, refund_id)

    @precondition(lambda self: len(self.refunds) > 1)
    @rule()
    def refund_all(self) -> None:
        def act() -> int:
            return services.refund_order(refund=self.draft())

        if self.had == self.returned:
            self.refuses(errors.NothingLeftToRefund, act)
            return
        gross, refund_id = self.left, act()
        self.take([had - gone for had, gone in zip(self.had, self.returned, strict=True)])
        self.keep("all", None, gross, refund_id)

    @precondition(lambda self: self.refunds and "refund again" not in self.paths)
    @rule(pick=picks)
    def refund_again(self, pick: int) -> None:
        reference = sorted(self.refunds)[pick % len(self.refunds)]
        kind, asked, _ = self.refunds[reference]
        before = shop.written()
        draft = shop.refund(self.number, reference)
        if kind == "amount":
            services.refund_amount(refund=draft, amount=Money(asked, "PLN"))
        elif kind == "pieces":
            services.refund_pieces(refund=draft, pieces=asked)
        else:
            services.refund_order(refund=draft)
        assert shop.written() == before
        self.note("refund again")

    def draft(self) -> services.RefundDraft:
        return shop.refund(self.number, f"refund-{len(self.refunds)}")

    def paid_for(self) -> bool:
        return self.status not in ("placed", "cancelled")

    def take(self, counts: list[int]) -> None:
        """Take pieces back: those that are not sent first."""
        for place, count in enumerate(counts):
            unsent = self.had[place] - self.sent[place] - self.withdrawn[place]
            self.returned[place] += count
            self.withdrawn[place] += min(count, unsent)
        self.turn()

    def keep(self, kind: str, asked: object, gross: int, refund_id: int) -> None:
        facts = queries.refund_facts(refund_id)
        assert sum(one.gross.minor for one in facts.lines) == gross
        self.refunds[f"refund-{len(self.refunds)}"] = (kind, asked, gross)
        self.note(f"refund of {kind}", "refunded")

    # --- what always holds ----------------------------------------------------------------------

    @invariant()
    def the_ledger_holds_what_was_paid_less_what_was_refunded(self) -> None:
        if not hasattr(self, "number"):
            return
        order = Order.objects.get(number=self.number)
        assert shop.held(self.number) == self.paid - self.refunded
        assert (order.status, order.refunded_minor) == (self.status, self.refunded)
        assert [name for name, _ in shop.told()] == self.events
        rows = shop.lines(self.number)
        assert [one.shipped_quantity for one in rows] == self.sent
        assert [one.refunded_quantity for one in rows] == self.returned
        assert [one.withdrawn_quantity for one in rows] == self.withdrawn
        if self.had == self.returned:
            assert self.left == 0
            assert all(one.refunded_volumes == one.volumes for one in rows if one.volumes)


def test_random_lives_of_orders_agree_with_the_model():
    STEPS_DONE.clear()
    shop.opened()

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )

    for act in ("payment", "parcel", "refund of amount", "refund of pieces"):
        assert STEPS_DONE[act] >= 5, STEPS_DONE
    assert STEPS_DONE["delivery"], STEPS_DONE
