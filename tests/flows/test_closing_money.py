"""What is posted is what is owed: in every currency, to the smallest unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from tests import closing
from tests.closing import ANNA, BORIS, CELINA, NOVEMBER_2, OCTOBER
from upline.cli.main import main as upline
from upline.commissions import errors, posting, queries, services
from upline.commissions.models import Line, Period, Statement, Total
from upline.foundation import clock, context
from upline.ledger import queries as ledger
from upline.ledger import rates
from upline.ledger import services as books
from upline.ledger.errors import DayClosed
from upline.ledger.models import Journal
from upline.money import Money
from upline.network.models import Member

pytestmark = pytest.mark.django_db

BY = {"calendar": "monthly", "label": OCTOBER}
# Two bonuses of odd rates, four decimals a line; orders in two currencies, pay in three.
PLAN = (
    closing.PLAN.replace("calendar: month", "calendar: month\nrounding: {places: 4}")
    .replace("orders: {pv: {unit: points, places: 2}}", "orders: {pv: {unit: points, places: 2}, net: money}")
    .replace("point_value: 1 EUR", "point_value: 1 EUR\nexchange: given\npay_exchange: given\n"
        "pay_currency: {by: country, PL: PLN, JP: JPY, otherwise: EUR}\nmembers: {country: text}")
    + "  net: {kind: level, base: net, levels: {1: 3.33 %, 2: 1.11 %}}\n"
)  # fmt: skip
RATES = """rate_on,base,quote,rate
2026-10-31,PLN,EUR,0.2345
2026-10-31,EUR,PLN,4.2644
2026-10-31,EUR,JPY,163.27
"""


def approved_rates(text=RATES):
    sheet = rates.import_rates(text=text, source="company", by="login:1")
    rates.approve(sheet_id=sheet, by="login:2")


@pytest.fixture
def members():
    """Anna is paid in yen, Boris in zloty."""
    found = closing.opened(PLAN)
    for code, country in ((ANNA, "JP"), (BORIS, "PL")):
        Member.objects.filter(code=code).update(country=country)
    for number, (currency, net) in enumerate((("EUR", "33.33"), ("PLN", "77.77"), ("PLN", "0.01"))):
        closing.bought(
            found[CELINA],
            f"A-{number}",
            "10.01",
            currency=currency,
            figures={"pv": Decimal("10.01"), "net": Decimal(net)},
        )
    return found


def entries():
    return {
        (one.account, one.balance.currency): one.balance.minor
        for one in ledger.trial_balance()
        if one.account.startswith(("commissions", "rounding"))
    }


def test_each_is_paid_in_his_own_currency_and_the_books_hold_every_unit(members):
    approved_rates()

    closing.closed()

    pays = {one.member.code: (one.pay_minor, one.currency) for one in Statement.objects.all()}
    found = entries()
    # Boris: 3 x 1.0010 and 1.1099 + 0.6073 + 0.0001, at 4.2644; Anna: 3 x 0.5005 and
    # 0.3700 + 0.2024 + 0.0000, at 163.27.
    assert pays == {BORIS: (2013, "PLN"), ANNA: (339, "JPY")}
    assert found["commissions:payable:BORIS", "PLN"] == -2013
    assert found["commissions:payable:ANNA", "JPY"] == -339
    for currency in ("PLN", "JPY"):
        assert sum(minor for (_, own), minor in found.items() if own == currency) == 0
        posted = sum(Total.objects.filter(member__code__in=[
            code for code, (_, own) in pays.items() if own == currency
        ]).values_list("posted_minor", flat=True))  # fmt: skip
        expenses = sum(
            minor
            for (account, own), minor in found.items()
            if own == currency and account.startswith("commissions:expense:")
        )
        owed = sum(minor for minor, own in pays.values() if own == currency)
        assert expenses == posted
        assert found.get(("rounding:commissions", currency), 0) == owed - posted
    run = queries.run_of(**BY)
    lines = Line.objects.filter(run_id=run.pk).values_list("amount_units", flat=True)
    assert sum(lines) == sum(Total.objects.values_list("amount_units", flat=True))


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("2026-10-31,PLN,EUR,0.2345\n", "PLN to EUR on 2026-10-31 from 'company'"),
        ("2026-10-31,EUR,JPY,163.27\n", "EUR to JPY"),
    ],
)
def test_a_missing_rate_stops_the_freeze_and_is_named(members, missing, named):
    approved_rates(RATES.replace(missing, ""))

    with clock.stopped_at(NOVEMBER_2), pytest.raises(errors.RateMissing, match=named):
        services.freeze_period(**BY)

    assert Period.objects.get().state == "open"


def test_a_rate_that_nobody_approved_or_of_another_day_is_none(members):
    rates.import_rates(text=RATES, source="company", by="login:1")
    approved_rates(RATES.replace("10-31", "10-30"))

    with clock.stopped_at(NOVEMBER_2), pytest.raises(errors.RateMissing):
        services.freeze_period(**BY)


def test_rates_corrected_after_the_freeze_change_nothing(members):
    approved_rates()
    with clock.stopped_at(NOVEMBER_2):
        services.freeze_period(**BY)
    sheet = rates.import_rates(
        text=RATES.replace("4.2644", "9.9999"), source="company", by="login:1", reason="misread"
    )
    rates.approve(sheet_id=sheet, by="login:2")

    closing.closed()

    assert queries.statement(**BY, member=BORIS).pay == Money(2013, "PLN")


def test_anybody_computes_the_same_from_the_export(members, tmp_path):
    approved_rates()
    closing.bought(members[BORIS], "B-1", "5", figures={"pv": Decimal(5), "net": Decimal("4.99")})
    closing.closed()
    run = queries.run_of(**BY)
    folder = tmp_path / "export"
    periods = ["periods", "export", OCTOBER, "--out", str(folder)]
    exported = CliRunner().invoke(upline, periods, catch_exceptions=False)
    command = exported.output.splitlines()[-1].split()

    computed = CliRunner().invoke(upline, command[1:], catch_exceptions=False)

    assert computed.exit_code == 0, computed.output
    import json

    receipt = json.loads((folder / "run" / "receipt.json").read_text(encoding="utf-8"))
    for part in ("plan_digest", "inputs_digest", "outputs_digest"):
        assert receipt[part] == run.receipt[part]


def test_closed_books_hold_the_posting_up_until_they_are_opened(members):
    approved_rates()
    run = closing.computed()
    books.close_days(through=date(2026, 10, 31), by="login:1", reason="audited")
    with context.working(actor="login:4"):
        services.approve_period(**BY, digest=run.digest)
        with pytest.raises(DayClosed):
            services.post_period(**BY)
        assert (Period.objects.get().state, Journal.objects.count()) == ("posting", 0)
        books.close_days(through=date(2026, 9, 30), by="login:1", reason="commissions are missing")

        services.post_period(**BY)

    assert (Period.objects.get().state, Journal.objects.count()) == ("posted", 2)


def test_journals_that_are_not_those_of_the_run_stop_the_close(members, monkeypatch):
    approved_rates()
    run = closing.computed()
    monkeypatch.setattr(posting.ledger, "post_table", lambda **_: None)
    with context.working(actor="login:4"):
        services.approve_period(**BY, digest=run.digest)
        with pytest.raises(
            errors.PostingDiffers, match="owes 339 minor units of JPY in 1 journals"
        ):
            services.post_period(**BY)

    assert Period.objects.get().state == "posting"


def test_rounding_never_hides_a_sum(members):
    approved_rates()
    run = closing.computed()
    table = posting.copying.copy_out(
        posting._ENTRIES.format(run=run.pk, after=0, most=9), posting._TYPES
    )

    with pytest.raises(errors.RoundingTooLarge, match="leaves 2 minor units"):
        posting._refuse_large_rounding(run, table.slice(0, 1), posting.np.array([2]))


def test_a_period_without_any_fact_is_closed_with_nothing_to_pay():
    closing.opened()

    closing.closed()

    assert (Period.objects.get().state, Statement.objects.count()) == ("sealed", 0)
    assert not Journal.objects.exists()
    assert queries.statement(**BY, member=ANNA).pay is None


def test_a_company_without_members_closes_its_periods():
    closing.approved(closing.PLAN)
    services.open_calendar(
        name="monthly", every="month", starts_on=date(2026, 10, 1), time_zone="Europe/Sofia"
    )

    closing.closed()

    assert Period.objects.get().state == "sealed"
