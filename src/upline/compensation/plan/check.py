"""The whole check of a plan: every fault at once, each with its place."""

from __future__ import annotations

from upline.compensation.errors import Fault, Place
from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.combinations import check_combinations
from upline.compensation.plan.fields import check_fields
from upline.compensation.plan.legs import check_binaries
from upline.compensation.plan.names import MEMBER_BUILT_IN, ORDER_BUILT_IN, Names, names_of
from upline.compensation.plan.origins import check_origins
from upline.compensation.plan.parts import nodes_of, parts_of, slots_of
from upline.compensation.plan.quotients import check_quotients
from upline.compensation.plan.ranking import check_ladders
from upline.compensation.plan.references import check_references
from upline.compensation.plan.schema import Bonus, Own, Part, PlanFile, Sourced
from upline.compensation.plan.stages import Rounds, rounds_of
from upline.compensation.plan.trees import check_trees
from upline.compensation.plan.units import Typing


def check(
    file: PlanFile, *, refused: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Names, Rounds, list[Fault]]:
    """Give the plan's names with units, the rounds of its stages, and every fault found.

    `refused` names, as (section, name), what the schema has refused already: using it is no
    further fault.
    """
    names = names_of(file, refused=refused)
    typing = Typing(names)
    _clashes(file, typing)
    check_fields(file, typing)
    _constants(file, typing)
    _measures(file, typing)
    for part in parts_of(file):
        _slots(part, typing)
    for bonus_name, bonus in file.bonuses.items():
        _bonus(bonus_name, bonus, file, typing)
    check_references(file, typing)
    _combinations(file, typing)
    check_quotients(file, typing)
    check_origins(file, typing)
    check_ladders(file, typing)
    check_trees(file, typing)
    check_binaries(file, typing)
    rounds = rounds_of(file, typing)
    following = {
        code for section, name in refused if name == "*" for code in _FOLLOWING.get(section, _NAMES)
    }
    return names, rounds, [fault for fault in typing.faults if fault.code not in following]


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
        name: [(field, content) for part in parts_of(bonus) for field, content, _ in slots_of(part)]
        for name, bonus in file.bonuses.items()
    }
    within = {id(part) for bonus in file.bonuses.values() for part in parts_of(bonus)}
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
            written = part[0] if isinstance(part, list) and part else part
            place = written.place if isinstance(written, Part) else Place()
            if name in seen or name in formula.PREFIXES:
                problem = f"'{name}' is used in {seen.get(name, 'formulas')} and in {section}."
                typing.fault(place, "name.twice", problem, "Rename one of them.")
            elif _is_taken(name, section, part):
                problem = f"'{name}' is always there, and cannot be another of the {section}."
                typing.fault(place, "name.taken", problem, "Choose another name.")
            seen[name] = section


def _is_taken(name: str, section: str, part: object) -> bool:
    """Say whether a name is one that is always there; a column may be declared as what it is."""
    always = ORDER_BUILT_IN if section in ("orders", "order_values") else MEMBER_BUILT_IN
    if section == "constants":
        always = ORDER_BUILT_IN | MEMBER_BUILT_IN
    if isinstance(part, schema.FieldSpec):
        return part.unit != always.get(name, part.unit)
    return name in always or (section in ("measures", "ladders") and name in ("rank", "title"))


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
    _amount(name, bonus, file, typing)
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


def _amount(name: str, bonus: Bonus, file: PlanFile, typing: Typing) -> None:
    """Refuse an amount in points, as a plain number is, that nothing turns into money."""
    amount = getattr(bonus, "amount", None)
    if isinstance(bonus, schema.Breakaway):
        amount = bonus.base
    if amount is None or bonus.point_value is not None or file.point_value is not None:
        return
    context = {"award": "member", "breakaway": "order"}.get(bonus.kind, "receiver")  # type: ignore[attr-defined]
    if Typing(typing.names).value(amount, context) in ("points", "number", "count"):
        currency = typing.names.currency
        problem = f"'{name}' gives points, and the plan does not say what a point is worth."
        remedy = f"Write money, as '20 {currency}', or give the plan 'point_value: 1 {currency}'."
        typing.fault(values.place_of_value(amount), "unit.not_money", problem, remedy)


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
