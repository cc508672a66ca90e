"""Where in the plan each factor of a line is written: bonus, field, row, version and clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from upline.compensation.bonuses import own
from upline.compensation.bonuses.award import ladder_of
from upline.compensation.bonuses.lines import Work
from upline.compensation.bonuses.stairstep import GroupSteps, group_steps
from upline.compensation.columns import Codes
from upline.compensation.explain.facts import LineReason, Origin
from upline.compensation.explain.rows import Spot, followed
from upline.compensation.explain.view import View
from upline.compensation.measures.evaluate import Scope
from upline.compensation.measures.scopes import AssumingScope, LineScope
from upline.compensation.plan import schema
from upline.compensation.plan import values as written


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Of which receiver, buyer, order and level a line is, -1 where there is none."""

    receiver: int
    buyer: int
    order: int
    level: int


_Field = tuple[str, str, written.Value | None, Spot]


def origins_of(view: View, work: Work, line: LineReason, source: Source) -> tuple[Origin, ...]:
    """Give for each factor of a line where the plan says it; the rounding comes last."""
    found = [
        _written(view, _bare(work, factor, field), part, spot)
        for factor, field, part, spot in _fields(view, work, line, source)
        if part is not None
    ]
    return (*found, _rounding(view, work))


def wallet_origin(view: View, name: str, position: int) -> Origin:
    """Say where the share of a wallet is written."""
    wallet = view.file.wallets[name]
    scope = LineScope(view.figures, np.asarray([position]), np.asarray([position]))
    bare = Origin(factor="share", of="wallet", name=name, field="share", clause=wallet.clause)
    return _written(view, bare, wallet.share, Spot(scope, 0))


def _fields(view: View, work: Work, line: LineReason, source: Source) -> Iterator[_Field]:
    bonus, spot = work.bonus, Spot(_scope_of(work, source), 0)
    if not line.left_to:
        yield from _of_kind(view, work, line, source, spot)
    if line.point_value:
        yield "point_value", "point_value", bonus.point_value, spot
        if bonus.point_value is None:
            yield "point_value", "plan point_value", view.file.point_value, spot
    if line.uncut:
        yield "uncut", "cap", bonus.cap, spot


def _of_kind(
    view: View, work: Work, line: LineReason, source: Source, spot: Spot
) -> Iterator[_Field]:
    bonus = work.bonus
    base = _base_spot(view, work, source, spot)
    match bonus:
        case schema.Own():
            yield "base", "amount", bonus.amount, spot
            if bonus.amount is None:
                yield "base", "base", bonus.base, base
                yield "rate", "rate", bonus.rate, spot
        case schema.Level():
            yield "base", "base", bonus.base, base
            word, part = "level", bonus.levels
            if part is None:
                word, part = "generation", bonus.generations
            field = f"{word}s"
            yield "rate", field, part, Spot(spot.scope, 0, source.level, word)
        case schema.Differential():
            yield "base", "base", bonus.base, base
            yield "rate", "share", bonus.share, spot
            yield "rate", "slots", bonus.slots, spot
            yield "rate", "rate", bonus.rate, spot
        case schema.Stairstep():
            yield "base", "base", bonus.base, base
            yield from _of_group(view, work, source, spot)
        case schema.Binary():
            yield "base", "base", bonus.base, base
            yield from _of_legs(bonus, line, spot)
        case schema.Pool():
            yield "fund", "fund", bonus.fund, spot
            yield "shares", "shares", bonus.shares, spot
        case schema.Award():
            yield "base", "amount", bonus.amount, _award_spot(view, work, line, source, spot)
        case schema.Breakaway():
            yield "base", "base", bonus.base, base
            yield "rate", "rate", bonus.rate, spot
            if line.guaranteed:
                yield "guaranteed", "guarantee", bonus.guarantee, spot
        case schema.Board():
            yield "base", "pay", bonus.pay, spot


def _of_group(view: View, work: Work, source: Source, spot: Spot) -> Iterator[_Field]:
    """Give the rate of the whole group, or that of a group below the first step."""
    steps: GroupSteps = view.once(("steps", work.name), lambda: group_steps(work))
    below = work.bonus.below_first_step
    if below is not None and steps.low_rate.at(source.receiver):
        yield "rate", "below_first_step", below.rate, spot
    else:
        yield "rate", "rate", work.bonus.rate, spot


def _of_legs(bonus: schema.Binary, line: LineReason, spot: Spot) -> Iterator[_Field]:
    if bonus.steps is not None:
        yield "base", "steps", bonus.steps[int(line.step) - 1].pay, spot
    elif line.is_two_to_one and bonus.two_to_one is not None:
        yield "rate", "two_to_one", bonus.two_to_one.rate, spot
    else:
        yield "rate", "rate", bonus.rate, spot
        yield "rate", "per_cycle", bonus.per_cycle, spot


def _award_spot(view: View, work: Work, line: LineReason, source: Source, spot: Spot) -> Spot:
    """Let the member hold the rank that an award is for."""
    if not line.rank:
        return spot
    ladders = view.world.plan.names.ranks
    named = ladder_of(work.bonus.amount, ladders)
    labels = ladders[named]
    held = Codes(np.asarray(labels.index(line.rank)), labels, is_ranked=True)
    everybody = np.broadcast_to(held.values, (len(view.world),))
    assumed = {named: held.with_values(everybody)}
    return Spot(AssumingScope(view.figures, assumed), source.receiver)


def _scope_of(work: Work, source: Source) -> Scope:
    """Give the scope in which the rate of one line was computed."""
    receiver, buyer = np.asarray([source.receiver]), np.asarray([max(source.buyer, 0)])
    order = np.asarray([source.order]) if source.order >= 0 else None
    if not isinstance(work.bonus, schema.Own) or work.bonus.lines in ("per_order", "per_period"):
        return LineScope(work.figures, receiver, buyer, order)
    groups, all_events = own.groups_of(work)
    same = (groups.receiver == source.receiver) & (groups.buyer == source.buyer)
    same &= groups.order == source.order
    rows = np.flatnonzero(same)[:1]
    return own.scope_of(work, groups.taken(rows), all_events)


def _base_spot(view: View, work: Work, source: Source, spot: Spot) -> Spot:
    """Give the order that a line comes from, or whose figure it is paid on."""
    base = getattr(work.bonus, "base", None)
    if base is None:
        return spot
    if view.typing.base_context(base) == "order":
        return Spot(view.figures.order_scope, source.order)
    whose = np.asarray([source.buyer if source.buyer >= 0 else source.receiver])
    return Spot(LineScope(view.figures, whose, whose), 0)


def _bare(work: Work, factor: str, field: str) -> Origin:
    """Name a field of a bonus, or with 'plan' before it one of the whole plan."""
    if field.startswith("plan "):
        return Origin(factor=factor, of="plan", name="", field=field.removeprefix("plan "))
    inner = getattr(work.bonus, field)
    clause = inner.clause if isinstance(inner, schema.Part) else ""
    clause = clause or work.bonus.clause
    return Origin(factor=factor, of="bonus", name=work.name, field=field, clause=clause)


def _written(view: View, bare: Origin, part: written.Value, spot: Spot) -> Origin:
    """Add to where a factor is written the way to it, its day, its clause and its line."""
    if spot.row < 0:
        # Many orders added up: no row of one of them stands for all.
        text = part.text if isinstance(part, written.Formula) else ""
        return replace(bare, formula=text, line=written.place_of_value(part).line)
    found = followed(part, spot, view.file, view.typing)
    return replace(
        bare,
        rows=tuple(found.rows),
        formula=found.formula,
        since=found.since,
        clause=found.clause or bare.clause,
        line=found.line,
    )


def _rounding(view: View, work: Work) -> Origin:
    """Say where it is written how a line is rounded."""
    own_rule = work.bonus.rounding
    rule = view.file.rounding if own_rule is None else own_rule
    return Origin(
        factor="rounding",
        of="plan" if own_rule is None else "bonus",
        name="" if own_rule is None else work.name,
        field="rounding",
        formula=f"{rule.places} {rule.mode}",
        clause=rule.clause,
        line=rule.place.line,
    )
