"""The page of an act: asks, shows what will happen, does it, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from upline.foundation.errors import DomainError
from upline.web.office.acts import Act, ActForm, Doing
from upline.web.shared import refusals

if TYPE_CHECKING:
    from upline.web.office.base import OfficeAdmin


def view_of(admin: OfficeAdmin, act: Act) -> Callable[..., HttpResponse]:
    """Give the view of an act of a table."""

    def view(request: HttpRequest, key: str = "") -> HttpResponse:
        subject = admin.found(request, key) if key else None
        if subject is not None and not act.fits(subject):
            return _not_now(admin, request, act, subject)
        return _Page(admin, act, request, subject).answer()

    return view


def _not_now(admin: OfficeAdmin, request: HttpRequest, act: Act, subject: Any) -> HttpResponse:
    """Somebody was faster, or came by an old address."""
    if request.method not in ("GET", "POST"):
        raise Http404
    return admin.page(
        request,
        "office/act_not_now.html",
        title=act.label,
        back=(admin.card(request, subject).title, admin.address_of(subject)),
    )


class _Page:
    """One request to the page of an act."""

    def __init__(self, admin: OfficeAdmin, act: Act, request: HttpRequest, subject: Any) -> None:
        self.admin, self.act, self.request, self.subject = admin, act, request, subject
        self.refused: refusals.Refusal | None = None

    def answer(self) -> HttpResponse:
        request = self.request
        if request.method != "POST":
            return self._first()
        form = self.act.form(request.POST, request.FILES, subject=self.subject, request=request)
        if not form.is_valid() or "back" in request.POST:
            return self._asked(form)
        doing = Doing(request=request, subject=self.subject, entries=form.cleaned_data)
        if self.act.has_preview and "confirmed" not in request.POST:
            return self._to_confirm(form, doing)
        try:
            said = self.act.does(doing)
        except DomainError as refused:
            self.refused = refusals.told(refused)
            return self._asked(form)
        if self.act.answers is not None:
            return self.act.answers(self.admin, doing)
        messages.success(request, str(said))
        return redirect(self._onward(doing))

    def _first(self) -> HttpResponse:
        request = self.request
        form = self.act.form(subject=self.subject, request=request, initial=request.GET.dict())
        if form.visible_fields() or not self.act.has_preview:
            return self._asked(form)
        # There is nothing to enter, so the first page is the one that confirms.
        ready = self.act.form({}, subject=self.subject, request=request)
        ready.is_valid()
        doing = Doing(request=request, subject=self.subject, entries=ready.cleaned_data)
        return self._to_confirm(ready, doing)

    def _onward(self, doing: Doing) -> str:
        if self.act.leads_to is not None:
            return self.act.leads_to(doing)
        return self._back()[1]

    def _back(self) -> tuple[Any, str]:
        if self.subject is None:
            return self.admin.heading, self.admin.address_at("changelist")
        title = self.admin.card(self.request, self.subject).title
        return title, self.admin.address_of(self.subject)

    def _to_confirm(self, form: ActForm, doing: Doing) -> HttpResponse:
        try:
            self._rehearse(doing)
            sections = self.act.shows(doing)
        except DomainError as refused:
            self.refused = refusals.told(refused)
            return self._asked(form)
        entered = [
            (field.label, _said(field, form.cleaned_data[field.name]))
            for field in form.visible_fields()
        ]
        return self._page("office/act_confirm.html", form=form, entered=entered, sections=sections)

    def _rehearse(self, doing: Doing) -> None:
        """Do it and take it back, so that a refusal is said before anybody confirms."""
        if not self.act.is_rehearsed:
            return
        with transaction.atomic():
            self.act.does(doing)
            transaction.set_rollback(True)

    def _asked(self, form: ActForm) -> HttpResponse:
        return self._page("office/act.html", form=form)

    def _page(self, template: str, **shown: Any) -> HttpResponse:
        return self.admin.page(
            self.request,
            template,
            title=self.act.label,
            act=self.act,
            refused=self.refused,
            back=self._back(),
            **shown,
        )


def _said(field: Any, value: Any) -> Any:
    """Give an entry as a reader understands it: the words of a choice rather than its key."""
    if value is not None and hasattr(field.field, "said"):
        return field.field.said(value)
    choices = getattr(field.field, "choices", None)
    if choices is not None:
        words = dict(choices)
        if isinstance(value, list):
            return [words.get(one, one) for one in value]
        return words.get(value, value)
    return value
