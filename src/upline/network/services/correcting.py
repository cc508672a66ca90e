"""Correct what is known of a member beside the trees: the country."""

from __future__ import annotations

from django.db import transaction

from upline.foundation import audit
from upline.network import locks
from upline.network.errors import CountryUnreadable, ReasonMissing


def change_country(*, member_id: int, country: str, reason: str) -> bool:
    """Write the country of a member; say whether anything changed.

    It has no history: periods that are frozen keep the one that they were frozen with, all others
    take the new one. Raises CountryUnreadable, MemberUnknown, ReasonMissing.
    """
    refuse_unreadable(country)
    with transaction.atomic():
        locks.hold(sponsor="shared")
        (member,) = locks.members_for_update(member_id)
        if not reason.strip():
            raise ReasonMissing(act="A change of country", member=member.code)
        before = member.country
        if before == country:
            return False
        member.country = country
        member.save(update_fields=["country"])
        audit.record(
            act="network.change_country",
            subject=f"member:{member.pk}",
            reason=reason,
            before={"country": before},
            after={"country": country},
        )
    return True


def refuse_unreadable(country: str) -> None:
    """Refuse what is not two capital letters. Raises CountryUnreadable."""
    if len(country) != 2 or not (country.isascii() and country.isalpha() and country.isupper()):
        raise CountryUnreadable(given=country)
