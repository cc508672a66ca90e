"""The unit of every formula of a plan, and what is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from upline.compensation.errors import Fault, Place
from upline.compensation.plan import formula, values
from upline.compensation.plan.formula import (
    Among,
    Call,
    Day,
    Name,
    Node,
    Number,
    Operation,
    Truth,
    Unary,
    Word,
)
from upline.compensation.plan.names import ARGUMENTS, LEGS, NUMERIC, OF_A_MEMBER, SUMS, Names


@dataclass(slots=True)
class Typing:
    """Finds units of formulas of one plan and keeps every fault."""

    names: Names
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: Place, code: str, problem: str, remedy: str = "") -> None:
        self.faults.append(Fault(place, code, problem, remedy))

    # Values and rules

    def value(self, value: values.Value, context: str) -> str:
        """Give the unit of a value in a context ('order', 'member', 'receiver', 'source')."""
        match value:
            case values.Formula(node=node):
                return self.formula(node, context)
            case values.Table():
                return self._table(value, context)
            case values.Scale():
                return self._scale(value, context)
            case values.Cases(cases=cases, otherwise=otherwise):
                for rule, _ in cases:
                    self.rule(rule, context)
                parts = [entry for _, entry in cases] + ([otherwise] if otherwise else [])
                return self._same(parts, context)
            case values.Versions(versions=versions):
                return self._same([entry for _, entry, _ in versions], context)

    def rule(self, rule: values.Rule, context: str) -> None:
        """Check that each part of a rule is a condition."""
        match rule:
            case values.Formula(node=node):
                unit = self.formula(node, context)
                if unit not in ("yes_no", ""):
                    remedy = "Compare it with something, as in 'own(pv) >= 100'."
                    problem = f"A condition is expected here; this is {_a(unit)}."
                    self.fault(node.place, "rule.not_a_condition", problem, remedy)
            case values.All(parts=parts) | values.AnyOf(parts=parts):
                for part in parts:
                    self.rule(part, context)

    def base_context(self, value: values.Value) -> str:
        """Say whether a base speaks of orders or of members."""
        for part in values.formulas_of(value):
            for node in _outside_sums(part.node):
                if isinstance(node, Call) and node.function in (*SUMS, *LEGS, "earned"):
                    return "member"
                if isinstance(node, Name) and not node.prefix:
                    known_to_orders = node.name in self.names.order
                    if node.name in self.names.member and not known_to_orders:
                        return "member"
        return "order"

    def _table(self, table: values.Table, context: str) -> str:
        if table.by is not None:
            unit = self.formula(table.by.node, context)
            self._check_keys(table, unit)
        parts = [entry for _, entry in table.entries]
        parts += [table.otherwise] if table.otherwise is not None else []
        return self._same(parts, context)

    def _check_keys(self, table: values.Table, unit: str) -> None:
        assert table.by is not None
        if unit.startswith("rank:"):
            ladder = self.names.ranks[unit[5:]]
            known: Iterable[str] = (*ladder, *(f"{rank}+" for rank in ladder))
        elif unit == "yes_no":
            known = ("yes", "no")
        elif unit == "count":
            known = [key.text for key, _ in table.entries if key.first is not None]
        elif unit in ("text", "member", ""):
            return
        else:
            problem = (
                f"A table goes by a rank, text, count or yes_no; '{table.by.text}' is {_a(unit)}."
            )
            self.fault(table.place, "table.by", problem, "For amounts and volumes write a scale.")
            return
        for key, _ in table.entries:
            if key.text not in known:
                problem = f"'{key.text}' is no value of '{table.by.text}'."
                self.fault(table.place, "table.key", problem, _did_you_mean(key.text, known))

    def _scale(self, scale: values.Scale, context: str) -> str:
        unit = self.formula(scale.of.node, context)
        for start, _ in scale.steps:
            start_unit = self.formula(start.node, context)
            self._join(unit, start_unit, start.node.place, "A step starts")
        result = self._same([entry for _, entry in scale.steps], context)
        if not scale.is_marginal or not result:
            return result
        if result == "number" or unit == "number":
            problem = "The slices of a marginal scale are paid at rates."
            self.fault(scale.place, "scale.marginal", problem, "Write each with % or a currency.")
            return ""
        return self._product(scale.place, unit, result)

    def _same(self, parts: list[values.Value], context: str) -> str:
        result = ""
        for part in parts:
            unit = self.value(part, context)
            if unit:
                where = values.place_of_value(part)
                result = self._join(result, unit, where, "This entry") if result else unit
        return result

    # Formulas

    def formula(self, node: Node, context: str) -> str:
        """Give the unit of a formula; '' where a fault makes it unknown."""
        match node:
            case Number(unit=""):
                return "number"
            case Number(unit="ratio"):
                return "ratio"
            case Number(unit=code):
                if code != self.names.currency:
                    remedy = f"Write the amount in {self.names.currency}."
                    problem = f"Amounts of this plan are in {self.names.currency}, not {code}."
                    self.fault(node.place, "unit.currency", problem, remedy)
                return "money"
            case Word():
                return "text"
            case Truth():
                return "yes_no"
            case Day():
                return "date"
            case Name():
                return self._name(node, context)
            case Call():
                return self._call(node, context)
            case Unary(operator="not", operand=operand):
                self._want(operand, context, "yes_no")
                return "yes_no"
            case Unary(operand=operand):
                return self._want(operand, context, *NUMERIC)
            case Among(value=value, choices=choices):
                unit = self.formula(value, context)
                for choice in choices:
                    self._compare(unit, choice, context)
                return "yes_no"
            case Operation():
                return self._operation(node, context)
        raise AssertionError(node)

    def _name(self, node: Name, context: str) -> str:
        table = self._names_for(node, context)
        if table is None:
            return ""
        unit = table.get(node.name)
        if unit is None:
            other = self.names.member if table is self.names.order else self.names.order
            if node.name in other:
                word, hint = (
                    ("an order", "own(...)")
                    if other is self.names.order
                    else (
                        "a member",
                        "buyer. before it",
                    )
                )
                remedy = f"'{node.name}' belongs to {word}; write {hint}."
            else:
                remedy = _did_you_mean(node.name, [*table, *other])
            self.fault(node.place, "name.unknown", f"'{node.name}' is not known here.", remedy)
            return ""
        return unit

    def _names_for(self, node: Name, context: str) -> dict[str, str] | None:
        if not node.prefix:
            return self.names.order if context == "order" else self.names.member
        allowed = {
            "order": ("order", "buyer"),
            "receiver": ("order", "buyer", "receiver"),
            "source": ("receiver",),
        }.get(context, ())
        if node.prefix not in allowed:
            remedy = (
                "Here only the member's own values can be used."
                if not allowed
                else (f"Here can be used: {', '.join(f'{word}.' for word in allowed)}.")
            )
            problem = f"'{node.prefix}.' has no meaning here."
            self.fault(node.place, "name.prefix", problem, remedy)
            return None
        return self.names.order if node.prefix == "order" else self.names.member

    def _operation(self, node: Operation, context: str) -> str:
        if node.operator in ("and", "or"):
            self._want(node.left, context, "yes_no")
            self._want(node.right, context, "yes_no")
            return "yes_no"
        left = self.formula(node.left, context)
        if node.operator in formula.COMPARISONS:
            self._compare(left, node.right, context, node.operator)
            return "yes_no"
        right = self.formula(node.right, context)
        for unit, side in ((left, node.left), (right, node.right)):
            if unit and unit not in NUMERIC and unit != "yes_no":
                self.fault(side.place, "unit.not_a_number", f"One cannot reckon with {_a(unit)}.")
                return ""
        if not left or not right:
            return (left or right) if node.operator in ("+", "-") else ""
        if node.operator in ("+", "-"):
            return self._join(left, right, node.place, "The right side")
        left, right = _counted(left), _counted(right)
        return (
            self._product(node.place, left, right)
            if node.operator == "*"
            else self._quotient(node, left, right)
        )

    def _product(self, place: Place, left: str, right: str) -> str:
        pair = {left, right}
        if pair == {"number", "ratio"}:
            return "number"
        for neutral in ("number", "ratio", "count"):
            if neutral in pair:
                return right if left == neutral else left
        if pair == {"points", "money"}:
            return "money"
        problem = f"{left} times {right} means nothing."
        self.fault(place, "unit.product", problem, "One side should be a rate or a number.")
        return ""

    def _quotient(self, node: Operation, left: str, right: str) -> str:
        if right in ("number", "ratio", "count"):
            return left
        if left == right:
            return "ratio"
        problem = f"{left} divided by {right} means nothing."
        self.fault(node.place, "unit.quotient", problem, "Divide by a number or by the same unit.")
        return ""

    def _compare(self, left: str, right: Node, context: str, operator: str = "=") -> None:
        if left.startswith("rank:"):
            ladder = left[5:]
            known = self.names.ranks[ladder]
            if isinstance(right, Name) and not right.prefix and right.name in known:
                return
            if isinstance(right, Word):
                if right.text not in known:
                    remedy = _did_you_mean(right.text, known)
                    self.fault(
                        right.place, "name.rank", f"There is no rank '{right.text}'.", remedy
                    )
                return
        unit = self.formula(right, context)
        if not left or not unit:
            return
        if {left, unit} == {"member", "text"} or (left == unit and left not in NUMERIC):
            if operator not in ("=", "!=") and left in ("text", "yes_no", "member"):
                problem = f"{_a(left).capitalize()} is neither greater nor less."
                self.fault(right.place, "unit.order", problem, "Use = or !=.")
            return
        self._join(left, unit, right.place, "The right side")

    def _join(self, left: str, right: str, place: Place, what: str) -> str:
        left, right = _counted(left), _counted(right)
        if not left or not right:
            return left or right
        if right in (left, "number"):
            if "money" in (left, right) and "number" in (left, right) and left != right:
                return self._money_wanted(place)
            return left
        if left == "number":
            return self._money_wanted(place) if right == "money" else right
        self.fault(place, "unit.mismatch", f"{what} is {_a(right)}, but {_a(left)} is needed.")
        return ""

    def _money_wanted(self, place: Place) -> str:
        remedy = f"Write the currency, as in '100 {self.names.currency}'."
        self.fault(place, "unit.money", "Money and a plain number do not go together.", remedy)
        return ""

    def _want(self, node: Node, context: str, *units: str) -> str:
        unit = self.formula(node, context)
        if unit and unit not in units:
            wanted = " or ".join(units) if len(units) < 4 else "a number"
            problem = f"{wanted} is needed here; this is {_a(unit)}."
            self.fault(node.place, "unit.mismatch", problem)
            return ""
        return unit

    # Functions

    def _call(self, node: Call, context: str) -> str:
        if node.function not in ARGUMENTS:
            remedy = _did_you_mean(node.function, ARGUMENTS)
            problem = f"There is no function '{node.function}'."
            self.fault(node.place, "function.unknown", problem, remedy)
            return ""
        least, most = ARGUMENTS[node.function]
        if not least <= len(node.arguments) <= most:
            wanted = str(least) if least == most else f"{least} or more"
            problem = f"{node.function} takes {wanted} arguments, not {len(node.arguments)}."
            self.fault(node.place, "function.arguments", problem)
            return ""
        limited = node.where or node.until or node.tree or node.last_days
        if limited and node.function not in (*SUMS, *LEGS):
            problem = f"{node.function} takes no where, until, in or last."
            self.fault(node.place, "function.limits", problem)
        if node.function in (*SUMS, *LEGS):
            return self._sum_over_members(node, context)
        return self._other_call(node, context)

    def _sum_over_members(self, node: Call, context: str) -> str:
        if context == "order":
            remedy = "Name it as a measure and write buyer.NAME."
            problem = f"{node.function}(...) speaks of a member; an order has none of it."
            self.fault(node.place, "function.context", problem, remedy)
            return ""
        if node.tree and node.tree not in self.names.trees:
            problem = f"There is no tree '{node.tree}'."
            self.fault(node.place, "name.tree", problem, _did_you_mean(node.tree, self.names.trees))
        position = 1 if node.function in ("leg", "legs_from") else 0
        argument = node.arguments[position]
        inner = self.argument_context(argument, node)
        unit = self.formula(argument, inner)
        if node.where is not None:
            if inner == "member":
                remedy = "Put the condition on members into the argument: recruits(active and ...)."
                problem = "where speaks of orders, but what is summed here belongs to members."
                self.fault(node.where.place, "function.where", problem, remedy)
            self._want(node.where, "order", "yes_no")
        if node.until is not None:
            self._want(node.until, "member", "yes_no")
        if node.function in ("leg", "legs_from", "team"):
            self._whole(node.arguments[1 if node.function == "team" else 0], node.function)
        if node.function == "legs_sum":
            most = self.formula(node.arguments[1], "member")
            self._join(unit, most, node.arguments[1].place, "The most of one leg")
        if node.function == "legs":
            if unit not in ("yes_no", ""):
                problem = f"legs(...) counts legs where a condition holds; this is {_a(unit)}."
                self.fault(argument.place, "unit.mismatch", problem)
            return "count"
        if unit and unit not in NUMERIC and unit != "yes_no":
            self.fault(argument.place, "unit.not_a_number", f"One cannot add up {_a(unit)}.")
            return ""
        return _counted("count" if unit == "number" else unit)

    def argument_context(self, argument: Node, node: Call) -> str:
        """Say whether what a sum over members adds up belongs to orders or to members."""
        if node.function == "own" or node.last_days:
            return "order"
        if node.where is not None:
            return self.base_context(values.Formula(argument, ""))
        return self.summed_context(argument)

    def summed_context(self, argument: Node) -> str:
        """Say what a function over members adds up; what names nothing is taken of each member."""
        if any(isinstance(node, Name | Call) for node in formula.walk(argument)):
            return self.base_context(values.Formula(argument, ""))
        return "member"

    def _other_call(self, node: Call, context: str) -> str:  # noqa: C901 - one case a function
        first = node.arguments[0]
        if node.function in OF_A_MEMBER:
            if context == "order":
                problem = f"{node.function}(...) speaks of a member; an order has none of it."
                remedy = "Name it as a measure and write buyer.NAME."
                self.fault(node.place, "function.context", problem, remedy)
                return ""
            # These ask for the member himself, whose formula it is.
            context = "member"
        match node.function:
            case "earned" | "paid_on":
                return self._bonuses(node, context)
            case "event_sum":
                return _counted(self.formula(first, "order"))
            case "customers":
                self._want(first, "order", "yes_no")
                return "count"
            case "person":
                return _counted(self._want(first, "member", *NUMERIC, "yes_no"))
            case "given":
                self._want(first, context, "text", "date", "member")
                return "yes_no"
            case "sponsor_has":
                self._want(first, "member", "yes_no")
                return "yes_no"
            case "within":
                self._whole(first, "within")
                self._want(node.arguments[1], context, "date")
                return "yes_no"
            case "days_since":
                self._want(first, context, "date")
                return "count"
            case "share":
                left, right = (self.formula(part, context) for part in node.arguments[:2])
                for other in node.arguments[2:]:
                    self._want(other, context, "ratio", "number")
                self._join(left, right, node.place, "The second part of a share")
                return "ratio"
            case "round":
                self._whole(node.arguments[1], "round")
                return self._want(first, context, *NUMERIC)
            case "abs" | "floor" | "ceil":
                return self._want(first, context, *NUMERIC)
            case "min" | "max":
                return self._joined(node, context)
            case "over" | "best" | "held":
                self._whole(first, node.function)
                if node.function == "held":
                    self._want(node.arguments[1], context, "yes_no")
                    return "count"
                return _counted(self.formula(node.arguments[1], context))
            case "lifetime":
                return _counted(self.formula(first, context))
            case "previous":
                return self.formula(first, context)
            case "position":
                for part in node.arguments:
                    self._want(part, context, *NUMERIC, "date")
                return "count"
        raise AssertionError(node.function)

    def _joined(self, node: Call, context: str) -> str:
        result = ""
        for part in node.arguments:
            unit = self._want(part, context, *NUMERIC)
            result = self._join(result, unit, part.place, "This") if result else unit
        return result

    def _whole(self, node: Node, function: str) -> None:
        if not isinstance(node, Number) or node.unit or node.value.denominator != 1:
            problem = f"{function} needs a whole number written out here."
            self.fault(node.place, "function.whole_number", problem)

    def _bonuses(self, node: Call, context: str) -> str:
        if node.function == "paid_on" and context == "member":
            self.fault(node.place, "function.context", "paid_on(...) speaks of an order.")
        argument = node.arguments[0]
        listed = argument.arguments if isinstance(argument, Call) else (argument,)
        for name in listed:
            known = isinstance(name, Name) and name.name in self.names.bonuses
            if not known:
                text = getattr(name, "name", getattr(name, "text", "this"))
                remedy = _did_you_mean(str(text), self.names.bonuses)
                remedy = remedy or "If it comes in computed, list it under given_earnings."
                self.fault(name.place, "name.bonus", f"There is no bonus '{text}'.", remedy)
        return "money"


def _outside_sums(node: Node) -> Iterable[Node]:
    """Walk a formula without entering what sums over orders or members sum."""
    yield node
    if isinstance(node, Call) and node.function in (*SUMS, *LEGS):
        return
    for child in formula.children(node):
        yield from _outside_sums(child)


def _counted(unit: str) -> str:
    return "count" if unit == "yes_no" else unit


def _a(unit: str) -> str:
    if unit.startswith("rank:"):
        return "a rank"
    return {
        "points": "points",
        "money": "money",
        "count": "a count",
        "ratio": "a ratio",
        "number": "a plain number",
        "yes_no": "a condition",
        "text": "a text",
        "date": "a day",
        "member": "a member",
    }.get(unit, unit)


def _did_you_mean(text: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(text, list(known), n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else ""
