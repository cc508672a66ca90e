"""Names that stand outside formulas: wallets, receivers, lines, trees, ranks."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable

from upline.compensation.plan import schema
from upline.compensation.plan.units import Typing

_LINES = ("per_order", "per_buyer")


def check_references(file: schema.PlanFile, typing: Typing) -> None:
    """Report every name outside a formula that names nothing."""
    _ranks_twice(file, typing)
    for name, tree in file.trees.items():
        _tree(name, tree, typing)
    for name, limit in file.limits.items():
        for bonus in limit.bonuses if limit.bonuses != "all" else ():
            if bonus not in typing.names.bonuses:
                problem = f"The limit '{name}' names '{bonus}', which is no bonus."
                remedy = _did_you_mean(bonus, typing.names.bonuses)
                typing.fault(limit.place, "name.bonus", problem, remedy)
    for name, part in file.bonuses.items():
        _bonus(name, part, file, typing)


def _tree(name: str, tree: schema.Tree, typing: Typing) -> None:
    if tree.fill == "given":
        return
    if tree.kind != "matrix":
        problem = f"The tree '{name}' is {tree.kind}; only a matrix is filled."
        typing.fault(tree.place, "tree.fill", problem, "Write kind: matrix, or leave fill out.")
    elif tree.width is None:
        problem = f"The matrix '{name}' is to be filled, but has no width."
        typing.fault(tree.place, "tree.width", problem, "Write width: 3.")


def _ranks_twice(file: schema.PlanFile, typing: Typing) -> None:
    for ladder in (file.ranks, *file.ladders.values()):
        if isinstance(ladder, schema.GivenRanks):
            named = [(rank, ladder.place) for rank in ladder.given]
        else:
            named = [(rank.rank, rank.place) for rank in ladder]
        count = Counter(rank for rank, _ in named)
        for rank, place in dict(reversed(named)).items() if len(count) < len(named) else ():
            if count[rank] > 1:
                problem = f"There are {count[rank]} ranks '{rank}'."
                typing.fault(place, "name.twice", problem, "Rename all but one of them.")


def _bonus(name: str, bonus: schema.Bonus, file: schema.PlanFile, typing: Typing) -> None:
    if bonus.wallet is not None and bonus.wallet not in file.wallets:
        problem = f"'{name}' pays into the wallet '{bonus.wallet}', which does not exist."
        remedy = _did_you_mean(bonus.wallet, file.wallets) or "Declare it under wallets."
        typing.fault(bonus.place, "name.wallet", problem, remedy)
    if isinstance(bonus, schema.Own) and bonus.to != "member":
        _receiver(name, "to", bonus.to, bonus, typing)
    if isinstance(bonus, schema.Level) and bonus.starts not in ("parent", "buyer"):
        _receiver(name, "starts", bonus.starts, bonus, typing)
    if isinstance(bonus, schema.Sourced):
        _lines(name, bonus, file, typing)
    is_matched = isinstance(bonus, schema.Binary) and bonus.given_legs is None
    if is_matched and bonus.tree not in typing.names.trees:
        problem = f"There is no tree '{bonus.tree}'."
        remedy = f"Declare it: trees: {{{bonus.tree}: {{kind: binary}}}}."
        typing.fault(bonus.place, "name.tree", problem, remedy)


def _receiver(name: str, key: str, written: str, bonus: schema.Bonus, typing: Typing) -> None:
    prefix, _, field = written.rpartition(".")
    names = {"order": typing.names.order, "buyer": typing.names.member}.get(prefix, {})
    if names.get(field) in ("member", ""):
        return
    fields = [f"order.{field}" for field, unit in typing.names.order.items() if unit == "member"]
    fields += [f"buyer.{field}" for field, unit in typing.names.member.items() if unit == "member"]
    problem = f"'{key}' of '{name}' is '{written}', which names no member."
    remedy = _did_you_mean(written, fields) or f"It may be {', '.join(fields)}."
    typing.fault(bonus.place, "name.receiver", problem, remedy)


def _lines(name: str, bonus: schema.Sourced, file: schema.PlanFile, typing: Typing) -> None:
    allowed = [*_LINES]
    if isinstance(bonus, schema.Own):
        texts = [field for field, spec in file.orders.items() if spec.unit == "text"]
        allowed += ["per_period", *texts, *(["kind", "customer"])]
    if isinstance(bonus, schema.Level) and bonus.head is not None:
        allowed.append("per_head")
    if bonus.lines not in allowed and typing.names.order.get(bonus.lines) != "":
        problem = f"'{name}' cannot have lines '{bonus.lines}'."
        remedy = _did_you_mean(bonus.lines, allowed) or f"They may be {', '.join(allowed)}."
        typing.fault(bonus.place, "bonus.lines", problem, remedy)


def _did_you_mean(text: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(text, list(known), n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else ""
