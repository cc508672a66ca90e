"""The life of the demo company, through the services that any company uses.

Each step may be repeated and finds what is there, so that a load that was killed goes on. The clock
stands where the step belongs: what is told of last month was done last month.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from upline.catalog import loading as catalog_tables
from upline.catalog import services as catalog
from upline.commissions import services as commissions
from upline.commissions.limits import Terms
from upline.commissions.models import Period, StandingApproval, State
from upline.commissions.rates import SOURCE
from upline.company import services as company_services
from upline.demo import goods, logins, shop
from upline.demo.company import CALENDAR, DemoCompany
from upline.demo.months import Month
from upline.foundation import audit, clock, context, outbox
from upline.foundation.copying import copy_out, count_rows
from upline.foundation.models import AuditEntry
from upline.ledger import rates
from upline.network import services as network
from upline.network.models import Member
from upline.orders import services as orders
from upline.payouts import services as payouts
from upline.payouts.models import DatedRule
from upline.people.services import load_contacts

COMMAND = "command:demo"
BEGUN, LOADED = "demo.begun", "demo.loaded"
SUBJECT = "company:1"
VOLUMES = ("pv", "cv")
_PATIENCE_SECONDS = 900.0
_RETURN_WINDOW_DAYS = 14
_LIMITS = Terms(
    currency="EUR",
    ratio_hundredths=50_00,
    change_hundredths=40_00,
    change_from_minor=1_000_00,
    largest_minor=5_000_00,
)
_PERSONS = """
SELECT member.code, holder.person_id FROM network_member AS member
JOIN network_holder AS holder ON holder.member_id = member.id
WHERE holder.place = 1 AND upper_inf(holder.span)
"""


@contextmanager
def done(*, at: datetime, by: str = COMMAND) -> Iterator[None]:
    """Let what is inside be done at a moment, by somebody."""
    with clock.stopped_at(at), context.working(actor=by, reason="the demo company"):
        yield


def begin(company: DemoCompany) -> None:
    """Set the company up, and note what it is made from."""
    first = company.months[0]
    with done(at=first.at(1, 0, 5)), transaction.atomic():
        company_services.set_up(description=company.description(), password=logins.PASSWORD)
        if not AuditEntry.objects.filter(act=BEGUN).exists():
            audit.record(
                act=BEGUN,
                subject=SUBJECT,
                after={
                    "members": company.size.members,
                    "seed": company.size.seed,
                    "today": company.size.today.isoformat(),
                },
            )
    with done(at=first.at(1, 0, 6)):
        logins.open_staff()
        # The time in which consumers of the Union may return goods: directive 2011/83, article 9.
        payouts.set_rule(
            name=DatedRule.Name.RETURN_WINDOW,
            value=_RETURN_WINDOW_DAYS,
            starts_on=first.starts_on,
            reason="Goods can be returned for 14 days",
        )


def stock_up(company: DemoCompany) -> None:
    """Put products, prices and taxes in the catalogue."""
    with done(at=company.months[0].at(1, 0, 10)), transaction.atomic():
        catalog.define_tax_category(code="food", name="Food")
        for market in goods.MARKETS:
            catalog.set_tax_rate(
                category="food",
                country=market.code,
                percent=Decimal(market.food_tax),
                starts_on=date(2000, 1, 1),
            )
        catalog_tables.load_products(table=goods.product_table())
        catalog_tables.load_prices(table=goods.price_table(company.months), volumes=VOLUMES)


def take_in(company: DemoCompany, month: Month | None) -> None:
    """Load the members who joined in a month, or before all months, with their contacts."""
    moment = company.months[0].at(1, 0, 20) if month is None else month.after(1, 5)
    reason = f"members of {'earlier times' if month is None else month.label}"
    if AuditEntry.objects.filter(act="network.load_members", reason=reason).exists():
        return
    table, contacts = company.joined_by(month)
    with done(at=moment), transaction.atomic():
        network.load_members(table, reason=reason)
        load_contacts(_of_persons(contacts))


def lose(company: DemoCompany, place: int) -> None:
    """Let some leave in a month, whose people go to the next above, and freeze one."""
    month, day = company.months[place], company.months[place].starts_on + timedelta(days=9)
    if month.at(10, 11) >= month.now:
        return
    numbers = [int(one) + 1 for one in company.members.ending[place]]
    with done(at=month.at(10, 11), by=logins.actor(logins.SUPPORT)):
        for number in numbers[:-1]:
            member = Member.objects.get(number=number)
            network.terminate(member_id=member.pk, effective_on=day, reason="Asked to leave")
        for number in numbers[-1:]:
            member = Member.objects.get(number=number)
            network.freeze(member_id=member.pk, effective_on=day, reason="Papers are missing")


def sell(company: DemoCompany, place: int) -> None:
    """Load and book the orders of a month, and record what they bring."""
    month = company.months[place]
    reference = f"orders of {month.label}"
    with done(at=month.after(1, 6)):
        table = company.loaded_orders(place)
        if table.num_rows:
            orders.load_orders(table=table, reference=reference, volumes=VOLUMES)
            orders.book_loaded_orders(reference=reference)
        del table
        deliver_news()


def fix_rates(company: DemoCompany, place: int) -> None:
    """Enter the rates of exchange of a month, by one person, and approve them, by another."""
    month = company.months[place]
    maker, checker = logins.actor(logins.MAKER), logins.actor(logins.CHECKER)
    with done(at=month.after(1, 8), by=maker):
        text, name = company.rates(place), f"rates of {month.label}"
        sheet = rates.import_rates(text=text, source=SOURCE, by=maker, name=name)
    with done(at=month.after(1, 8, 40), by=checker):
        rates.approve(sheet_id=sheet, by=checker)


def close(month: Month) -> None:
    """Close a month: one of the finance department computes it, another approves it.

    In the middle of it the pay of the month before became available.
    """
    calendar, label = CALENDAR, month.label
    later = min(month.closes_at + timedelta(minutes=75), month.now)
    with done(at=month.at(_RETURN_WINDOW_DAYS, 1)):
        payouts.settle_wallets()
    with done(at=month.closes_at, by=logins.actor(logins.MAKER)):
        commissions.freeze_period(calendar=calendar, label=label)
        run = commissions.compute_period(calendar=calendar, label=label)
    with done(at=later, by=logins.actor(logins.CHECKER)):
        reason = "Checked and in order"
        commissions.approve_period(calendar=calendar, label=label, digest=run.digest, reason=reason)
    with done(at=later, by=logins.actor(logins.MAKER)):
        commissions.post_period(calendar=calendar, label=label)
        commissions.seal_period(calendar=calendar, label=label)


def give_limits(company: DemoCompany) -> None:
    """Propose that closes of the coming year go on within limits; a second person has yet to agree."""
    if StandingApproval.objects.exists():
        return
    month = company.months[-1]
    starts_on = month.starts_on
    with done(at=month.at(1, 0, 10), by=logins.actor(logins.MAKER)), transaction.atomic():
        commissions.propose_standing(
            calendar=CALENDAR,
            starts_on=starts_on,
            ends_on=starts_on.replace(year=starts_on.year + 1),
            terms=_LIMITS,
            reason="the demo company",
        )


def is_closed(month: Month) -> bool:
    """Say whether a month is sealed."""
    return bool(Period.objects.filter(label=month.label, state=State.SEALED).exists())


def after_close(company: DemoCompany, place: int) -> None:
    """Let orders and refunds of a month come in that is closed already."""
    with context.working(actor=logins.actor(logins.SUPPORT)):
        shop.sell_late(company, place)
        shop.give_back_late(company, place)
    with done(at=company.months[place].after(12, 9)):
        deliver_news()


def trade(company: DemoCompany, place: int) -> None:
    """Let the orders of the present month go through the shop."""
    with context.working(actor=logins.actor(logins.SUPPORT)):
        shop.give_back(company, place)
        shop.sell_live(company, place)
    with done(at=company.months[place].now):
        deliver_news()


def give_back(company: DemoCompany, place: int) -> None:
    """Refund some orders of a month before it is closed."""
    with context.working(actor=logins.actor(logins.SUPPORT)):
        shop.give_back(company, place)


def settle(company: DemoCompany) -> None:
    """Let members sign in, settle wallets, count rows anew, and note that everything is there."""
    with done(at=company.months[-1].at(_RETURN_WINDOW_DAYS, 1)):
        payouts.settle_wallets()
    with done(at=company.months[-1].now):
        logins.open_members(company.size.members)
        deliver_news()
        count_rows()
        audit.record(act=LOADED, subject=SUBJECT)


def deliver_news() -> None:
    """Hand over all that the acts told."""
    outbox.drain(until=outbox.horizon(), patience_seconds=_PATIENCE_SECONDS)


def _of_persons(contacts: pa.Table) -> pa.Table:
    found = copy_out(_PERSONS, {"code": pa.string(), "person_id": pa.int64()})
    rows = pc.index_in(contacts["code"], found["code"].combine_chunks())
    persons = found["person_id"].combine_chunks().take(rows.combine_chunks())
    return pa.table({"person_id": persons, "kind": contacts["kind"], "value": contacts["value"]})
