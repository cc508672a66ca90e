"""Encrypted fields: AES-GCM with named keys, a new key at any time, a blind index to find by.

    iban = EncryptedText()
    iban_index = BlindIndex(source="iban", unique=True)

`Account.objects.filter(iban_index="PL61 1090 ...")` finds without decrypting. A value is bound to
its table and column, so that one copied elsewhere does not open.
"""

from __future__ import annotations

import hmac
import os
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from upline.foundation.errors import DomainError

FORM = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32
ROWS_AT_ONCE = 500


class KeyUnknown(DomainError):
    """A value was sealed with a key that the settings do not name."""

    code = "foundation.key_unknown"
    text = (
        "A value of %(field)s is sealed with the key %(key)s, which UPLINE_ENCRYPTION_KEYS lacks."
    )
    remedy = "Add the key again, behind the present one, and rotate before it is taken out."


class SealBroken(DomainError):
    """A value does not open with the key that it names."""

    code = "foundation.seal_broken"
    text = "A value of %(field)s does not open with the key %(key)s."
    remedy = "The key under this name is another one, or the value was changed or moved."


class KeysUnreadable(DomainError):
    """The keys in the settings cannot be read."""

    code = "foundation.keys_unreadable"
    text = "%(setting)s cannot be read: %(fault)s."
    remedy = "Make a key with `upline keys new` and write it there."


class FieldIsSealed(DomainError):
    """An encrypted field was to be searched."""

    code = "foundation.field_is_sealed"
    text = "%(field)s is encrypted, so rows cannot be found by %(lookup)s of it."
    remedy = "Search by its blind index."


def new_key() -> str:
    """Make a key for UPLINE_ENCRYPTION_KEYS or UPLINE_INDEX_KEY."""
    return urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def check_settings() -> None:
    """Refuse keys that cannot be read, at the start and not at the first value."""
    _keys(settings.ENVIRONMENT.encryption_keys)
    _index_key(settings.ENVIRONMENT.index_key)


@cache
def _keys(given: str) -> Mapping[str, bytes]:
    """Read the keys by name, the one that seals first."""
    setting = "UPLINE_ENCRYPTION_KEYS"
    found: dict[str, bytes] = {}
    for part in given.split(","):
        name, _, key = part.strip().partition(":")
        if not name or not name.isascii() or len(name) > 50 or name in found:
            raise KeysUnreadable(setting=setting, fault="each key needs a short name of its own")
        found[name] = _key(setting, key)
    return found


@cache
def _index_key(given: str) -> bytes:
    return _key("UPLINE_INDEX_KEY", given)


def _key(setting: str, text: str) -> bytes:
    try:
        key = b64decode(text.encode(), altchars=b"-_", validate=True)
    except ValueError:
        raise KeysUnreadable(setting=setting, fault="a key is not URL-safe base64") from None
    if len(key) != KEY_BYTES:
        raise KeysUnreadable(setting=setting, fault=f"a key has {len(key)} bytes and needs 32")
    return key


def _prefix(name: str) -> bytes:
    return FORM + bytes([len(name)]) + name.encode()


def seal(plain: str, *, field: str) -> bytes:
    """Encrypt a value for a field with the first key."""
    name, key = next(iter(_keys(settings.ENVIRONMENT.encryption_keys).items()))
    nonce = os.urandom(NONCE_BYTES)
    return _prefix(name) + nonce + AESGCM(key).encrypt(nonce, plain.encode(), field.encode())


def unseal(sealed: bytes, *, field: str) -> str:
    """Decrypt a value of a field. Raises KeyUnknown, SealBroken."""
    sealed = bytes(sealed)
    name_ends = 2 + sealed[1] if sealed[:1] == FORM else 0
    name = sealed[2:name_ends].decode(errors="replace")
    key = _keys(settings.ENVIRONMENT.encryption_keys).get(name)
    if key is None:
        raise KeyUnknown(field=field, key=name or "of no name")
    nonce = sealed[name_ends : name_ends + NONCE_BYTES]
    try:
        return (
            AESGCM(key).decrypt(nonce, sealed[name_ends + NONCE_BYTES :], field.encode()).decode()
        )
    except (InvalidTag, ValueError):
        raise SealBroken(field=field, key=name) from None


def digest(plain: str, *, field: str) -> bytes:
    """Give what a blind index holds: equal for equal values, whatever their blanks and case."""
    told = f"{field}:{''.join(plain.split()).casefold()}"
    return hmac.digest(_index_key(settings.ENVIRONMENT.index_key), told.encode(), "sha256")


class EncryptedText(models.BinaryField):
    """Text that the database holds encrypted. Only `isnull` can be asked of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    @property
    def address(self) -> str:
        """Table and column, to which a value is bound."""
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: str | None) -> bytes | None:
        return None if value is None else seal(value, field=self.address)

    def from_db_value(self, value: bytes | None, *_: object) -> str | None:
        return None if value is None else unseal(value, field=self.address)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: Any) -> str:
        return str(self.value_from_object(obj))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldIsSealed(field=self.address, lookup=lookup_name)
        return super().get_lookup(lookup_name)


class BlindIndex(models.BinaryField):
    """What an encrypted field is found by: a keyed digest of it, kept up by `save` and bulk acts.

    `QuerySet.update` of the source does not reach it: set both.
    """

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        kwargs.update(max_length=32, editable=False)
        kwargs.setdefault("null", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    @property
    def address(self) -> str:
        """Table and column of the source."""
        return f"{self.model._meta.db_table}.{self.model._meta.get_field(self.source).column}"

    def pre_save(self, model_instance: Any, add: bool) -> bytes | None:  # noqa: ARG002, FBT001 - Django's
        plain = getattr(model_instance, self.source)
        value = None if plain in (None, "") else digest(plain, field=self.address)
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: str | bytes | None) -> bytes | None:
        return digest(value, field=self.address) if isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        return value


def rotate(kinds: Iterable[Any] | None = None) -> int:
    """Seal again with the first key whatever is sealed with another, and give how many values.

    Rows are taken in chunks, one transaction each, so that it may be killed and repeated.
    """
    count = 0
    for kind in apps.get_models() if kinds is None else kinds:
        for field in kind._meta.concrete_fields:
            if isinstance(field, EncryptedText):
                while changed := _rotate_chunk(kind, field):
                    count += changed
    return count


def _rotate_chunk(kind: Any, field: EncryptedText) -> int:
    name = next(iter(_keys(settings.ENVIRONMENT.encryption_keys)))
    quote = connection.ops.quote_name
    table, column, key = (
        quote(one) for one in (kind._meta.db_table, field.column, kind._meta.pk.column)
    )
    prefix = _prefix(name)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, {column} FROM {table}"  # noqa: S608 - names of our own tables
            f" WHERE {column} IS NOT NULL AND substring({column} FROM 1 FOR %s) <> %s"
            f" ORDER BY {key} LIMIT {ROWS_AT_ONCE} FOR UPDATE",
            [len(prefix), prefix],
        )
        rows = cursor.fetchall()
        cursor.executemany(
            f"UPDATE {table} SET {column} = %s WHERE {key} = %s",  # noqa: S608
            [
                (seal(unseal(sealed, field=field.address), field=field.address), row)
                for row, sealed in rows
            ],
        )
    return len(rows)
