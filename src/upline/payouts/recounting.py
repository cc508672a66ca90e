"""Everything that payouts rest on counted anew: books, trees, closed periods, wallets.

A difference stops payouts until two persons have looked into it. What they lifted a stop for is
known from then on and stops nothing again; anything new does.
"""

from __future__ import annotations

from django.db import transaction

from upline.commissions import checking as commissions
from upline.foundation import clock, context, locking
from upline.foundation.checking import AND_MORE, Finding, one_snapshot
from upline.foundation.progress import Say, silent
from upline.ledger import checking as ledger
from upline.network import checking as network
from upline.payouts import checking as wallets
from upline.payouts import switch
from upline.payouts.models import Recount

# What a stop by a recount gives as its reason; the findings stand with the recount.
REASON = "a recount found differences"


def findings(*, say: Say = silent) -> list[Finding]:
    """Count all of it anew in one snapshot and list what is off; nothing is written."""
    with one_snapshot():
        return _findings(say)


def recount_books(*, say: Say = silent) -> Recount:
    """Count all of it anew, keep what was found, and stop payouts where something new is off.

    One at a time. Raises LockTaken.
    """
    with locking.held_for_long("job", "payouts.recount"):
        began_at = clock.now()
        with one_snapshot():
            found = _findings(say)
            counted = ledger.counted()
        with transaction.atomic():
            recount = Recount.objects.create(
                began_at=began_at,
                counted_by=context.present().actor,
                journals=counted.journals,
                entries=counted.entries,
                findings=[{"code": one.code, "problem": one.problem} for one in found],
            )
            if _is_new(found):
                switch.stop_payouts(reason=REASON, recount=recount)
    return recount


def _findings(say: Say) -> list[Finding]:
    found = []
    for name, part in (
        ("the books", ledger),
        ("the trees", network),
        ("closed periods", commissions),
        ("wallets", wallets),
    ):
        say(f"Counting {name}")
        found += part.findings()
    return found


def _is_new(found: list[Finding]) -> bool:
    """Tell whether anything was found that no stop stands for, whether in force or lifted.

    Where only the first of a kind are listed the others may be new, unless it is the same list that
    a stop in force stands for.
    """
    listed = [{"code": one.code, "problem": one.problem} for one in found]
    if any(stop.recount and stop.recount.findings == listed for stop in switch.in_force()):
        return False
    known = {
        (one["code"], one["problem"])
        for recount in Recount.objects.filter(stops__isnull=False).distinct()
        for one in recount.findings
    }
    return any(one.problem == AND_MORE or (one.code, one.problem) not in known for one in found)


__all__ = ["REASON", "findings", "recount_books"]
