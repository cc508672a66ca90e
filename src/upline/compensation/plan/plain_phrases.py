"""Formulas as phrases for people who never see the plan's text: no name of it is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from upline.compensation.plan import values
from upline.compensation.plan.phrases import Phrases
from upline.compensation.plan.schema import FieldSpec, Measure
from upline.compensation.plan.speech import msg
from upline.compensation.plan.wording import CHOICES

# What stands for a name without a title, by its unit.
_OF_ORDERS = {
    "points": msg("volume of the order"),
    "money": msg("amount of the order"),
    "count": msg("number on the order"),
    "ratio": msg("rate of the order"),
    "yes_no": msg("mark of the order"),
    "date": msg("date on the order"),
    "member": msg("member named by the order"),
}
_OF_MEMBERS = {
    "points": msg("volume"),
    "money": msg("sum of money"),
    "count": msg("a number"),
    "ratio": msg("a rate"),
    "yes_no": msg("condition of the plan"),
    "date": msg("a date"),
    "member": msg("another member"),
}
_A_FIELD = msg("an entry of the data")
# A value without a title is said by its formula, and what stands in that by its unit.
_DEEPEST = 1


@dataclass(frozen=True, slots=True)
class PlainPhrases(Phrases):
    """Says formulas of one plan by titles, and what has none by what it is."""

    depth: int = 0

    def untitled(self, name: str, part: Measure | FieldSpec | None) -> str:
        """Say what a name without a title stands for."""
        file, names = self.plan.file, self.plan.names
        if part is None:
            constant = file.constants.get(name)
            if isinstance(constant, values.Formula):
                return self.phrase(constant.node)
            return self.say(_A_FIELD)
        is_of_order = part in (file.orders.get(name), file.order_values.get(name))
        unit = (names.order if is_of_order else names.member).get(name, "")
        formula = getattr(part, "value", None)
        if isinstance(formula, values.Formula) and unit != "yes_no" and self.depth < _DEEPEST:
            return replace(self, depth=self.depth + 1).operand(formula.node)
        words = _OF_ORDERS if is_of_order else _OF_MEMBERS
        return self.say(words.get(unit, _A_FIELD))

    def tree(self, name: str) -> str:
        """Say which tree is meant by what kind it is, where it has no title."""
        part = self.plan.file.trees.get(name)
        if part is None:
            return self.say(CHOICES["tree"]["sponsor"])
        return self.speech.words(part.title) or self.say(CHOICES["kind"][part.kind])
