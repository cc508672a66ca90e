"""Which calendar each part of a plan belongs to, and what one calendar asks of another."""

from __future__ import annotations

from collections.abc import Iterator

from upline.compensation.errors import Fault, InputRefused
from upline.compensation.plan import schema, values
from upline.compensation.plan.formula import Call, Name, Node, walk
from upline.compensation.plan.once import once_a_plan
from upline.compensation.plan.parts import nodes_of, own_part, parts_of, slots_of
from upline.compensation.plan.schema import PlanFile

_Content = values.Value | values.Rule


@once_a_plan
def calendars_of(file: PlanFile) -> tuple[str, ...]:
    """Give the spans of the calendars that a plan uses, its own first."""
    return tuple(dict.fromkeys(spec.every for spec, _ in _specs(file)))


def spec_of(calendar: str, file: PlanFile) -> schema.CalendarSpec:
    """Give the calendar of a span as the plan writes it; raises InputRefused where it has none."""
    for spec, _ in _specs(file):
        if spec.every == calendar:
            return spec
    problem = f"The plan has no calendar of '{calendar}'."
    remedy = f"Its calendars: {', '.join(calendars_of(file))}."
    raise InputRefused.because("period.no_calendar", problem, remedy)


def of_measure(name: str, file: PlanFile) -> str:
    """Give the calendar of a measure; '' where it is measured in whichever run asks for it."""
    spec = file.measures[name].calendar
    return spec.every if spec is not None else ""


def of_ranks(file: PlanFile) -> str:
    """Give the calendar of all ladders of ranks."""
    return (file.rank_calendar or file.calendar).every


def ladders_of(file: PlanFile) -> tuple[str, ...]:
    """Give the names of the ladders that runs find ranks on, and `title`."""
    own = ("rank", "title") if isinstance(file.ranks, list) and file.ranks else ()
    return (*own, *file.ladders)


def of_bonus(name: str, file: PlanFile) -> str:
    """Give the calendar of a bonus, or of the bonus that a part of its own belongs to."""
    bonus = file.bonuses.get(name) or next(
        (one for one in file.bonuses.values() if own_part(one) == name), None
    )
    spec = bonus.calendar if bonus is not None else None
    return (spec or file.calendar).every


def is_elsewhere(name: str, file: PlanFile, calendar: str) -> bool:
    """Say whether a name of members is found by the runs of another calendar than this one."""
    if name in file.measures:
        return of_measure(name, file) not in ("", calendar)
    return name in ladders_of(file) and of_ranks(file) != calendar


@once_a_plan
def contents_of(file: PlanFile, calendar: str) -> tuple[_Content, ...]:
    """Give every value and rule that the runs of one calendar compute."""
    return tuple(_contents_of(file, calendar))


def _contents_of(file: PlanFile, calendar: str) -> Iterator[_Content]:
    skipped = {
        id(part)
        for name, bonus in file.bonuses.items()
        if of_bonus(name, file) != calendar
        for part in parts_of(bonus)
    }
    if of_ranks(file) != calendar:
        ladders = [file.ranks, *file.ladders.values()]
        skipped |= {id(rank) for ladder in ladders if isinstance(ladder, list) for rank in ladder}
    for part in parts_of(file):
        if id(part) not in skipped:
            yield from (content for _, content, _ in slots_of(part))
    for name, measure in file.measures.items():
        if of_measure(name, file) in ("", calendar):
            yield measure.value
    yield from (one.value for one in file.order_values.values())


@once_a_plan
def asked_elsewhere(file: PlanFile, calendar: str) -> frozenset[str]:
    """Give the measures and ladders of a calendar that the runs of the others ask for."""
    if len(calendars_of(file)) == 1:
        return frozenset()
    named = {
        node.name
        for other in calendars_of(file)
        if other != calendar
        for content in contents_of(file, other)
        for node in nodes_of(content)
        if isinstance(node, Name)
    }
    found = {name for name in named & set(file.measures) if of_measure(name, file) == calendar}
    # Ranks are listed in the result of every run.
    return frozenset(found | (set(ladders_of(file)) if of_ranks(file) == calendar else set()))


def is_unknown(name: str, file: PlanFile, calendar: str) -> bool:
    """Say whether a measure is found elsewhere and left to nobody: no rule of another calendar asks."""
    if name not in file.measures or not is_elsewhere(name, file, calendar):
        return False
    return name not in asked_elsewhere(file, of_measure(name, file))


@once_a_plan
def earnings_asked(file: PlanFile, calendar: str) -> tuple[str, ...]:
    """Give the bonuses of other calendars of which the runs of this one ask what they earned."""
    asked = (
        name
        for content in contents_of(file, calendar)
        for name in _listed_in("earned", nodes_of(content))
    )
    known = {*file.bonuses, *(own_part(bonus) for bonus in file.bonuses.values())}
    others = (name for name in asked if name in known and of_bonus(name, file) != calendar)
    return tuple(dict.fromkeys(others))


def _listed_in(function: str, nodes: Iterator[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Call) and node.function == function:
            yield from (inner.name for inner in walk(node) if isinstance(inner, Name))


def _specs(file: PlanFile) -> Iterator[tuple[schema.CalendarSpec, schema.Part]]:
    yield file.calendar, file
    if file.rank_calendar is not None and ladders_of(file):
        yield file.rank_calendar, file
    for part in (*file.measures.values(), *file.bonuses.values()):
        if part.calendar is not None:
            yield part.calendar, part


# What cannot be said of runs of one calendar


@once_a_plan
def faults_between(file: PlanFile) -> tuple[Fault, ...]:
    """List the rules that span calendars in a way that no run of one calendar can compute."""
    if len(calendars_of(file)) == 1:
        return ()
    found = (_two_beginnings, _cut_together, _chosen_among, _awarded_ranks, _paid_on)
    return tuple(fault for find in found for fault in find(file))


def _fault(part: schema.Part, what: str, remedy: str) -> Fault:
    problem = f"{what} is in the language, but this version does not compute it yet."
    return Fault(part.place, "plan.not_computed", problem, remedy)


def _two_beginnings(file: PlanFile) -> Iterator[Fault]:
    begins: dict[str, object] = {}
    for spec, part in _specs(file):
        if begins.setdefault(spec.every, spec.starts) != spec.starts:
            what = f"A second calendar of '{spec.every}' that begins on another day"
            yield _fault(part, what, "Let all of one length begin on the same day.")


def _cut_together(file: PlanFile) -> Iterator[Fault]:
    for name, limit in file.limits.items():
        listed = file.bonuses if limit.bonuses == "all" else limit.bonuses
        if len({of_bonus(one, file) for one in listed}) > 1:
            what = f"The limit '{name}' on bonuses of several calendars"
            yield _fault(limit, what, "Give each calendar a limit with its own bonuses.")
    if file.budget is not None and len({of_bonus(one, file) for one in file.bonuses}) > 1:
        what = "A budget of orders that bonuses of several calendars are paid on"
        yield _fault(file.budget, what, "Let all bonuses have one calendar, or leave it out.")


def _chosen_among(file: PlanFile) -> Iterator[Fault]:
    for name, bonus in file.bonuses.items():
        if isinstance(bonus, schema.BestOf):
            own = of_bonus(name, file)
            if any(of_bonus(one, file) != own for one in bonus.of):
                what = f"The choice '{name}' among bonuses of another calendar"
                yield _fault(bonus, what, "Give it, and all of them, the same calendar.")


def _awarded_ranks(file: PlanFile) -> Iterator[Fault]:
    for name, bonus in file.bonuses.items():
        is_for_ranks = isinstance(bonus, schema.Award) and bonus.once == "per_rank"
        if is_for_ranks and ladders_of(file) and of_bonus(name, file) != of_ranks(file):
            what = f"The award '{name}' for ranks of another calendar"
            yield _fault(bonus, what, "Give it the calendar of the ranks.")


def _paid_on(file: PlanFile) -> Iterator[Fault]:
    """Refuse `paid_on` a bonus of another calendar: its lines are those of other runs."""
    for calendar in calendars_of(file):
        for owner, contents in _owned(file, calendar):
            asked = {
                name
                for content in contents
                for name in _listed_in("paid_on", nodes_of(content))
                if name and of_bonus(name, file) != calendar
            }
            for name in sorted(asked):
                what = f"paid_on({name}), asked in runs of another calendar,"
                yield _fault(owner, what, "Ask earned(...), or give both the same calendar.")


def _owned(file: PlanFile, calendar: str) -> Iterator[tuple[schema.Part, list[_Content]]]:
    """Give bonuses, measures and ranks of a calendar with what they ask, order values included."""
    for name, bonus in file.bonuses.items():
        if of_bonus(name, file) == calendar:
            slots = [content for part in parts_of(bonus) for _, content, _ in slots_of(part)]
            yield bonus, _with_order_values(slots, file)
    for name, measure in file.measures.items():
        if of_measure(name, file) in ("", calendar):
            yield measure, _with_order_values([measure.value], file)
    if of_ranks(file) == calendar:
        for ladder in (file.ranks, *file.ladders.values()):
            for rank in ladder if isinstance(ladder, list) else []:
                yield rank, _with_order_values([rank.needs], file)
    for part in (*file.legal.values(), *file.wallets.values()):
        slots = [content for _, content, _ in slots_of(part)]
        yield part, _with_order_values(slots, file)


def _with_order_values(contents: list[_Content], file: PlanFile) -> list[_Content]:
    found, seen = list(contents), set[str]()
    for content in found:
        for node in nodes_of(content):
            if isinstance(node, Name) and node.name in file.order_values and node.name not in seen:
                seen.add(node.name)
                found.append(file.order_values[node.name].value)
    return found
