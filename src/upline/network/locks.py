"""The locks of the trees. Every act on a tree takes them before it reads a row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from upline.foundation import locking
from upline.network.domain import SPONSOR
from upline.network.errors import MemberUnknown, TreeUnknown
from upline.network.models import Member, Tree


def hold(placements: Iterable[str] = (), *, sponsor: Literal["alone", "shared", ""] = "") -> None:
    """Lock placement trees, each alone, and the sponsor tree.

    Enrolments share the sponsor tree, for a new member makes no circle; a move holds it alone.
    """
    for code in sorted(set(placements)):
        locking.take("tree", f"placement:{code}")
    if sponsor == "alone":
        locking.take("tree", SPONSOR)
    elif sponsor == "shared":
        locking.take_shared("tree", SPONSOR)


def hold_all() -> None:
    """Lock every tree alone, as acts do that touch a member's places everywhere."""
    hold(Tree.objects.values_list("code", flat=True), sponsor="alone")


def members_for_update(*ids: int) -> list[Member]:
    """Lock members in the order of their keys and give them as asked. Raises MemberUnknown."""
    found = {one.pk: one for one in locking.rows(Member.objects.filter(pk__in=ids))}
    for wanted in ids:
        if wanted not in found:
            raise MemberUnknown(member=wanted)
    return [found[wanted] for wanted in ids]


def tree_by_code(code: str) -> Tree:
    """Find a placement tree. Raises TreeUnknown."""
    trees = {one.code: one for one in Tree.objects.order_by("code")}
    if code not in trees:
        raise TreeUnknown(tree=code, known=", ".join(trees) or "none")
    return trees[code]
