"""A provider for trying and testing: it does to payments what real ones do, by the seed.

It keeps books of its own, which nothing of ours reads: a second sending is seen there.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F

from upline.foundation import clock
from upline.payouts.errors import MessageRefused
from upline.payouts.models import FakePayment
from upline.payouts.orders import PayoutOrder
from upline.payouts.providers.protocol import Answer, NoAnswer, Notice, Told

SIGNATURE = "Fake-Signature"
RETURNS_AFTER_DAYS = 3
# Of sixteen payments, in the order of the first hexadecimal digit of their hash.
_FATES = (
    *("pays",) * 8,
    *("accepts", "late") * 2,
    "rejects",
    "times_out_and_pays",
    "times_out",
    "returns",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeProvider:
    """Pays at once, late or never, rejects, does not answer, returns after three days.

    `fates` names what happens to single keys, for tests.
    """

    seed: str = "upline"
    secret: str = "fake"  # noqa: S105 - it guards nothing
    fates: Mapping[str, str] = field(default_factory=dict)
    name: str = "fake"
    kinds: frozenset[str] = frozenset(("iban", "russian", "provider"))
    is_called: bool = True

    def fate_of(self, key: str) -> str:
        """Give what happens to a payment, the same at every asking."""
        drawn = int(hashlib.sha256(f"{self.seed}:{key}".encode()).hexdigest()[0], 16)
        return self.fates.get(key, _FATES[drawn])

    def submit(self, order: PayoutOrder) -> Answer:
        fate = self.fate_of(order.key)
        if fate == "times_out":
            raise NoAnswer(order.key)
        _, is_new = FakePayment.objects.get_or_create(
            key=order.key,
            defaults={
                "amount_minor": order.amount.minor,
                "currency": order.amount.currency,
                "received_at": clock.now(),
            },
        )
        if not is_new:
            FakePayment.objects.filter(key=order.key).update(times_sent=F("times_sent") + 1)
        if fate == "times_out_and_pays":
            raise NoAnswer(order.key)
        if fate in ("accepts", "late"):
            return self._answer(Told.ACCEPTED, order.key)
        if fate == "rejects":
            return self._answer(Told.FAILED, order.key, reason="account closed")
        return self._answer(Told.PAID, order.key)

    def ask(self, key: str, reference: str) -> Answer:  # noqa: ARG002 - of the protocol
        FakePayment.objects.filter(key=key).update(times_asked=F("times_asked") + 1)
        known = FakePayment.objects.filter(key=key).first()
        if known is None:
            return Answer(told=Told.UNHEARD)
        fate, age = self.fate_of(key), clock.now() - known.received_at
        if fate == "rejects":
            return self._answer(Told.FAILED, key, reason="account closed")
        if fate == "late" and known.times_asked < 2:
            return self._answer(Told.ACCEPTED, key)
        if fate == "returns" and age.days >= RETURNS_AFTER_DAYS:
            return self._answer(Told.RETURNED, key, reason="beneficiary unknown")
        return self._answer(Told.PAID, key)

    def message(self, key: str, told: Told, *, number: str) -> tuple[bytes, dict[str, str]]:
        """Write what it would send by itself: body and headers."""
        body = json.dumps({"number": number, "key": key, "told": told}).encode()
        return body, {SIGNATURE: self._signed(body)}

    def notices(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Notice]:
        given = headers.get(SIGNATURE, "")
        if not hmac.compare_digest(given.encode(), self._signed(body).encode()):
            raise MessageRefused(provider=self.name)
        try:
            read = json.loads(body)
            answer = self._answer(Told(read["told"]), read["key"])
            return [Notice(number=str(read["number"]), key=str(read["key"]), answer=answer)]
        except (ValueError, KeyError, TypeError):
            raise MessageRefused(provider=self.name) from None

    def _answer(self, told: Told, key: str, *, reason: str = "") -> Answer:
        return Answer(told=told, reference=f"fake-{key.rpartition(':')[2]}", reason=reason)

    def _signed(self, body: bytes) -> str:
        return hmac.digest(self.secret.encode(), body, "sha256").hex()
