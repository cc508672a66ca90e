"""What became of the two legs of a member, and why nothing of them was matched."""

from __future__ import annotations

from fractions import Fraction

from upline.compensation.bonuses import binary
from upline.compensation.bonuses.lines import Paid, Work
from upline.compensation.columns import Numbers
from upline.compensation.decimals import exact_text
from upline.compensation.explain.facts import LegReason, LineReason, Nothing
from upline.compensation.explain.view import View, money_text
from upline.compensation.genealogy.binary import SIDES
from upline.compensation.plan.legs import unit_of


def _matching(view: View, work: Work) -> binary.Matching:
    found: binary.Matching = view.once(("matching", work.name), lambda: binary.match(work))
    return found


def leg_reasons(view: View, work: Work, position: int) -> tuple[LegReason, ...]:
    """Give what became of each leg, nothing where there was never any volume."""
    matching = _matching(view, work)
    found = []
    for side, leg in zip(SIDES, (matching.left, matching.right), strict=True):
        figures = {
            name: exact_text(int(column[position]) * matching.unit)
            for name, column in (
                ("carried", leg.carried),
                ("new", leg.new),
                ("used", leg.used),
                ("kept", leg.carry),
                ("flushed", leg.flushed),
            )
        }
        found.append(LegReason(side=side, unit=unit_of(work.bonus, view.typing), **figures))
    has_any = any(Fraction(text) for leg in found for text in (leg.carried, leg.new))
    return tuple(found) if has_any else ()


def leg_line(view: View, work: Work, part: Paid, row: int) -> LineReason:
    """Explain a line of a binary bonus; it comes from no single buyer or order."""
    lines = part.lines
    assert lines is not None
    receiver, step = int(lines.receiver[row]), int(lines.level[row])
    is_two = bool(_matching(view, work).is_two[receiver])
    unit = unit_of(work.bonus, view.typing)
    if work.bonus.steps is not None:
        unit = "money"
    elif work.bonus.per_cycle is not None and not is_two:
        unit = "count"
    rate = lines.rate.at(row)
    worth = view.once(("worth", work.name), work.point_value) if unit == "points" else None
    point_value = worth.at(receiver) if worth is not None else None
    return LineReason(
        order=None,
        buyer=None,
        level=None,
        base=exact_text(lines.base.at(row)),
        base_unit=unit,
        rate=exact_text(rate if point_value is None else rate / point_value),
        point_value=exact_text(point_value) if point_value is not None else "",
        rank="",
        amount=money_text(Fraction(int(lines.amount[row]), 10**part.places), part.places),
        step=str(step) if step > 0 else "",
        is_two_to_one=is_two,
    )


def no_match(view: View, work: Work, position: int) -> Nothing:
    """Say why a member who meets the conditions was not paid for his legs."""
    matching = _matching(view, work)
    if work.bonus.steps is not None:
        return _no_step(view, work, matching, position)
    if binary.pay_of(work).at(position) <= 0:
        return Nothing(code="no_rate", facts={"rank": view.rank_of(position)})
    left, right = (int(leg.total[position]) for leg in (matching.left, matching.right))
    facts = {name: _text(whole, matching) for name, whole in (("left", left), ("right", right))}
    facts["unit"] = unit_of(work.bonus, view.typing)
    if work.bonus.cycle == "whole":
        return Nothing(code="too_small" if min(left, right) > 0 else "no_pair", facts=facts)
    first, second = matching.units
    if binary.is_decided_anew(work.bonus) and right > left:
        first, second = second, first
    missing = max(first - left, 0), max(second - right, 0)
    if not any(missing):
        return Nothing(code="too_small")
    facts["missing_left"], facts["missing_right"] = (_text(one, matching) for one in missing)
    return Nothing(code="no_cycle", facts=facts)


def _text(whole: int, matching: binary.Matching) -> str:
    return exact_text(whole * matching.unit)


def _no_step(view: View, work: Work, matching: binary.Matching, position: int) -> Nothing:
    steps = work.bonus.steps
    reached = int(matching.before[position])
    if matching.cycles[position]:
        return Nothing(code="no_rate", facts={"rank": view.rank_of(position)})
    if reached >= len(steps):
        return Nothing(code="all_steps")
    totals = (Numbers(leg.total, matching.unit) for leg in (matching.left, matching.right))
    have = binary.usable(work.bonus, *(max(leg.at(position), Fraction(0)) for leg in totals))
    need = steps[reached].sales
    if have >= need:
        return Nothing(code="too_small")
    facts = {
        "step": str(reached + 1),
        "have": exact_text(have),
        "need": exact_text(need),
        "missing": exact_text(need - have),
        "unit": unit_of(work.bonus, view.typing),
    }
    return Nothing(code="no_step", facts=facts)
