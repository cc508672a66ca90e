"""Members with money in their wallets and accounts to be paid to, in one call each."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

from tests import closing, team
from tests.closing import ANNA, BORIS, CELINA
from upline.foundation import clock, context
from upline.ledger import queries as books
from upline.ledger import services as ledger
from upline.ledger.services import EntryDraft
from upline.money import Money
from upline.payouts import destinations, services

PLN_IBAN = "PL61 1090 1014 0000 0712 1981 2874"
OTHER_IBAN = "DE89 3704 0044 0532 0130 00"
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
_keys = itertools.count()


def euros(minor):
    return Money(minor, "EUR")


def held(line, member=ANNA):
    return -books.balance(f"{line}:{member}", "EUR").minor


def rule(name, value, currency="EUR", starts_on=date(2026, 1, 1)):
    with context.working(actor="login:1"):
        services.set_rule(
            name=name, value=value, currency=currency, starts_on=starts_on, reason="agreed"
        )


def members():
    """Open a network in which ANNA has 100.00 EUR available, BORIS 50.00, at a fee of 1.00."""
    found = closing.opened()
    rule("payout_fee_minor", 100)
    gives(ANNA, 10_000)
    gives(BORIS, 5_000)
    return {code: found[code] for code in (ANNA, BORIS, CELINA)}


def gives(member, minor):
    """Let an amount be available in a wallet."""
    ledger.post(
        key=f"opening:{next(_keys)}",
        kind="opening",
        effective_on=date(2026, 11, 1),
        entries=[
            EntryDraft("opening", euros(minor)),
            EntryDraft(f"wallet:available:{member}", euros(-minor)),
        ],
    )


def account(viewer, member=ANNA, iban=PLN_IBAN, currency="EUR", at=NOW):
    with clock.stopped_at(at), context.working(actor=f"login:{viewer.pk}"):
        return services.set_method(
            viewer=viewer,
            member=member,
            currency=currency,
            destination=destinations.iban_account(iban),
            holder="Anna Test",
        )


def confirmed(member, at=NOW):
    """Let staff have looked at who holds a position."""
    with clock.stopped_at(at), context.working(actor="login:1"):
        services.review_identity(
            person_id=team.holder_of(member).pk, is_confirmed=True, reason="passport seen"
        )


def asked(viewer, minor, member=ANNA, at=NOW, key=None):
    with clock.stopped_at(at), context.working(actor=f"login:{viewer.pk}"):
        return services.request_payout(
            viewer=viewer,
            member=member,
            amount=euros(minor),
            key=key or f"wish-{next(_keys)}",
        )


def later(hours):
    return NOW + timedelta(hours=hours)
