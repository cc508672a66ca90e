"""What a company is to be: read from a file or from options, with every fault at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from upline.company import territories
from upline.compensation import InputRefused, Plan, PlanRefused, load_plan
from upline.compensation.errors import Fault, Place
from upline.compensation.periods import Period
from upline.compensation.plan import text
from upline.compensation.plan.text import Entries, Text, place_of
from upline.compensation.run import refuse_uncomputed

KEYS = ("name", "plan", "owner", "time_zone", "currency", "markets", "calendars")
MARKET_KEYS = (
    *("name", "country", "currency", "language", "time_zone", "prices_include_tax"),
    *("tax", "tax_since"),
)
CALENDAR_KEYS = ("every", "starts_on")
# Calendars of the platform, and how one is called where nobody names it.
CALENDAR_NAMES = {
    "day": "daily",
    "week": "weekly",
    "four_weeks": "four-weekly",
    "month": "monthly",
    "quarter": "quarterly",
    "year": "yearly",
}
TAX_SINCE = date(2000, 1, 1)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
YES_NO = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketDescription:
    """A market, and the percentage of tax that is usual there; None where it was not said."""

    code: str
    name: str
    country: str
    currency: str
    language: str
    time_zone: str
    prices_include_tax: bool
    tax_percent: Decimal | None
    tax_since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDescription:
    """A calendar; its first period is the one that `starts_on` lies in."""

    name: str
    every: str
    starts_on: date


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


class DescriptionRefused(InputRefused):
    """A company cannot be set up as described; `faults` lists everything."""

    what = "The company"


def read_description(path: Path) -> Entries:
    """Read a description as it is written. Raises DescriptionRefused with every place."""
    try:
        return text.read(path.read_text(encoding="utf-8"), file=str(path))
    except (OSError, UnicodeDecodeError) as error:
        problem = f"{path} cannot be read: {error}."
        remedy = "Give the path of a YAML file in UTF-8."
        raise DescriptionRefused(
            [Fault(Place(str(path)), "company.file", problem, remedy)]
        ) from error
    except PlanRefused as refused:
        # The reader is that of plans, and speaks of them.
        faults = [
            replace(
                fault,
                code=fault.code.replace("plan.", "company."),
                problem=fault.problem.replace("A plan is", "A description is"),
                remedy=fault.remedy.replace("plans", "descriptions"),
            )
            for fault in refused.faults
        ]
        raise DescriptionRefused(faults) from refused


def described(entries: Entries, *, plans: PlanFinder) -> Description:
    """Check what is said of a company and fill in what is usual. Raises DescriptionRefused."""
    reading = _Reading(entries)
    reading.check_keys(entries, KEYS)
    plan, plan_file = _plan(reading, plans)
    markets = _markets(reading)
    time_zone = _time_zone(reading, plan, markets)
    currency = reading.currency(entries, "currency", plan.file.currency if plan else "")
    if plan is not None:
        _refuse_without_rate(reading, plan, markets)
    found = {
        "name": reading.text("name", "Give the company's name, as 'name:' or --name.", longest=200),
        "owner": _owner(reading),
        "markets": markets,
        "calendars": _calendars(reading, plan),
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
        """The examples that this version computes."""
        return [path.stem for path in sorted(self.examples.glob("*.yaml")) if _is_computed(path)]


@dataclass(slots=True)
class _Reading:
    """A description while it is read, and its faults."""

    entries: Entries
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: Place, code: str, problem: str, remedy: str) -> None:
        self.faults.append(Fault(place, f"company.{code}", problem, remedy))

    def check_keys(self, row: Entries, known: Iterable[str]) -> None:
        names = tuple(known)
        for key in row:
            if key not in names:
                remedy = f"Known are: {', '.join(names)}."
                self.fault(place_of(key), "key", f"'{key}' is not known here.", remedy)

    def mapping(self, value: object, what: str) -> Entries:
        """Give a mapping; one that is left empty has nothing in it."""
        if isinstance(value, Entries):
            return value
        nothing = Entries()
        nothing.place = place_of(value)
        if value not in ("", "~", "null"):
            remedy = "Write names and values, as in {country: PL, language: pl}."
            self.fault(place_of(value), "shape", f"{what} is no mapping.", remedy)
        return nothing

    def value(self, row: Entries, key: str) -> str:
        """Give the text under a key, empty where there is none."""
        value = row.get(key, "")
        if isinstance(value, str):
            return "" if value in ("~", "null") else str(value).strip()
        self.fault(place_of(value), "shape", f"'{key}' is one value.", "Write a single text.")
        return ""

    def text(self, key: str, remedy: str, *, longest: int = 100) -> str:
        """Give a text that must be there."""
        found = self.value(self.entries, key)
        place = self.entries.place_of(key)
        if not found:
            self.fault(place, "missing", f"'{key}' is missing.", remedy)
        elif len(found) > longest:
            shorten = f"Shorten it to {longest} characters."
            self.fault(place, "long", f"'{key}' has {len(found)} characters.", shorten)
        return found

    def one(
        self, row: Entries, key: str, usual: str | None, is_good: Callable[[str], bool], remedy: str
    ) -> str:
        """Give a word that is good, the usual one where nothing is said."""
        given = self.value(row, key)
        if not given and usual is None:
            self.fault(row.place_of(key), "missing", f"'{key}' is missing.", remedy)
        elif given and not is_good(given):
            words = "length of periods" if key == "every" else key.replace("_", " ")
            self.fault(row.place_of(key), key, f"'{given}' is no {words}.", remedy)
        return given or usual or ""

    def currency(self, row: Entries, key: str, usual: str | None) -> str:
        remedy = "Write three capital letters, as in EUR."
        return self.one(row, key, usual, territories.is_currency, remedy)

    def zone(self, row: Entries, usual: str | None, remedy: str = "") -> str:
        remedy = remedy or "Write one as in Europe/Sofia."
        return self.one(row, "time_zone", usual, _is_zone, remedy)

    def day(self, row: Entries, key: str, usual: date | None) -> date | None:
        given = self.value(row, key)
        if not given:
            return usual
        try:
            return date.fromisoformat(given)
        except ValueError:
            remedy = "Write it as 2026-10-01."
            self.fault(row.place_of(key), "day", f"'{given}' is no day.", remedy)
            return usual


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _owner(reading: _Reading) -> str:
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
        refuse_uncomputed(load_plan(path.read_text(encoding="utf-8"), file=str(path)))
    except PlanRefused:
        return False
    return True


def _plan(reading: _Reading, plans: PlanFinder) -> tuple[Plan | None, str]:
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
        refuse_uncomputed(plan)
    except PlanRefused as refused:
        reading.faults.extend(refused.faults)
        return None, ""
    except (OSError, UnicodeDecodeError) as error:
        remedy = "Give the path of a YAML file in UTF-8."
        reading.fault(place, "plan_unreadable", f"{path} cannot be read: {error}.", remedy)
        return None, ""
    return plan, str(path)


def _markets(reading: _Reading) -> tuple[MarketDescription, ...]:
    given = reading.mapping(reading.entries.get("markets", ""), "'markets'")
    if not given:
        remedy = "Give the country you sell in, as in markets: {PL: {}}, or --market PL."
        place = reading.entries.place_of("markets")
        reading.fault(place, "missing", "No market is named.", remedy)
    return tuple(_market(reading, code, row) for code, row in given.items())


def _market(reading: _Reading, code: str, value: object) -> MarketDescription:
    row = reading.mapping(value, f"The market '{code}'")
    row.place = place_of(code)
    reading.check_keys(row, MARKET_KEYS)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,20}", code):
        remedy = "Use at most 20 Latin letters and digits, as in PL."
        reading.fault(row.place, "market_code", f"'{code}' is no code for a market.", remedy)
    country = reading.value(row, "country") or str(code)
    if not territories.is_country(country):
        remedy = "Write 'country: ' with two capital letters, as in PL."
        reading.fault(row.place_of("country"), "country", f"'{country}' is no country.", remedy)
        return _unreadable(str(code))
    language = reading.one(
        row,
        "language",
        territories.language_of(country),
        territories.is_language,
        "Write 'language: ' with one as in en, ru, bg, kk or pl.",
    )
    included = reading.value(row, "prices_include_tax").lower() or "yes"
    if included not in YES_NO:
        place = row.place_of("prices_include_tax")
        reading.fault(place, "yes_no", f"'{included}' is neither yes nor no.", "Write yes or no.")
    zones = territories.zones_of(country)
    return MarketDescription(
        code=str(code),
        name=reading.value(row, "name") or territories.name_of(country, language),
        country=country,
        currency=reading.currency(row, "currency", territories.currency_of(country)),
        language=language,
        time_zone=reading.zone(
            row,
            zones[0] if len(zones) == 1 else None,
            f"Write 'time_zone: ' with one of {', '.join(zones[:30])}.",
        ),
        prices_include_tax=YES_NO.get(included, True),
        tax_percent=_percent(reading, row),
        tax_since=reading.day(row, "tax_since", TAX_SINCE) or TAX_SINCE,
    )


def _refuse_without_rate(
    reading: _Reading, plan: Plan, markets: tuple[MarketDescription, ...]
) -> None:
    """Refuse markets whose orders the plan could not value: no period could be computed."""
    given = plan.file.exchange
    for market in markets:
        known = (plan.file.currency, *(() if isinstance(given, str) else given))
        if not market.currency or given == "given" or market.currency in known:
            continue
        named = reading.mapping(reading.entries["markets"], "'markets'")
        problem = (
            f"The market '{market.code}' sells in {market.currency}, but the plan counts in"
            f" {plan.file.currency} and says no rate between them."
        )
        remedy = f"Add 'exchange: {{{market.currency}: ...}}' or 'exchange: given' to the plan."
        reading.fault(named.place_of(market.code), "rate_missing", problem, remedy)


def _unreadable(code: str) -> MarketDescription:
    return MarketDescription(
        code=code,
        name=code,
        country="",
        currency="",
        language="",
        time_zone="",
        prices_include_tax=True,
        tax_percent=None,
        tax_since=TAX_SINCE,
    )


def _percent(reading: _Reading, row: Entries) -> Decimal | None:
    given = reading.value(row, "tax")
    if not given:
        return None
    try:
        percent = Decimal(given.removesuffix("%").strip())
        if 0 <= percent <= 100 and percent == round(percent, 4):
            return percent
    except InvalidOperation:
        pass
    remedy = "Write a percentage from 0 to 100 with at most four decimals, as in 23 %."
    reading.fault(row.place_of("tax"), "tax", f"'{given}' is no tax rate.", remedy)
    return None


def _time_zone(reading: _Reading, plan: Plan | None, markets: tuple[MarketDescription, ...]) -> str:
    """Give the zone in which the company counts its days; a plan that names one decides."""
    of_plan = None
    if plan is not None and "time_zone" in plan.file.model_fields_set:
        of_plan = plan.file.time_zone
    of_market = next((market.time_zone for market in markets if market.time_zone), None)
    found = reading.zone(reading.entries, of_plan or of_market or ("" if markets else None))
    if of_plan and found != of_plan and _is_zone(found):
        reading.fault(
            reading.entries.place_of("time_zone"),
            "time_zone_of_plan",
            f"The company counts its days in {found}, the plan in {of_plan}.",
            "Give both the same time zone.",
        )
    return found


def _calendars(reading: _Reading, plan: Plan | None) -> tuple[CalendarDescription, ...]:
    given = reading.mapping(reading.entries.get("calendars", ""), "'calendars'")
    if not given and plan is not None:
        every = plan.file.calendar.every
        found = [_calendar(reading, Text.at(CALENDAR_NAMES.get(every, every), _at(plan)), "", plan)]
    else:
        found = [_calendar(reading, name, value, plan) for name, value in given.items()]
    calendars = tuple(one for one in found if one is not None)
    if plan is not None and plan.file.calendar.every not in {one.every for one in calendars}:
        every = plan.file.calendar.every
        remedy = (
            f"Add one as in calendars: {{{CALENDAR_NAMES.get(every, 'own')}: {{every: {every}}}}}."
        )
        if every not in CALENDAR_NAMES:
            remedy = f"Give the plan a 'calendar:' of {', '.join(CALENDAR_NAMES)}."
        place = reading.entries.place_of("calendars")
        problem = f"The plan pays by '{every}', but no calendar has such periods."
        reading.fault(place, "calendar_of_plan", problem, remedy)
    return calendars


def _at(plan: Plan) -> Place:
    return plan.file.calendar.place


def _calendar(
    reading: _Reading, name: str, value: object, plan: Plan | None
) -> CalendarDescription | None:
    row = reading.mapping(value, f"The calendar '{name}'")
    row.place = place_of(name)
    reading.check_keys(row, CALENDAR_KEYS)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name):
        remedy = "Use at most 40 Latin letters, digits, - and _."
        reading.fault(row.place, "calendar_name", f"'{name}' is no name for a calendar.", remedy)
    by_name = {usual: every for every, usual in CALENDAR_NAMES.items()}
    of_plan = plan.file.calendar.every if plan else None
    every = reading.one(
        row,
        "every",
        by_name.get(str(name), of_plan),
        CALENDAR_NAMES.__contains__,
        f"Write one of {', '.join(CALENDAR_NAMES)}.",
    )
    if every not in CALENDAR_NAMES:
        return None
    first = _first_period(plan, every) if plan and every == of_plan else None
    starts_on = reading.day(row, "starts_on", first)
    if starts_on is None:
        remedy = "Write 'starts_on: ' with the first day of the first period to be closed."
        reading.fault(row.place, "missing", f"The calendar '{name}' has no first day.", remedy)
        return None
    if plan and every == of_plan:
        _refuse_before_plan(reading, row, starts_on, plan)
    return CalendarDescription(name=str(name), every=every, starts_on=starts_on)


def _first_period(plan: Plan, every: str) -> date | None:
    """Give the start of the first period that lies wholly after the plan's first day."""
    version, starts = plan.file.version, plan.file.calendar.starts
    try:
        period = Period.with_day(version, every, starts)
    except InputRefused:
        return None
    return version if period.start == version else period.end


def _refuse_before_plan(reading: _Reading, row: Entries, starts_on: date, plan: Plan) -> None:
    """Refuse periods that no plan covers: they could never be closed, nor those after them."""
    every, version = plan.file.calendar.every, plan.file.version
    anchor = starts_on if every in ("week", "four_weeks") else None
    first = Period.with_day(starts_on, every, anchor)
    if first.start >= version:
        return
    end = first.end
    while end < version:
        end = Period.with_day(end, every, anchor).end
    problem = (
        f"The first period begins on {first.start}, the plan is in force from {version} on, so the"
        " periods before it could never be closed."
    )
    reading.fault(
        row.place_of("starts_on"),
        "before_plan",
        problem,
        f"Write 'starts_on: {end}', or an earlier 'version:' in the plan.",
    )
