"""The bonus kind pool: a fund shared in the company, or among each member's recruits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference import money
from tests.reference.drafts import Draft, pays
from tests.reference.scope import of_member
from upline.compensation.plan.schema import Pool

if TYPE_CHECKING:
    from tests.reference.period import Period

COMPANY = ""


@dataclass(frozen=True, slots=True)
class Fund:
    """What is shared, whose it is, and among whom."""

    owner: str
    amount: Fraction
    candidates: list[str]


def drafts(period: Period, name: str, bonus: Pool) -> list[Draft]:
    """Share the fund by the shares of those who take part."""
    members = list(period.company.members)
    if bonus.among == "company":
        # What a company's fund asks for is the same whoever is asked.
        fund = period.amount(bonus.fund, of_member(members[0])) if members else Fraction(0)
        return _shared(period, name, Fund(COMPANY, fund, members))
    tree = period.company.tree(bonus.tree)
    funds = [
        Fund(owner, period.amount(bonus.fund, of_member(owner)), tree.children[owner])
        for owner in members
    ]
    return [draft for fund in funds for draft in _shared(period, name, fund)]


def _shared(period: Period, name: str, fund: Fund) -> list[Draft]:
    bonus = period.company.file.bonuses[name]
    assert isinstance(bonus, Pool)
    brought = period.previous.carried if period.previous else {}
    amount = fund.amount + brought.get((fund.owner, name), Fraction(0))
    shares = {
        member: period.amount(bonus.shares, of_member(member))
        for member in sorted(fund.candidates, key=period.company.number_of)
        if pays(period, bonus, member)
    }
    shares = {member: share for member, share in shares.items() if share > 0}
    if not shares:
        period.hits[f"pool nobody {bonus.nobody}"] += 1
        if bonus.nobody == "carried":
            period.carried[fund.owner, name] = amount
        return []
    period.hits[f"pool residue {bonus.residue}"] += 1
    rounding = period.company.rounding(name)
    whole = sum(shares.values())
    parts = {member: amount * share / whole for member, share in shares.items()}
    units: list[int | None] = [None] * len(parts)
    if bonus.residue == "shared":
        fund_units = money.to_units(amount, rounding.places, "down")
        units = list(money.shared_out(fund_units, list(shares.values())))
    elif bonus.residue == "kept":
        fund_units = money.to_units(amount, rounding.places, "down")
        exact = [fund_units * share / whole for share in shares.values()]
        units = [money.to_whole(part, "down") for part in exact]
    return [
        Draft(receiver=member, bonus=name, buyer=fund.owner or None, amount=part, units=fixed)
        for (member, part), fixed in zip(parts.items(), units, strict=True)
    ]
