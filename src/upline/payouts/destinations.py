"""Accounts and cards: read as typed, refused where they cannot be, written to be sealed."""

from __future__ import annotations

import json
from dataclasses import asdict

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from schwifty import IBAN
from schwifty.exceptions import (
    InvalidBBANChecksum,
    InvalidChecksumDigits,
    InvalidCountryCode,
    InvalidLength,
    SchwiftyException,
)

from upline.payouts.errors import AccountRefused
from upline.payouts.orders import Destination, IbanAccount, ProviderToken, RussianAccount

_FAULTS: dict[type[SchwiftyException], str | Promise] = {
    InvalidCountryCode: _("no country has such an IBAN"),
    InvalidLength: _("it has too few or too many signs"),
    InvalidChecksumDigits: _("its check digits do not fit: a sign is wrong or two are exchanged"),
    InvalidBBANChecksum: _("the bank's own check digits do not fit"),
}
_KINDS: dict[str, type[IbanAccount | RussianAccount | ProviderToken]] = {
    "iban": IbanAccount,
    "russian": RussianAccount,
    "provider": ProviderToken,
}
_WEIGHTS = (7, 1, 3)
# Digits 6 to 8 of a Russian account: the ruble has its own of banks, others that of ISO 4217.
_RUSSIAN_CURRENCIES = {"810": "RUB", "840": "USD", "978": "EUR", "398": "KZT", "985": "PLN"}


def iban_account(typed: str) -> IbanAccount:
    """Read an IBAN with its bank, however it is grouped. Raises AccountRefused."""
    try:
        found = IBAN(typed, validate_bban=True)
    except SchwiftyException as refused:
        fault = _FAULTS.get(type(refused), _("it is not written as an IBAN of its country"))
        raise AccountRefused(fault=fault) from None
    return IbanAccount(iban=found.compact, bic=str(found.bic or ""))


def russian_account(*, account: str, bic: str) -> RussianAccount:
    """Read an account of a Russian bank with the bank's BIC. Raises AccountRefused.

    The ninth digit is the key: the last three digits of the BIC and the account, weighted 7, 1, 3,
    end in a zero.
    """
    account, bic = ("".join(given.split()) for given in (account, bic))
    if not (_is_digits(account, 20) and _is_digits(bic, 9)):
        raise AccountRefused(fault=_("an account has 20 digits and a BIC has 9"))
    if bic[6:] in {"000", "001", "002"}:
        raise AccountRefused(
            fault=_("this BIC is of the central bank, which keeps no such account")
        )
    if account[5:8] not in _RUSSIAN_CURRENCIES:
        raise AccountRefused(fault=_("the currency in its digits 6 to 8 is not paid out"))
    weighed = (
        int(digit) * _WEIGHTS[place % 3] % 10 for place, digit in enumerate(bic[6:] + account)
    )
    if sum(weighed) % 10:
        raise AccountRefused(
            fault=_("its key does not fit the BIC: a digit is wrong in one of them")
        )
    return RussianAccount(account=account, bic=bic)


def provider_token(*, provider: str, token: str, shown: str) -> ProviderToken:
    """Read what a provider calls a card. Raises AccountRefused."""
    if not (provider and token and shown) or max(len(token), len(shown)) > 200:
        raise AccountRefused(fault=_("the provider named no card"))
    return ProviderToken(provider=provider, token=token, shown=shown)


def check_currency(found: Destination, currency: str) -> None:
    """Refuse an account that is kept in another currency. Raises AccountRefused."""
    if isinstance(found, RussianAccount):
        kept_in = _RUSSIAN_CURRENCIES[found.account[5:8]]
        if kept_in != currency:
            fault = _("it is kept in %(kept_in)s and you asked for %(currency)s")
            raise AccountRefused(fault=fault % {"kept_in": kept_in, "currency": currency})


def kind_of(found: Destination) -> str:
    """Give the word under which a destination is kept."""
    return next(kind for kind, cls in _KINDS.items() if isinstance(found, cls))


def shown_of(found: Destination) -> str:
    """Give the last four signs, all that is shown of it.

    >>> shown_of(RussianAccount(account="40602810700000000025", bic="049805746"))
    '0025'
    """
    match found:
        case IbanAccount():
            return found.iban[-4:]
        case RussianAccount():
            return found.account[-4:]
        case ProviderToken():
            return found.shown[-4:]


def written(found: Destination) -> str:
    """Write a destination as text, always in the same way.

    >>> written(IbanAccount(iban="PL61109010140000071219812874"))
    '{"bic": "", "iban": "PL61109010140000071219812874"}'
    """
    return json.dumps(asdict(found), sort_keys=True)


def read(kind: str, text: str) -> Destination:
    """Read what `written` wrote."""
    return _KINDS[kind](**json.loads(text))


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()
