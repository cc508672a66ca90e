"""Why a bonus paid a member nothing: found by the rules that would have paid him."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from upline.compensation.bonuses import award, own, stairstep
from upline.compensation.bonuses.lines import Work
from upline.compensation.columns import Codes, Numbers
from upline.compensation.decimals import exact_text
from upline.compensation.explain.boards import no_board
from upline.compensation.explain.choices import no_choice, not_chosen
from upline.compensation.explain.conditions import Conditions
from upline.compensation.explain.facts import Nothing
from upline.compensation.explain.legs import no_match
from upline.compensation.explain.overrides import no_override
from upline.compensation.explain.paths import LevelPaths, SharePaths, Visit, share_unit
from upline.compensation.explain.view import View, end_of_group
from upline.compensation.measures.evaluate import numbers, value
from upline.compensation.plan import schema
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import Name, text_of

_MOST_NAMED = 5


def why_nothing(view: View, work: Work, name: str, position: int) -> Nothing:
    """Say why `name`, a bonus or the own part of one, paid nothing to a member."""
    found = _gate(view, position) or not_chosen(view, name, position)
    if found is not None:
        return found
    bonus = work.bonus
    if isinstance(bonus, schema.Own):
        return _no_own(view, work, position)
    lapsed = _lapsed(view, work, position) if isinstance(bonus, schema.Award) else None
    if lapsed is not None:
        return lapsed
    condition = view.held(bonus.requires, position)
    if not condition.holds:
        return Nothing(code="requires", condition=condition)
    match bonus:
        case schema.Level():
            return _no_level(view, work, position)
        case schema.Stairstep():
            return _no_stairstep(view, work, name, position)
        case schema.Differential():
            return _no_differential(view, work, name, position)
        case schema.Binary():
            return no_match(view, work, position)
        case schema.Pool():
            return _no_pool(view, work, position)
        case schema.Award(once="per_rank"):
            return _no_rank_award(view, work, position)
        case schema.Award():
            return _no_award(view, work, position)
        case schema.Breakaway():
            return no_override(view, work, position)
        case schema.Board():
            return no_board(view, work, position)
        case schema.BestOf():
            return no_choice(view, name, position)
    raise AssertionError(bonus)


def _gate(view: View, position: int) -> Nothing | None:
    """Give the legal condition that a member fails, if there is one."""
    for gate in view.file.legal.values():
        if gate.otherwise == "pay_nothing":
            condition = view.held(gate.needs, position)
            if not condition.holds:
                return Nothing(code="gate", condition=condition, facts={"clause": gate.clause})
    return None


def _no_rate(view: View, position: int, code: str = "no_rate") -> Nothing:
    return Nothing(code=code, facts={"rank": view.rank_of(position)})


# The own orders


def _no_own(view: View, work: Work, position: int) -> Nothing:
    groups, all_events = view.once(("groups", work.name), lambda: own.groups_of(work))
    mine = np.flatnonzero(groups.receiver == position)
    if not len(mine):
        return _no_orders(view, work, position)
    chosen = groups.taken(mine)
    scope = own.scope_of(work, chosen, all_events)
    conditions = Conditions(scope, view.file, view.typing, "receiver")
    outcomes = [conditions.held(work.bonus.requires, row) for row in range(len(mine))]
    if not any(condition.holds for condition in outcomes):
        return Nothing(code="requires", condition=outcomes[0])
    return _no_rate(view, position)


def _no_orders(view: View, work: Work, position: int) -> Nothing:
    bonus = work.bonus
    if bonus.negative is not None:
        left = view.figures.carries.get(f"{work.name} balance")
        if isinstance(left, Numbers) and left.at(position) < 0:
            return Nothing(
                code="balance",
                facts={"balance": exact_text(left.at(position)), "unit": _base_unit(view, work)},
            )
    is_of_orders = bonus.base is None or view.typing.base_context(bonus.base) == "order"
    if bonus.to == "member" and is_of_orders and bonus.orders is not None:
        count = _orders_between(view, position, position + 1)
        if count:
            return Nothing(code="orders", facts=_orders(bonus.orders, count))
    return Nothing(code="no_orders", facts={"base": _base(work)})


def _base_unit(view: View, work: Work) -> str:
    base = work.bonus.base
    return view.typing.value(base, view.typing.base_context(base)) if base is not None else "money"


def _orders_between(view: View, first: int, end: int) -> int:
    """Count the orders of the period that members at these positions gave."""
    orders = view.world.orders
    low, high = int(orders.starts[first]), int(orders.starts[end])
    if orders.in_period is None:
        return high - low
    return int(np.count_nonzero(orders.in_period[low:high]))


def _orders(rule: written.Rule, count: int) -> dict[str, str]:
    texts = [text_of(one.node) for one in written.formulas_of(rule)]
    joint = " or " if isinstance(rule, written.AnyOf) else " and "
    return {"count": str(count), "condition": joint.join(texts)}


def _base(work: Work) -> str:
    base = getattr(work.bonus, "base", None)
    return text_of(base.node) if isinstance(base, written.Formula) else ""


# Up the line


def _no_volume(view: View, work: Work, position: int) -> Nothing:
    bonus = work.bonus
    if bonus.orders is not None and work.forest is view.world.forest:
        end = end_of_group(view.world.forest.parent, position)
        count = _orders_between(view, position + 1, end)
        if count:
            return Nothing(code="orders_below", facts=_orders(bonus.orders, count))
    return Nothing(code="no_volume", facts={"base": _base(work)})


def _buyer_from(view: View, work: Work, place: int) -> tuple[int, int]:
    """Give the buyer and the order of the first source that starts from a place."""
    sources = view.sources(work)
    low, high = int(sources.starts[place]), int(sources.starts[place + 1])
    first = low + int(np.flatnonzero(sources.base.values[low:high])[0])
    return int(sources.buyer[first]), int(sources.order[first])


def _no_level(view: View, work: Work, position: int) -> Nothing:
    below = view.starts_below(work, position)
    if not len(below):
        return _no_volume(view, work, position)
    paths = LevelPaths.of(view, work)
    buyer, _ = _buyer_from(view, work, int(below[0]))
    before: list[Visit] = []
    for visit in paths.uplines(int(below[0]), buyer):
        if visit.position == position:
            return _level_outcome(view, paths, buyer, visit, before)
        before.append(visit)
    raise AssertionError(position)


def _level_outcome(
    view: View, paths: LevelPaths, buyer: int, visit: Visit, before: list[Visit]
) -> Nothing:
    bonus = paths.work.bonus
    facts = {
        "buyer": view.world.id_of(buyer),
        "level": str(visit.level),
        "rank": view.rank_of(visit.position),
    }
    code = {"depth": "beyond", "no_rate": "no_level_rate"}.get(visit.outcome, visit.outcome)
    if code == "requires":
        condition = view.held(bonus.counts, visit.position)
        return Nothing(code="requires", condition=condition)
    if code in ("beyond", "no_level_rate"):
        code, end = "beyond", paths.deepest_paid(visit.position)
        if end == 0:
            return _no_rate(view, visit.position)
        if end is None or end >= visit.level:
            return Nothing(code="no_level_rate", facts=facts)
        facts["paid_levels"] = str(end)
        takers = [one for one in before if one.outcome == "paid"]
        if bonus.compression == "roll_up" and takers:
            facts["takers"] = ", ".join(
                f"{view.world.id_of(one.position)} ({one.level})" for one in takers[-_MOST_NAMED:]
            )
    elif code == "stopped":
        facts["member"] = view.world.id_of(_stopper(view, paths, buyer, before))
    elif code == "near":
        facts["from_level"] = str(bonus.from_level)
    elif code == "paid":
        code = "too_small"
    return Nothing(code=code, facts=facts)


def _stopper(view: View, paths: LevelPaths, buyer: int, before: list[Visit]) -> int:
    for visit in before:
        if paths.walk.stops[view.place(paths.work, visit.position)]:
            return visit.position
    return buyer


def _no_differential(view: View, work: Work, name: str, position: int) -> Nothing:
    paths = SharePaths.of(view, work)
    if paths.share.at(position) <= 0:
        return _no_rate(view, position)
    if name != work.name:
        return Nothing(code="no_orders", facts={"base": _base(work)})
    below = view.starts_below(work, position)
    if not len(below):
        return _no_volume(view, work, position)
    buyer, _ = _buyer_from(view, work, int(below[0]))
    takers: list[Visit] = []
    for visit in paths.uplines(int(below[0]), buyer):
        if visit.position == position:
            break
        if visit.took:
            takers.append(visit)
    facts = {
        "buyer": view.world.id_of(buyer),
        "share": exact_text(paths.share.at(position)),
        "unit": share_unit(view, work),
    }
    if visit.outcome == "near":
        facts |= {"level": str(visit.level), "from_level": str(work.bonus.from_level)}
        return Nothing(code="near", facts=facts)
    if not takers:
        return Nothing(code="too_small", facts=facts)
    last = takers[-1]
    facts |= {"taker": view.world.id_of(last.position), "taken": exact_text(last.share)}
    return Nothing(code="taken", facts=facts)


# Groups


def _no_stairstep(view: View, work: Work, name: str, position: int) -> Nothing:
    steps = view.once(("steps", work.name), lambda: stairstep.group_steps(work))
    is_own = name != work.name
    if not (steps.rate.at(position) or steps.low_rate.at(position)):
        return _below_step(view, work, position)
    if is_own:
        count = _orders_between(view, position, position + 1)
        if count and work.bonus.orders is not None and not steps.own.at(position):
            return Nothing(code="orders", facts=_orders(work.bonus.orders, count))
        return Nothing(code="no_orders", facts={"base": _base(work)})
    parent = stairstep.parents(work)
    recruits = np.flatnonzero(parent == position)
    groups = [int(one) for one in recruits if steps.group.at(int(one))]
    if not groups:
        return _no_volume(view, work, position)
    groups.sort(key=lambda one: -steps.group.at(one))
    rate = steps.rate.at(position) + steps.low_rate.at(position)
    facts = {
        "rate": exact_text(rate),
        "unit": "ratio",
        "takers": ", ".join(view.world.id_of(one) for one in groups[:_MOST_NAMED]),
    }
    return Nothing(code="taken_by_groups", facts=facts)


def _below_step(view: View, work: Work, position: int) -> Nothing:
    part = work.bonus.rate
    if isinstance(part, written.Formula) and isinstance(part.node, Name):
        measure = view.file.measures.get(part.node.name)
        part = measure.value if measure is not None else part
    if not isinstance(part, written.Scale):
        return _no_rate(view, position)
    scope = view.figures.member_scope
    have = numbers(value(part.of, scope)).at(position)
    first = next((written.constant(s.node) for s, rate in part.steps if not _is_zero(rate)), None)
    if first is None or have >= first:
        return _no_rate(view, position)
    facts = {
        "name": text_of(part.of.node),
        "unit": view.typing.formula(part.of.node, "member"),
        "have": exact_text(have),
        "need": exact_text(first),
        "missing": exact_text(first - have),
    }
    return Nothing(code="below_step", facts=facts)


def _is_zero(rate: written.Value) -> bool:
    return isinstance(rate, written.Formula) and getattr(rate.node, "value", None) == 0


# Pools and awards


def _no_pool(view: View, work: Work, position: int) -> Nothing:
    bonus, scope = work.bonus, view.figures.member_scope
    if not numbers(value(bonus.shares, scope)).at(position):
        return _no_rate(view, position, "no_share")
    fund = numbers(value(bonus.fund, scope))
    owner = position
    if bonus.among == "recruits":
        owner = int(stairstep.parents(work)[position])
    exact = fund.at(owner) if owner >= 0 else Fraction(0)
    return Nothing(code="too_small" if exact else "no_fund")


def _lapsed(view: View, work: Work, position: int) -> Nothing | None:
    """Say that instalments of an earlier award are lost, where they are."""
    spec = work.bonus.instalments
    if spec is None or spec.holds_while is None:
        return None
    known = view.world.plan.names.ranks
    ranks: tuple[str, ...] = ("",)
    if work.bonus.once == "per_rank":
        ranks = known[award.ladder_of(work.bonus.amount, known)]
    keys = [
        award.instalment_key(work.name, paid, rank)
        for paid in range(1, spec.count)
        for rank in ranks
    ]
    if not any(position in view.world.carried.get(key, {}) for key in keys):
        return None
    condition = view.held(spec.holds_while, position)
    return None if condition.holds else Nothing(code="lapsed", condition=condition)


def _not_long(view: View, work: Work, position: int, rank: str = "") -> Nothing | None:
    """Say that what is asked for has not held for long enough, where that is so."""
    need = work.bonus.hold
    row = view.figures.carries.get(award.hold_key(work.name, rank))
    have = int(row.at(position)) if isinstance(row, Numbers) else need
    if have >= need:
        return None
    facts = {"have": str(have), "need": str(need), "missing": str(need - have)}
    return Nothing(code="not_long", facts=facts)


def _no_rank_award(view: View, work: Work, position: int) -> Nothing:
    ladder = award.ladder_of(work.bonus.amount, view.world.plan.names.ranks)
    ladder = "rank" if ladder == "title" else ladder
    column = view.figures.member_scope.named(ladder)
    assert isinstance(column, Codes)
    rank = column.spread(len(view.world))
    before = award.awarded_before(work, ladder, rank)
    facts = {"rank": str(rank.at(position) or "")}
    is_new = int(rank.values[position]) > int(before[position])
    waiting = _not_long(view, work, position, facts["rank"]) if is_new else None
    if waiting is not None:
        return waiting
    return Nothing(code="no_award" if is_new else "no_new_rank", facts=facts)


def _no_award(view: View, work: Work, position: int) -> Nothing:
    waiting = _not_long(view, work, position)
    if waiting is not None:
        return waiting
    if work.bonus.once == "ever":
        carried = view.world.carried.get(f"{work.name} awarded", {})
        if position in carried:
            return Nothing(code="awarded")
    return _no_rate(view, position)
