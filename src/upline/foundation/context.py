"""For whom and why the present work is done: known to logs, audit, outbox and tracked tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

import pghistory
from django.utils.translation import gettext_lazy as _

from upline.foundation.errors import DomainError

_AS = " as "


class ActsAsAnother(DomainError):
    """An act that somebody answers for alone was asked for while they stand in for another."""

    code = "foundation.acts_as_another"
    text = _("To %(act)s you must be yourself; now you stand in for another.")
    remedy = _("Go back to yourself, and repeat.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The actor is `login:7`, `command:ledger check` or `worker`; never a name or an address.

    Whoever stands in for another acts as `login:3 as login:7`: both are named.
    """

    actor: str = "system"
    reason: str = ""
    request_id: str = ""
    job_id: str = ""

    @property
    def is_as_another(self) -> bool:
        """Tell whether the actor stands in for somebody."""
        return _AS in self.actor


def as_another(actor: str, other: str) -> str:
    """Give the actor of whoever stands in for another.

    >>> as_another("login:3", "login:7")
    'login:3 as login:7'
    """
    return f"{actor}{_AS}{other}"


def require_oneself(*, act: str) -> None:
    """Refuse an act that nobody may do while standing in for another. Raises ActsAsAnother."""
    if present().is_as_another:
        raise ActsAsAnother(act=act)


_present: ContextVar[Work] = ContextVar("present_work", default=Work())  # noqa: B039 - frozen


def present() -> Work:
    """Give the present work."""
    return _present.get()


@contextmanager
def working(
    *,
    actor: str | None = None,
    reason: str | None = None,
    request_id: str | None = None,
    job_id: str | None = None,
) -> Iterator[Work]:
    """Say for whom and why the work inside is done; what is not named stays as it was."""
    named = {"actor": actor, "reason": reason, "request_id": request_id, "job_id": job_id}
    given = {name: value for name, value in named.items() if value is not None}
    work = replace(present(), **given)
    token = _present.set(work)
    try:
        # The triggers of tracked tables read it from the session of the database.
        with pghistory.context(actor=work.actor, reason=work.reason, request_id=work.request_id):
            yield work
    finally:
        _present.reset(token)
