"""The tables of the ledger. What they refuse by trigger is in the second migration."""

from __future__ import annotations

from django.db import models

from upline.foundation import clock


class Account(models.Model):
    """A place where money of one currency is counted; never changed."""

    class Kind(models.TextChoices):
        ASSET = "asset"
        LIABILITY = "liability"
        INCOME = "income"
        EXPENSE = "expense"
        EQUITY = "equity"
        CLEARING = "clearing"

    code = models.CharField(max_length=200, db_collation="C")
    currency = models.CharField(max_length=3, db_collation="C")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # The code of whose account it is, where it is somebody's.
    holder = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "currency"], name="ledger_account_code"),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["asset", "liability", "income", "expense", "equity", "clearing"]
                ),
                name="ledger_account_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex="^[A-Z]{3}$"),
                name="ledger_account_currency_written",
            ),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[a-z][a-z_]*(:[^\s:]+)*$"),
                name="ledger_account_code_written",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.currency}"


class Journal(models.Model):
    """One act of money, whole: it is born with all its entries and never changes."""

    # Unique by constraint, which spares the second index that `unique=True` makes for LIKE.
    key = models.CharField(max_length=200, db_collation="C")
    # sha256 of what was asked for, see `digests`.
    digest = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=60)
    effective_on = models.DateField()
    posted_at = models.DateTimeField(default=clock.now)
    entry_count = models.IntegerField()
    reference = models.CharField(max_length=200, blank=True, db_collation="C")
    memo = models.CharField(max_length=1000, blank=True)
    reverses = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="reversals", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="ledger_journal_key"),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=models.Q(reverses__isnull=False),
                name="ledger_journal_reversed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(entry_count__gte=2), name="ledger_journal_two_entries"
            ),
            models.CheckConstraint(
                condition=~models.Q(key="") & ~models.Q(kind=""), name="ledger_journal_named"
            ),
        ]
        indexes = [
            models.Index(
                fields=["reference", "id"],
                condition=~models.Q(reference=""),
                name="ledger_journal_by_reference",
            ),
            models.Index(fields=["effective_on", "id"], name="ledger_journal_by_day"),
            # Some kinds are rare: whoever asks for one would wait for all the others to be passed.
            models.Index(fields=["kind", "id"], name="ledger_journal_by_kind"),
        ]

    def __str__(self) -> str:
        return f"journal {self.key}"


class Entry(models.Model):
    """One amount on one account: positive is debit, negative is credit."""

    # Both references are kept by the trigger of the second migration, which looks at all rows of a
    # statement at once.
    journal = models.ForeignKey(
        Journal,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    line = models.IntegerField()
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    # Both repeated so that a balance on a day is read from one index; the database compares them.
    currency = models.CharField(max_length=3, db_collation="C")
    effective_on = models.DateField()
    amount_minor = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["journal", "line"], name="ledger_entry_line"),
            models.CheckConstraint(
                condition=models.Q(line__gte=1), name="ledger_entry_line_positive"
            ),
            models.CheckConstraint(
                condition=~models.Q(amount_minor=0), name="ledger_entry_not_zero"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "effective_on"], name="ledger_entry_by_account"),
        ]

    def __str__(self) -> str:
        return f"line {self.line} of journal {self.journal_id}"


class Balance(models.Model):
    """What the entries of an account add up to; kept by the database, refused to everybody else."""

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.PROTECT, related_name="balance"
    )
    balance_minor = models.BigIntegerField()
    entry_count = models.BigIntegerField()

    def __str__(self) -> str:
        return f"balance of account {self.account_id}"


class Closing(models.Model):
    """The day through which the books are closed; the last row counts."""

    closed_through = models.DateField()
    closed_at = models.DateTimeField(default=clock.now)
    closed_by = models.CharField(max_length=100)
    reason = models.CharField(max_length=1000)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(closed_by=""),
                name="ledger_closing_answered_for",
            ),
        ]

    def __str__(self) -> str:
        return f"closed through {self.closed_through}"


class RateSheet(models.Model):
    """Rates of one source as somebody entered them, until somebody else approves them."""

    class State(models.TextChoices):
        ENTERED = "entered"
        APPROVED = "approved"
        REJECTED = "rejected"

    source = models.CharField(max_length=60, db_collation="C")
    # sha256 of the rows, so that one file entered twice is one sheet.
    digest = models.BinaryField(max_length=32)
    # Why rates that were approved before are changed; empty where none is.
    reason = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ENTERED)
    entered_by = models.CharField(max_length=100)
    entered_at = models.DateTimeField(default=clock.now)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="entered", decided_by="", decided_at__isnull=True)
                | (
                    models.Q(state__in=["approved", "rejected"], decided_at__isnull=False)
                    & ~models.Q(decided_by="")
                ),
                name="ledger_ratesheet_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved", decided_by=models.F("entered_by")),
                name="ledger_ratesheet_two_persons",
            ),
        ]
        indexes = [models.Index(fields=["source", "digest"], name="ledger_ratesheet_by_digest")]

    def __str__(self) -> str:
        return f"sheet of rates {self.pk} of {self.source}"


class Rate(models.Model):
    """How much of `quote` one unit of `base` is worth on a day, as a sheet says; never changed."""

    sheet = models.ForeignKey(RateSheet, on_delete=models.PROTECT, related_name="rates")
    base = models.CharField(max_length=3, db_collation="C")
    quote = models.CharField(max_length=3, db_collation="C")
    rate_on = models.DateField()
    rate = models.DecimalField(max_digits=24, decimal_places=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "base", "quote", "rate_on"], name="ledger_rate_once_a_sheet"
            ),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="ledger_rate_positive"),
            models.CheckConstraint(
                condition=models.Q(base__regex="^[A-Z]{3}$", quote__regex="^[A-Z]{3}$")
                & ~models.Q(base=models.F("quote")),
                name="ledger_rate_of_two_currencies",
            ),
        ]
        indexes = [
            models.Index(fields=["base", "quote", "rate_on"], name="ledger_rate_by_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} on {self.rate_on}"
