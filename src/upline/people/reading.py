"""Read contacts as people type them into the one form in which we keep them."""

from __future__ import annotations

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from upline.people.errors import CountryUnreadable, EmailUnreadable, PhoneUnreadable
from upline.people.models import normalised_email


def email(given: str) -> str:
    """Give an e-mail address as we keep it. Raises EmailUnreadable."""
    found = normalised_email(given)
    try:
        validate_email(found)
    except ValidationError:
        raise EmailUnreadable from None
    return found


def phone(given: str, *, country_code: str) -> str:
    """Give a telephone number in E.164, read as typed in a country. Raises PhoneUnreadable.

    >>> phone("8 (701) 123-45-67", country_code="KZ")
    '+77011234567'
    """
    try:
        found = phonenumbers.parse(given, country_code)
    except phonenumbers.NumberParseException:
        raise PhoneUnreadable(country=country_code) from None
    if not phonenumbers.is_valid_number(found):
        raise PhoneUnreadable(country=country_code)
    return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))


def country(given: str) -> str:
    """Give the two letters of a country. Raises CountryUnreadable."""
    found = given.strip().upper()
    if len(found) != 2 or not found.isascii() or not found.isalpha():
        raise CountryUnreadable(given=given)
    return found
