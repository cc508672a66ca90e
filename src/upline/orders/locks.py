"""How the acts of orders keep out of each other's way: the order's row is locked first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from upline.foundation import locking
from upline.orders.errors import OrderUnknown, ReferenceUsedOtherwise
from upline.orders.models import Order


def order_for_update(number: str) -> Order:
    """Lock an order until the transaction ends. Raises OrderUnknown."""
    found: Order | None = locking.rows(Order.objects.filter(number=number)).first()
    if found is None:
        raise OrderUnknown(number=number)
    return found


@contextmanager
def used_once(reference: str, act: str) -> Iterator[None]:
    """Say which reference was taken, where a unique constraint refuses what is written inside.

    Another order's act may have taken it a moment ago. Raises ReferenceUsedOtherwise.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        if getattr(refused.__cause__, "sqlstate", "") != "23505":
            raise
        raise ReferenceUsedOtherwise(reference=reference, act=act) from refused


def digest_of(*asked: object) -> bytes:
    """Give the digest of what was asked for, so that a repetition is known from a new act."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).digest()
