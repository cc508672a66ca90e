"""Pay for bringing people in where nobody has bought anything."""

from __future__ import annotations

from collections.abc import Iterator

from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.load import Plan
from upline.compensation.plan.parts import nodes_of, parts_of, slots_of
from upline.compensation.plan.review.finding import Finding
from upline.compensation.plan.review.ranges import Ranges
from upline.compensation.plan.review.reaching import ladders, ranges_of
from upline.compensation.plan.units import Typing

# What tells that members are counted, or that somebody is new.
_HEADS = {"recruits", "downline", "team", "legs", "leg", "legs_from", "legs_sum", "left", "right"}
_NEW = {"joined", "joined_in_period"}


def recruiting_findings(plan: Plan) -> Iterator[Finding]:
    """Find bonuses that pay though no order is or ever was in the world, by who was brought in."""
    for name, bonus in paid_without_sales(plan).items():
        if _asks_for_recruits(bonus, plan):
            yield Finding("recruiting_pay", bonus.place, (("what", name),))


def paid_without_sales(plan: Plan) -> dict[str, schema.Bonus]:
    """Give the bonuses that can pay in a world without any order, then or before."""
    paid: dict[str, schema.Bonus] = {}
    for _ in range(len(plan.file.bonuses) + 1):
        unpaid = frozenset(set(plan.names.bonuses) - set(paid))
        ranges = ranges_of(plan, has_sales=False, unpaid=unpaid)
        found: dict[str, schema.Bonus] = {
            name: bonus for name, bonus in plan.file.bonuses.items() if _pays(bonus, ranges)
        }
        if found.keys() == paid.keys():
            break
        paid = found
    return paid


def _pays(bonus: schema.Bonus, ranges: Ranges) -> bool:
    if not ranges.is_possible([(bonus.requires, True)]):
        return False
    match bonus:
        case schema.Pool():
            # Its fund may well come from sales: what counts is that it is shared out by heads.
            return _is_above(bonus.shares, ranges)
        case schema.Award():
            return _is_above(bonus.amount, ranges)
        case schema.Own(amount=amount) if bonus.base is None and amount is not None:
            return False
        case schema.Sourced(base=base, sources=sources) if base is not None:
            is_of_orders = Typing(ranges.names).base_context(base) == "order"
            can_come = sources is None or ranges.is_possible([(sources, True)])
            rates = [
                getattr(bonus, one, None) for one in ("levels", "generations", "rate", "share")
            ]
            rates += [getattr(bonus, "slots", None)]
            has_rate = any(_is_above(rate, ranges) for rate in rates if rate is not None)
            return not is_of_orders and can_come and has_rate and _is_above(base, ranges)
        case schema.Binary(base=base) if base is not None:
            is_of_orders = Typing(ranges.names).base_context(base) == "order"
            return not is_of_orders and _is_above(base, ranges)
    return False


def _is_above(value: values.Value, ranges: Ranges) -> bool:
    high = ranges.value(value).high
    return high is None or high > 0


def _asks_for_recruits(bonus: schema.Bonus, plan: Plan) -> bool:
    """Say whether a bonus hangs on people below or on joining, through measures and ranks too."""
    if isinstance(bonus, schema.Level | schema.Binary):
        return True
    waiting = [content for part in parts_of(bonus) for _, content, _ in slots_of(part)]
    needs = {name: [rank.needs for rank in ladder] for name, ladder in ladders(plan.file)}
    needs["title"] = needs.get("rank", [])
    seen: set[str] = set()
    while waiting:
        for node in nodes_of(waiting.pop()):
            if isinstance(node, formula.Call) and node.function in _HEADS:
                return True
            if not isinstance(node, formula.Name) or node.name in seen:
                continue
            seen.add(node.name)
            if node.name in _NEW:
                return True
            if node.name in plan.file.measures:
                waiting.append(plan.file.measures[node.name].value)
            waiting.extend(needs.get(node.name, []))
    return False
