"""The bonus kind differential: each upline takes what nobody nearer has taken."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference import choices
from tests.reference.drafts import (
    Draft,
    Source,
    in_money,
    pays,
    receiver_scope,
    sources,
    unit_of,
)
from tests.reference.scope import Scope, Standing, number, of_member, of_receiver
from tests.reference.world import NotCovered
from upline.compensation.plan.schema import Differential, OwnPart

if TYPE_CHECKING:
    from tests.reference.period import Period


class Taking:
    """How much of one source has been taken, and what the next one takes."""

    def __init__(self, period: Period, bonus: Differential, source: Source) -> None:
        self.period, self.bonus, self.source = period, bonus, source
        self.taken = Fraction(0)
        self.slots_taken = -1
        self.left = Fraction(0)
        if bonus.takes == "remaining" and bonus.total is not None:
            scope = of_receiver(source.buyer, order=source.order, buyer=source.buyer)
            self.left = period.amount(bonus.total, scope)

    def take(self, member: str) -> Fraction:
        """Let a member take his share of one unit of base."""
        scope = receiver_scope(member, self.source)
        how = "slots" if self.bonus.slots is not None else self.bonus.takes
        self.period.hits[f"differential {how}"] += 1
        if self.bonus.slots is not None:
            return self._slots(scope)
        assert self.bonus.share is not None
        share = self.period.amount(self.bonus.share, scope)
        if self.bonus.takes == "remaining":
            got = max(Fraction(0), min(self.left, share))
            self.left -= got
            return got
        got = max(Fraction(0), share - self.taken)
        self.taken += got
        return got

    def _slots(self, scope: Scope) -> Fraction:
        """Collect the slots of the member's rank and of every lower one not yet collected."""
        assert self.bonus.slots is not None
        table = choices.by_rank(self.period, self.bonus.slots, scope)
        if table is None or table.by is None:
            raise NotCovered("slots that are no table by a rank")
        rank = self.period.formula(table.by.node, scope)
        assert isinstance(rank, Standing)
        got = Fraction(0)
        for index in range(self.slots_taken + 1, rank.index + 1):
            entry = choices.entry_for(table, Standing(rank.ladder, index))
            got += self.period.amount(entry, scope) if entry is not None else 0
        self.slots_taken = max(self.slots_taken, rank.index)
        return got


def drafts(period: Period, name: str, bonus: Differential) -> list[Draft]:
    """Go up from each buyer and pay each upline what he takes."""
    return [
        draft
        for source in sources(period, bonus)
        for draft in _drafts_of(period, name, bonus, source)
    ]


def _drafts_of(period: Period, name: str, bonus: Differential, source: Source) -> Iterator[Draft]:
    taking = Taking(period, bonus, source)
    line = period.company.tree(bonus.tree).upwards(source.buyer)
    for distance, member in enumerate(line):
        if distance == 0 and bonus.buyer == "ignored":
            continue
        is_reached = distance >= bonus.from_level or (distance == 0 and bonus.buyer == "paid")
        if is_reached and pays(period, bonus, member):
            share = taking.take(member)
            yield Draft(
                receiver=member,
                bonus=_reported(period, name, bonus, source, distance),
                buyer=source.buyer,
                order=source.order,
                level=distance,
                amount=_amount(period, bonus, source, member, share),
            )
        elif _blocks(period, bonus, member):
            period.hits["differential blocked"] += 1
            taking.take(member)
        else:
            period.hits["differential skip"] += 1


def _blocks(period: Period, bonus: Differential, member: str) -> bool:
    """Say whether somebody who is not paid counts as having taken his share."""
    if bonus.blocks is not None:
        return period.rule(bonus.blocks, of_member(member))
    return pays(period, bonus, member)


def _amount(
    period: Period, bonus: Differential, source: Source, member: str, share: Fraction
) -> Fraction:
    if share == 0:
        return share
    scope = receiver_scope(member, source)
    units = [
        unit_of(period, bonus.base, "base"),
        unit_of(period, bonus.share or bonus.slots, "receiver"),
    ]
    amount = source.base * share
    if bonus.rate is not None:
        units.append(unit_of(period, bonus.rate, "receiver"))
        rate = period.value(bonus.rate, scope)
        amount *= number(rate if rate is not None else 0)
    return in_money(period, bonus, amount, units, scope)


def _reported(period: Period, name: str, bonus: Differential, source: Source, distance: int) -> str:
    """Give the name under which a line is reported."""
    part = bonus.own_part
    if isinstance(part, OwnPart):
        is_recruits = (
            distance == 1
            and part.recruits is not None
            and period.rule(part.recruits, of_member(source.buyer))
        )
        return part.name if distance == 0 or is_recruits else name
    return part if part is not None and distance == 0 else name
