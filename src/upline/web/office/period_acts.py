"""The close of a period by two persons: closed, approved by its digest, posted; or taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from upline.commissions import services
from upline.web.office.acts import Act, ActForm, Doing, Reasoned
from upline.web.office.cells import Section, Words
from upline.web.office.period_limits import limits
from upline.web.office.period_sections import closing, pay


def _allowed(act: str) -> Callable[[Any], bool]:
    def fits(period: Any) -> bool:
        return any(step.act == act and step.may for step in period.view.steps)

    return fits


def _named(doing: Doing) -> dict[str, str]:
    return {"calendar": doing.subject.calendar.name, "label": doing.subject.label}


def _close(doing: Doing) -> Words:
    services.request_close(**_named(doing))
    return _("The period is being closed in the background.")


class Approving(Reasoned):
    """The digest of what was looked at, so that nothing else is approved by mistake."""

    digest = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is kept with the period."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["digest"].initial = self.subject.view.digest
        if any(one.is_passed for one in self.subject.view.limits):
            self.fields["reason"].required = True
            self.fields["reason"].help_text = _(
                "A limit is passed: say why it is right all the same. It is kept with the period."
            )


def _approve(doing: Doing) -> Words:
    services.approve_period(**_named(doing), digest=doing.entries["digest"], reason=doing.reason)
    return _("The period is approved. Now it can be posted.")


def _post(doing: Doing) -> Words:
    services.request_posting(**_named(doing))
    return _("The period is being posted in the background.")


def _reopen(doing: Doing) -> Words:
    period = services.reopen_period(**_named(doing), reason=doing.reason)
    if period.state == "open":
        return _("The period is open again.")
    return _("Asked for. Another person agrees by the same button.")


def _what_it_pays(doing: Doing) -> Sequence[Section]:
    return [*limits(doing.subject.view), *pay(doing.subject.view)]


class Remarking(Reasoned):
    """What whoever looks at a close has to say."""

    reason = forms.CharField(
        label=_("Remark"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept with the period."),
    )


def _remark(doing: Doing) -> Words:
    services.write_remark(**_named(doing), text=doing.reason)
    return _("The remark is kept.")


ACTS = (
    Act(
        name="close",
        label=_("Close this period"),
        right="periods.close",
        form=ActForm,
        does=_close,
        fits=_allowed("close"),
        is_main=True,
        shows=lambda doing: [closing(doing.subject.view), *pay(doing.subject.view)],
        explains=_(
            "Freezes members, orders, plan and rates, and computes what everybody is paid."
            " Nothing is paid until another person has approved it."
        ),
    ),
    Act(
        name="approve",
        label=_("Approve"),
        right="periods.approve",
        form=Approving,
        does=_approve,
        fits=_allowed("approve"),
        is_main=True,
        shows=_what_it_pays,
        explains=_("You approve exactly what is shown here, by its digest."),
    ),
    Act(
        name="post",
        label=_("Post and seal"),
        right="periods.approve",
        form=ActForm,
        does=_post,
        fits=_allowed("post"),
        is_main=True,
        is_grave=True,
        explains=_(
            "Books what everybody is owed and seals the period. From then on nothing of it can be"
            " changed; what comes later is an adjustment."
        ),
    ),
    Act(
        name="remark",
        label=pgettext_lazy("act", "Remark"),
        right="periods.approve",
        form=Remarking,
        does=_remark,
        has_preview=False,
    ),
    Act(
        name="reopen",
        label=_("Reopen"),
        right="periods.close",
        does=_reopen,
        fits=_allowed("reopen"),
        explains=_("Takes the close back. Two persons are needed: one asks, another agrees."),
    ),
)
