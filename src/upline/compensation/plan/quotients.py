"""Where a quotient may stand: it has no common unit, so it is compared or rounded, never reckoned with."""

from __future__ import annotations

from dataclasses import dataclass, field

from upline.compensation.plan import formula, values
from upline.compensation.plan.formula import Among, Call, Name, Node, Number, Operation, Unary
from upline.compensation.plan.parts import parts_of, slots_of
from upline.compensation.plan.schema import PlanFile
from upline.compensation.plan.units import Typing

_ROUNDED = ("round", "floor", "ceil")
_EXACT = ("min", "max", "abs", *_ROUNDED)


def check_quotients(file: PlanFile, typing: Typing) -> None:
    """Report each quotient that is neither rounded nor compared with an exact number.

    A division by a constant is exact, and so is one by a table of constants. The whole of a
    measure may be a share(...): whoever uses it compares or rounds it.
    """
    check = _Check(file, typing)
    for part in parts_of(file):
        for _, content, _ in slots_of(part):
            check.content(content)
    for measure in (*file.order_values.values(), *file.measures.values()):
        whole = measure.value
        if isinstance(whole, values.Formula) and _is_share(whole.node):
            check.node(whole.node, may_be=True)
        else:
            check.content(whole)


def _is_share(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "share"


@dataclass(slots=True)
class _Check:
    file: PlanFile
    typing: Typing
    # What is known of named values; one that is being looked at counts as no.
    quotients: dict[str, bool] = field(default_factory=dict)
    constants: dict[str, bool] = field(default_factory=dict)

    def content(self, content: values.Value | values.Rule) -> None:
        scaled = _scaled(content)
        for written in values.formulas_of(content):
            self.node(written.node, may_be=any(written is of for of in scaled))

    def node(self, node: Node, *, may_be: bool) -> None:
        if self._is_quotient(node) and not may_be:
            text = formula.text_of(node)
            problem = f"'{text}' is a quotient, which has no exact value here."
            remedy = f"Write round({text}, places), as in round({text}, 4)."
            self.typing.fault(node.place, "formula.quotient", problem, remedy)
            return
        if isinstance(node, Operation) and node.operator in formula.COMPARISONS:
            if self._is_quotient(node.left) and self._is_quotient(node.right):
                problem = "Two quotients are compared here, and neither has an exact value."
                remedy = f"Write round({formula.text_of(node.right)}, places) on one side."
                self.typing.fault(node.place, "formula.quotients", problem, remedy)
            self.node(node.left, may_be=True)
            self.node(node.right, may_be=True)
            return
        for index, child in enumerate(formula.children(node)):
            is_rounded = isinstance(node, Call) and node.function in _ROUNDED
            is_tested = isinstance(node, Among)
            self.node(child, may_be=index == 0 and (is_rounded or is_tested))

    def _is_quotient(self, node: Node) -> bool:
        if isinstance(node, Operation) and node.operator == "/":
            return not self._is_constant(node.right)
        if isinstance(node, Name):
            if node.name not in self.quotients:
                self.quotients[node.name] = False
                whole = self._named(node.name)
                is_formula = isinstance(whole, values.Formula)
                self.quotients[node.name] = is_formula and self._is_quotient(whole.node)  # type: ignore[union-attr]
            return self.quotients[node.name]
        return _is_share(node)

    def _named(self, name: str) -> values.Value | None:
        measure = self.file.order_values.get(name) or self.file.measures.get(name)
        return measure.value if measure is not None else None

    def _is_constant(self, node: Node) -> bool:
        """Say whether a formula has but a few values, all of which the plan writes out."""
        match node:
            case Number():
                return True
            case Name(name=name):
                if name not in self.constants:
                    self.constants[name] = name in self.file.constants
                    whole = self._named(name)
                    if whole is not None:
                        self.constants[name] = self._is_table(whole)
                return self.constants[name]
            case Unary(operator="-", operand=operand):
                return self._is_constant(operand)
            case Operation(operator="+" | "-" | "*" | "/", left=left, right=right):
                return self._is_constant(left) and self._is_constant(right)
            case Call(function=function, arguments=arguments) if function in _EXACT:
                return all(self._is_constant(argument) for argument in arguments)
        return False

    def _is_table(self, value: values.Value) -> bool:
        if isinstance(value, values.Formula):
            return self._is_constant(value.node)
        if isinstance(value, values.Scale) and value.is_marginal:
            return False
        return all(self._is_table(part) for part in values.parts_of(value))


def _scaled(content: values.Value | values.Rule) -> list[values.Formula]:
    """Give what the scales of a value go by: it is compared with their steps."""
    match content:
        case values.All() | values.AnyOf() | values.Formula():
            return []
        case values.Scale(of=of, is_marginal=False):
            own = [of]
        case _:
            own = []
    return own + [of for part in values.parts_of(content) for of in _scaled(part)]
