"""Set a company up: everything that it needs before the first order, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from django.core.management import call_command
from django.db import connection, transaction

from upline.catalog import services as catalog
from upline.catalog.models import Market
from upline.commissions import services as commissions
from upline.commissions.errors import MemberFieldUnknown
from upline.commissions.facts import KINDS
from upline.commissions.models import Calendar
from upline.company.description import Description
from upline.company.errors import CompanyDiffers
from upline.company.markets import MarketDescription
from upline.compensation import Plan
from upline.foundation import audit, clock, context, health, locking
from upline.foundation.access import OWNER
from upline.foundation.models import Company
from upline.foundation.progress import Say, silent
from upline.network import queries as network
from upline.network import services as members
from upline.people import logins
from upline.people.models import Login, RoleGrant
from upline.plans import services as plans
from upline.plans.models import PlanVersion, State

TAX_CATEGORY = "standard"


def strange_kinds(plan: Plan) -> list[str]:
    """List the kinds of orders that a plan asks for and no order here is of: they pay nothing."""
    asked = set(re.findall(r"\bkind\s*=\s*'([^']*)'", plan.source))
    return sorted(asked - set(KINDS))


def has_tables() -> bool:
    """Say whether the database has been used by Upline before."""
    return Company._meta.db_table in connection.introspection.table_names()


def migrate(*, say: Say = silent) -> None:
    """Bring the tables of the database to what the program expects; again it changes nothing."""
    missing = health.missing_migrations()
    if missing:
        say(f"Preparing the database ({len(missing)} steps)")
        call_command("migrate", interactive=False, verbosity=0)


def set_up(*, description: Description, password: str, say: Say = silent) -> bool:
    """Set the company up, and say whether that was still to be done.

    The same description again changes nothing; its password is not compared. Raises
    CompanyDiffers, PasswordRefused, EmailRefused, MemberFieldUnknown and what the apps refuse;
    then nothing was written.
    """
    with transaction.atomic():
        locking.take("company", "set-up")
        if is_set_up(description):
            return False
        Company.objects.create(
            name=description.name,
            time_zone=description.time_zone,
            currency=description.currency,
        )
        say("Setting up markets and calendars")
        _markets(description)
        for calendar in description.calendars:
            commissions.open_calendar(
                name=calendar.name,
                every=calendar.every,
                starts_on=calendar.starts_on,
                time_zone=description.time_zone,
            )
        say("Keeping the plan")
        _trees(description)
        owner = logins.open_login(
            email=description.owner,
            password=password,
            roles=[OWNER],
            reason="first owner of the company",
        )
        _plan(description, owner)
        audit.record(
            act="company.set_up",
            subject="company:1",
            reason="a new company",
            after={"markets": [market.code for market in description.markets]},
        )
        return True


def is_set_up(description: Description) -> bool:
    """Say whether this company is set up here; False where none is. Raises CompanyDiffers."""
    company = Company.objects.first()
    if company is None:
        return False
    found = list(differences(description, company))
    if found:
        raise CompanyDiffers(there=company.name, differences="\n".join(f"- {one}" for one in found))
    return True


def differences(description: Description, company: Company) -> Iterator[str]:
    """Give in words what of a description is not as it is here."""
    for name in ("name", "time_zone", "currency"):
        asked, there = getattr(description, name), getattr(company, name)
        if asked != there:
            yield f"{name}: '{there}' is here, '{asked}' was asked for"
    markets = {market.code: market for market in Market.objects.all()}
    for market in description.markets:
        yield from _of_market(market, markets.get(market.code))
    calendars = {calendar.name: calendar for calendar in Calendar.objects.all()}
    for wanted in description.calendars:
        calendar = calendars.get(wanted.name)
        if calendar is None:
            yield f"the calendar '{wanted.name}' is not here"
        elif (calendar.every, calendar.starts_on) != (wanted.every, wanted.starts_on):
            there = f"{calendar.every} from {calendar.starts_on}"
            asked = f"{wanted.every} from {wanted.starts_on}"
            yield f"the calendar '{wanted.name}': {there} is here, {asked} was asked for"
    if not PlanVersion.objects.filter(text=description.plan.source, state=State.APPROVED).exists():
        yield f"the plan {description.plan.id} with this text is not approved here"
    if not _is_owner(description.owner):
        yield f"{description.owner} is no owner here"


def _of_market(wanted: MarketDescription, there: Market | None) -> Iterator[str]:
    if there is None:
        yield f"the market '{wanted.code}' is not here"
        return
    for name in ("name", "country", "currency", "language", "time_zone", "prices_include_tax"):
        if getattr(there, name) != getattr(wanted, name):
            yield (
                f"the market '{wanted.code}', {name}: '{getattr(there, name)}' is here,"
                f" '{getattr(wanted, name)}' was asked for"
            )


def _is_owner(email: str) -> bool:
    granted = RoleGrant.objects.filter(role=OWNER, withdrawn_at__isnull=True)
    return bool(granted.filter(login__in=Login.objects.filter(email=email)).exists())


def _markets(description: Description) -> None:
    catalog.define_tax_category(code=TAX_CATEGORY, name="Standard")
    for market in description.markets:
        catalog.define_market(
            market=catalog.MarketDraft(
                code=market.code,
                name=market.name,
                country=market.country,
                currency=market.currency,
                language=market.language,
                prices_include_tax=market.prices_include_tax,
                time_zone=market.time_zone,
            )
        )
        if market.tax_percent is not None:
            catalog.set_tax_rate(
                category=TAX_CATEGORY,
                country=market.country,
                percent=market.tax_percent,
                starts_on=market.tax_since,
            )


def _trees(description: Description) -> None:
    """Open the placement trees of the plan, and refuse one that asks of members what is not kept."""
    file = description.plan.file
    for name, tree in file.trees.items():
        # A tree that is given has no form of its own: slots as many as are used.
        width = 2 if tree.kind == "binary" else tree.width or _WIDEST
        kind = "binary" if tree.kind == "binary" else "matrix"
        members.open_tree(code=name, kind=kind, width=width)
    kept = network.snapshot(on=_today(description)).column_names
    lacking = sorted(set(file.members) - set(kept))
    if lacking:
        raise MemberFieldUnknown(fields=", ".join(lacking), kept=", ".join(sorted(kept)))


_WIDEST = 32_767


def _today(description: Description) -> date:
    return clock.today(description.time_zone)


def _plan(description: Description, owner: int) -> None:
    version = plans.draft_plan(text=description.plan.source, file=description.plan_file)
    with context.working(actor=f"login:{owner}"):
        plans.approve_plan(version_id=version.pk, reason="the company's first plan")
