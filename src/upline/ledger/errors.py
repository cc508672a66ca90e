"""What the ledger refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from upline.foundation.errors import DomainError


class AccountUnknown(DomainError):
    """A code begins with no word of the chart."""

    code = "ledger.account_unknown"
    text = _("There is no account %(account)s: no line of the chart begins so.")
    remedy = _("Correct the code, or write its beginning into upline.ledger.accounts.")


class AccountMalformed(DomainError):
    """A code or a currency is not written as the ledger writes it."""

    code = "ledger.account_malformed"
    text = _("%(account)s in %(currency)s is not written as an account is.")
    remedy = _("Write words with colons between them, as cash:bank, and a currency as EUR.")


class AccountDiffers(DomainError):
    """An account was opened before, otherwise."""

    code = "ledger.account_differs"
    text = _("The account %(account)s in %(currency)s is of kind %(kind)s, held by '%(holder)s'.")
    remedy = _("Use it as it is, or open another code; an account never changes.")


class KeyAlreadyUsed(DomainError):
    """A key came again with other content: two acts, one name."""

    code = "ledger.key_already_used"
    text = _("The key %(key)s belongs to journal %(journal)s, which says something else.")
    remedy = _("Give the new act its own key; to correct the journal, reverse it.")


class JournalUnbalanced(DomainError):
    """Debits and credits of a currency differ."""

    code = "ledger.journal_unbalanced"
    text = _("Journal %(key)s does not balance: %(currency)s is off by %(off_by)s.")
    remedy = _("Add the entry that is missing; each currency sums to zero by itself.")


class JournalMalformed(DomainError):
    """A journal is not one that can be written."""

    code = "ledger.journal_malformed"
    text = _("Journal %(key)s: %(fault)s.")
    remedy = _("Correct it and post it again; nothing was written.")


class JournalsRefused(DomainError):
    """Some of many journals cannot be written; each is listed."""

    code = "ledger.journals_refused"
    text = _("%(count)s faults in the journals; none of them was written:\n%(faults)s")
    remedy = _("\nCorrect each and post them again.")


class JournalUnknown(DomainError):
    """There is no such journal."""

    code = "ledger.journal_unknown"
    text = _("There is no journal %(journal)s.")
    remedy = _("Look it up by its key or its reference.")


class JournalAlreadyReversed(DomainError):
    """A journal is taken back once."""

    code = "ledger.journal_already_reversed"
    text = _("Journal %(journal)s was reversed by journal %(reversal)s.")
    remedy = _("To bring it back, post it anew under another key.")


class ReversalNotReversible(DomainError):
    """A reversal stays."""

    code = "ledger.reversal_not_reversible"
    text = _("Journal %(journal)s is itself a reversal, of journal %(original)s.")
    remedy = _("Post the original anew under another key.")


class ReversalTooEarly(DomainError):
    """A reversal cannot take effect before what it takes back."""

    code = "ledger.reversal_too_early"
    text = _("Journal %(journal)s is effective on %(original_on)s, its reversal on %(wanted_on)s.")
    remedy = _("Reverse it with effect from its own day or a later one.")


class DayClosed(DomainError):
    """The books are closed for a day."""

    code = "ledger.day_closed"
    text = _(
        "Journal %(key)s is effective on %(wanted_on)s; the books are closed through %(through)s."
    )
    remedy = _("Post it with effect on a later day.")


class ReasonMissing(DomainError):
    """Reversing and closing want a reason."""

    code = "ledger.reason_missing"
    text = _("Nothing was done, because no reason was given.")
    remedy = _("Say in a sentence why.")


class RateMissing(DomainError):
    """A rate of exchange that a computation needs is not there."""

    code = "ledger.rate_missing"
    text = _("There is no approved rate %(base)s/%(quote)s of %(source)s for %(on)s.")
    remedy = _("Import it (upline ledger rates import) and let a second person approve it.")


class RatesRefused(DomainError):
    """A sheet of rates has faults; each is listed."""

    code = "ledger.rates_refused"
    text = _("%(count)s faults in %(name)s; nothing was written:\n%(faults)s")
    remedy = _("\nCorrect each and import it again.")


class SheetUnknown(DomainError):
    """There is no such sheet of rates."""

    code = "ledger.sheet_unknown"
    text = _("There is no sheet of rates %(sheet)s.")
    remedy = _("List them: upline ledger rates list.")


class SheetDecided(DomainError):
    """A sheet was approved or rejected before, by somebody else or otherwise."""

    code = "ledger.sheet_decided"
    text = _("The sheet of rates %(sheet)s was %(state)s by %(by)s.")
    remedy = _("Import the rates again to change them, with the reason.")


class SecondPersonNeeded(DomainError):
    """Who entered rates does not approve them."""

    code = "ledger.second_person_needed"
    text = _("%(by)s entered the sheet of rates %(sheet)s and cannot approve it.")
    remedy = _("Ask somebody else to look at it.")
