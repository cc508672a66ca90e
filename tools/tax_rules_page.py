#!/usr/bin/env python3
"""Write docs/reference/tax-rules.md: the rules of tax as the package holds them.

python tools/tax_rules_page.py
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

from upline.money import Money
from upline.payouts.taxes import ANY, Rule, packaged

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "tax-rules.md"
HEAD = """\
# Rules of tax

<!-- Written by tools/tax_rules_page.py; run it after a change. -->

What is kept from a payout, by country, kind of contract and day. [How it is counted](../explanation/taxes.md) stands elsewhere. This is
no advice: whoever pays answers for the figures, and a rule with something under "to be confirmed" refuses until the company did so.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}")


def page() -> str:
    """Give the page for the rules as they are."""
    parts = [
        HEAD,
        "| rule | country | contract | days | kept | source |",
        "|---|---|---|---|---|---|",
    ]
    ordered = sorted(packaged(), key=lambda one: (one.country, one.contract, one.since))
    parts += [_row(one) for one in ordered]
    parts += ["", "## What to look at", ""]
    parts += [line for one in ordered for line in _remarks(one)]
    return "\n".join(parts) + "\n"


def _row(rule: Rule) -> str:
    until = "" if rule.until == date.max else f" before {rule.until}"
    country = "any other" if rule.country == ANY else rule.country
    source = f"[{rule.law}]({rule.url})" if rule.url else rule.law
    cells = (f"`{rule.id}`", country, f"`{rule.contract}`", f"from {rule.since}{until}")
    return f"| {' | '.join(cells)} | {_kept(rule)} | {source} |"


def _kept(rule: Rule) -> str:
    if rule.is_forbidden:
        return "**no payout**"
    if not rule.steps:
        return "nothing"
    return "; ".join(_parts(rule))


def _parts(rule: Rule) -> Iterator[str]:
    for one in rule.steps:
        above = f" above {Money(one.above_minor, rule.currency)}" if one.above_minor else ""
        yield f"{_share(one.rate)}{above}"
    if rule.of_year:
        yield "over the year"
    if rule.costs:
        yield f"after {_share(rule.costs)} for costs"
    for word, unit in (("base", rule.base_unit), ("tax", rule.tax_unit)):
        if unit != 1:
            yield f"{word} to {Money(unit, rule.currency)}"
    if len(rule.steps) == 1:
        yield f"in {rule.currency}"


def _share(share: Fraction) -> str:
    return f"{float(share * 100):g} %"


def _remarks(rule: Rule) -> Iterator[str]:
    if rule.needs:
        yield f"- `{rule.id}`, to be confirmed: {rule.needs}"
    if rule.leaves_out:
        yield f"- `{rule.id}`, not counted: {rule.leaves_out}"


if __name__ == "__main__":
    main()
