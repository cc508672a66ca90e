"""The order in which the parts of a plan can be computed, and circles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from upline.compensation.errors import Place
from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.calendars import is_elsewhere, of_bonus, of_measure, of_ranks
from upline.compensation.plan.once import once_a_plan
from upline.compensation.plan.parts import nodes_of, nodes_of_now, parts_of, slots_of
from upline.compensation.plan.schema import PlanFile
from upline.compensation.plan.units import Typing


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a run: an order value, a measure, a ladder of ranks or a bonus."""

    kind: str
    name: str


Rounds = tuple[tuple[Stage, ...], ...]


def rounds_of(file: PlanFile, typing: Typing) -> Rounds:
    """Put ladders and bonuses in rounds: each asks only for what earlier rounds have computed.

    Measures and order values are computed when they are asked for.
    """
    uses = _uses_of(file)
    rounds: dict[int, list[Stage]] = {}
    found: dict[Stage, int] = {}
    for stage in _in_order(uses, file, typing):
        found[stage] = max((found[other] for other in uses[stage] if other in found), default=0)
        if stage.kind in ("ladder", "bonus"):
            rounds.setdefault(found[stage], []).append(stage)
            found[stage] += 1
    return tuple(tuple(rounds[number]) for number in sorted(rounds))


def _uses_of(file: PlanFile) -> dict[Stage, list[Stage]]:
    """Give, for each stage, those that must come before it."""
    owners = _owners_of_parts(file)
    choices = _choices_of(file)
    return {
        stage: [
            step
            for other in _uses(stage, file)
            if not _between_calendars(stage, owners.get(other, other), file)
            for step in _with_choices(owners.get(other, other), stage, choices)
        ]
        for stage in _all_stages(file)
    }


def _in_order(uses: dict[Stage, list[Stage]], file: PlanFile, typing: Typing) -> tuple[Stage, ...]:
    """Put measures, ladders and bonuses in an order in which each can be computed; lists circles."""
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


def _between_calendars(stage: Stage, other: Stage, file: PlanFile) -> bool:
    """Say whether a stage asks for what a run of another calendar has left: there it is no circle."""
    calendars = {_calendar_of(stage, file), _calendar_of(other, file)} - {""}
    return len(calendars) > 1


def _calendar_of(stage: Stage, file: PlanFile) -> str:
    if stage.kind == "measure" and stage.name in file.measures:
        return of_measure(stage.name, file)
    if stage.kind == "bonus" and stage.name in file.bonuses:
        return of_bonus(stage.name, file)
    return of_ranks(file) if stage.kind == "ladder" else ""


@once_a_plan
def asked_on_orders(file: PlanFile) -> frozenset[str]:
    """Give the bonuses of which some rule asks what they paid on an order, by themselves or a part."""
    owners = _owners_of_parts(file)
    contents = [content for part in parts_of(file) for _, content, _ in slots_of(part)]
    contents += [
        measure.value for measure in (*file.order_values.values(), *file.measures.values())
    ]
    found: set[str] = set()
    for content in contents:
        for node in nodes_of(content):
            if isinstance(node, formula.Call) and node.function == "paid_on":
                asked = [one for one in formula.walk(node) if isinstance(one, formula.Name)]
                stages = [Stage("bonus", one.name) for one in asked]
                found |= {owners.get(stage, stage).name for stage in stages}
    return frozenset(found)


def _owners_of_parts(file: PlanFile) -> dict[Stage, Stage]:
    """Give the bonus that reports each own part: whoever asks for the part waits for it."""
    parts = {name: getattr(bonus, "own_part", None) for name, bonus in file.bonuses.items()}
    return {
        Stage("bonus", part if isinstance(part, str) else part.name): Stage("bonus", name)
        for name, part in parts.items()
        if part is not None
    }


def _choices_of(file: PlanFile) -> dict[str, list[str]]:
    """Give, for each bonus, those that choose whether it is paid, by themselves or at last."""
    best = {name: b.of for name, b in file.bonuses.items() if isinstance(b, schema.BestOf)}
    found: dict[str, list[str]] = {}
    for name in file.bonuses:
        seen = [name]
        for one in seen:
            seen += [other for other, of in best.items() if one in of and other not in seen]
        found[name] = seen[1:]
    return found


def _with_choices(used: Stage, stage: Stage, choices: dict[str, list[str]]) -> list[Stage]:
    """Give a stage that is used, and what chooses whether it is paid: what it pays hangs on that.

    What chooses itself waits only for those that stand before it in the file.
    """
    found = choices.get(used.name, []) if used.kind == "bonus" else []
    if stage.name in found and stage.kind == "bonus":
        found = found[: found.index(stage.name)]
    return [used, *(Stage("bonus", name) for name in found)]


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
        parts = [content for part in parts_of(bonus) for _, content, _ in slots_of(part)]
        if bonus.point_value is None and file.point_value is not None:
            parts.append(file.point_value)
        for gate in file.legal.values():
            parts.append(gate.needs)
        if isinstance(bonus, schema.Award) and bonus.once == "per_rank":
            # Where no table says by which ladder, it is the ranks.
            yield Stage("ladder", "rank")
        if isinstance(bonus, schema.BestOf):
            yield from (Stage("bonus", other) for other in bonus.of)
    for part in parts:
        for node in nodes_of_now(part):
            yield from _used_by(node, stage)


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


# Functions that ask for ranks of others, all of whom stand below.
BELOW = (
    *("recruits", "legs", "downline", "group", "team"),
    *("left", "right", "leg", "legs_from", "legs_sum"),
)


def _ladder_itself(ladder: list[schema.Rank], stage: Stage, file: PlanFile) -> Iterator[Stage]:
    """Give the ladder itself where it asks for the member's own rank, not for one below."""
    for rank in ladder:
        for written in values.formulas_of(expanded(rank.needs, stage.name, file)):
            if _asks_itself(written.node, stage.name, is_below=False):
                yield stage


def _asks_itself(node: formula.Node, ladder: str, *, is_below: bool) -> bool:
    if isinstance(node, formula.Name):
        return node.name in names_of_ladder(ladder) and not is_below
    if isinstance(node, formula.Call):
        if node.function == "previous":
            return False
        if node.function in BELOW:
            # A group holds the member himself, and the most of a leg is his own figure.
            inner = node.function != "group"
            own = node.arguments[1:] if node.function == "legs_sum" else ()
            counted = node.arguments[: len(node.arguments) - len(own)]
            return any(
                _asks_itself(part, ladder, is_below=is_there)
                for parts, is_there in ((counted, inner), (own, is_below))
                for part in parts
            )
    return any(_asks_itself(child, ladder, is_below=is_below) for child in formula.children(node))


def names_of_ladder(ladder: str) -> tuple[str, ...]:
    """Give the names that stand for a rank on a ladder."""
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
            if is_elsewhere(name, file, of_ranks(file)):
                return node
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
            if node.name in names_of_ladder(ladder):
                return True
            is_here = not is_elsewhere(node.name, file, of_ranks(file))
            if node.name in file.measures and is_here and node.name not in seen:
                seen.add(node.name)
                waiting.append(file.measures[node.name].value)
    return False
