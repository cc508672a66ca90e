"""Formulas as phrases, built from the typed tree; what is inserted is never inflected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from upline.compensation.plan import formula, values
from upline.compensation.plan.formula import Among, Call, Day, Name, Node, Number, Operation, Unary
from upline.compensation.plan.load import Plan
from upline.compensation.plan.names import LEGS, SUMS
from upline.compensation.plan.schema import FieldSpec, Measure
from upline.compensation.plan.speech import Speech, msg
from upline.compensation.plan.wording import NAMES

_COMPARISONS = {
    ">=": msg("%(what)s is at least %(value)s"),
    ">": msg("%(what)s is more than %(value)s"),
    "<=": msg("%(what)s is at most %(value)s"),
    "<": msg("%(what)s is less than %(value)s"),
    "=": msg("%(what)s is %(value)s"),
    "!=": msg("%(what)s is not %(value)s"),
}
_RANKS = {
    ">=": msg("%(what)s: %(value)s or higher"),
    ">": msg("%(what)s: higher than %(value)s"),
    "<=": msg("%(what)s: %(value)s or lower"),
    "<": msg("%(what)s: lower than %(value)s"),
}
# An order that names a customer says so, and not that something is filled in.
_GIVEN_BY_ORDER = msg("the order states: %(of)s")
# Fields of members that every company has, and the values of one of them.
_FIELDS = {"country": msg("country"), "status": msg("status")}
_VALUES = {
    "active": msg("active"),
    "frozen": msg("frozen"),
    "terminated": msg("terminated"),
}
_SUMS = {
    "own": msg("sum over own orders (%(of)s)"),
    "group": msg("sum over the group (%(of)s)"),
    "downline": msg("sum over the downline (%(of)s)"),
    "recruits": msg("sum over direct recruits (%(of)s)"),
    "team": msg("sum over levels 1 to %(number)s below (%(of)s)"),
    "left": msg("sum over the left leg (%(of)s)"),
    "right": msg("sum over the right leg (%(of)s)"),
    "company": msg("sum over the whole company (%(of)s)"),
    "leg": msg("volume of leg no. %(number)s by strength (%(of)s)"),
    "legs_from": msg("sum over all legs from no. %(number)s by strength on (%(of)s)"),
    "legs_sum": msg("sum over the legs, each counted up to %(number)s (%(of)s)"),
}
_COUNTS = {
    "own": msg("number of own orders with (%(of)s)"),
    "group": msg("number of members in the group with (%(of)s)"),
    "downline": msg("number of members in the downline with (%(of)s)"),
    "recruits": msg("number of direct recruits with (%(of)s)"),
    "team": msg("number of members on levels 1 to %(number)s below with (%(of)s)"),
    "left": msg("number of members in the left leg with (%(of)s)"),
    "right": msg("number of members in the right leg with (%(of)s)"),
    "company": msg("number of members in the company with (%(of)s)"),
    "legs": msg("number of legs that have a member with (%(of)s)"),
}
# Of one level nobody says "levels 1 to 1".
_FIRST_SUM = msg("sum over level 1 below (%(of)s)")
_FIRST_COUNT = msg("number of members on level 1 below with (%(of)s)")
_FUNCTIONS = {
    "sponsor_has": msg("the sponsor meets (%(of)s)"),
    "earned": msg("earned by bonuses (%(of)s)"),
    "paid_on": msg("paid on the order by bonuses (%(of)s)"),
    "event_sum": msg("sum over the event (%(of)s)"),
    "customers": msg("number of customers with (%(of)s)"),
    "person": msg("sum over all positions of the person (%(of)s)"),
    "min": msg("the smallest of (%(of)s)"),
    "max": msg("the greatest of (%(of)s)"),
    "abs": msg("amount without its sign (%(of)s)"),
    "round": msg("rounded to %(number)s decimal places (%(of)s)"),
    "floor": msg("rounded down to a whole number (%(of)s)"),
    "ceil": msg("rounded up to a whole number (%(of)s)"),
    "given": msg("filled in: %(of)s"),
    "days_since": msg("number of days since (%(of)s)"),
    "within": msg("within %(number)s days from (%(of)s)"),
    "over": msg("total over the last %(number)s periods (%(of)s)"),
    "best": msg("greatest value in the last %(number)s periods (%(of)s)"),
    "held": msg("number of periods among the last %(number)s with (%(of)s)"),
    "lifetime": msg("total over all periods so far (%(of)s)"),
    "previous": msg("value of the period before (%(of)s)"),
    "position": msg("place in the company by (%(of)s)"),
}
_PREFIXES = {
    "order": msg("%(what)s (of the order)"),
    "buyer": msg("%(what)s (of the buyer)"),
    "receiver": msg("%(what)s (of the receiver)"),
}
_NUMBER_FIRST = ("leg", "legs_from", "within", "over", "best", "held")
_NUMBER_LAST = ("team", "legs_sum", "round")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Says formulas of one plan in one language."""

    plan: Plan
    speech: Speech

    @property
    def say(self) -> Callable[[str], str]:
        return self.speech.say

    def written(self, part: values.Formula) -> str:
        """Say a formula and show it as it is written."""
        phrase = self.phrase(part.node)
        is_plain = isinstance(part.node, Number | formula.Truth | Day | formula.Word)
        says_all = is_plain or phrase == f"`{part.text}`"
        return phrase if says_all else f"{phrase} [`{part.text}`]"

    def phrase(self, node: Node) -> str:
        """Say any part of a formula."""
        match node:
            case Number():
                return self.number(node)
            case formula.Word(text=text):
                return self.say("“%(what)s”") % {"what": self.value(text)}
            case formula.Truth(holds=holds):
                return self.say("yes") if holds else self.say("no")
            case Day(day=day):
                return self.speech.day(day)
            case Name():
                said = self.name(node)
                return self.say("%(what)s: yes") % {"what": said} if self._is_yes_no(node) else said
            case Call():
                return self._call(node)
            case Unary(operator="not", operand=Name() as operand):
                return self.say("%(what)s: no") % {"what": self.name(operand)}
            case Unary(operator="not", operand=operand):
                return self.say("not so: (%(what)s)") % {"what": self.phrase(operand)}
            case Unary(operand=operand):
                return f"−{self._bracketed(operand)}"
            case Among(value=value, choices=choices):
                listed = ", ".join(self.phrase(choice) for choice in choices)
                facts = {"what": self.operand(value), "value": listed}
                return self.say("%(what)s is one of %(value)s") % facts
            case Operation():
                return self._operation(node)
        raise AssertionError(node)

    def number(self, node: Number) -> str:
        """Write a number with its unit."""
        if node.unit == "ratio":
            return self.speech.percent(node.value)
        if node.unit:
            return self.speech.money(node.value, node.unit)
        return self.speech.number(node.value)

    def name(self, node: Name) -> str:
        """Say what a name stands for: its title, a word of the language, or the name itself."""
        said = self.title_of(node.name, node.prefix)
        if not node.prefix:
            return said
        return self.say(_PREFIXES[node.prefix]) % {"what": said}

    def title_of(self, name: str, prefix: str = "") -> str:
        """Give the title of a measure, value or column, or the word for a built-in name."""
        part = self.declared(name, prefix)
        if part is not None and part.title:
            return self.speech.words(part.title)
        if part is None and name in NAMES:
            return self.say(NAMES[name])
        if part is self.plan.file.members.get(name) and name in _FIELDS:
            return self.say(_FIELDS[name])
        return self.untitled(name, part)

    def declared(self, name: str, prefix: str = "") -> Measure | FieldSpec | None:
        """Find where the plan declares a name; what an order has wins where an order is named."""
        file = self.plan.file
        of_order: tuple[Mapping[str, Measure | FieldSpec], ...] = (file.order_values, file.orders)
        of_member: tuple[Mapping[str, Measure | FieldSpec], ...] = (file.measures, file.members)
        places = of_order + of_member if prefix == "order" else of_member + of_order
        return next((place[name] for place in places if name in place), None)

    def untitled(self, name: str, part: Measure | FieldSpec | None) -> str:  # noqa: ARG002 - plain phrases read it
        """Say a name that has no title, as it is written in the plan."""
        return f"`{name}`"

    def tree(self, name: str) -> str:
        """Give the title of a tree, or its name where it has none."""
        part = self.plan.file.trees.get(name)
        return self.speech.words(part.title) if part is not None and part.title else f"`{name}`"

    def value(self, text: str) -> str:
        """Give a value of a field of members as the reader's language says it, others as they are."""
        return self.say(_VALUES[text]) if text in _VALUES else text

    def rank(self, name: str) -> str:
        """Give the title of a rank, or its name where it has none."""
        for ladder in (self.plan.file.ranks, *self.plan.file.ladders.values()):
            for one in ladder if isinstance(ladder, list) else ():
                if one.rank == name and one.title:
                    return self.speech.words(one.title)
        return name

    def bonus(self, name: str) -> str:
        """Give the title of a bonus, or its name where it has none."""
        part = self.plan.file.bonuses.get(name)
        return self.speech.words(part.title) if part is not None and part.title else f"`{name}`"

    def operand(self, node: Node) -> str:
        """Say a side of a comparison: a name without its yes."""
        return self.name(node) if isinstance(node, Name) else self.phrase(node)

    def _bracketed(self, node: Node) -> str:
        is_joined = isinstance(node, Operation | Among)
        return f"({self.phrase(node)})" if is_joined else self.operand(node)

    def _operation(self, node: Operation) -> str:
        if node.operator in ("and", "or"):
            parts = [self._side(part, node.operator) for part in self._joined(node, node.operator)]
            word = self.say("and") if node.operator == "and" else self.say("or")
            return f" {word} ".join(parts)
        if node.operator in formula.COMPARISONS:
            return self._comparison(node)
        sign = {"*": "×", "/": "÷", "-": "−"}.get(node.operator, node.operator)
        return f"{self._bracketed(node.left)} {sign} {self._bracketed(node.right)}"

    def _joined(self, node: Node, operator: str) -> list[Node]:
        if isinstance(node, Operation) and node.operator == operator:
            return [*self._joined(node.left, operator), *self._joined(node.right, operator)]
        return [node]

    def _side(self, node: Node, operator: str) -> str:
        is_other = isinstance(node, Operation) and node.operator in ("and", "or")
        phrase = self.phrase(node)
        return f"({phrase})" if is_other and node.operator != operator else phrase  # type: ignore[attr-defined]

    def _comparison(self, node: Operation) -> str:
        left, right = node.left, node.right
        is_rank = isinstance(left, Name) and left.name in self.plan.names.ranks
        is_named = is_rank and isinstance(right, formula.Word)
        value = self.rank(right.text) if is_named else self.operand(right)  # type: ignore[attr-defined]
        messages = {**_COMPARISONS, **_RANKS} if is_rank else _COMPARISONS
        return self.say(messages[node.operator]) % {"what": self.operand(left), "value": value}

    def _call(self, node: Call) -> str:
        if node.function == "share":
            above, below, *instead = (self._bracketed(part) for part in node.arguments)
            empty = self.say(" (if the divisor is 0: %(value)s)") if instead else ""
            return f"{above} ÷ {below}" + (empty % {"value": instead[0]} if instead else "")
        number, rest = "", list(node.arguments)
        if node.function in _NUMBER_FIRST:
            number = self.operand(rest.pop(0))
        elif node.function in _NUMBER_LAST:
            number = self.operand(rest.pop())
        counted = node.function in (*SUMS, *LEGS) and self._is_condition(rest[0])
        message = _COUNTS.get(node.function, "") if counted else ""
        message = message or _SUMS.get(node.function) or _FUNCTIONS[node.function]
        if node.function == "team" and number == "1":
            message = _FIRST_COUNT if counted else _FIRST_SUM
        if node.function == "given" and self._is_of_order(rest[0]):
            message = _GIVEN_BY_ORDER
        said = self.phrase if counted or node.function in ("sponsor_has", "held") else self.operand
        if node.function in ("earned", "paid_on"):
            said = self._bonus_named
        facts = {"number": number, "of": "; ".join(self._items(rest, said))}
        return self.say(message) % facts + self._limits(node)

    def _items(self, parts: list[Node], said: Callable[[Node], str]) -> list[str]:
        listed: list[str] = []
        for part in parts:
            inner = (
                part.arguments if isinstance(part, Call) and part.function == "list" else (part,)
            )
            listed += [said(item) for item in inner]
        return listed

    def _bonus_named(self, node: Node) -> str:
        return self.bonus(node.name) if isinstance(node, Name) else self.phrase(node)

    def _limits(self, node: Call) -> str:
        said = ""
        if node.where is not None:
            said += self.say(", only for orders with (%(what)s)") % {
                "what": self.phrase(node.where)
            }
        if node.until is not None:
            message = self.say(", without members who meet (%(what)s) and everybody below them")
            said += message % {"what": self.phrase(node.until)}
        if node.tree:
            said += self.say(", in the tree (%(what)s)") % {"what": self.tree(node.tree)}
        if node.last_days:
            said += self.say(", over the last %(number)s days") % {"number": str(node.last_days)}
        return said

    def _is_of_order(self, node: Node) -> bool:
        names = self.plan.names
        return isinstance(node, Name) and node.name in names.order and node.name not in names.member

    def _is_yes_no(self, node: Name) -> bool:
        names = self.plan.names
        return "yes_no" in (names.member.get(node.name), names.order.get(node.name))

    def _is_condition(self, node: Node) -> bool:
        match node:
            case Name():
                return self._is_yes_no(node)
            case Operation(operator=operator):
                return operator in ("and", "or", *formula.COMPARISONS)
            case Call(function=function):
                return function in ("given", "within", "sponsor_has")
        return isinstance(node, Among | formula.Truth) or (
            isinstance(node, Unary) and node.operator == "not"
        )
