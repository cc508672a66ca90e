"""Reasons that the programs give for what they do by themselves, in words.

The audit log keeps a reason as it was given. What a person wrote is shown as it stands; what a
program wrote is said in the language of the reader.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from upline.web.office.cells import Words

REASONS: Mapping[str, Words] = {
    "Goods can be returned for 14 days": _("Goods can be returned for 14 days"),
    "a new company": _("A new company begins"),
    "a provider says that it paid what had failed": _(
        "A provider says that it paid what had failed"
    ),
    "a recount found differences": _("A recount found differences"),
    "a limit of the standing approval is passed": _("A limit of the standing approval is passed"),
    "account closed": pgettext_lazy("reason", "The account is closed"),
    "beneficiary unknown": pgettext_lazy("reason", "The bank does not know the receiver"),
    "agreed to as proposed": _("Agreed to as proposed"),
    "approved": _("Approved without a remark"),
    "asked for by command": _("Asked for by a command"),
    "asked for on screen": _("Asked for in the office"),
    "by the login itself": _("Done by whoever signs in with it"),
    "by the member itself": _("By the member"),
    "chose a language": _("Chose another language"),
    "closed on request": _("The close was asked for in the office"),
    "closed on schedule": _("The close was due"),
    "computed from what was frozen": _("Computed from what was frozen"),
    "drafted": pgettext_lazy("reason", "A new version"),
    "first owner of the company": _("The first owner of the company"),
    "gets a position": _("Gets a position in the tree"),
    "is added": pgettext_lazy("reason", "Added to the person"),
    "is corrected": pgettext_lazy("reason", "Corrected"),
    "is recorded": pgettext_lazy("reason", "A new person"),
    "is written": pgettext_lazy("reason", "A new address"),
    "joins": pgettext_lazy("reason", "A new member"),
    "load of members": _("Members came from a file"),
    "looked at and in order": _("Looked at and in order"),
    "payouts that are ready": _("Payouts that are ready"),
    "posted": _("Everything is posted"),
    "posting begins": _("Posting begins"),
    "rates of exchange": _("Rates from their source"),
    "sealed": _("Everything posted is checked"),
    "the batch is approved": _("The batch is approved"),
    "the company's first plan": _("The first plan of the company"),
    "the demo company": _("Made for the demo company"),
    "the goods arrived": _("The goods arrived"),
    "the goods left": _("The goods left"),
    "the period is sealed": _("The period is sealed"),
    "the time in the holding place is over": _("The time in the holding place is over"),
    "within the limits of a standing approval": _("Within the limits of a standing approval"),
    "was proved": pgettext_lazy("reason", "Proved by a code"),
}


def reason_in_words(reason: str) -> Words:
    """Give a reason as the reader sees it.

    >>> reason_in_words("The customer called")
    'The customer called'
    """
    return REASONS.get(reason, reason)
