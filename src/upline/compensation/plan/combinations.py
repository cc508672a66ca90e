"""Fields of a bonus that do not go together, and names where they have no single meaning."""

from __future__ import annotations

from collections.abc import Iterator

from upline.compensation.errors import Place
from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.trees import outside_others
from upline.compensation.plan.units import Typing

Content = values.Value | values.Rule
Slots = list[tuple[str, Content]]
_LEVEL_MAPS = ("levels", "generations")
# Fields of the receiver alone: they hold for all of his lines together, or for whole groups.
_RECEIVER_ALONE = ("cap", "point_value")


def check_combinations(
    file: schema.PlanFile, typing: Typing, slots: dict[str, Slots], elsewhere: Slots
) -> None:
    """Report what can be read but not computed as written.

    `slots` holds the values and rules of each bonus with the names of their fields, `elsewhere`
    those of all other parts.
    """
    for field, content in elsewhere:
        _refuse_level_maps(field, content, typing)
        _refuse_events(content, typing)
        _refuse_loose_personal(content, typing)
    for name, bonus in file.bonuses.items():
        for field, content in slots[name]:
            _refuse_level_maps(field, content, typing)
            _refuse_loose_personal(content, typing)
            if not _is_of_events(bonus):
                _refuse_events(content, typing)
        _refuse_prefixes(bonus, slots[name], typing)
        _bonus(name, bonus, file, typing)


def _bonus(name: str, bonus: schema.Bonus, file: schema.PlanFile, typing: Typing) -> None:
    match bonus:
        case schema.Own():
            _own(name, bonus, typing)
        case schema.Level():
            _level(name, bonus, typing)
        case schema.Differential():
            _differential(name, bonus, typing)
        case schema.Award(once="per_rank"):
            _per_rank(name, bonus, file, typing)
        case schema.Stairstep():
            _stairstep(name, bonus, typing)
        case schema.Board():
            _board(name, bonus, typing)
    if isinstance(bonus, schema.Sourced) and _is_of_members(bonus, typing):
        if bonus.lines not in ("per_order", "per_head"):
            problem = f"'{name}' is paid on members, so it has no lines '{bonus.lines}'."
            typing.fault(bonus.place, "bonus.lines", problem, "Leave lines out: one a member.")
        for field in ("to", "starts"):
            if str(getattr(bonus, field, "")).startswith("order."):
                problem = (
                    f"'{name}' is paid on members, so '{field}' cannot name a field of orders."
                )
                typing.fault(
                    bonus.place, "bonus.no_order", problem, "Use buyer. with a field of his."
                )


def _own(name: str, bonus: schema.Own, typing: Typing) -> None:
    if bonus.base is not None and bonus.amount is not None:
        problem = f"'{name}' has both a base and an amount; the amount stands instead of it."
        remedy = "Keep the amount, or write base and rate."
        typing.fault(bonus.place, "bonus.amount", problem, remedy)
    if bonus.negative is None:
        return
    place = values.place_of_value(bonus.negative)
    for written in values.formulas_of(bonus.negative):
        if isinstance(written.node, formula.Word) and written.node.text not in _NEGATIVE:
            problem = f"A negative sum is kept, carried or reset, not '{written.node.text}'."
            typing.fault(written.node.place, "own.negative", problem, "Write one of these words.")
    is_summed = bonus.lines == "per_period" or _is_of_members(bonus, typing)
    if bonus.base is None or not is_summed:
        problem = f"'negative' of '{name}' needs a base and one line a period."
        typing.fault(place, "own.negative", problem, "Write base: ... and lines: per_period.")
    elif _is_of_members(bonus, typing) and bonus.to != "member":
        problem = f"In '{name}' negative sums of members and 'to' do not go together."
        typing.fault(place, "own.negative", problem, "Leave out one of them.")


_NEGATIVE = ("kept", "carried", "reset")


def _level(name: str, bonus: schema.Level, typing: Typing) -> None:
    if bonus.generations is None:
        return
    for field, is_there in (
        ("compression", bonus.compression != "none"),
        ("counts", bonus.counts is not None),
    ):
        if is_there:
            problem = f"In '{name}' {field} and generations do not go together: heads bound them."
            remedy = f"Leave out {field}, or write levels."
            typing.fault(bonus.place, "bonus.generations", problem, remedy)


def _differential(name: str, bonus: schema.Differential, typing: Typing) -> None:
    if bonus.takes == "remaining" and (bonus.total is None or bonus.slots is not None):
        problem = f"'{name}' pays what remains of a total, so it needs total and share."
        typing.fault(bonus.place, "differential.total", problem, "Write total: 8 and share: ....")
    if bonus.slots is None:
        return
    place = values.place_of_value(bonus.slots)
    entries = values.parts_of(bonus.slots)
    by = bonus.slots.by if isinstance(bonus.slots, values.Table) else None
    is_by_rank = by is not None and typing.names.member.get(_name(by), "").startswith("rank:")
    if not is_by_rank or not all(_is_constant(entry) for entry in entries):
        problem = f"slots of '{name}' are no table by a rank with one sum for each."
        typing.fault(place, "differential.slots", problem, "Write {by: rank, Silver: 1 EUR, ...}.")


def _name(written: values.Formula) -> str:
    node = written.node
    return node.name if isinstance(node, formula.Name) and not node.prefix else ""


def _is_constant(part: values.Value) -> bool:
    return isinstance(part, values.Formula) and not any(
        isinstance(node, formula.Name | formula.Call) for node in formula.walk(part.node)
    )


def _per_rank(name: str, bonus: schema.Award, file: schema.PlanFile, typing: Typing) -> None:
    has_needs = isinstance(file.ranks, list) and bool(file.ranks)
    named = {node.name for node in _nodes(bonus.amount) if isinstance(node, formula.Name)}
    if not has_needs and not named & set(file.ladders):
        problem = f"'{name}' is paid once for each rank, but the plan computes no ranks."
        remedy = "Give the ranks needs, or write once: ever."
        typing.fault(bonus.place, "award.per_rank", problem, remedy)


def _stairstep(name: str, bonus: schema.Stairstep, typing: Typing) -> None:
    below = bonus.below_first_step
    if below is not None and below.orders is not None and _is_of_members(bonus, typing):
        problem = f"'{name}' is paid on members, so 'orders' filters nothing."
        typing.fault(below.place, "bonus.orders", problem, "Leave it out.")
    if bonus.lines != "per_order":
        problem = f"'{name}' has one line for own orders and one for each recruit."
        typing.fault(bonus.place, "bonus.lines", problem, "Leave lines out.")


def _board(name: str, bonus: schema.Board, typing: Typing) -> None:
    places = sum(bonus.width**level for level in range(min(bonus.depth, 20) + 1))
    if places > _MOST_PLACES:
        problem = f"A board of '{name}' would have more than {_MOST_PLACES:,} places."
        typing.fault(bonus.place, "board.size", problem, "Make it less wide or less deep.")


_MOST_PLACES = 1_000_000


def _is_of_members(bonus: schema.Sourced, typing: Typing) -> bool:
    base: values.Value | None = bonus.base
    return base is not None and typing.base_context(base) == "member"


def _is_of_events(bonus: schema.Bonus) -> bool:
    if not isinstance(bonus, schema.Own):
        return False
    return bonus.lines not in ("per_order", "per_buyer", "per_period")


def _refuse_prefixes(bonus: schema.Bonus, slots: Slots, typing: Typing) -> None:
    """Report `order.` and `buyer.` where a line comes from no single one."""
    is_member = isinstance(bonus, schema.Sourced) and _is_of_members(bonus, typing)
    for field, content in slots:
        for prefix, node in _prefixed(content):
            if field in _RECEIVER_ALONE or (
                isinstance(bonus, schema.Stairstep) and field == "rate"
            ):
                problem = f"'{field}' is the receiver's, whatever his lines come from."
                remedy = f"Leave out '{prefix}.', or put the condition into orders or base."
                typing.fault(node.place, "bonus.receiver_alone", problem, remedy)
            elif prefix == "order" and field in _PAID_BY and _has_no_order(bonus, is_member):
                problem = f"'order.{node.name}' has no meaning here: no line comes from one order."
                typing.fault(node.place, "bonus.no_order", problem, "Use lines: per_order.")
            elif prefix == "order" and field in _WALKED and not isinstance(bonus, schema.Own):
                problem = f"'order.{node.name}' cannot decide what is paid up the line."
                typing.fault(node.place, "bonus.no_order", problem, _OF_THE_ORDER)
            elif prefix == "buyer" and field in _PAID_BY and _has_no_buyer(bonus):
                problem = f"'buyer.{node.name}' has no meaning here: no line comes from one buyer."
                typing.fault(node.place, "bonus.no_buyer", problem, "Speak of the receiver.")


_WALKED = ("levels", "generations", "depth", "share", "slots", "total", "rate", "guarantee")
_OF_THE_ORDER = "Make it one of the order_values, and put that into base."
_PAID_BY = (*_WALKED, "amount", "negative", "grants")


def _has_no_order(bonus: schema.Bonus, is_member: bool) -> bool:  # noqa: FBT001 - of the bonus
    return is_member or (isinstance(bonus, schema.Sourced) and bonus.lines != "per_order")


def _has_no_buyer(bonus: schema.Bonus) -> bool:
    if isinstance(bonus, schema.Level):
        return bonus.lines == "per_head" or bonus.depth == "as_listed"
    return isinstance(bonus, schema.Own) and bonus.lines not in ("per_order", "per_buyer")


def _nodes(content: Content) -> Iterator[formula.Node]:
    for written in values.formulas_of(content):
        yield from formula.walk(written.node)


def _prefixed(content: Content) -> Iterator[tuple[str, formula.Name]]:
    for node in _nodes(content):
        if isinstance(node, formula.Name) and node.prefix in ("order", "buyer"):
            yield node.prefix, node


def _refuse_level_maps(field: str, content: Content, typing: Typing) -> None:
    if field in _LEVEL_MAPS or isinstance(content, values.All | values.AnyOf):
        return
    place = _level_map(content)
    if place is not None:
        problem = f"'{field}' has a map of levels, but there are no levels here."
        typing.fault(place, "value.level_map", problem, "Start it with by: or scale:.")


def _level_map(part: values.Value) -> Place | None:
    if isinstance(part, values.Table) and part.by is None:
        return part.place
    found = (_level_map(inner) for inner in values.parts_of(part))
    return next((place for place in found if place is not None), None)


def _refuse_events(content: Content, typing: Typing) -> None:
    for node in _nodes(content):
        if isinstance(node, formula.Call) and node.function == "event_sum":
            problem = "event_sum(...) needs a bonus with one line for each event."
            remedy = "Write lines: with the name of a text field of orders."
            typing.fault(node.place, "function.event", problem, remedy)


def _refuse_loose_personal(content: Content, typing: Typing) -> None:
    for written in values.formulas_of(content):
        for node in outside_others(written.node):
            if isinstance(node, formula.Name) and node.name == "personal":
                problem = (
                    "'personal' speaks of those counted in another tree than the sponsor tree."
                )
                remedy = "Write it inside left, right, or a sum that ends in 'in TREE'."
                typing.fault(node.place, "name.personal", problem, remedy)
