"""Names that a plan declares and nobody uses."""

from __future__ import annotations

from collections.abc import Iterator

from upline.compensation.errors import Place
from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.parts import all_nodes
from upline.compensation.plan.review.finding import Finding

# Columns that the engine itself reads by name.
_READ_BY_NAME = {"person", "placement_parent", "side", "rank", "customer", "currency", "kind"}


def unused_findings(file: schema.PlanFile) -> Iterator[Finding]:
    """Find constants, fields, values, measures, ladders, trees and wallets that nothing uses."""
    used = _used(file)
    for section in ("constants", "members", "orders", "order_values", "measures", "ladders"):
        if section == "measures" and not file.bonuses:
            # Such a plan is written for the measures themselves.
            continue
        for name, part in getattr(file, section).items():
            if name not in used and name not in _READ_BY_NAME:
                yield Finding("unused", _place(part), (("what", name),))
    trees = {node.tree for node in all_nodes(file) if isinstance(node, formula.Call)}
    trees |= {bonus.tree for bonus in file.bonuses.values()}
    asks_sides = any(
        isinstance(node, formula.Call) and node.function in ("left", "right")
        for node in all_nodes(file)
    )
    for name, tree in file.trees.items():
        # left and right ask for the binary tree without naming it; a filled matrix reports places.
        is_asked = (tree.kind == "binary" and asks_sides) or tree.fill != "given"
        if name not in trees and not is_asked:
            yield Finding("unused", tree.place, (("what", name),))
    paying = {bonus.wallet for bonus in file.bonuses.values()}
    for name, wallet in file.wallets.items():
        share = wallet.share
        gives = not isinstance(share, values.Formula) or share.node != formula.parse("0 %")
        if name not in paying and not gives:
            yield Finding("unused", wallet.place, (("what", name),))


def _used(file: schema.PlanFile) -> set[str]:
    used = {node.name for node in all_nodes(file) if isinstance(node, formula.Name)}
    for bonus in file.bonuses.values():
        for field in ("to", "starts", "lines"):
            used.add(str(getattr(bonus, field, "")).rpartition(".")[2])
    return used


def _place(part: object) -> Place:
    if isinstance(part, schema.Part):
        return part.place
    if isinstance(part, list):
        return part[0].place if part else Place()
    return values.place_of_value(part)  # type: ignore[arg-type]
