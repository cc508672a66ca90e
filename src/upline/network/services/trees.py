"""Open placement trees, and seal the history of all trees."""

from __future__ import annotations

import re
from datetime import date

from django.db import transaction

from upline.foundation import audit, locking
from upline.network import locks
from upline.network.domain import SPONSOR
from upline.network.errors import TreeDiffers, TreeUnlawful
from upline.network.models import HistorySeal, Tree


def open_tree(
    *,
    code: str,
    kind: str,
    width: int = 2,
    holding_days: int = 0,
    holding_rule: str = Tree.Rule.FIRST_FREE,
) -> int:
    """Open a placement tree and give its id; the same again gives the same.

    Raises TreeUnlawful, TreeDiffers.
    """
    form = {
        "kind": str(kind),
        "width": width,
        "holding_days": holding_days,
        "holding_rule": str(holding_rule),
    }
    _check(code, form)
    with transaction.atomic():
        locking.take("company", "trees")
        there = Tree.objects.filter(code=code).values("id", *form).first()
        if there is None:
            return int(Tree.objects.create(code=code, **form).pk)
        tree_id = there.pop("id")
        if there != form:
            raise TreeDiffers(tree=code, there=there)
        return int(tree_id)


def _check(code: str, form: dict[str, object]) -> None:
    faults = []
    if not re.fullmatch("[a-z][a-z0-9_]{0,29}", code) or code == SPONSOR:
        faults.append(f"{code!r} is no name for a tree")
    if form["kind"] not in Tree.Kind.values:
        faults.append(f"there is no kind {form['kind']!r}")
    if not 1 <= int(str(form["width"])) <= 32_767 or (form["kind"], form["width"] != 2) == (
        "binary",
        True,
    ):
        faults.append(f"{form['width']} slots")
    if form["holding_rule"] not in {*Tree.Rule.values} - {str(Tree.Rule.WEAKER)}:
        faults.append(f"the rule {form['holding_rule']!r} cannot place at night")
    if faults:
        raise TreeUnlawful(tree=code, fault=" and ".join(faults))


def seal_history(*, before_on: date, reason: str) -> None:
    """Let no history before a day change any more: a period that ends there is sealed.

    The database refuses it from then on, whoever writes. An earlier day changes nothing.
    """
    with transaction.atomic():
        locks.hold_all()
        if HistorySeal.objects.filter(before_on__gte=before_on).exists():
            return
        HistorySeal.objects.create(before_on=before_on, reason=reason)
        audit.record(
            act="network.seal_history",
            subject="trees:all",
            reason=reason,
            after={"before_on": str(before_on)},
        )
