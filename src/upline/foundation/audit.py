"""The audit: business acts that somebody answers for, appended and never changed.

Tables that staff edit are tracked by row as well (`@tracked`); both carry the present work of
`upline.foundation.context`: actor, reason and request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import pghistory
from django.utils.translation import gettext_lazy as _

from upline.foundation import context
from upline.foundation.errors import DomainError
from upline.foundation.models import AuditEntry

Kind = TypeVar("Kind", bound=type)


class ReasonMissing(DomainError):
    """An act that somebody answers for came without a reason."""

    code = "foundation.reason_missing"
    text = _("Nothing was done, because no reason was given.")
    remedy = _("Say in a sentence why it is done; the audit keeps it.")


def record(
    *,
    act: str,
    subject: str,
    reason: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Record a business act in the present transaction, with its actor and request.

    `act` is `app.verb`, `subject` is `kind:number`; `before` and `after` hold states and figures,
    never personal data. The reason is that of the present work if none is given. Raises
    ReasonMissing when there is neither.
    """
    work = context.present()
    why = reason.strip() or work.reason
    if not why:
        raise ReasonMissing(act=act, subject=subject)
    AuditEntry.objects.create(
        actor=work.actor,
        act=act,
        subject=subject,
        before=before,
        after=after,
        reason=why,
        request_id=work.request_id,
    )


def tracked(*, exclude: Sequence[str] = ()) -> Callable[[Kind], Kind]:
    """Keep every version of the rows of a model that staff edit, with the present work beside it.

    Not for append-only tables, and not for what is written in bulk. `exclude` names what must not
    be kept, such as passwords and personal data that a person may ask to be erased.
    """
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    decorator: Callable[[Kind], Kind] = pghistory.track(*events, exclude=list(exclude))
    return decorator
