"""What staff do with corrections by hand: enter one or a table of them, book them, reject them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from upline.commissions import queries, services
from upline.commissions.models import Correction, CorrectionSheet, Run
from upline.foundation import ids
from upline.foundation.models import Company
from upline.money import Money
from upline.network.models import Member
from upline.web.office import words
from upline.web.office.acts import Act, ActForm, Doing, Reasoned
from upline.web.office.adjustment_acts import Approving, calendars
from upline.web.office.cells import Cell, Rows, Section, Words
from upline.web.office.fields import DayField, MemberField, money_of
from upline.web.office.site import site
from upline.web.shared.fields import NumberField

SHOWN_AT_MOST = 500


def currency() -> str:
    """Give the currency of the last run, else that of the company."""
    last = Run.objects.order_by("-id").values_list("currency", flat=True).first()
    return str(last or Company.objects.values_list("currency", flat=True).first() or "EUR")


def _volumes() -> list[tuple[str, str]]:
    return [(name, name) for name in queries.volumes_counted()]


class Keyed(ActForm):
    """A form that is one thing however often it is sent: its key is made with the empty form."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = str(ids.uuid7())


class OfMember(Keyed, Reasoned):
    """Whose pay or volume is corrected, and why; the member reads the reason."""

    member = MemberField(label=_("Member"))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("In a sentence; the member reads it on the statement."),
        max_length=500,
    )


class Paying(OfMember):
    """What a member is paid besides, or less."""

    calendar = forms.ChoiceField(label=_("Calendar"), choices=calendars)
    amount = NumberField(label=_("Amount"), help_text=_("With a minus what he is to be paid less."))
    currency = forms.RegexField(
        "^[A-Z]{3}$",
        label=_("Currency"),
        initial=currency,
        error_messages={"invalid": _("Write the three capital letters of a currency, as EUR.")},
    )

    def clean(self) -> Any:
        entries = super().clean() or self.cleaned_data
        if entries.get("amount") is not None and entries.get("currency"):
            try:
                entries["money"] = money_of(entries["amount"], entries["currency"])
            except forms.ValidationError as refused:
                self.add_error("amount", refused)
        return entries


class Crediting(OfMember):
    """What is to count for a member, or to count no more."""

    figure = forms.ChoiceField(label=_("Volume"), choices=_volumes)
    value = NumberField(label=_("How much"), help_text=_("With a minus what is to count no more."))
    counts_on = DayField(
        label=_("Counts on"),
        help_text=_("A day of a closed period is settled by an adjustment."),
    )


class Tabled(Keyed):
    """A table, typed or from a file."""

    what = forms.ChoiceField(label=_("What"), choices=lambda: words.choices(words.CORRECTED))
    calendar = forms.ChoiceField(label=_("Calendar"), choices=calendars)
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_(
            "CSV. Of pay: member,amount,currency,reason."
            " Of volume: member,figure,volume,counts_on,reason."
        ),
    )
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "data-mono": "yes"}),
    )

    def clean(self) -> Any:
        entries = super().clean() or self.cleaned_data
        sent = entries.get("file")
        if sent is not None:
            try:
                entries["text"] = sent.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("This file is no text in UTF-8."))
                return entries
        if not (entries.get("text") or "").strip():
            self.add_error("text", _("Send a file, or write the text."))
        return entries


_ENTERED = _("The corrections are entered. They count when another person has approved them.")


def _pay(doing: Doing) -> Words:
    given = doing.entries
    draft = services.PayDraft(
        member=given["member"].code, amount=given["money"], reason=doing.reason
    )
    given["sheet"] = services.enter_pay(
        key=given["key"], calendar=given["calendar"], drafts=[draft]
    )
    return _ENTERED


def _credit(doing: Doing) -> Words:
    given = doing.entries
    draft = services.VolumeDraft(
        member=given["member"].code,
        figure=given["figure"],
        value=given["value"],
        counts_on=given["counts_on"],
        reason=doing.reason,
    )
    given["sheet"] = services.enter_volume(key=given["key"], drafts=[draft])
    return _ENTERED


def _table(doing: Doing) -> Words:
    given = doing.entries
    if given["what"] == CorrectionSheet.What.PAY:
        given["sheet"] = services.enter_pay_table(
            key=given["key"], calendar=given["calendar"], text=given["text"]
        )
    else:
        given["sheet"] = services.enter_volume_table(key=given["key"], text=given["text"])
    return _ENTERED


def _approve(doing: Doing) -> Words:
    number = doing.subject.pk
    services.approve_corrections(number=number, digest=doing.entries["digest"], reason=doing.reason)
    if doing.subject.what == CorrectionSheet.What.PAY:
        return _("The corrections are booked: what they give is owed from today.")
    return _("The corrections count for their days.")


def _reject(doing: Doing) -> Words:
    services.reject_corrections(number=doing.subject.pk, reason=doing.reason)
    return _("The corrections are rejected and will never count.")


def _waits(sheet: CorrectionSheet) -> bool:
    return bool(sheet.state == CorrectionSheet.State.ENTERED)


def rows_of(sheet: CorrectionSheet) -> Section:
    """Give what a sheet corrects, member by member."""
    found = sheet.rows.select_related("member").order_by("number")[:SHOWN_AT_MOST]
    is_cut = sheet.count > SHOWN_AT_MOST
    return Rows(
        title=_("What is corrected"),
        heads=heads_of(sheet),
        rows=[cells_of(sheet, row) for row in found],
        figures=(1,),
        note=_("The first of them; the file has all.") if is_cut else "",
    )


def heads_of(sheet: CorrectionSheet) -> list[Words]:
    """Give the heads of a sheet's rows, on the page and in a file."""
    if sheet.what == CorrectionSheet.What.PAY:
        return [_("Member"), pgettext_lazy("difference", "Change"), _("Reason")]
    return [
        _("Member"),
        pgettext_lazy("difference", "Change"),
        _("Volume"),
        _("Counts on"),
        _("Reason"),
    ]


def cells_of(sheet: CorrectionSheet, row: Correction) -> list[Cell]:
    """Give one row of a sheet."""
    member = Cell(row.member.code, href=card_of(row.member.code))
    if sheet.what == CorrectionSheet.What.PAY:
        return [member, Cell(Money(row.amount_minor or 0, row.currency)), Cell(row.reason)]
    return [
        member,
        Cell(queries.shortest(row.value)),
        Cell(row.figure),
        Cell(row.counts_on),
        Cell(row.reason),
    ]


def card_of(code: str) -> str:
    """Give the address of a member's card."""
    return str(site.get_model_admin(Member).address_at("card", code))


def _leads_to(doing: Doing) -> str:
    return str(site.get_model_admin(CorrectionSheet).address_of(doing.entries["sheet"]))


def _shows(doing: Doing) -> Sequence[Section]:
    return [rows_of(doing.subject)]


ACTS = (
    Act(
        name="pay",
        label=_("Correct pay"),
        right="ledger.correct",
        form=Paying,
        does=_pay,
        of_list=True,
        is_main=True,
        leads_to=_leads_to,
        explains=_(
            "Pays a member more or less than closes gave. It is owed when another person has approved"
            " it, and stands on the statement with its reason."
        ),
    ),
    Act(
        name="volume",
        label=_("Correct volume"),
        right="ledger.correct",
        form=Crediting,
        does=_credit,
        of_list=True,
        is_main=True,
        leads_to=_leads_to,
        explains=_(
            "Counts for a day as if the member had ordered, without money. Everybody above is paid on"
            " it as the plan says."
        ),
    ),
    Act(
        name="table",
        label=_("Enter a table"),
        right="ledger.correct",
        form=Tabled,
        does=_table,
        of_list=True,
        has_preview=False,
        leads_to=_leads_to,
        explains=_("All faults of the table are named with their lines; then nothing is written."),
    ),
    Act(
        name="approve",
        label=_("Approve and book"),
        right="periods.approve",
        form=Approving,
        does=_approve,
        fits=_waits,
        is_main=True,
        shows=_shows,
        explains=_(
            "You approve exactly what is shown here, by its digest. Whoever entered it cannot."
        ),
    ),
    Act(
        name="reject",
        label=_("Reject"),
        right="periods.approve",
        does=_reject,
        fits=_waits,
        is_grave=True,
        explains=_("They will never count. They stay here, so that it can be seen."),
    ),
)
