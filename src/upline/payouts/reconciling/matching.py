"""Three lists: what fits, ours without theirs, theirs without ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from upline.money import Money
from upline.payouts.files.shape import account_of
from upline.payouts.orders import PayoutOrder
from upline.payouts.reconciling.statement import StatementLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An order and the line that paid it; `by` is `key`, `reference` or `account`."""

    order: PayoutOrder
    line: StatementLine
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """Each order and each line stands in exactly one place.

    A line whose key is ours and whose amount is not stands with theirs, and the order with ours:
    somebody has to look. So does a second line for an order, and money that came back.
    """

    matched: tuple[Match, ...]
    ours: tuple[PayoutOrder, ...]
    theirs: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One way to see that an order and a line belong together; empty is seen in no way."""

    by: str
    ours: Callable[[PayoutOrder], str]
    theirs: Callable[[StatementLine, frozenset[str]], str]


def reconcile(orders: Sequence[PayoutOrder], lines: Sequence[StatementLine]) -> Reconciled:
    """Match orders and lines of equal amounts, by key, then reference, then account.

    Something weaker than the key decides only where it leaves one order and one line, and never
    about a line that names a key, of ours or a stranger's.
    """
    matched: list[Match] = []
    left = {one.key: one for one in orders}
    open_lines = list(lines)
    keys = frozenset(left)
    for step in _STEPS:
        by_key = step.by == "key"
        free = [one for one in open_lines if by_key or not _names_a_key(one, keys)]
        found = _found(step, list(left.values()), free, keys)
        matched += found
        for one in found:
            del left[one.order.key]
        taken = {id(one.line) for one in found}
        open_lines = [one for one in open_lines if id(one) not in taken]
    return Reconciled(matched=tuple(matched), ours=tuple(left.values()), theirs=tuple(open_lines))


def _found(
    step: _Step,
    orders: Sequence[PayoutOrder],
    lines: Sequence[StatementLine],
    keys: frozenset[str],
) -> list[Match]:
    waiting: dict[tuple[str, Money], list[PayoutOrder]] = {}
    for order in orders:
        waiting.setdefault((step.ours(order), order.amount), []).append(order)
    came: dict[tuple[str, Money], list[StatementLine]] = {}
    for line in lines:
        came.setdefault((step.theirs(line, keys), line.amount), []).append(line)
    found = []
    for (sign, amount), candidates in waiting.items():
        fitting = came.get((sign, amount), [])
        # Of two lines with one key the first pays, the second is for somebody to look at.
        is_clear = len(candidates) == 1 and (step.by == "key" or len(fitting) == 1)
        if sign and fitting and is_clear:
            found.append(Match(order=candidates[0], line=fitting[0], by=step.by))
    return found


def _names_a_key(line: StatementLine, keys: frozenset[str]) -> bool:
    return line.key not in _NO_KEY or bool(_named(line, keys))


def _named(line: StatementLine, keys: frozenset[str]) -> set[str]:
    """Give the keys of ours that a line names, in its place or as words of its text."""
    words = {word.strip("[]().,;") for word in line.text.split()}
    return ({line.key} | words) & keys


def _key_of(line: StatementLine, keys: frozenset[str]) -> str:
    named = _named(line, keys)
    return named.pop() if len(named) == 1 else ""


# What banks write where they were given no key.
_NO_KEY = frozenset({"", "NOTPROVIDED"})
_STEPS = (
    _Step(by="key", ours=lambda order: order.key, theirs=_key_of),
    _Step(by="reference", ours=lambda order: order.reference, theirs=lambda line, _: line.text),
    _Step(
        by="account",
        ours=lambda order: account_of(order.method),
        theirs=lambda line, _: line.account.replace(" ", ""),
    ),
)
