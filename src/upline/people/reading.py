"""Read contacts as people type them into the one form in which we keep them."""

from __future__ import annotations

from collections.abc import Sequence

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


def contacts(given: str, *, countries: Sequence[str]) -> list[str]:
    """Give the contacts that somebody may mean who looks for one; none if it looks like none.

    >>> contacts(" Aiman@Example.COM", countries=["KZ"])
    ['aiman@example.com']
    >>> contacts("8 701 123 45 67", countries=["KZ", "PL"])
    ['+77011234567']
    """
    text = given.strip()
    if "@" in text:
        return [normalised_email(text)]
    if sum(letter.isdigit() for letter in text) < 5 or any(letter.isalpha() for letter in text):
        return []
    found = set()
    for country_code in countries:
        try:
            number = phonenumbers.parse(text, country_code)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            found.add(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return sorted(found)


def country(given: str) -> str:
    """Give the two letters of a country. Raises CountryUnreadable."""
    found = given.strip().upper()
    if len(found) != 2 or not found.isascii() or not found.isalpha():
        raise CountryUnreadable(given=given)
    return found
