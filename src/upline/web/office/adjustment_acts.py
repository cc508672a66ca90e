"""What staff do with adjustments: let them be computed, approve them, post them, discard them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from upline.commissions import services
from upline.commissions.models import Calendar
from upline.web.office import words
from upline.web.office.acts import Act, ActForm, Doing, Reasoned
from upline.web.office.cells import Section, Words
from upline.web.office.period_sections import late_orders


def calendars() -> list[tuple[str, Words]]:
    """Give the calendars to choose from."""
    return [(one.name, words.word(words.LENGTH, one.every)) for one in Calendar.objects.all()]


class Adjusting(Reasoned):
    """Which calendar's closed periods are adjusted, and why."""

    calendar = forms.ChoiceField(label=_("Calendar"), choices=calendars)


class Approving(Reasoned):
    """The digest of what was looked at, so that nothing else is approved by mistake."""

    digest = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["digest"].initial = self.subject.digest


def _adjust(doing: Doing) -> Words:
    services.request_adjusting(calendar=doing.entries["calendar"], reason=doing.reason)
    return _("What came too late is being computed in the background.")


def _approve(doing: Doing) -> Words:
    number = doing.subject.pk
    services.approve_adjustment(number=number, digest=doing.entries["digest"], reason=doing.reason)
    services.request_settling(number=number)
    return _("The adjustment is approved and being posted in the background.")


def _post(doing: Doing) -> Words:
    services.request_settling(number=doing.subject.pk)
    return _("The adjustment is being posted in the background.")


def _discard(doing: Doing) -> Words:
    services.discard_adjustment(number=doing.subject.pk, reason=doing.reason)
    return _("The adjustment is discarded. What it counted is late again.")


def _in(state: str) -> Callable[[Any], bool]:
    return lambda subject: bool(subject.state == state)


def _what_waits(doing: Doing) -> Sequence[Section]:
    return late_orders(doing.entries["calendar"])


ACTS = (
    Act(
        name="adjust",
        label=_("Adjust closed periods"),
        right="periods.close",
        form=Adjusting,
        does=_adjust,
        of_list=True,
        is_main=True,
        shows=_what_waits,
        explains=_(
            "Computes what late orders and refunds change, line by line. Closed periods stay as they"
            " are, and nothing is paid until another person has approved the differences."
        ),
    ),
    Act(
        name="approve",
        label=_("Approve and post"),
        right="periods.approve",
        form=Approving,
        does=_approve,
        fits=_in("computed"),
        is_main=True,
        explains=_(
            "You approve exactly what is shown here, by its digest. Whoever had it computed cannot."
        ),
    ),
    Act(
        name="post",
        label=_("Post"),
        right="periods.approve",
        form=ActForm,
        does=_post,
        fits=_in("approved"),
        is_main=True,
        explains=_("Goes on where posting was interrupted; nothing is posted twice."),
    ),
    Act(
        name="discard",
        label=_("Discard"),
        right="periods.close",
        does=_discard,
        fits=_in("computed"),
        is_grave=True,
        explains=_("Nothing is paid of it. What it counted is late again."),
    ),
)
