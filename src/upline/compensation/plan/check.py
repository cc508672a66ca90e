"""The whole check of a plan: every fault at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from upline.compensation.errors import Fault, Place
from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.combinations import check_combinations
from upline.compensation.plan.names import Names, Typing, names_of
from upline.compensation.plan.references import check_references
from upline.compensation.plan.schema import Bonus, Own, Part, PlanFile, Slot, Sourced


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a run: an order value, a measure, a ladder of ranks or a bonus."""

    kind: str
    name: str


def check(
    file: PlanFile, *, refused: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Names, tuple[Stage, ...], list[Fault]]:
    """Give the plan's names with units, the order of its stages, and every fault found.

    `refused` names, as (section, name), what the schema has refused already: using it is no
    further fault.
    """
    names = names_of(file, refused=refused)
    typing = Typing(names)
    _clashes(file, typing)
    _constants(file, typing)
    _measures(file, typing)
    for part in parts_of(file):
        _slots(part, typing)
    for bonus_name, bonus in file.bonuses.items():
        _bonus(bonus_name, bonus, file, typing)
    check_references(file, typing)
    _combinations(file, typing)
    stages = _stages(file, typing)
    following = {
        code for section, name in refused if name == "*" for code in _FOLLOWING.get(section, _NAMES)
    }
    return names, stages, [fault for fault in typing.faults if fault.code not in following]


# Faults that may only follow from a whole section that was itself refused.
_NAMES = ("name.unknown", "name.bonus", "name.tree")
_FOLLOWING: dict[str, tuple[str, ...]] = {
    "currency": ("unit.currency", "unit.money"),
    "point_value": ("unit.not_money",),
    **dict.fromkeys(
        ("calendar", "rounding", "ranks", "rank_calendar", "budget", "limits", "wallets"), ()
    ),
    **dict.fromkeys(("language", "plan", "version", "exchange", "pay_exchange", "legal"), ()),
    **dict.fromkeys(("pay_currency", "time_zone", "title", "clause", "note", "overrides"), ()),
}


def _combinations(file: PlanFile, typing: Typing) -> None:
    slots = {
        name: [(field, content) for part in _inside(bonus) for field, content, _ in slots_of(part)]
        for name, bonus in file.bonuses.items()
    }
    within = {id(part) for bonus in file.bonuses.values() for part in _inside(bonus)}
    elsewhere = [
        (field, content)
        for part in parts_of(file)
        if id(part) not in within
        for field, content, _ in slots_of(part)
    ]
    for section in (file.order_values, file.measures):
        elsewhere += [(name, measure.value) for name, measure in section.items()]
    check_combinations(file, typing, slots, elsewhere)


def _clashes(file: PlanFile, typing: Typing) -> None:
    seen: dict[str, str] = {}
    sections = ("constants", "members", "orders", "order_values", "measures", "ladders")
    for section in sections:
        for name, part in getattr(file, section).items():
            place = part.place if isinstance(part, Part) else Place()
            if name in seen or name in formula.PREFIXES:
                problem = f"'{name}' is used in {seen.get(name, 'formulas')} and in {section}."
                typing.fault(place, "name.twice", problem, "Rename one of them.")
            seen[name] = section


def _constants(file: PlanFile, typing: Typing) -> None:
    for name, value in file.constants.items():
        if not isinstance(value, values.Formula) or not isinstance(value.node, formula.Number):
            place = values.place_of_value(value)
            problem = f"The constant '{name}' is not a number."
            typing.fault(place, "constant.not_a_number", problem, "Make it a measure instead.")
            continue
        unit = typing.formula(value.node, "member")
        typing.names.order[name] = typing.names.member[name] = unit


def _measures(file: PlanFile, typing: Typing) -> None:
    """Find the unit of every order value and measure, each after those that it uses."""
    for section, table, context in (
        (file.order_values, typing.names.order, "order"),
        (file.measures, typing.names.member, "member"),
    ):
        table.update(dict.fromkeys(section, ""))
        for name in _in_order_of_use(section):
            unit = typing.value(section[name].value, context)
            declared = section[name].unit
            if declared and unit not in (declared, "number", ""):
                problem = f"'{name}' is declared as {declared}, but its formula gives {unit}."
                typing.fault(section[name].place, "unit.declared", problem)
            table[name] = declared or ("count" if unit == "number" else unit)


def _in_order_of_use(section: dict[str, schema.Measure]) -> list[str]:
    done: dict[str, None] = {}
    waiting = [(name, False) for name in reversed(section)]
    entered: set[str] = set()
    while waiting:
        name, is_ready = waiting.pop()
        if is_ready:
            done[name] = None
        elif name not in entered:
            entered.add(name)
            waiting.append((name, True))
            used = [
                node.name
                for node in nodes_of(section[name].value)
                if isinstance(node, formula.Name)
            ]
            waiting.extend((other, False) for other in used if other in section)
    return list(done)


def nodes_of(part: values.Value | values.Rule) -> Iterator[formula.Node]:
    """Give every node of every formula in a value or rule."""
    for written in values.formulas_of(part):
        yield from formula.walk(written.node)


def all_nodes(file: PlanFile) -> Iterator[formula.Node]:
    """Give every node of every formula of a plan."""
    for part in parts_of(file):
        for _, content, _ in slots_of(part):
            yield from nodes_of(content)
    for measured in (*file.measures.values(), *file.order_values.values()):
        yield from nodes_of(measured.value)


def parts_of(file: PlanFile) -> Iterator[Part]:
    """Give every part of the plan that has slots, innermost included."""
    waiting: list[object] = [file]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Part):
            yield part
            waiting.extend(getattr(part, name) for name in type(part).model_fields)
        elif isinstance(part, dict):
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def slots_of(part: Part) -> Iterator[tuple[str, values.Value | values.Rule, Slot]]:
    """Give the name, content and slot of every value and rule that stands in `part`."""
    for name, spec in type(part).model_fields.items():
        content = getattr(part, name)
        slot = _slot(spec.metadata) or _slot_inside(spec.annotation)
        if slot is None or content is None:
            continue
        if isinstance(content, dict):
            for inner in content.values():
                yield name, inner, slot
        elif isinstance(content, _WRITTEN):
            yield name, content, slot


_WRITTEN = (
    values.Formula,
    values.Table,
    values.Scale,
    values.Cases,
    values.Versions,
    values.All,
    values.AnyOf,
)


def _slot(metadata: object) -> Slot | None:
    found = [mark for mark in metadata if isinstance(mark, Slot)]  # type: ignore[attr-defined]
    return found[-1] if found else None


def _slot_inside(annotation: object) -> Slot | None:
    """Find the slot of an optional field or of the entries of a mapping."""
    marks = getattr(annotation, "__metadata__", ())
    if (slot := _slot(marks)) is not None:
        return slot
    for inner in getattr(annotation, "__args__", ()):
        if (slot := _slot_inside(inner)) is not None:
            return slot
    return None


def _slots(part: Part, typing: Typing) -> None:
    for name, content, slot in slots_of(part):
        if slot.context == "constant":
            continue
        if "yes_no" in slot.units and len(slot.units) == 1:
            typing.rule(content, slot.context)  # type: ignore[arg-type]
            continue
        assert not isinstance(content, values.All | values.AnyOf)
        value = content
        context = typing.base_context(value) if slot.context == "base" else slot.context
        unit = typing.value(value, context)
        if unit == "number" and {"points", "count", "ratio"} & set(slot.units):
            continue
        if unit and unit not in slot.units:
            place = values.place_of_value(value)
            wanted = " or ".join(slot.units)
            problem = (
                f"'{name}' is {wanted}; this is {'a plain number' if unit == 'number' else unit}."
            )
            remedy = f"Write '20 {typing.names.currency}' for money, '5 %' for a rate."
            typing.fault(place, "unit.slot", problem, remedy)


def _bonus(name: str, bonus: Bonus, file: PlanFile, typing: Typing) -> None:
    if bonus.tree not in typing.names.trees and bonus.kind != "binary":  # type: ignore[attr-defined]
        problem = f"There is no tree '{bonus.tree}'."
        remedy = "Declare it under trees, or leave it out for the sponsor tree."
        typing.fault(bonus.place, "name.tree", problem, remedy)
    if isinstance(bonus, Sourced):
        _sourced(name, bonus, file, typing)
    if isinstance(bonus, schema.Level) and (bonus.levels is None) == (bonus.generations is None):
        problem = f"'{name}' needs either levels or generations."
        typing.fault(bonus.place, "bonus.levels", problem, "Write levels: {1: 10 %, 2: 5 %}.")
    if isinstance(bonus, schema.Level) and (bonus.generations is None) != (bonus.head is None):
        problem = f"In '{name}' generations and head go together."
        typing.fault(bonus.place, "bonus.head", problem, "head says who bounds a generation.")
    if isinstance(bonus, schema.Differential) and (bonus.share is None) == (bonus.slots is None):
        problem = f"'{name}' needs either share or slots."
        typing.fault(bonus.place, "bonus.share", problem)
    if isinstance(bonus, schema.BestOf):
        for other in bonus.of:
            if other not in file.bonuses:
                typing.fault(bonus.place, "name.bonus", f"There is no bonus '{other}'.")


def _sourced(name: str, bonus: Sourced, file: PlanFile, typing: Typing) -> None:
    if isinstance(bonus, Own) and bonus.base is None and bonus.amount is None:
        problem = f"'{name}' says neither what it is paid on (base) nor how much (amount)."
        typing.fault(bonus.place, "bonus.base", problem, "Write base: price and rate: 10 %.")
        return
    if isinstance(bonus, Own) and bonus.rate is not None and bonus.amount is not None:
        problem = f"'{name}' has both a rate and an amount."
        typing.fault(bonus.place, "bonus.amount", problem, "Keep one of them.")
    if isinstance(bonus, Own) and bonus.base is None:
        return
    has_point_value = bonus.point_value is not None or file.point_value is not None
    silent = Typing(typing.names)
    context = silent.base_context(bonus.base)
    if context == "member" and bonus.orders is not None:
        problem = f"'{name}' is paid on members, so 'orders' filters nothing."
        typing.fault(
            bonus.place, "bonus.orders", problem, "Use sources for a condition on members."
        )
    base_unit = silent.value(bonus.base, context)
    for rate in (
        getattr(bonus, field, None) for field in ("rate", "levels", "generations", "share")
    ):
        if rate is None or not base_unit:
            continue
        unit = silent.value(rate, "receiver")
        if (
            isinstance(bonus, schema.Differential)
            and bonus.rate is not None
            and rate is bonus.share
        ):
            continue
        paid_in = _money_of(base_unit, unit)
        if unit and (paid_in is None or (paid_in == "points" and not has_point_value)):
            remedy = (
                "Give the plan a point_value, as in 'point_value: 1 EUR'."
                if paid_in
                else ("A count is paid at so much money each; money and points at a percentage.")
            )
            problem = f"'{name}': {base_unit} at {unit or 'this rate'} is not money."
            typing.fault(values.place_of_value(rate), "unit.not_money", problem, remedy)


def _money_of(base: str, rate: str) -> str | None:
    if base == "yes_no":
        base = "count"
    if "money" in (base, rate):
        return "money" if base != rate else None
    if base == "points" and rate in ("ratio", "number", "count"):
        return "points"
    if rate == "points":
        return "points"
    return None


def _stages(file: PlanFile, typing: Typing) -> tuple[Stage, ...]:
    """Put measures, ladders and bonuses in an order in which each can be computed."""
    owners = _owners_of_parts(file)
    uses = {
        stage: [owners.get(other, other) for other in _uses(stage, file)]
        for stage in _all_stages(file)
    }
    order: dict[Stage, None] = {}
    path: list[Stage] = []

    def visit(stage: Stage) -> None:
        if stage in order:
            return
        if stage in path:
            circle = [*path[path.index(stage) :], stage]
            story = " needs ".join(f"'{step.name}'" for step in circle)
            place = _place_of_stage(stage, file)
            remedy = "Ranks may ask for ranks of people below; nothing else may ask for itself."
            typing.fault(place, "plan.circle", f"This goes in a circle: {story}.", remedy)
            order[stage] = None
            return
        path.append(stage)
        for other in uses[stage]:
            if other in uses:
                visit(other)
        path.pop()
        order[stage] = None

    for stage in uses:
        visit(stage)
    return tuple(order)


def asked_on_orders(file: PlanFile) -> set[str]:
    """Give the bonuses of which some rule asks what they paid on an order, by themselves or a part."""
    owners = _owners_of_parts(file)
    contents = [content for part in parts_of(file) for _, content, _ in slots_of(part)]
    contents += [
        measure.value for measure in (*file.order_values.values(), *file.measures.values())
    ]
    found = set()
    for content in contents:
        for node in nodes_of(content):
            if isinstance(node, formula.Call) and node.function == "paid_on":
                asked = [one for one in formula.walk(node) if isinstance(one, formula.Name)]
                stages = [Stage("bonus", one.name) for one in asked]
                found |= {owners.get(stage, stage).name for stage in stages}
    return found


def _owners_of_parts(file: PlanFile) -> dict[Stage, Stage]:
    """Give the bonus that reports each own part: whoever asks for the part waits for it."""
    parts = {name: getattr(bonus, "own_part", None) for name, bonus in file.bonuses.items()}
    return {
        Stage("bonus", part if isinstance(part, str) else part.name): Stage("bonus", name)
        for name, part in parts.items()
        if part is not None
    }


def _all_stages(file: PlanFile) -> Iterator[Stage]:
    yield from (Stage("order_value", name) for name in file.order_values)
    yield from (Stage("measure", name) for name in file.measures)
    if isinstance(file.ranks, list) and file.ranks:
        yield Stage("ladder", "rank")
    yield from (Stage("ladder", name) for name in file.ladders)
    yield from (Stage("bonus", name) for name in file.bonuses)


def _place_of_stage(stage: Stage, file: PlanFile) -> Place:
    if stage.kind == "ladder":
        ladder = file.ladders.get(stage.name) or file.ranks
        return ladder[0].place if isinstance(ladder, list) else ladder.place
    if stage.kind == "bonus":
        return file.bonuses[stage.name].place
    section = file.order_values if stage.kind == "order_value" else file.measures
    return section[stage.name].place


def _uses(stage: Stage, file: PlanFile) -> Iterator[Stage]:
    """Give the stages that must come before this one."""
    if stage.kind == "ladder":
        ladder = file.ladders.get(stage.name) or file.ranks
        assert isinstance(ladder, list)
        for rank in ladder:
            for node in nodes_of_now(expanded(rank.needs, stage.name, file)):
                yield from _used_by(node, stage)
        yield from _ladder_itself(ladder, stage, file)
        return
    if stage.kind == "order_value":
        parts: list[values.Value | values.Rule] = [file.order_values[stage.name].value]
    elif stage.kind == "measure":
        parts = [file.measures[stage.name].value]
    else:
        bonus = file.bonuses[stage.name]
        parts = [content for part in _inside(bonus) for _, content, _ in slots_of(part)]
        if bonus.point_value is None and file.point_value is not None:
            parts.append(file.point_value)
        for gate in file.legal.values():
            parts.append(gate.needs)
        if isinstance(bonus, schema.BestOf):
            yield from (Stage("bonus", other) for other in bonus.of)
    for part in parts:
        for node in nodes_of_now(part):
            yield from _used_by(node, stage)


def nodes_of_now(part: values.Value | values.Rule) -> Iterator[formula.Node]:
    """Give every node but those inside `previous(...)`, which comes from the period before."""
    waiting = [written.node for written in values.formulas_of(part)]
    while waiting:
        node = waiting.pop()
        if not (isinstance(node, formula.Call) and node.function == "previous"):
            yield node
            waiting.extend(formula.children(node))


def _inside(part: Part) -> Iterator[Part]:
    waiting: list[object] = [part]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, Part):
            yield inner
            waiting.extend(getattr(inner, name) for name in type(inner).model_fields)
        elif isinstance(inner, dict):
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            waiting.extend(inner)


def _used_by(node: formula.Node, stage: Stage) -> Iterator[Stage]:
    if isinstance(node, formula.Call) and node.function in ("earned", "paid_on"):
        argument = node.arguments[0]
        listed = argument.arguments if isinstance(argument, formula.Call) else (argument,)
        for bonus in listed:
            yield Stage("bonus", getattr(bonus, "name", ""))
    if isinstance(node, formula.Name):
        name = "rank" if node.name == "title" else node.name
        if stage.kind == "ladder" and name == stage.name:
            return
        for kind in ("order_value", "measure", "ladder"):
            yield Stage(kind, name)


BELOW = ("recruits", "legs", "downline", "group")


def _ladder_itself(ladder: list[schema.Rank], stage: Stage, file: PlanFile) -> Iterator[Stage]:
    """Give the ladder itself where it asks for the member's own rank, not for one below."""
    for rank in ladder:
        for written in values.formulas_of(expanded(rank.needs, stage.name, file)):
            if _asks_itself(written.node, stage.name, is_below=False):
                yield stage


def _asks_itself(node: formula.Node, ladder: str, *, is_below: bool) -> bool:
    if isinstance(node, formula.Name):
        return node.name in _names_of_ladder(ladder) and not is_below
    if isinstance(node, formula.Call):
        if node.function == "previous":
            return False
        if node.function in BELOW:
            inner = node.function != "group"
            return any(_asks_itself(part, ladder, is_below=inner) for part in node.arguments)
    return any(_asks_itself(child, ladder, is_below=is_below) for child in formula.children(node))


def _names_of_ladder(ladder: str) -> tuple[str, ...]:
    return ("rank", "title") if ladder == "rank" else (ladder,)


def expanded(rule: values.Rule, ladder: str, file: PlanFile) -> values.Rule:
    """Write out, in a rank's needs, the measures that themselves ask for ranks of that ladder."""
    match rule:
        case values.Formula(node=node, text=text):
            return values.Formula(_expanded(node, ladder, file), text)
        case values.All(parts=parts):
            return values.All(tuple(expanded(part, ladder, file) for part in parts))
        case values.AnyOf(parts=parts):
            return values.AnyOf(tuple(expanded(part, ladder, file) for part in parts))


def _expanded(node: formula.Node, ladder: str, file: PlanFile, depth: int = 0) -> formula.Node:
    def again(part: formula.Node) -> formula.Node:
        return _expanded(part, ladder, file, depth)

    match node:
        case formula.Name(name=name, prefix="") if name in file.measures and depth < 50:
            value = file.measures[name].value
            if isinstance(value, values.Formula) and asks_for(value, ladder, file):
                return _expanded(value.node, ladder, file, depth + 1)
            return node
        case formula.Call():
            return formula.Call(
                function=node.function,
                arguments=tuple(again(part) for part in node.arguments),
                where=node.where,
                until=again(node.until) if node.until is not None else None,
                tree=node.tree,
                last_days=node.last_days,
                place=node.place,
            )
        case formula.Operation():
            left, right = again(node.left), again(node.right)
            return formula.Operation(
                operator=node.operator, left=left, right=right, place=node.place
            )
        case formula.Unary():
            operand = again(node.operand)
            return formula.Unary(operator=node.operator, operand=operand, place=node.place)
    return node


def asks_for(value: values.Value | values.Rule, ladder: str, file: PlanFile) -> bool:
    """Say whether a value depends, through whatever measures, on a ladder's ranks."""
    seen: set[str] = set()
    waiting: list[values.Value | values.Rule] = [value]
    while waiting:
        for node in nodes_of(waiting.pop()):
            if not isinstance(node, formula.Name):
                continue
            if node.name in _names_of_ladder(ladder):
                return True
            if node.name in file.measures and node.name not in seen:
                seen.add(node.name)
                waiting.append(file.measures[node.name].value)
    return False
