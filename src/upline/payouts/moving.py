"""How a payout goes from state to state, and the journal that goes with it."""

from __future__ import annotations

from django.db import connection

from upline.foundation import clock, context, locking, outbox
from upline.ledger import services as ledger
from upline.ledger.services import EntryDraft
from upline.money import Money
from upline.network.history import today
from upline.payouts import accounts
from upline.payouts.errors import PayoutNotThere, PayoutUnknown
from upline.payouts.events import PayoutMoved
from upline.payouts.models import Payout
from upline.payouts.models.moving import State

_LOCK_WALLET = """
SELECT account.code, balance.balance_minor
FROM ledger_account AS account JOIN ledger_balance AS balance ON balance.account_id = account.id
WHERE account.code = ANY(%s) AND account.currency = %s
ORDER BY account.id
FOR UPDATE OF balance
"""


def locked(payout_id: int) -> Payout:
    """Give a payout that nobody else changes until this transaction ends. Raises PayoutUnknown.

    First the member's lock and then the row, as whoever changes an account does.
    """
    rows = Payout.objects.filter(pk=payout_id)
    code = rows.values_list("member__code", flat=True).first()
    if code is None:
        raise PayoutUnknown(payout=payout_id)
    locking.take("payout", f"member:{code}")
    found: Payout = locking.rows(rows.select_related("member", "method")).get()
    return found


def locked_wallet(member: str, currency: str) -> dict[str, int]:
    """Give what a member has by line, in minor units, while nobody else posts to it."""
    codes = [accounts.of_member(line, member) for line in accounts.LINES]
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_WALLET, [codes, currency])
        return {code.rpartition(":")[0]: -minor for code, minor in cursor.fetchall()}


def require(payout: Payout, *states: str) -> None:
    """Refuse an act on a payout that is elsewhere. Raises PayoutNotThere."""
    if payout.state not in states:
        raise PayoutNotThere(payout=payout.pk, state=payout.state)


def go(payout: Payout, state: str, *, held_for: str = "", reason: str = "") -> None:
    """Bring a locked payout to a state; PostgreSQL refuses one out of turn."""
    payout.state, payout.held_for = state, held_for
    payout.state_at, payout.state_reason = clock.now(), reason.strip()
    payout.state_by = context.present().actor
    if state in (State.HELD, State.CANCELLED):
        payout.batch = None
    fields = ["state", "held_for", "state_at", "state_reason", "state_by", "batch"]
    payout.save(update_fields=[*fields, "key", "provider", "provider_reference", "asked_at"])
    outbox.append(
        PayoutMoved(
            payout_id=payout.pk, member_id=payout.member_id, state=str(state), held_for=held_for
        )
    )


def amount_of(payout: Payout) -> Money:
    """Give what leaves the wallet."""
    return Money(payout.amount_minor, payout.currency)


def arriving(payout: Payout) -> Money:
    """Give what arrives: the amount without fee and tax."""
    return Money(payout.amount_minor - payout.fee_minor - payout.tax_minor, payout.currency)


def reserve(payout: Payout) -> None:
    """Set the money of a payout aside."""
    _move(payout, accounts.RESERVE, source=accounts.AVAILABLE, target=accounts.RESERVED)


def release(payout: Payout) -> None:
    """Make the money of a payout available again, that never left."""
    _move(payout, accounts.RELEASE, source=accounts.RESERVED, target=accounts.AVAILABLE)


def book_paid(payout: Payout) -> None:
    """Book that a payout arrived: what was set aside is with the bank, fee and tax are kept."""
    taken = EntryDraft(accounts.of_member(accounts.RESERVED, payout.member.code), amount_of(payout))
    _post(payout, accounts.PAID, [taken, *_parts(payout, sign=-1)])


def book_return(payout: Payout) -> None:
    """Book that a payout came back: all of it is available again, fee and tax with it."""
    given = EntryDraft(
        accounts.of_member(accounts.AVAILABLE, payout.member.code), -amount_of(payout)
    )
    _post(payout, accounts.RETURN, [*_parts(payout, sign=1), given])


def _parts(payout: Payout, *, sign: int) -> list[EntryDraft]:
    parts = [
        EntryDraft(accounts.on_the_way(payout.provider), arriving(payout) * sign),
        EntryDraft(accounts.FEES, Money(payout.fee_minor, payout.currency) * sign),
        EntryDraft(
            accounts.withheld(payout.contract.country if payout.contract else ""),
            Money(payout.tax_minor, payout.currency) * sign,
        ),
    ]
    return [one for one in parts if one.amount]


def _move(payout: Payout, kind: str, *, source: str, target: str) -> None:
    member, amount = payout.member.code, amount_of(payout)
    _post(
        payout,
        kind,
        [
            EntryDraft(accounts.of_member(source, member), amount),
            EntryDraft(accounts.of_member(target, member), -amount),
        ],
    )


def _post(payout: Payout, kind: str, entries: list[EntryDraft]) -> None:
    # A payout is reserved, released, paid and returned once each.
    ledger.post(
        key=f"{kind}:{payout.pk}",
        kind=kind,
        effective_on=today(),
        entries=entries,
        reference=f"payout:{payout.pk}",
    )
