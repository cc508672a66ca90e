"""The demo company as loaded: two thousand members, three months closed, one open."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from django.contrib.staticfiles import finders
from django.db import transaction
from django.db.models import Count, Min, Sum

from upline.catalog import services as catalog
from upline.catalog.models import Market, Price, Product, ProductText, TaxRate
from upline.commissions.exporting import export_period
from upline.commissions.models import (
    FrozenFact,
    Period,
    RankHeld,
    Run,
    Statement,
    Total,
    VolumeFact,
)
from upline.compensation import Inputs, load_plan, run
from upline.compensation.periods import Period as Span
from upline.demo import services
from upline.demo.errors import OtherCompanyHere, OtherDemoHere
from upline.demo.services import load_demo, logins
from upline.foundation import outbox
from upline.foundation.models import AuditEntry, Company
from upline.ledger.models import RateSheet
from upline.network.models import Holder, Member
from upline.orders.models import Order, Refund
from upline.payouts.recounting import findings
from upline.people.models import Contact, Login, Person

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 21, 23, 40, tzinfo=UTC)
MONTHS = ["2026-08", "2026-09", "2026-10"]
RANKS = {"Partner", "Adviser", "Mentor", "Leader", "Director", "Ambassador"}
BONUSES = ["retail", "levels", "fast_start", "leadership", "match", "pool"]


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The default company, loaded once for all tests of this file and taken back."""
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        # As a test's own transaction, which locks do not count as one.
        whole._from_testcase = True
        whole.__enter__()
        try:
            yield load_demo(members=2_000, today=TODAY)
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


pytestmark = pytest.mark.database


def runs():
    return list(Run.objects.select_related("period").order_by("period__starts_on"))


def test_three_months_are_sealed_and_the_present_one_is_open(demo):
    found = list(Period.objects.order_by("starts_on").values_list("label", "state"))

    assert demo.is_new
    assert found == [(label, "sealed") for label in MONTHS]
    assert Member.objects.count() == 2_000
    present = VolumeFact.objects.filter(occurred_at__gte=datetime(2026, 11, 1, tzinfo=UTC))
    assert present.count() > 1_500


def test_a_close_was_computed_and_approved_by_two_people_of_finance(demo):
    people = {one.email: f"login:{one.pk}" for one in Login.objects.all()}

    for one in runs():
        assert one.computed_by == people["finance@example.com"]
        assert one.approved_by == people["checker@example.com"]


def test_the_books_are_in_order_and_no_news_waits(demo):
    assert findings() == []
    assert outbox.waiting() is None


def test_every_rank_is_held_in_every_month(demo):
    for one in runs():
        held = set(RankHeld.objects.filter(run=one).values_list("rank", flat=True))
        assert held == RANKS, one


def test_every_bonus_pays_somebody_in_every_month(demo):
    for one in runs():
        paid = (
            Total.objects.filter(run=one, amount_units__gt=0)
            .values_list("bonus")
            .annotate(members=Count("member"))
        )
        assert one.bonuses == BONUSES
        assert set(dict(paid)) == set(range(len(BONUSES))), one


def test_a_third_to_less_than_half_of_the_turnover_is_paid_out(demo):
    for one in runs():
        units = Total.objects.filter(run=one).aggregate(sum=Sum("amount_units"))["sum"]
        turnover = turnover_of(one)
        ratio = Fraction(units, 10**one.places) / turnover
        assert Fraction(30, 100) < ratio < Fraction(45, 100), float(ratio)


def turnover_of(found):
    """The net turnover of a closed month in euro, at the rates that it was frozen with."""
    tables = export_period(calendar="monthly", label=found.period.label).tables
    worth = {row["currency"]: Fraction(row["rate"]) for row in tables["exchange"].to_pylist()}
    worth["EUR"] = Fraction(1)
    orders = tables["orders"]
    return sum(
        Fraction(net) * worth[currency]
        for net, currency in zip(
            orders["net"].to_pylist(), orders["currency"].to_pylist(), strict=True
        )
    )


def test_members_are_paid_in_three_currencies(demo):
    for one in runs():
        paid = Statement.objects.filter(run=one, pay_minor__gt=0)
        assert set(paid.values_list("currency", flat=True)) == {"EUR", "PLN", "KZT"}


def test_a_month_computed_from_its_export_gives_the_same_totals(demo):
    label = MONTHS[-1]
    export = export_period(calendar="monthly", label=label)
    tables = export.tables

    def rates(name):
        return {row["currency"]: Fraction(row["rate"]) for row in tables[name].to_pylist()}

    result = run(
        load_plan(export.plan, file="tymira.yaml"),
        Inputs(
            members=tables["members"],
            orders=tables["orders"],
            period=Span(start=date(2026, 10, 1), end=date(2026, 11, 1), label=label),
            carries=tables.get("carries"),
            exchange=rates("exchange"),
            pay_exchange=rates("pay_exchange"),
        ),
    )

    kept = Run.objects.get(period__label=label)
    for place, part in enumerate(result.paid):
        stored = Total.objects.filter(run=kept, bonus=place).aggregate(sum=Sum("amount_units"))
        computed = int(part.totals.sum()) * 10 ** (kept.places - part.places)
        assert computed == stored["sum"], part.bonus
    assert kept.receipt == result.receipt()


def test_some_facts_of_closed_months_came_after_the_freeze(demo):
    late = VolumeFact.objects.filter(
        occurred_at__lt=datetime(2026, 10, 31, 20, tzinfo=UTC)
    ).exclude(pk__in=FrozenFact.objects.values("fact"))
    orders, refunds = late.filter(opposite_of=None), late.exclude(opposite_of=None)

    assert orders.count() == 12
    assert refunds.count() == 12
    assert late.aggregate(first=Min("recorded_at"))["first"] >= datetime(2026, 9, 5, tzinfo=UTC)


def test_orders_stand_at_every_point_of_their_lives(demo):
    live = dict(Order.objects.filter(load=None).values_list("status").annotate(count=Count("id")))
    parts = Order.objects.values_list("kind").annotate(count=Count("id"))

    assert set(live) == {
        "placed",
        "paid",
        "partly_shipped",
        "shipped",
        "delivered",
        "cancelled",
    }
    assert 130 < sum(live.values()) <= 150 + 12
    assert min(dict(parts).values()) > 2_000


def test_refunds_take_back_wholes_pieces_and_parts_of_the_money(demo):
    pieces = Refund.objects.annotate(
        taken=Sum("lines__quantity"), of_order=Sum("order__lines__quantity")
    )

    assert Refund.objects.count() > 80
    assert pieces.filter(taken=0).exists()
    assert pieces.filter(taken=1).exists()
    assert any(
        one.net_minor + one.tax_minor == one.order.gross_minor
        for one in Refund.objects.select_related("order")
    )


def test_members_left_and_one_was_frozen_in_every_month(demo):
    changed = AuditEntry.objects.filter(act="network.change_status")

    assert changed.filter(after__status="terminated").count() == 8
    assert changed.filter(after__status="frozen").count() == 4
    assert set(Member.objects.values_list("status", flat=True)) == {
        "active",
        "terminated",
        "frozen",
    }


def test_the_catalogue_is_complete_in_five_languages_and_four_markets(demo):
    assert Product.objects.filter(status="active").count() == 60
    texts = ProductText.objects.exclude(description="")
    assert dict(texts.values_list("language").annotate(count=Count("id"))) == dict.fromkeys(
        ("en", "ru", "bg", "kk", "pl"), 60
    )
    prices = Price.objects.filter(ends_at=None).values_list("market__code")
    assert dict(prices.annotate(count=Count("id"))) == dict.fromkeys(("PL", "BG", "KZ", "DE"), 180)
    assert dict(Market.objects.values_list("code", "currency")) == {
        "PL": "PLN",
        "BG": "EUR",
        "KZ": "KZT",
        "DE": "EUR",
    }
    assert TaxRate.objects.get(category__code="food", country="PL").percent == Decimal(8)
    for picture in Product.objects.values_list("picture", flat=True):
        assert finders.find(picture), picture


def test_rates_of_exchange_were_entered_by_one_and_approved_by_another(demo):
    sheets = RateSheet.objects.order_by("pk")

    assert [one.state for one in sheets] == ["approved"] * 4
    assert all(one.entered_by != one.decided_by for one in sheets)


def test_everybody_can_be_written_to_at_an_example_and_called_nowhere(demo):
    assert Contact.objects.filter(kind="phone").count() == 1_999
    assert Contact.objects.filter(value_index="leader@example.com").count() == 1
    assert all("@example." in one.value for one in Contact.objects.filter(kind="email")[:300])


def test_each_login_signs_in_and_staff_prove_the_second_factor(demo):
    for one in logins():
        login = Login.objects.get(email=one.email)
        assert login.check_password(one.password)
        assert login.roles == {one.role}
        authenticators = Authenticator.objects.filter(user=login)
        assert authenticators.exists() == one.needs_code
        for found in authenticators:
            secret = services.TOTP_SECRET
            counter = next(iter(yield_hotp_counters_from_time()))
            assert TOTP(found).validate_code(f"{hotp_value(secret, counter):06d}")


def test_members_who_sign_in_hold_their_positions(demo):
    held = {
        email: list(
            Holder.objects.filter(person__logins__email=email)
            .order_by("member__number")
            .values_list("member__number", flat=True)
        )
        for email in (f"{who}@example.com" for who in ("leader", "middle", "beginner", "twice"))
    }

    assert held == {
        "leader@example.com": [2],
        "middle@example.com": [8],
        "beginner@example.com": [2_000],
        "twice@example.com": [13, 22],
    }
    assert not VolumeFact.objects.filter(member__number=2_000).exists()
    last = Run.objects.latest("period__starts_on")
    leader = RankHeld.objects.get(run=last, member__number=2)
    assert leader.rank == "Director"
    assert Statement.objects.get(run=last, member__number=8).pay_minor > 0


def test_nothing_is_told_of_the_future(demo):
    for model, field in (
        (Order, "placed_at"),
        (Order, "paid_at"),
        (Refund, "refunded_at"),
        (VolumeFact, "recorded_at"),
        (AuditEntry, "recorded_at"),
        (Person, "created_at"),
    ):
        assert not model.objects.filter(**{f"{field}__gt": NOW}).exists(), (model, field)


def test_a_second_load_does_nothing_and_is_fast(demo):
    before = AuditEntry.objects.count()
    began = time.perf_counter()

    again = load_demo(members=2_000, today=date(2026, 12, 24))

    assert time.perf_counter() - began < 0.3
    assert (again.is_new, again.today) == (False, TODAY)
    assert AuditEntry.objects.count() == before


def test_a_demo_of_other_numbers_is_refused_where_one_is(demo):
    before = AuditEntry.objects.count()

    with pytest.raises(OtherDemoHere, match="2000 members with seed 7 is here; one of 300"):
        load_demo(members=300)
    with pytest.raises(OtherDemoHere, match="with seed 8 was asked for"):
        load_demo(members=2_000, seed=8)

    assert AuditEntry.objects.count() == before


def test_a_database_with_another_company_is_refused(db):
    Company.objects.create(name="Alpine Herbs", time_zone="Europe/Sofia", currency="EUR")
    catalog.define_tax_category(code="standard", name="Standard")

    with pytest.raises(OtherCompanyHere, match="The company 'Alpine Herbs' is set up"):
        load_demo()

    assert not Login.objects.exists()
    assert not Member.objects.exists()
