"""Load the demo company, and say who signs in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db import connection

from upline.demo import living
from upline.demo import logins as who
from upline.demo.company import NAME, DemoCompany, Size
from upline.demo.errors import OtherCompanyHere, OtherDemoHere
from upline.demo.logins import TOTP_SECRET, DemoLogin
from upline.demo.months import ZONE
from upline.foundation import clock
from upline.foundation.models import AuditEntry, Company
from upline.foundation.progress import Say, silent

Step = tuple[str, Callable[[], None]]
Percent = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMade:
    """The demo company that is here; `is_new` where this call loaded it, or the rest of it."""

    members: int
    seed: int
    today: date
    is_new: bool


def load_demo(
    *,
    members: int = 2_000,
    seed: int = 7,
    today: date | None = None,
    say: Say = silent,
    percent: Percent = lambda _: None,
) -> DemoMade:
    """Load the demo company into a migrated database: three months closed, the present one open.

    One that is here stays, whatever day it is; a load that was killed goes on, as of its own day.
    `say` hears each step, `percent` how much is done. Raises OtherCompanyHere, OtherDemoHere,
    DemoTooSmall; then nothing was written.
    """
    begun = _begun(members, seed)
    if begun is not None and AuditEntry.objects.filter(act=living.LOADED).exists():
        return DemoMade(members=members, seed=seed, today=begun, is_new=False)
    day = begun or today or clock.today(ZONE)
    company = DemoCompany(Size(members=members, seed=seed, today=day))
    steps = _steps(company)
    with _quick_commits():
        for nth, (words, act) in enumerate(steps):
            percent(100 * nth // len(steps))
            say(words)
            act()
    percent(100)
    return DemoMade(members=members, seed=seed, today=day, is_new=True)


def logins() -> list[DemoLogin]:
    """List who signs in to the demo company, staff first, with passwords that are public."""
    return list(who.all_logins())


def is_loaded() -> bool:
    """Say whether the whole demo company is here."""
    return bool(AuditEntry.objects.filter(act=living.LOADED).exists())


def _begun(members: int, seed: int) -> date | None:
    """Give the day of the demo company that is here. Raises OtherCompanyHere, OtherDemoHere."""
    company = Company.objects.first()
    if company is None:
        return None
    entry = AuditEntry.objects.filter(act=living.BEGUN).first()
    if entry is None or entry.after is None or company.name != NAME:
        raise OtherCompanyHere(there=company.name)
    found = entry.after
    if (found["members"], found["seed"]) != (members, seed):
        raise OtherDemoHere(
            members=found["members"], seed=found["seed"], asked_members=members, asked_seed=seed
        )
    return date.fromisoformat(found["today"])


def _steps(company: DemoCompany) -> list[Step]:
    """List what is to be done, each in words."""
    steps: list[Step] = [
        ("Setting up the company", partial(living.begin, company)),
        ("Filling the catalogue", partial(living.stock_up, company)),
        ("Taking in members", partial(living.take_in, company, None)),
    ]
    for place, month in enumerate(company.months):
        if month.is_open:
            steps.append((f"Living through {month.label}", partial(_present, company, place)))
            continue
        steps.append((f"Living through {month.label}", partial(_past, company, place)))
        steps.append((f"Closing {month.label}", partial(living.close, month)))
        steps.append(
            (f"Hearing late of {month.label}", partial(living.after_close, company, place))
        )
    steps.append(("Giving limits for closes", partial(living.give_limits, company)))
    steps.append(("Opening the logins of members", partial(living.settle, company)))
    return steps


def _past(company: DemoCompany, place: int) -> None:
    month = company.months[place]
    if living.is_closed(month):
        return
    living.lose(company, place)
    living.take_in(company, month)
    living.sell(company, place)
    living.fix_rates(company, place)
    living.give_back(company, place)


def _present(company: DemoCompany, place: int) -> None:
    living.lose(company, place)
    living.take_in(company, company.months[place])
    living.sell(company, place)
    living.fix_rates(company, place)
    living.trade(company, place)


@contextmanager
def _quick_commits() -> Iterator[None]:
    """Let commits not wait for the disk; a server that crashes loses the last of them, whole."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET jit = off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit; RESET jit")


__all__ = ["TOTP_SECRET", "DemoLogin", "DemoMade", "is_loaded", "load_demo", "logins"]
