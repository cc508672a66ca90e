"""The books, to be read: accounts with their entries, journals, trial balance, check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from upline.ledger import queries as ledger
from upline.ledger.accounts import CHART
from upline.ledger.models import Account, Balance, Entry, Journal
from upline.money import Money
from upline.payouts import services as payouts
from upline.payouts import switch
from upline.payouts.models import Recount
from upline.web.office import filters, words
from upline.web.office.audit import actors_of
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Facts, Rows, Section, facts, only
from upline.web.office.chart import JOURNALS, LINES, meaning_of, sums_by_line
from upline.web.office.screens import guarded
from upline.web.office.site import site

_ENTRIES_AT_MOST = 200
_RECOUNTS_SHOWN = 10


@admin.register(Account, site=site)
class Accounts(OfficeAdmin):
    """Where money is counted."""

    sees = "ledger.see"
    address = "accounts"
    heading = _("Accounts")
    explains = _("Debits are positive, credits negative. Only acts of the system write here.")
    empty = _("There is no such account.")
    ordering = ("code", "currency")
    search_fields = ("code",)
    search_help_text = _("Account or whose it is")
    list_display = ("account", "meaning", "kind", "balance", "entries")
    list_filter = (
        filters.choice("kind", _("Kind"), words.choices(words.ACCOUNT)),
        filters.choice(
            "line",
            _("Line of the chart"),
            lambda: [(line.prefix, LINES.get(line.prefix, line.prefix)) for line in CHART],
            lambda rows, value: rows.filter(code__gte=value, code__lt=f"{value};"),
        ),
        filters.written(
            "currency", _("Currency"), lambda rows, value: rows.filter(currency=value.upper())
        ),
    )

    def searched(self, request: HttpRequest, rows: QuerySet, text: str) -> QuerySet:  # noqa: ARG002
        """Find an account by its code, or those of a member by his code."""
        if ":" in text or text.islower():
            return rows.filter(code__gte=text, code__lt=f"{text}\U0010ffff")
        of_members = [f"{line.prefix}:{text.upper()}" for line in CHART]
        return rows.filter(code__in=of_members)

    def prepare(self, request: HttpRequest, rows: Sequence[Account]) -> None:  # noqa: ARG002
        kept = {one.account_id: one for one in Balance.objects.filter(account__in=rows)}
        for row in rows:
            row.kept = kept.get(row.pk)

    @column(_("Account"))
    def account(self, row: Account) -> Cell:
        return Cell(row.code, is_code=True, href=self.address_of(row))

    @column(_("Meaning"))
    def meaning(self, row: Account) -> Cell:
        return Cell(meaning_of(row.code))

    @column(_("Kind"))
    def kind(self, row: Account) -> Cell:
        return Cell(words.word(words.ACCOUNT, row.kind))

    @column(_("Balance"), is_figure=True)
    def balance(self, row: Account) -> Cell:
        return Cell(Money(row.kept.balance_minor if row.kept else 0, row.currency))

    @column(_("Entries"), is_figure=True)
    def entries(self, row: Account) -> Cell:
        return Cell(row.kept.entry_count if row.kept else 0)

    def more_urls(self) -> Sequence[URLPattern]:
        return (
            path("balance/", guarded(self.trial_balance, self.sees), name="trial_balance"),
            path("check/", guarded(self.check_books, self.sees), name="check_books"),
        )

    def trial_balance(self, request: HttpRequest) -> HttpResponse:
        """Show what every line of the chart holds, on a day or now; each currency sums to zero."""
        on = filters.day_of(request.GET.get("on", ""))
        sums = sums_by_line(on)
        totals: dict[str, int] = {}
        for (_line, currency), minor in sums.items():
            totals[currency] = totals.get(currency, 0) + minor
        lines = Rows(
            title=_("Lines of the chart"),
            heads=[_("Line"), _("Currency"), _("Debit"), _("Credit")],
            rows=[
                [
                    Cell(LINES.get(line, line), note=line),
                    Cell(currency),
                    Cell(Money(minor, currency) if minor > 0 else None),
                    Cell(Money(-minor, currency) if minor < 0 else None),
                ]
                for (line, currency), minor in sorted(sums.items())
            ],
            figures=(2, 3),
            empty=_("Nothing is posted yet."),
        )
        ends = Facts(
            title=_("Sums"),
            rows=[
                (currency, Cell(Money(minor, currency)))
                for currency, minor in sorted(totals.items())
            ],
            note=_("Each currency sums to zero."),
        )
        return self.page(
            request,
            "office/trial_balance.html",
            here="balance",
            title=_("Trial balance"),
            on=on,
            tables=[lines, ends] if totals else [lines],
        )

    def check_books(self, request: HttpRequest) -> HttpResponse:
        """Recount the books when asked, and list what is off; nothing is repaired."""
        found = payouts.recount_books() if request.method == "POST" else None
        return self.page(
            request,
            "office/check_books.html",
            here="check",
            title=_("Check of the books"),
            recount=found,
            is_stopped=switch.in_force().exists(),
            tables=[_recounts()],
        )

    def card(self, request: HttpRequest, subject: Any) -> Card:
        self.prepare(request, [subject])
        return Card(
            title=subject.code,
            subtitle=subject.currency,
            tabs=only(
                facts(
                    _("Account"),
                    (_("Meaning"), meaning_of(subject.code)),
                    (_("Kind"), words.word(words.ACCOUNT, subject.kind)),
                    (_("Balance"), self.balance(subject)),
                    (_("Entries"), self.entries(subject)),
                    (_("Opened"), subject.opened_at),
                ),
                entries_of(subject),
            ),
        )


def entries_of(account: Account) -> Section:
    """Give the last entries of an account."""
    entries = (
        Entry.objects.filter(account=account)
        .order_by("-effective_on", "-id")
        .select_related("journal")[:_ENTRIES_AT_MOST]
    )
    return Rows(
        title=_("Last entries"),
        heads=[_("Day"), _("Kind"), _("Reference"), _("Amount")],
        rows=[
            [
                Cell(one.effective_on),
                Cell(JOURNALS.get(one.journal.kind, one.journal.kind), href=_journal(one)),
                Cell(one.journal.reference, is_code=True),
                Cell(Money(one.amount_minor, one.currency)),
            ]
            for one in entries
        ],
        figures=(3,),
        empty=_("Nothing was posted here."),
    )


def _journal(entry: Entry) -> str:
    return str(site.get_model_admin(Journal).address_at("card", entry.journal_id))


def _recounts() -> Rows:
    """Give the last recounts; one each night comes from the worker."""
    kept = list(Recount.objects.order_by("-id")[:_RECOUNTS_SHOWN])
    named = actors_of([one.counted_by for one in kept])
    return Rows(
        title=_("Last recounts"),
        heads=[_("Moment"), _("Who"), _("Journals"), _("Entries"), _("Findings")],
        rows=[
            [
                Cell(one.began_at),
                Cell(named[one.counted_by]),
                Cell(one.journals),
                Cell(one.entries),
                Cell(len(one.findings)),
            ]
            for one in kept
        ],
        figures=(2, 3, 4),
        empty=_("Nothing was counted yet. The worker counts each night."),
    )


@admin.register(Journal, site=site)
class Journals(OfficeAdmin):
    """Acts of money, each whole."""

    sees = "ledger.see"
    address = "journals"
    heading = _("Journals")
    explains = _("Each is born whole and never changes; a mistake is reversed by another.")
    empty = _("There is no such journal.")
    ordering = ("-id",)
    search_fields = ("key",)
    search_help_text = _("Key or reference")
    list_display = ("journal", "kind", "reference", "day", "posted", "lines")
    list_filter = (
        filters.choice("kind", _("Kind"), lambda: list(JOURNALS.items())),
        filters.days("day", _("Day of the books"), "effective_on", is_moment=False),
    )

    def searched(self, request: HttpRequest, rows: QuerySet, text: str) -> QuerySet:  # noqa: ARG002
        """Find a journal by its key, or those of a reference, as an order's number."""
        of_key = Journal.objects.filter(key=text).values("pk")
        of_reference = Journal.objects.filter(reference=text).exclude(reference="").values("pk")
        return rows.filter(pk__in=of_key.union(of_reference))

    @column(_("Journal"))
    def journal(self, row: Journal) -> Cell:
        return Cell(row.pk, note=row.key, href=self.address_of(row))

    @column(_("Kind"))
    def kind(self, row: Journal) -> Cell:
        return Cell(JOURNALS.get(row.kind, row.kind))

    @column(_("Reference"))
    def reference(self, row: Journal) -> Cell:
        return Cell(row.reference, is_code=True)

    @column(_("Day of the books"))
    def day(self, row: Journal) -> Cell:
        return Cell(row.effective_on)

    @column(_("Posted"))
    def posted(self, row: Journal) -> Cell:
        return Cell(row.posted_at)

    @column(_("Entries"), is_figure=True)
    def lines(self, row: Journal) -> Cell:
        return Cell(row.entry_count)

    def card(self, request: HttpRequest, subject: Any) -> Card:  # noqa: ARG002
        facts_of = ledger.journal(subject.pk)
        return Card(
            title=_("Journal %(number)s") % {"number": subject.pk},
            subtitle=JOURNALS.get(subject.kind, subject.kind),
            tabs=only(
                facts(
                    _("Journal"),
                    (_("Key"), Cell(facts_of.key, is_code=True)),
                    (_("Day of the books"), facts_of.effective_on),
                    (_("Posted"), facts_of.posted_at),
                    (_("Reference"), Cell(facts_of.reference, is_code=True)),
                    (_("Remark"), facts_of.memo),
                    (_("Reverses"), self._other(facts_of.reverses)),
                    (_("Reversed by"), self._other(facts_of.reversed_by)),
                ),
                Rows(
                    title=_("Entries"),
                    heads=[_("Account"), _("Meaning"), _("Debit"), _("Credit")],
                    rows=[
                        [
                            Cell(one.account, is_code=True),
                            Cell(meaning_of(one.account)),
                            Cell(one.amount if one.amount.minor > 0 else None),
                            Cell(-one.amount if one.amount.minor < 0 else None),
                        ]
                        for one in facts_of.entries
                    ],
                    figures=(2, 3),
                ),
            ),
        )

    def _other(self, number: int | None) -> Cell:
        return Cell(number, href=self.address_at("card", number)) if number else Cell("")
