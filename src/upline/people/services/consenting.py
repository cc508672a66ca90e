"""Record what a person agreed to, or no longer agrees to."""

from __future__ import annotations

from django.db import transaction

from upline.foundation import outbox
from upline.people.errors import ConsentUnreadable
from upline.people.events import ConsentRecorded
from upline.people.models import Consent
from upline.people.services.recording import locked


def record_consent(
    *, person_id: int, purpose: str, is_given: bool, text_version: str, source: str
) -> int:
    """Append what a person said to a purpose, and give the record's id.

    The same answer to the same text again is the record that is there. Raises ConsentUnreadable,
    PersonUnknown, PersonMerged.
    """
    if not (purpose.strip() and text_version.strip() and source.strip()):
        raise ConsentUnreadable
    with transaction.atomic():
        person = locked(person_id)
        last = Consent.objects.filter(person=person, purpose=purpose).order_by("-pk").first()
        if last and (last.is_given, last.text_version) == (is_given, text_version):
            return int(last.pk)
        consent = Consent.objects.create(
            person=person,
            purpose=purpose,
            is_given=is_given,
            text_version=text_version,
            source=source,
        )
        outbox.append(ConsentRecorded(person_id=person_id, purpose=purpose, is_given=is_given))
        return int(consent.pk)
