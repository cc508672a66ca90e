"""Gates before money leaves a wallet: what is there, what may leave, what is missing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.columns import Codes, Numbers
from upline.compensation.decimals import decimal_text
from upline.compensation.measures.evaluate import formula, numbers, rule
from upline.compensation.measures.scopes import Figures
from upline.compensation.measures.windows import carried_numbers
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import Node, Operation, text_of
from upline.compensation.wallets import Payable

Array = npt.NDArray[Any]


def report_withdrawals(payable: Payable, places: int) -> None:
    """Report what may leave each wallet that has a gate; what may not is carried on.

    The balance is what was held before with what this period adds. Where the gate holds, all of it
    may leave, and nothing is carried.
    """
    figures = payable.figures
    gated = {name: one for name, one in figures.world.plan.file.wallets.items() if one.withdraw}
    if not gated:
        return
    added = payable.by_wallet(places)
    for name, wallet in gated.items():
        assert wallet.withdraw is not None
        before = carried_numbers(figures, f"{name} held")
        balance = columns.added(before, Numbers(added[name], Fraction(1, 10**places)))
        may = np.broadcast_to(rule(wallet.withdraw, figures.member_scope), balance.values.shape)
        figures.states[f"{name}.balance"] = balance
        figures.states[f"{name}.withdrawable"] = Numbers(
            np.where(may, balance.values, 0), balance.unit
        )
        held = Numbers(np.where(may, 0, balance.values), balance.unit)
        figures.carries[f"{name} held"] = held
        rows = np.flatnonzero(held.values)
        figures.states[f"{name}.missing"] = _missing(wallet.withdraw, rows, figures)


def _missing(part: written.Rule, rows: Array, figures: Figures) -> Codes:
    """Say in the plan's own words what each of some members lacks."""
    lacking = [_of_leaf(leaf, rows, figures) for leaf in _leaves(part)]
    texts = ["; ".join(filter(None, found)) for found in zip(*lacking, strict=True)]
    labels = tuple(sorted(set(texts)))
    places = {label: place for place, label in enumerate(labels)}
    codes = np.full(len(figures.world), -1, np.int32)
    codes[rows] = [places[text] for text in texts]
    return Codes(codes, labels)


def _leaves(part: written.Rule) -> list[written.Rule]:
    """Give the conditions that must all hold."""
    if isinstance(part, written.All):
        return [leaf for inner in part.parts for leaf in _leaves(inner)]
    if isinstance(part, written.Formula):
        return [written.Formula(node, text_of(node)) for node in _joined(part.node)]
    return [part]


def _joined(node: Node) -> list[Node]:
    if isinstance(node, Operation) and node.operator == "and":
        return [*_joined(node.left), *_joined(node.right)]
    return [node]


def _of_leaf(leaf: written.Rule, rows: Array, figures: Figures) -> list[str]:
    """Write what is lacking of one condition for each row, '' where it holds."""
    scope = figures.member_scope
    fails = ~np.broadcast_to(rule(leaf, scope), (scope.size,))[rows]
    if not isinstance(leaf, written.Formula):
        text = " or ".join(text_of(one.node) for one in written.formulas_of(leaf))
        return [text if one else "" for one in fails.tolist()]
    node = leaf.node
    if isinstance(node, Operation) and node.operator in (">=", ">"):
        left, right = (formula(side, scope) for side in (node.left, node.right))
        if isinstance(left, Numbers) and isinstance(right, Numbers):
            gap = columns.added(numbers(right), left, -1).spread(scope.size).taken(rows)
            name, plain = text_of(node.left), text_of(node)
            lacking = [
                f"{name}: {decimal_text(gap.at(row))}" if gap.at(row) else plain
                for row in range(len(rows))
            ]
            return [text if one else "" for text, one in zip(lacking, fails.tolist(), strict=True)]
    return [text_of(node) if one else "" for one in fails.tolist()]
