"""Who stands behind an act: a person, and for some acts another than the one before."""

from __future__ import annotations

from upline.commissions.errors import NeedsAnother, NeedsPerson
from upline.foundation import context

_PERSON = "login:"


def somebody(*, act: str, period: object) -> str:
    """Give the person of the present work as an actor.

    Raises NeedsPerson for a program, ActsAsAnother for somebody who stands in.
    """
    context.require_oneself(act=act)
    actor = context.present().actor
    if not actor.startswith(_PERSON):
        raise NeedsPerson(act=act, period=period, actor=actor)
    return actor


def another(than: str, *, act: str, period: object) -> str:
    """Give the person of the present work, who is not `than`. Raises NeedsPerson, NeedsAnother."""
    actor = somebody(act=act, period=period)
    if actor == than:
        raise NeedsAnother(actor=actor, act=act, period=period)
    return actor
