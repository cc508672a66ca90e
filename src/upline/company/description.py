"""What a company is to be: read from a file or from options, with every fault at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from upline.company.calendars import CalendarDescription, calendars_of
from upline.company.markets import MarketDescription, markets_of, refuse_without_rate
from upline.company.reading import DescriptionRefused, Reading, is_zone
from upline.compensation import Plan, PlanRefused, load_plan, refuse_blocked
from upline.compensation.plan.text import Entries
from upline.compensation.run import refuse_unclosable

KEYS = ("name", "plan", "owner", "time_zone", "currency", "markets", "calendars")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A whole company, checked."""

    name: str
    time_zone: str
    currency: str
    markets: tuple[MarketDescription, ...]
    calendars: tuple[CalendarDescription, ...]
    plan: Plan
    plan_file: str
    owner: str


def described(entries: Entries, *, plans: PlanFinder) -> Description:
    """Check what is said of a company and fill in what is usual. Raises DescriptionRefused."""
    reading = Reading(entries)
    reading.check_keys(entries, KEYS)
    plan, plan_file = _plan(reading, plans)
    markets = markets_of(reading)
    time_zone = _time_zone(reading, plan, markets)
    currency = reading.currency(entries, "currency", plan.file.currency if plan else "")
    if plan is not None:
        refuse_without_rate(reading, plan, markets)
    found = {
        "name": reading.text("name", "Give the company's name, as 'name:' or --name.", longest=200),
        "owner": _owner(reading),
        "markets": markets,
        "calendars": calendars_of(reading, plan),
    }
    if reading.faults or plan is None:
        raise DescriptionRefused(reading.faults)
    return Description(
        **found,  # type: ignore[arg-type]
        time_zone=time_zone,
        currency=currency,
        plan=plan,
        plan_file=plan_file,
    )


# What somebody is offered who names no plan.
_SIMPLEST = "unilevel-basic"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFinder:
    """Where plans are looked for: beside the description, and among the examples by name."""

    beside: Path
    examples: Path

    def path_of(self, given: str) -> Path | None:
        """Give the file of a plan, None where there is none."""
        path = Path(given).expanduser()
        for found in (self.beside / path, self.examples / f"{given}.yaml"):
            if found.is_file():
                return found
        return None

    @property
    def names(self) -> list[str]:
        """The examples that this version computes; the simplest comes first."""
        found = [path.stem for path in sorted(self.examples.glob("*.yaml")) if _is_computed(path)]
        return sorted(found, key=lambda name: name != _SIMPLEST)


def _owner(reading: Reading) -> str:
    given = reading.text(
        "owner", "Give the e-mail of the first owner, as 'owner:' or --owner.", longest=254
    )
    if given and not EMAIL.fullmatch(given):
        place = reading.entries.place_of("owner")
        remedy = "Write it as anna@example.com."
        reading.fault(place, "email", f"'{given}' is no e-mail.", remedy)
    return given.lower()


def _is_computed(path: Path) -> bool:
    try:
        plan = load_plan(path.read_text(encoding="utf-8"), file=str(path))
        refuse_blocked(plan)
        refuse_unclosable(plan)
    except PlanRefused:
        return False
    return True


def _plan(reading: Reading, plans: PlanFinder) -> tuple[Plan | None, str]:
    given = reading.value(reading.entries, "plan")
    place = reading.entries.place_of("plan")
    path = plans.path_of(given) if given else None
    if path is None:
        code = "plan_unknown" if given else "missing"
        problem = f"There is no plan '{given}'." if given else "'plan' is missing."
        examples = ", ".join(plans.names) or "none is here"
        remedy = f"Give as 'plan:' or --plan a file, or an example: {examples}."
        reading.fault(place, code, problem, remedy)
        return None, ""
    try:
        plan = load_plan(path.read_text(encoding="utf-8"), file=str(path))
        refuse_blocked(plan)
        refuse_unclosable(plan)
    except PlanRefused as refused:
        reading.faults.extend(refused.faults)
        return None, ""
    except (OSError, UnicodeDecodeError) as error:
        remedy = "Give the path of a YAML file in UTF-8."
        reading.fault(place, "plan_unreadable", f"{path} cannot be read: {error}.", remedy)
        return None, ""
    return plan, str(path)


def _time_zone(reading: Reading, plan: Plan | None, markets: tuple[MarketDescription, ...]) -> str:
    """Give the zone in which the company counts its days; a plan that names one decides."""
    of_plan = None
    if plan is not None and "time_zone" in plan.file.model_fields_set:
        of_plan = plan.file.time_zone
    of_market = next((market.time_zone for market in markets if market.time_zone), None)
    found = reading.zone(reading.entries, of_plan or of_market or ("" if markets else None))
    if of_plan and found != of_plan and is_zone(found):
        reading.fault(
            reading.entries.place_of("time_zone"),
            "time_zone_of_plan",
            f"The company counts its days in {found}, the plan in {of_plan}.",
            "Give both the same time zone.",
        )
    return found
