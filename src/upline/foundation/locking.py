"""Locks by name, taken in one written order, so that no two acts can wait for each other.

An advisory lock belongs to the transaction and goes with it. Take advisory locks before any row;
take rows by `rows`, in the order of their keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from upline.foundation.errors import DomainError

# The order in which locks of different kinds are taken; of one kind, by name. A new kind is
# written where it belongs, and every holder of a later one is read again.
ORDER = (
    # The set-up of the company: currencies, markets, calendars.
    "company",
    # A plan's versions.
    "plan",
    # One period of one calendar: freeze, close, post.
    "period",
    # What came too late for a calendar's closed periods: adjustments, and each freeze.
    "adjustment",
    # A sheet of corrections by hand: who books or rejects it.
    "correction",
    # Facts: writers share it, the freeze holds it alone.
    "facts",
    # One tree: every move in it.
    "tree",
    # What an order touches: the basket, the stock.
    "order",
    # Accounts of the ledger.
    "ledger",
    # Payout batches.
    "payout",
    # One job at a time, such as the rotation of keys.
    "job",
)


class LockOrderBroken(DomainError):
    """A lock was asked for in an order in which two acts could wait for each other for ever."""

    code = "foundation.lock_order"
    text = _("The lock %(wanted)s was asked for while %(held)s is held, which comes after it.")
    remedy = _("Take locks in the order written in upline.foundation.locking, before any row.")


class LockTaken(DomainError):
    """Somebody else is doing what may be done once at a time."""

    code = "foundation.lock_taken"
    text = _("%(lock)s is locked by other work.")
    remedy = _("Wait until it ends, and repeat.")


def key_of(kind: str, name: str) -> int:
    """Give the number of 64 bits under which PostgreSQL knows a lock."""
    if kind not in ORDER:
        raise ValueError(f"Write the lock kind {kind!r} into upline.foundation.locking.ORDER.")
    digest = hashlib.sha256(f"{kind}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def take(kind: str, name: str) -> None:
    """Lock a name alone until the transaction ends, waiting for those who hold it.

    Taking it again changes nothing. Raises LockOrderBroken.
    """
    _take("pg_advisory_xact_lock", kind, name)


def take_shared(kind: str, name: str) -> None:
    """Lock a name together with others who share it; whoever takes it alone waits for all."""
    _take("pg_advisory_xact_lock_shared", kind, name)


def take_if_free(kind: str, name: str) -> None:
    """Lock a name alone if nobody holds it. Raises LockTaken, LockOrderBroken."""
    if not _take("pg_try_advisory_xact_lock", kind, name):
        raise LockTaken(lock=f"{kind} {name}")


@contextmanager
def held_for_long(kind: str, name: str) -> Iterator[None]:
    """Hold a name alone over several transactions, as a close does. Raises LockTaken.

    It belongs to the connection and is lost with it: acts that must not meet a successor carry a
    fencing number besides. Taken outside a transaction, before every other lock.
    """
    if connection.in_atomic_block and not _is_only_in_a_test():
        raise RuntimeError("A long lock is taken outside a transaction.")
    key = key_of(kind, name)
    if not _asked("SELECT pg_try_advisory_lock(%s)", key):
        raise LockTaken(lock=f"{kind} {name}")
    try:
        yield
    finally:
        _asked("SELECT pg_advisory_unlock(%s)", key)


def rows(queryset: Any) -> Any:
    """Lock rows of one table, in the order of their keys, until the transaction ends."""
    return queryset.order_by("pk").select_for_update(of=("self",))


def _take(function: str, kind: str, name: str) -> bool:
    if not connection.in_atomic_block:
        raise RuntimeError("A lock belongs to a transaction; open one.")
    key = key_of(kind, name)
    held = _held_in_this_transaction()
    wanted = (ORDER.index(kind), name)
    if wanted not in held and held and wanted < max(held):
        last = max(held)
        raise LockOrderBroken(wanted=f"{kind} {name}", held=f"{ORDER[last[0]]} {last[1]}")
    # The functions that wait answer with nothing, the one that tries with true or false.
    is_taken = _asked(f"SELECT {function}(%s)", key) is not False
    if is_taken:
        held.add(wanted)
    return is_taken


def _asked(query: str, key: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, [key])
        return cursor.fetchone()[0]


def _held_in_this_transaction() -> set[tuple[int, str]]:
    """Give the locks noted for the present transaction, none if the noted one is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        present = (cursor.fetchone()[0], _savepoint_of_a_test())
    noted, held = getattr(connection, "upline_locks", (None, set()))
    if noted != present:
        held = set()
        connection.upline_locks = (present, held)
    return held


def _blocks_of_a_test() -> int:
    return sum(
        getattr(block, "_from_testcase", False)
        for block in getattr(connection, "atomic_blocks", ())
    )


def _savepoint_of_a_test() -> str | None:
    """Give the savepoint that stands for the transaction where a test wraps all in one."""
    blocks = _blocks_of_a_test()
    savepoints = connection.savepoint_ids
    return savepoints[blocks - 1] if blocks and len(savepoints) >= blocks else None


def _is_only_in_a_test() -> bool:
    return len(connection.atomic_blocks) == _blocks_of_a_test()


__all__ = [
    "ORDER",
    "LockOrderBroken",
    "LockTaken",
    "held_for_long",
    "rows",
    "take",
    "take_if_free",
    "take_shared",
]
