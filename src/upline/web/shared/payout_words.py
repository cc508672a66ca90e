"""What stands in the way of a payout, in the words of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HELD_FOR: Mapping[str, str | Promise] = {
    "identity": _("We still have to see who you are"),
    "account_new": _("The account is new; it waits 72 hours"),
    "account_ended": _("The account was changed"),
    "staff": _("Our staff is looking into it"),
}
