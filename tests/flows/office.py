"""A company for the screens of the office: members, a shop with orders, a period, logins by role."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests import closing, shop
from tests.signing_in import login_with, signed_in
from upline.foundation.models import Company
from upline.network.models import Member
from upline.people.models import Login


def client_of(role: str, name: str = "") -> Client:
    """Give a browser in which somebody of a role is signed in; the same name is the same login."""
    email = f"{name or role}@example.com"
    login = Login.objects.filter(email=email).first() or login_with(role, email=email)
    return signed_in(Client(), login)


def company() -> dict[str, Member]:
    """Set up a shop, three members in a line, an approved plan and a calendar."""
    Company.objects.create(name="Herbs", time_zone="Europe/Sofia", currency="EUR")
    # The shop brings a member of its own, who is not needed here.
    shop.opened().delete()
    return closing.opened()


def ordered(member: Member, reference: str = "basket-1", **named: Any) -> str:
    """Place and pay an order of a member, and give its number."""
    return shop.paid(reference, member_id=member.pk, **named)


__all__ = ["client_of", "company", "login_with", "ordered", "texts_of"]


def texts_of(response: Any) -> str:
    """Give the page as text."""
    return str(response.content.decode())
