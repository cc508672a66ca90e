"""Encrypted fields: nothing readable in the database, found all the same, keys exchanged."""

from __future__ import annotations

import secrets as chance
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, models, transaction

from upline.foundation import secrets

pytestmark = pytest.mark.django_db

IBAN = "PL61 1090 1014 0000 0712 1981 2874"
OLD = "2026:b2xkIGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGVzISE="
NEW = "2027:bmV3IGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGVzISE="


class Account(models.Model):
    iban = secrets.EncryptedText(null=True)
    iban_index = secrets.BlindIndex(source="iban", unique=True)

    class Meta:
        app_label = "tests_of_secrets"


class Diary(models.Model):
    text = secrets.EncryptedText()

    class Meta:
        app_label = "tests_of_secrets"


@pytest.fixture(autouse=True)
def tables(db, use_keys):
    use_keys(OLD)
    with connection.schema_editor() as editor:
        editor.create_model(Account)
        editor.create_model(Diary)


@pytest.fixture
def use_keys(settings):
    def use(*keys):
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, encryption_keys=",".join(keys))

    return use


def raw(table, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY id")
        return [None if found is None else bytes(found) for (found,) in cursor.fetchall()]


def test_the_database_holds_no_plain_text_and_the_program_reads_it():
    Account.objects.create(iban=IBAN)

    assert Account.objects.get().iban == IBAN
    for column in ("iban", "iban_index"):
        (stored,) = raw("tests_of_secrets_account", column)
        assert b"1090" not in stored
    assert raw("tests_of_secrets_account", "iban")[0].startswith(b"\x01\x042026")


def test_equal_texts_are_stored_unequal():
    Diary.objects.bulk_create([Diary(text="the same"), Diary(text="the same")])

    first, second = raw("tests_of_secrets_diary", "text")
    assert first != second


def test_an_account_is_found_by_its_index_however_it_is_written():
    account = Account.objects.create(iban=IBAN)
    Account.objects.create(iban="KZ86 125K ZT50 0410 0100")
    Account.objects.create(iban=None)

    assert Account.objects.get(iban_index="pl61109010140000071219812874") == account
    assert not Account.objects.filter(iban_index="PL00").exists()
    assert Account.objects.filter(iban__isnull=True).count() == 1


def test_the_index_keeps_an_account_from_being_entered_twice():
    Account.objects.create(iban=IBAN)

    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(iban=IBAN.replace(" ", ""))

    assert Account.objects.count() == 1


def test_searching_the_sealed_field_itself_is_refused():
    with pytest.raises(secrets.FieldIsSealed, match="blind index"):
        Account.objects.filter(iban=IBAN)


def test_another_key_under_the_same_name_is_a_clear_error(use_keys):
    Account.objects.create(iban=IBAN)
    use_keys(f"2026:{secrets.new_key()}")

    with pytest.raises(secrets.SealBroken, match=r"tests_of_secrets_account\.iban .* key 2026"):
        Account.objects.get()


def test_a_key_that_was_taken_out_is_named(use_keys):
    Account.objects.create(iban=IBAN)
    use_keys(NEW)

    with pytest.raises(secrets.KeyUnknown, match="sealed with the key 2026"):
        Account.objects.get()


def test_a_value_moved_to_another_column_does_not_open():
    Account.objects.create(iban=IBAN)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tests_of_secrets_diary (text) SELECT iban FROM tests_of_secrets_account"
        )

    with pytest.raises(secrets.SealBroken, match=r"diary\.text"):
        Diary.objects.get()


def test_rotation_seals_everything_anew_in_chunks_and_may_be_repeated(use_keys, monkeypatch):
    monkeypatch.setattr(secrets, "ROWS_AT_ONCE", 3)
    texts = [f"entry {number}" for number in range(8)]
    Diary.objects.bulk_create(Diary(text=text) for text in texts)
    Account.objects.create(iban=IBAN)
    use_keys(NEW, OLD)
    Diary.objects.create(text="entry 8")

    assert secrets.rotate([Diary, Account]) == 9
    assert secrets.rotate([Diary, Account]) == 0

    use_keys(NEW)
    assert [one.text for one in Diary.objects.order_by("id")] == [*texts, "entry 8"]
    assert Account.objects.get(iban_index=IBAN).iban == IBAN


def test_a_value_that_does_not_open_stops_the_rotation_and_its_chunk_stays(use_keys):
    Diary.objects.create(text="good")
    use_keys(f"2026:{secrets.new_key()}")
    Diary.objects.create(text="of another key")
    before = raw("tests_of_secrets_diary", "text")
    use_keys(NEW, OLD)

    with pytest.raises(secrets.SealBroken):
        secrets.rotate([Diary])

    assert raw("tests_of_secrets_diary", "text") == before


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ("2026", "not URL-safe base64|0 bytes"),
        ("2026:c2hvcnQ=", "5 bytes and needs 32"),
        (f"{OLD},{OLD}", "a short name of its own"),
        ("2026:ключ", "not URL-safe base64"),
    ],
)
def test_keys_that_cannot_be_read_are_refused_at_the_start(keys, fault, use_keys):
    use_keys(keys)

    with pytest.raises(secrets.KeysUnreadable, match=fault):
        secrets.check_settings()


def test_every_length_and_alphabet_comes_back():
    for text in ("", "Әлия Сейтқызы", "я" * 10_000, chance.token_hex(500)):
        assert secrets.unseal(secrets.seal(text, field="a.b"), field="a.b") == text
