"""The bonus kind level: levels with their five compressions, and generations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
from tests.reference.scope import Scope, number, of_member
from upline.compensation.plan.schema import Level

if TYPE_CHECKING:
    from tests.reference.period import Period


@dataclass(frozen=True, slots=True)
class Sight:
    """A receiver who sees a source on a level, past the members strictly between them."""

    receiver: str
    level: int
    between: tuple[str, ...]


def drafts(period: Period, name: str, bonus: Level) -> list[Draft]:
    """Pay each upline the rate of the level or generation on which he sees the source."""
    seen = [
        (sight, source)
        for source in sources(period, bonus, starts=bonus.starts)
        for sight in _sights(period, bonus, source)
    ]
    if bonus.lines == "per_head":
        seen = _per_head(period, bonus, seen)
    found = [_draft(period, name, bonus, sight, source) for sight, source in seen]
    return [draft for draft in found if draft is not None]


def _draft(period: Period, name: str, bonus: Level, sight: Sight, source: Source) -> Draft | None:
    scope = receiver_scope(sight.receiver, source)
    map_of_rates = bonus.levels or bonus.generations
    assert map_of_rates is not None
    rate = choices.at_level(period, map_of_rates, sight.level, scope)
    if not rate:
        return None
    units = [unit_of(period, bonus.base, "base"), unit_of(period, map_of_rates, "receiver")]
    amount = in_money(period, bonus, source.base * number(rate), units, scope)
    return Draft(
        receiver=sight.receiver,
        bonus=name,
        buyer=source.buyer,
        order=source.order,
        level=sight.level,
        amount=amount,
    )


def _sights(period: Period, bonus: Level, source: Source) -> Iterator[Sight]:
    """Give everybody who may be paid on a source, from the bottom up."""
    line = _line(period, bonus, source)
    sights = _rolled_up(period, bonus, source, line)
    if bonus.compression != "roll_up":
        sights = _counted(period, bonus, source, line)
    how = f"level {bonus.compression}"
    if bonus.generations is not None:
        how = f"level {bonus.head_belongs_to}"
    for sight in sights:
        if len(sight.between) + 1 >= bonus.from_level:
            period.hits[how] += 1
            yield sight
        else:
            period.hits["level skip: nearer than from_level"] += 1


def _line(period: Period, bonus: Level, source: Source) -> list[str]:
    """List those who stand above, up to and including the first who meets `stop_above`."""
    if source.start is None:
        return []
    stop = bonus.stop_above
    if stop is None:
        return list(period.company.tree(bonus.tree).upwards(source.start))
    if bonus.starts == "parent" and period.rule(stop, of_member(source.buyer)):
        return []
    line = []
    for upline in period.company.tree(bonus.tree).upwards(source.start):
        line.append(upline)
        if period.rule(stop, of_member(upline)):
            period.hits["level stop_above"] += 1
            break
    return line


def _is_qualified(period: Period, bonus: Level, member: str) -> bool:
    if bonus.counts is not None:
        return period.rule(bonus.counts, of_member(member))
    return pays(period, bonus, member)


def _counted(period: Period, bonus: Level, source: Source, line: list[str]) -> Iterator[Sight]:
    """Give each upline the level that follows from his place; see the table of compressions."""
    buyer_is_qualified = _is_qualified(period, bonus, source.buyer)
    if bonus.compression == "remove" and not buyer_is_qualified:
        return
    qualified_between = 0
    for place, upline in enumerate(line):
        is_qualified = _is_qualified(period, bonus, upline)
        if bonus.generations is not None:
            level = _generation(period, bonus, source, upline, line[:place])
        elif bonus.compression == "none":
            level = place + 1
        elif bonus.compression == "merge_up" and bonus.starts == "parent":
            level = max(1, int(buyer_is_qualified) + qualified_between)
        else:
            level = 1 + qualified_between
        is_paid = is_qualified and pays(period, bonus, upline)
        if is_paid and level <= _depth(period, bonus, receiver_scope(upline, source)):
            yield Sight(upline, level, tuple(line[:place]))
        else:
            period.hits["level skip: depth" if is_paid else "level skip: unqualified"] += 1
        qualified_between += is_qualified


def _rolled_up(period: Period, bonus: Level, source: Source, line: list[str]) -> Iterator[Sight]:
    """Offer level 1, 2, ... going up; who does not meet it is skipped."""
    offered = 1
    for place, upline in enumerate(line):
        is_met = pays(period, bonus, upline)
        if is_met and offered <= _depth(period, bonus, receiver_scope(upline, source)):
            yield Sight(upline, offered, tuple(line[:place]))
            offered += 1
        else:
            period.hits["level skip: rolled up"] += 1


def _depth(period: Period, bonus: Level, scope: Scope) -> Fraction:
    """Give the greatest level that a receiver is paid on."""
    if bonus.depth is None:
        return Fraction(choices.ENDLESS)
    if bonus.depth == "as_listed":
        map_of_rates = bonus.levels or bonus.generations
        assert map_of_rates is not None
        return Fraction(choices.deepest_listed(period, map_of_rates, scope))
    return period.amount(bonus.depth, scope)


def _is_head(period: Period, bonus: Level, member: str, receiver: str) -> bool:
    assert bonus.head is not None
    return period.rule(bonus.head, Scope(member=member, receiver=receiver))


def _heads(
    period: Period, bonus: Level, source: Source, receiver: str, between: list[str]
) -> list[str]:
    """List the heads that bound generations between a source and a receiver, nearest first."""
    way = list(between)
    if bonus.head_belongs_to == "generation_below" and bonus.starts == "parent":
        way = [source.buyer, *between]
    return [member for member in way if _is_head(period, bonus, member, receiver)]


def _generation(
    period: Period, bonus: Level, source: Source, receiver: str, between: list[str]
) -> int:
    heads = len(_heads(period, bonus, source, receiver, between))
    return heads if bonus.head_belongs_to == "generation_below" else heads + 1


def _per_head(
    period: Period, bonus: Level, seen: list[tuple[Sight, Source]]
) -> list[tuple[Sight, Source]]:
    """Add up, for each receiver, the volume below one head: the one nearest to the volume."""
    totals: dict[tuple[str, str, int], Fraction] = {}
    period.hits["level per_head"] += len(seen)
    for sight, source in seen:
        heads = _heads(period, bonus, source, sight.receiver, list(sight.between))
        head = heads[0] if heads else sight.receiver
        key = (sight.receiver, head, sight.level)
        totals[key] = totals.get(key, Fraction(0)) + source.base
    return [
        (Sight(receiver, level, ()), Source(buyer=head, base=base))
        for (receiver, head, level), base in totals.items()
    ]
