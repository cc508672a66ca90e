"""Random plans under which an order and its refund cancel out: every sum takes back what it gave."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.properties.chance import Chance
from tests.properties.plans.maker import Maker
from tests.properties.plans.whole import PARTS, whole_plan

# Each stands for an order however little it comes to, so that it stays though all is taken back.
COUNTED = re.compile(r"order_count|customers\(|max\(0 EUR|price - 60 EUR|\bfee\b")
A_SUM = re.compile(r"'(?:20|1) EUR'")


class Mirrored(Maker):
    """Writes sums of orders that a refund turns below 0, and conditions that it meets as well."""

    def order_points(self) -> str:
        return self.chance.pick(("pv", "cv", "pv", "pv - cv", "net_pv", "2 * pv + cv"))

    def order_money(self) -> str:
        return self.chance.pick(("price", "net", "price - net", "price / 3"))

    def simple_order_rule(self) -> str:
        return self.chance.pick(
            (
                *("kind = 'sale'", "kind != 'sale'", "not promo", "given(customer)", "fresh"),
                *("buyer.country = 'PL'", "within(40, buyer.joined)", "date >= 2026-02-10"),
                *("affiliate = buyer.mentor", "kind in ['sale', 'start']"),
            )
        )


def mirrored_plan(chance: Chance) -> str:
    """Write a sound plan of any kinds under which an order and its refund cancel out."""
    while True:
        source = whole_plan(chance, PARTS, Mirrored)
        written = yaml.load(source, yaml.BaseLoader)  # noqa: S506 - all stays text
        written["order_values"].pop("fee")
        if not leaves_traces(written):
            return yaml.safe_dump(written, sort_keys=False, allow_unicode=True)


def leaves_traces(written: dict[str, Any]) -> bool:
    """Say whether some rule of a plan counts orders, or pays so much for each."""
    an_order = [
        bonus
        for bonus in written["bonuses"].values()
        if bonus["kind"] == "own" and "amount" in bonus and bonus.get("lines") != "per_period"
    ]
    is_sum = A_SUM.search(str(written.get("budget")))
    return bool(an_order or is_sum or COUNTED.search(str(written)))
