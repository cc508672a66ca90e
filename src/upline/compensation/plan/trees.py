"""Which tree each part of a plan speaks of, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Iterator

from upline.compensation.plan.formula import Call, Name, Node, children
from upline.compensation.plan.names import LEGS, OF_A_MEMBER, SUMS
from upline.compensation.plan.once import once_a_plan
from upline.compensation.plan.parts import all_nodes
from upline.compensation.plan.schema import Binary, PlanFile
from upline.compensation.plan.units import Typing

SIDED = ("left", "right")
_PLACED = ("side", "placement_parent")
_REMEDY = "Declare it: trees: {placement: {kind: binary}}."


def tree_of(call: Call, file: PlanFile) -> str:
    """Give the tree in which a sum is taken; left and right belong to the binary one."""
    if call.tree or call.function not in SIDED:
        return call.tree or "sponsor"
    return next((name for name, tree in file.trees.items() if tree.kind == "binary"), "")


def is_elsewhere(node: Node) -> bool:
    """Say whether a formula is a sum in another tree than the sponsor tree."""
    if not isinstance(node, Call) or node.function not in (*SUMS, *LEGS):
        return False
    if node.function in ("own", "company"):
        return False
    return node.function in SIDED or node.tree not in ("", "sponsor")


def tells_personal(node: Call) -> bool:
    """Say whether a sum in another tree tells those apart whom the asking member enrolled."""
    return is_elsewhere(node) and any(map(_is_personal, _of_those_counted(node)))


@once_a_plan
def trees_used(file: PlanFile) -> frozenset[str]:
    """Give the trees that a bonus goes up or a formula speaks of."""
    used = {
        bonus.tree
        for bonus in file.bonuses.values()
        if not isinstance(bonus, Binary) or bonus.given_legs is None
    }
    for node in all_nodes(file):
        if isinstance(node, Call):
            used.add(tree_of(node, file))
        elif isinstance(node, Name) and node.name in _PLACED:
            used.update(file.trees)
    return frozenset(used)


@once_a_plan
def asks_for(file: PlanFile, name: str) -> bool:
    """Say whether a plan needs `side` or `person`, which no section declares, of its members."""
    if name in file.measures:
        return False
    is_limit = name == "person" and any(limit.per == "person" for limit in file.limits.values())
    return is_limit or any(
        getattr(node, "name", getattr(node, "function", "")) == name
        for node in all_nodes(file)
        if isinstance(node, Name | Call)
    )


def check_trees(file: PlanFile, typing: Typing) -> None:
    """Report sides and places without a tree that has them, and `personal` where nobody is it."""
    for node in all_nodes(file):
        if isinstance(node, Name) and node.name in _PLACED and not file.trees:
            if node.name not in file.members and node.name not in file.measures:
                problem = f"'{node.name}' needs a placement tree."
                typing.fault(node.place, "name.tree", problem, _REMEDY)
        elif isinstance(node, Call) and is_elsewhere(node):
            _check_sum(node, file, typing)


def _check_sum(node: Call, file: PlanFile, typing: Typing) -> None:
    tree = file.trees.get(tree_of(node, file))
    if node.function in SIDED and (tree is None or tree.kind != "binary"):
        problem = f"{node.function}(...) needs a binary tree."
        typing.fault(node.place, "name.tree", problem, _REMEDY)
    for inner in _of_those_counted(node):
        is_sum = isinstance(inner, Call) and inner.function in (*SUMS, *LEGS, *OF_A_MEMBER)
        if is_sum and any(map(_is_personal, outside_others(inner))):
            _refuse_personal(inner, "a further function over members", typing)
    if node.until is not None and any(map(_is_personal, outside_others(node.until))):
        _refuse_personal(node.until, "until", typing)


def _refuse_personal(node: Node, where: str, typing: Typing) -> None:
    problem = f"'personal' cannot stand in {where}: there it would be somebody else's."
    remedy = "Write it beside the other conditions, as in left(active and personal)."
    typing.fault(node.place, "name.personal", problem, remedy)


def _is_personal(node: Node) -> bool:
    return isinstance(node, Name) and node.name == "personal"


def _of_those_counted(node: Call) -> Iterator[Node]:
    """Give the nodes of a sum's argument that speak of those counted, not of others below them."""
    for argument in node.arguments:
        yield from outside_others(argument)


def outside_others(node: Node) -> Iterator[Node]:
    """Walk a formula without entering sums in another tree than the sponsor tree."""
    if is_elsewhere(node):
        return
    yield node
    for child in children(node):
        yield from outside_others(child)
