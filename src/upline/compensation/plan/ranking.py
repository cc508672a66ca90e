"""How a ladder asks for ranks below: what one sweep can count, and what must only ever rise."""

from __future__ import annotations

from collections.abc import Iterator

from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.formula import COMPARISONS, Call, Name, Node, Operation, Unary
from upline.compensation.plan.schema import PlanFile
from upline.compensation.plan.stages import BELOW, expanded, names_of_ladder
from upline.compensation.plan.trees import tells_personal, tree_of
from upline.compensation.plan.units import Typing

# What a sweep from the bottom of one tree adds up.
SWEPT = ("recruits", "legs", "downline", "group")
_CONSTANT, _RISES, _FALLS = 0, 1, -1


def asks(node: Node, ladder: str) -> bool:
    """Say whether a formula asks for ranks of a ladder in this period."""
    if isinstance(node, Call) and node.function == "previous":
        return False
    if isinstance(node, Name):
        return node.name in names_of_ladder(ladder)
    return any(asks(child, ladder) for child in formula.children(node))


def asks_in(rule: values.Rule, ladder: str) -> bool:
    """Say whether any formula of a rule asks for ranks of a ladder."""
    return any(asks(one.node, ladder) for one in values.formulas_of(rule))


def needs_of(name: str, ladder: list[schema.Rank], file: PlanFile) -> list[values.Rule]:
    """Give the needs of each rank, with the measures written out that ask for ranks."""
    return [expanded(rank.needs, name, file) for rank in ladder]


def swept_tree(name: str, needs: list[values.Rule], file: PlanFile) -> str:
    """Give the tree from whose bottom ranks are found: the only one they ask in, else the sponsors'."""
    trees = {tree_of(call, file) for rule in needs for call in _counts(rule, name)}
    return trees.pop() if len(trees) == 1 else "sponsor"


def is_swept(node: Node, name: str, tree: str, file: PlanFile) -> bool:
    """Say whether a count of ranks below is found in the sweep itself."""
    if not isinstance(node, Call) or node.function not in SWEPT or tells_personal(node):
        return False
    inner = [*node.arguments, *([node.until] if node.until is not None else [])]
    is_nested = any(asks(call, name) for part in inner for call in _calls(part))
    return tree_of(node, file) == tree and not is_nested


def is_one_sweep(name: str, needs: list[values.Rule], file: PlanFile) -> bool:
    """Say whether one sweep finds all ranks; else they are found by rounds in which they only rise."""
    tree = swept_tree(name, needs, file)
    return all(
        _is_plain(one.node, name, tree, file) for rule in needs for one in values.formulas_of(rule)
    )


def _is_plain(node: Node, name: str, tree: str, file: PlanFile) -> bool:
    """Say whether a condition can be worked out at each member from what the sweep has counted."""
    if not asks(node, name):
        return True
    if isinstance(node, Operation) and node.operator in ("and", "or"):
        return all(_is_plain(child, name, tree, file) for child in (node.left, node.right))
    if isinstance(node, Unary):
        return node.operator == "not" and _is_plain(node.operand, name, tree, file)
    if isinstance(node, Operation) and node.operator in COMPARISONS:
        return all(is_reckoned(child, name, tree, file) for child in (node.left, node.right))
    return False


def is_reckoned(node: Node, name: str, tree: str, file: PlanFile) -> bool:
    """Say whether a number can be worked out from counts and figures by + - * / min max."""
    if not asks(node, name):
        return True
    match node:
        case Call(function="min" | "max"):
            return all(is_reckoned(part, name, tree, file) for part in node.arguments)
        case Operation(operator="+" | "-" | "*"):
            return all(is_reckoned(part, name, tree, file) for part in (node.left, node.right))
        case Operation(operator="/", right=formula.Number()):
            return is_reckoned(node.left, name, tree, file)
        case Unary(operator="-"):
            return is_reckoned(node.operand, name, tree, file)
    return is_swept(node, name, tree, file)


def _counts(rule: values.Rule, name: str) -> Iterator[Call]:
    """Give the outermost functions that ask for ranks below."""
    for one in values.formulas_of(rule):
        yield from _outermost(one.node, name)


def _outermost(node: Node, name: str) -> Iterator[Call]:
    if isinstance(node, Call) and node.function in BELOW:
        if asks(node, name):
            yield node
        return
    for child in formula.children(node):
        yield from _outermost(child, name)


def _calls(node: Node) -> Iterator[Node]:
    return (inner for inner in formula.walk(node) if isinstance(inner, Call))


# The check


def check_ladders(file: PlanFile, typing: Typing) -> None:
    """Report ladders that need rounds, and of which some condition may cease to hold as ranks rise."""
    ladders = {"rank": file.ranks, **file.ladders}
    for name, ladder in ladders.items():
        if not isinstance(ladder, list):
            continue
        needs = needs_of(name, ladder, file)
        if is_one_sweep(name, needs, file):
            continue
        for rank, rule in zip(ladder, needs, strict=True):
            for one in values.formulas_of(rule):
                if _course(one.node, name, typing) not in (_CONSTANT, _RISES):
                    _refuse(rank, one, typing)


def _refuse(rank: schema.Rank, needed: values.Formula, typing: Typing) -> None:
    problem = (
        f"'{rank.rank}' asks for ranks in several trees or by several functions at once, and"
        f" '{formula.text_of(needed.node)}' may cease to hold when others rise in rank."
    )
    remedy = "Ask only for at least so many with at least a rank: legs(rank >= 'Gold') >= 2."
    typing.fault(needed.node.place, "ranks.not_monotone", problem, remedy)


def _course(node: Node, name: str, typing: Typing) -> int | None:
    """Say whether a value rises (1) or falls (-1) as ranks rise, hangs on none (0), or any (None)."""
    if not asks(node, name):
        return _CONSTANT

    def of(part: Node) -> int | None:
        return _course(part, name, typing)

    match node:
        case Name():
            return _RISES
        case Unary(operand=operand):
            return _turned(of(operand))
        case Operation(operator="and" | "or" | "+", left=left, right=right):
            return _together(of(left), of(right))
        case Operation(operator=">" | ">=" | "-", left=left, right=right):
            return _together(of(left), _turned(of(right)))
        case Operation(operator="<" | "<=", left=left, right=right):
            return _together(_turned(of(left)), of(right))
        case Operation(operator="*", left=left, right=right):
            return of(left) if _is_positive(right) else of(right) if _is_positive(left) else None
        case Operation(operator="/", left=left, right=right):
            return of(left) if _is_positive(right) else None
        case Call(function="min" | "max" | "floor" | "ceil" | "round"):
            return _together(*map(of, node.arguments))
        case Call() if node.function in BELOW:
            return _course_below(node, name, typing)
    return None


def _course_below(node: Call, name: str, typing: Typing) -> int | None:
    if node.where is not None and asks(node.where, name):
        return None
    course = _together(*(_course(part, name, typing) for part in node.arguments))
    if node.until is None or not asks(node.until, name):
        return course
    # Whom `until` leaves out takes away what counts, unless a volume below zero goes with him.
    counted = node.arguments[-1] if node.function in ("leg", "legs_from") else node.arguments[0]
    if typing.formula(counted, "member") != "yes_no":
        return None
    return _together(course, _turned(_course(node.until, name, typing)))


def _is_positive(node: Node) -> bool:
    return isinstance(node, formula.Number) and node.value > 0


def _turned(course: int | None) -> int | None:
    return None if course is None else -course


def _together(*courses: int | None) -> int | None:
    found = set(courses) - {_CONSTANT}
    if len(found) > 1 or None in found:
        return None
    return found.pop() if found else _CONSTANT
