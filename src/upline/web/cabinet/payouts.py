"""Payouts of a member: where to, how much, and what became of each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from upline.foundation import access
from upline.foundation.errors import DomainError
from upline.payouts import destinations, services
from upline.payouts import queries as payouts
from upline.payouts.orders import Destination
from upline.web.cabinet.positions import Standpoint, standpoint
from upline.web.shared import refusals
from upline.web.shared.fields import MoneyField


def _currencies() -> list[tuple[str, str]]:
    return [(one, one) for one in payouts.currencies_paid_out()]


class AmountForm(forms.Form):
    """How much of one currency is asked for; the key names the wish, however often it is sent."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, offer: payouts.Offer, **kwargs: Any) -> None:
        super().__init__(*args, prefix=offer.currency, **kwargs)
        self.fields["amount"] = MoneyField(currency=offer.currency, label=_("Amount"))
        self.fields["key"].initial = uuid.uuid4().hex
        self.fields["amount"].initial = offer.available


class AccountForm(forms.Form):
    """An account as a bank writes it: an IBAN, or a Russian account with its BIC."""

    currency = forms.ChoiceField(label=_("Currency"), choices=_currencies)
    holder = forms.CharField(
        label=_("Holder"), max_length=140, help_text=_("The name as your bank knows it.")
    )
    account = forms.CharField(
        label=_("IBAN or account number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("In Russia: the 20 digits of the account."),
    )
    bic = forms.CharField(
        label=_("BIC of the bank"),
        max_length=20,
        required=False,
        help_text=_("Only for an account in Russia; nine digits."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def destination(self) -> Destination:
        """Give the account that was typed. Raises AccountRefused."""
        typed, bic = self.cleaned_data["account"], self.cleaned_data["bic"]
        if bic:
            return destinations.russian_account(account=typed, bic=bic)
        return destinations.iban_account(typed)


@access.needs("cabinet.use")
def overview(request: HttpRequest) -> HttpResponse:
    """Show accounts and payouts, and take a wish to be paid."""
    here = standpoint(request)
    if here is None:
        return render(request, "cabinet/nobody.html")
    found = payouts.member_payouts(viewer=request.user, member=here.position.code)
    asked = request.POST.get("currency") if request.method == "POST" else None
    shown = []
    for offer in found.offers:
        if offer.currency != asked:
            shown.append((offer, AmountForm(offer=offer), _why_not(offer)))
            continue
        form = AmountForm(request.POST, offer=offer)
        if form.is_valid() and _done(form, _asks(request, here, form)):
            messages.success(request, str(_("The payout is requested; the money is set aside.")))
            return redirect("cabinet:payouts")
        shown.append((offer, form, _why_not(offer)))
    return render(request, "cabinet/payouts.html", {"here": here, "found": found, "offers": shown})


@access.needs("cabinet.use")
def account(request: HttpRequest) -> HttpResponse:
    """Take the account that a member is to be paid to."""
    here = standpoint(request)
    if here is None:
        return render(request, "cabinet/nobody.html")
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _done(form, _sets(request, here, form)):
        messages.success(request, str(_("The account is kept.")))
        return redirect("cabinet:payouts")
    return render(
        request,
        "cabinet/payout_account.html",
        {"here": here, "form": form, "is_open": bool(_currencies())},
    )


@access.needs("cabinet.use")
@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Take a payout back that is not approved yet."""
    try:
        services.cancel_payout(viewer=request.user, payout_id=number)
    except DomainError as refused:
        if refused.code in ("payouts.payout_unknown", "network.member_unknown"):
            raise Http404 from refused
        messages.error(request, str(refusals.told(refused)))
    else:
        messages.success(request, str(_("The payout is taken back; the money is available again.")))
    return redirect("cabinet:payouts")


def _why_not(offer: payouts.Offer) -> str:
    """Say why the contract allows no payout; empty where it does."""
    return str(refusals.told(offer.refused)) if offer.refused else ""


def _asks(request: HttpRequest, here: Standpoint, form: forms.Form) -> Callable[[], object]:
    def does() -> object:
        return services.request_payout(
            viewer=request.user,
            member=here.position.code,
            amount=form.cleaned_data["amount"],
            key=form.cleaned_data["key"],
        )

    return does


def _sets(request: HttpRequest, here: Standpoint, form: AccountForm) -> Callable[[], object]:
    def does() -> object:
        return services.set_method(
            viewer=request.user,
            member=here.position.code,
            currency=form.cleaned_data["currency"],
            destination=form.destination(),
            holder=form.cleaned_data["holder"],
        )

    return does


def _done(form: forms.Form, does: Callable[[], object]) -> bool:
    """Do it, or say on the form why it was refused."""
    try:
        does()
    except DomainError as refused:
        form.add_error(None, str(refusals.told(refused)))
        return False
    return True
