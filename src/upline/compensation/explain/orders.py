"""Why an order paid whom it paid: every line of it, who was passed over, and what it could pay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from upline.compensation.bonuses import own
from upline.compensation.bonuses.lines import Paid, Work, order_mask
from upline.compensation.columns import Members
from upline.compensation.decimals import exact_text
from upline.compensation.errors import InputRefused
from upline.compensation.explain.choices import not_chosen
from upline.compensation.explain.conditions import Condition, Conditions, shown
from upline.compensation.explain.facts import LineReason, Step
from upline.compensation.explain.lines import line_at
from upline.compensation.explain.paths import (
    LONGEST,
    LevelPaths,
    SharePaths,
    Visit,
    step_of,
)
from upline.compensation.explain.view import View, money_text, row_with_id
from upline.compensation.measures.evaluate import is_named, numbers, value
from upline.compensation.plan import schema
from upline.compensation.plan.schema import Words
from upline.compensation.result import Result

# Why a bonus paid nothing on an order.
NOTHING_ON_ORDER = ("orders", "sources", "requires", "no_base", "nobody", "nobody_paid")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFigure:
    """A field of the order or a value that the plan makes of it; of money also what share was paid."""

    name: str
    title: Words
    unit: str
    figure: str
    paid_share: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """What a member was paid on the order."""

    member: str
    line: LineReason


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBonus:
    """One bonus on the order: its lines, who was passed over, or why it paid nothing.

    `nothing` is '' or one of NOTHING_ON_ORDER, `condition` the one behind it. `ends_with` is the
    member above whom nobody is paid; `left_out` counts those of a long line who are not listed.
    """

    bonus: str
    kind: str
    title: Words
    clause: str
    is_own_part: bool
    amount: str
    lines: tuple[OrderLine, ...]
    passed_over: tuple[Step, ...] = ()
    left_out: int = 0
    ends_with: str = ""
    nothing: str = ""
    condition: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBudget:
    """What the order could pay at most, what of it was spent before, and what had to be cut."""

    most: str
    spent: str
    cut: str
    left: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReasons:
    """Everything that an order paid; `counted_in` are bonuses that add it up with others."""

    order: str
    member: str
    day: str
    plan: str
    first_day: str
    last_day: str
    currency: str
    figures: tuple[OrderFigure, ...]
    total: str
    bonuses: tuple[OrderBonus, ...]
    counted_in: tuple[str, ...]
    budget: OrderBudget | None = None


def order_reasons(result: Result, order: str) -> OrderReasons:
    """Explain one order. Raises InputRefused where the period of the run has none of that id."""
    return order_reasons_at(View.of(result), _place_of(result, order))


def order_reasons_at(view: View, place: int) -> OrderReasons:
    """Explain the order at a place of the run, in a view that is kept for many questions."""
    result, world = view.result, view.result.world
    parts = [(part, *_lines_of(view, part, place)) for part in result.paid]
    total = sum((amount for _, _, amount in parts), Fraction(0))
    day = shown(view.figures.order_scope.named("date"), place)
    by_order = [one for one in parts if one[1] or _is_by_order(view, view.work(one[0].bonus))]
    return OrderReasons(
        order=view.order_id(place),
        member=world.id_of(int(world.orders.member[place])),
        day=day,
        plan=world.plan.id,
        first_day=world.period.start.isoformat(),
        last_day=world.period.last_day.isoformat(),
        currency=view.file.currency,
        figures=tuple(_figures(view, place, total)),
        total=money_text(total, result.places),
        bonuses=tuple(_bonus(view, part, place, lines) for part, lines, _ in by_order),
        counted_in=tuple(_counted_in(view, place)),
        budget=_budget(view, place, total, [line for _, lines, _ in parts for line in lines]),
    )


def _place_of(result: Result, order: str) -> int:
    world = result.world
    row = row_with_id(world.order_ids, order)
    found = np.flatnonzero(world.orders.rows == row) if row >= 0 else np.zeros(0, np.int64)
    in_period = world.orders.in_period
    if not len(found) or (in_period is not None and not in_period[int(found[0])]):
        problem = f"There is no order '{order}' in the period of this run."
        remedy = "Give an id from the orders file, exactly as it is written there."
        raise InputRefused.because("explain.order", problem, remedy)
    return int(found[0])


def _lines_of(view: View, part: Paid, order: int) -> tuple[tuple[OrderLine, ...], Fraction]:
    """Give what a bonus paid on an order, the nearest receiver first, and the sum of it."""
    if part.lines is None:
        return (), Fraction(0)
    lines = part.lines
    rows = np.flatnonzero(lines.order == order)
    rows = rows[np.lexsort((lines.receiver[rows], lines.level[rows]))]
    work = view.work(part.bonus)
    found = tuple(
        OrderLine(
            member=view.world.id_of(int(lines.receiver[row])), line=line_at(view, work, part, row)
        )
        for row in rows.tolist()
    )
    return found, Fraction(int(lines.amount[rows].sum()), 10**part.places)


def _is_by_order(view: View, work: Work) -> bool:
    """Say whether a bonus has lines that come from single orders."""
    bonus = work.bonus
    if not isinstance(bonus, schema.Own | schema.Level | schema.Differential):
        return False
    base = bonus.base
    is_of_orders = base is None or view.typing.base_context(base) == "order"
    return bonus.lines == "per_order" and is_of_orders


def _figures(view: View, order: int, total: Fraction) -> Iterator[OrderFigure]:
    file = view.file
    scope = view.figures.order_scope
    for name in (*file.orders, *file.order_values):
        unit = view.world.plan.names.order[name].partition(":")[0]
        column = scope.named(name)
        figure = shown(column, order)
        if isinstance(column, Members):
            named = column.at(order)
            figure = view.world.id_of(named) if named >= 0 else ""
        part = file.order_values.get(name)
        share = ""
        if unit == "money" and Fraction(figure) > 0:
            share = exact_text(total / Fraction(figure))
        title = part.title if part is not None else ""
        yield OrderFigure(name=name, title=title, unit=unit, figure=figure, paid_share=share)


def _counted_in(view: View, order: int) -> Iterator[str]:
    for name, bonus in view.file.bonuses.items():
        base = getattr(bonus, "base", None)
        work = view.work(name)
        if base is None or view.typing.base_context(base) != "order" or _is_by_order(view, work):
            continue
        mask = order_mask(work)
        if (mask is None or mask[order]) and _base(view, work, order):
            yield name


def _base(view: View, work: Work, order: int) -> Fraction:
    if work.bonus.base is None:
        return Fraction(1)
    return numbers(value(work.bonus.base, view.figures.order_scope)).at(order)


def _budget(view: View, order: int, total: Fraction, lines: list[OrderLine]) -> OrderBudget | None:
    budget, scope = view.file.budget, view.figures.order_scope
    if budget is None:
        return None
    if not np.broadcast_to(is_named(budget.most, scope), (scope.size,))[order]:
        return None
    most = numbers(value(budget.most, scope)).at(order)
    spent = Fraction(0)
    if budget.spent is not None:
        spent = numbers(value(budget.spent, scope)).at(order)
    cut = sum(
        (Fraction(one.amount) for line in lines for one in line.line.cuts if one.step == "budget"),
        Fraction(0),
    )
    return OrderBudget(
        most=exact_text(most),
        spent=exact_text(spent),
        cut=exact_text(cut),
        left=exact_text(most - spent - total),
    )


# One bonus


def _bonus(view: View, part: Paid, order: int, lines: tuple[OrderLine, ...]) -> OrderBonus:
    work = view.work(part.bonus)
    is_own_part = part.bonus != work.name
    amount = sum((Fraction(one.line.amount) for one in lines), Fraction(0))
    found = OrderBonus(
        bonus=part.bonus,
        kind=work.bonus.kind,
        title=work.bonus.title,
        clause=work.bonus.clause,
        is_own_part=is_own_part,
        amount=money_text(amount, part.places),
        lines=lines,
    )
    if not is_own_part and isinstance(work.bonus, schema.Level | schema.Differential):
        found = _with_walk(view, work, order, found)
    return found if lines else _with_reason(view, work, order, found)


def _with_walk(view: View, work: Work, order: int, found: OrderBonus) -> OrderBonus:
    """Add who stands above the buyer and was not paid, up to whom anybody could have been."""
    buyer = int(view.world.orders.member[order])
    if not _counts(view, work, order):
        return found
    start, visits = _visits(view, work, buyer, order)
    paid = {one.member for one in found.lines}
    steps: list[Step] = []
    seen = 0
    for visit in visits:
        seen += 1
        if visit.outcome == "stopped":
            return replace(found, passed_over=tuple(steps), ends_with=_stopper(view, work, start))
        if visit.outcome in ("beyond", "not_a_source"):
            break
        if view.world.id_of(visit.position) in paid:
            continue
        if len(steps) == LONGEST:
            above = int(view.distances(work)[start])
            return replace(found, passed_over=tuple(steps), left_out=max(above - seen + 1, 1))
        steps.append(_unpaid(view, work, found.bonus, visit))
    return replace(found, passed_over=tuple(steps))


def _visits(view: View, work: Work, buyer: int, order: int) -> tuple[int, Iterator[Visit]]:
    """Give the place from which the line of an order goes up, and everybody on it."""
    if isinstance(work.bonus, schema.Differential):
        start = view.place(work, buyer)
        return start, SharePaths.of(view, work).uplines(start, buyer)
    paths = LevelPaths.of(view, work)
    start = paths.start_of(buyer, order)
    return start, paths.uplines(start, buyer) if start >= 0 else iter(())


def _unpaid(view: View, work: Work, name: str, visit: Visit) -> Step:
    """Say why somebody has no line though he stands above the buyer."""
    step = step_of(view, work, visit)
    if step.is_passed_over:
        return step
    gates = [one for one in view.file.legal.values() if one.otherwise == "pay_nothing"]
    failed = tuple(leaf for gate in gates for leaf in view.failed(gate.needs, visit.position))
    if visit.outcome != "paid":
        return replace(step, is_passed_over=True, why=visit.outcome)
    if failed:
        return replace(step, is_passed_over=True, why="gate", failed=failed)
    is_left = not_chosen(view, name, visit.position) is not None
    return replace(step, is_passed_over=True, why="not_chosen" if is_left else "too_small")


def _stopper(view: View, work: Work, start: int) -> str:
    """Give the nearest member with whom payment up the line ends, the start included."""
    walk = LevelPaths.of(view, work).walk
    place = start
    while not walk.stops[place]:
        place = int(work.forest.parent[place])
    return view.world.id_of(view.position(work, place))


def _counts(view: View, work: Work, order: int) -> bool:
    mask = order_mask(work)
    if mask is not None and not mask[order]:
        return False
    return bool(_base(view, work, order))


def _with_reason(view: View, work: Work, order: int, found: OrderBonus) -> OrderBonus:
    """Say why a bonus paid nothing on an order."""
    bonus = work.bonus
    buyer = int(view.world.orders.member[order])
    if getattr(bonus, "orders", None) is not None:
        of_order = Conditions(view.figures.order_scope, view.file, view.typing, "order")
        condition = of_order.held(bonus.orders, order)
        if not condition.holds:
            return replace(found, nothing="orders", condition=condition)
    if getattr(bonus, "sources", None) is not None:
        condition = view.held(bonus.sources, buyer)
        if not condition.holds:
            return replace(found, nothing="sources", condition=condition)
    if not _base(view, work, order):
        return replace(found, nothing="no_base")
    if isinstance(bonus, schema.Own):
        return _no_own_line(view, work, order, found)
    if found.is_own_part:
        condition = view.held(bonus.requires, buyer)
        if not condition.holds:
            return replace(found, nothing="requires", condition=condition)
        return replace(found, nothing="nobody_paid")
    return replace(found, nothing="nobody_paid" if found.passed_over else "nobody")


def _no_own_line(view: View, work: Work, order: int, found: OrderBonus) -> OrderBonus:
    groups, all_events = view.once(("groups", work.name), lambda: own.groups_of(work))
    mine = np.flatnonzero(groups.order == order)
    if not len(mine):
        return replace(found, nothing="nobody")
    scope = own.scope_of(work, groups.taken(mine), all_events)
    condition = Conditions(scope, view.file, view.typing, "receiver").held(work.bonus.requires, 0)
    if not condition.holds:
        return replace(found, nothing="requires", condition=condition)
    return replace(found, nothing="nobody_paid")
