"""A bank that is handed a file, and whose statement says what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from upline.payouts.errors import MessageRefused
from upline.payouts.orders import PayoutOrder
from upline.payouts.providers.protocol import Answer, NoAnswer, Notice


class Bank:
    """Pays to accounts; nobody calls it, and it calls nobody."""

    name = "bank"
    kinds = frozenset(("iban", "russian"))
    is_called = False

    def submit(self, order: PayoutOrder) -> Answer:
        raise NoAnswer(order.key)

    def ask(self, key: str, reference: str) -> Answer:  # noqa: ARG002 - of the protocol
        raise NoAnswer(key)

    def notices(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Notice]:  # noqa: ARG002
        raise MessageRefused(provider=self.name)
