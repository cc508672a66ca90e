"""The rules of tax: rows of a YAML file, each with its days and its source."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from importlib import resources
from typing import Any

import yaml

from upline.money import currency_places
from upline.payouts.errors import TaxRuleMissing

# The country of the rows that hold where a country has none of its own.
ANY = "*"
CONTRACTS = ("civil", "business", "self_employed", "nonresident", "no_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is above `above_minor` bears `rate`, up to the next step."""

    above_minor: int
    rate: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is kept from a payout by a kind of contract, from `since` on, before `until`.

    No steps keep nothing. `of_year` counts the steps over all that was paid in the year. `needs` is
    what the company has to confirm first.
    """

    id: str
    country: str
    contract: str
    since: date
    until: date
    currency: str
    steps: tuple[Step, ...]
    of_year: bool
    costs: Fraction
    base_unit: int
    tax_unit: int
    is_forbidden: bool
    law: str
    url: str
    needs: str
    leaves_out: str


def rule_for(rules: Sequence[Rule], *, country: str, contract: str, on: date) -> Rule:
    """Give the rule of a day, of the country or else of any country. Raises TaxRuleMissing."""
    held = [one for one in rules if one.contract == contract and one.since <= on < one.until]
    for place in (country, ANY):
        found = [one for one in held if one.country == place]
        if found:
            return max(found, key=lambda one: one.since)
    raise TaxRuleMissing(country=country, contract=contract, on=on)


@functools.cache
def packaged() -> tuple[Rule, ...]:
    """Give the rules that come with the package."""
    text = resources.files("upline.payouts.taxes").joinpath("rules.yaml").read_text("utf-8")
    return tuple(_rule(row) for row in yaml.safe_load(text))


def _rule(row: dict[str, Any]) -> Rule:
    currency = row.get("currency", "")
    places = currency_places(currency)
    steps = row.get("steps") or ([{"above": 0, "rate": row["rate"]}] if "rate" in row else [])
    return Rule(
        id=row["id"],
        country=row["country"],
        contract=row["contract"],
        since=row["since"],
        until=row.get("until", date.max),
        currency=currency,
        steps=tuple(
            Step(above_minor=one["above"] * 10**places, rate=_share(one["rate"])) for one in steps
        ),
        of_year=row.get("of_year", False),
        costs=_share(row.get("costs", "0%")),
        base_unit=_unit(row.get("base_rounded_to", ""), places),
        tax_unit=_unit(row.get("tax_rounded_to", ""), places),
        is_forbidden=row.get("forbidden", False),
        law=row["law"],
        url=row["url"],
        needs=row.get("needs", ""),
        leaves_out=row.get("leaves_out", ""),
    )


def _share(written: str) -> Fraction:
    return Fraction(written.removesuffix("%")) / 100


def _unit(written: str, places: int) -> int:
    """Give the smallest unit that is kept, in minor units; of nothing written it is one of them."""
    return int(Fraction(written) * 10**places) if written else 1
