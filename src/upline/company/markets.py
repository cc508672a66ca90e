"""The markets of a description, with what is usual in their countries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from upline.company import territories
from upline.company.reading import Reading
from upline.compensation import Plan
from upline.compensation.plan.text import Entries, place_of

MARKET_KEYS = (
    *("name", "country", "currency", "language", "time_zone", "prices_include_tax"),
    *("tax", "tax_since"),
)
TAX_SINCE = date(2000, 1, 1)
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


def markets_of(reading: Reading) -> tuple[MarketDescription, ...]:
    given = reading.mapping(reading.entries.get("markets", ""), "'markets'")
    if not given:
        remedy = "Give the country you sell in, as in markets: {PL: {}}, or --market PL."
        place = reading.entries.place_of("markets")
        reading.fault(place, "missing", "No market is named.", remedy)
    return tuple(_market(reading, code, row) for code, row in given.items())


def _market(reading: Reading, code: str, value: object) -> MarketDescription:
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


def refuse_without_rate(
    reading: Reading, plan: Plan, markets: tuple[MarketDescription, ...]
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


def _percent(reading: Reading, row: Entries) -> Decimal | None:
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
