"""What moved a wallet, in the words of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CAUSES: Mapping[str, str | Promise] = {
    "commissions": _("Pay of a period"),
    "commissions.adjustment": _("From earlier periods"),
    "commissions.correction": _("Correction by hand"),
    "wallet.mature": _("Became available"),
    "wallet.recover": _("Kept for what was owed"),
    "payout.reserve": _("Set aside for a payout"),
    "payout.release": _("Payout did not take place"),
    "payout.paid": _("Paid out"),
    "payout.return": _("Payout came back"),
    "reversal": _("Taken back"),
}
_OTHER = _("Correction")


def cause_of(kind: str) -> str | Promise:
    """Give what a kind of journal is called; one without a word of its own corrects something."""
    return CAUSES.get(kind, _OTHER)
