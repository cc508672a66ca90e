"""What is done to persons: each act one transaction, and repeatable."""

from upline.people.cards import revealed_card as reveal_person
from upline.people.services.consenting import record_consent
from upline.people.services.loading import TABLES_OF_PERSONS, load_contacts, load_persons
from upline.people.services.merging import merge_persons, undo_merge
from upline.people.services.recording import (
    AddressDraft,
    PersonDraft,
    add_address,
    add_email,
    add_phone,
    change_person,
    choose_language,
    end_contact,
    record_person,
    verify_contact,
)

__all__ = [
    "TABLES_OF_PERSONS",
    "AddressDraft",
    "PersonDraft",
    "add_address",
    "add_email",
    "add_phone",
    "change_person",
    "choose_language",
    "end_contact",
    "load_contacts",
    "load_persons",
    "merge_persons",
    "record_consent",
    "record_person",
    "reveal_person",
    "undo_merge",
    "verify_contact",
]
