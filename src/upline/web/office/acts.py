"""Business acts as buttons: a form, a page that confirms, a service that does it or refuses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from upline.web.office.cells import Section, Words

_BUTTONS_AT_MOST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """An act at work: who asks, on what, with which entries."""

    request: HttpRequest
    subject: Any
    entries: dict[str, Any]

    @property
    def reason(self) -> str:
        return str(self.entries.get("reason", "")).strip()

    @property
    def login_id(self) -> int:
        return int(self.request.user.pk)


class ActForm(forms.Form):
    """The entries of an act; it knows on what it works and who asks, for its choices."""

    template_name = "office/parts/form.html"

    def __init__(
        self, *args: Any, subject: Any = None, request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        self.subject = subject
        self.viewer: Any = request.user if request is not None else None
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if hasattr(field, "viewer"):
                # Who asks decides what a field that searches may find.
                field.viewer = self.viewer


class Reasoned(ActForm):
    """Why something is done; the audit keeps it."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("In a sentence; the audit log keeps it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    field_order: Any = None

    def order_fields(self, field_order: Any) -> None:
        """Let the day and the reason come last, behind what the act itself asks."""
        own = [name for name in self.fields if name not in ("effective_on", "reason")]
        super().order_fields(field_order or [*own, "effective_on", "reason"])


def always(_subject: Any) -> bool:
    return True


def nothing_to_show(_doing: Doing) -> Sequence[Section]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that staff may do to one thing, if they have the right and its state allows it.

    `does` calls a service and gives the sentence that says what happened. `shows` gives what the
    page of confirmation says beforehand. An act of the whole list has no subject.
    """

    name: str
    label: Words
    right: str
    does: Callable[[Doing], Words]
    form: type[ActForm] = Reasoned
    explains: Words = ""
    button: Words = ""
    is_grave: bool = False
    is_main: bool = False
    of_list: bool = False
    # Whoever has no file to send and nothing to choose confirms on the first page.
    has_preview: bool = True
    fits: Callable[[Any], bool] = always
    shows: Callable[[Doing], Sequence[Section]] = nothing_to_show
    # An act of one transaction is tried before it is confirmed, and taken back.
    is_rehearsed: bool = True
    # What to answer when it is done, where that is more than a sentence.
    answers: Callable[[Any, Doing], HttpResponse] | None = None
    # Where to go when it is done, else to the card.
    leads_to: Callable[[Doing], str] | None = None


def in_head(offered: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Give acts as a page's head shows them: what is due as buttons, the rest in one menu.

    A menu of one or two would hide what it holds, so that few are buttons all of them.
    """
    if len(offered) <= _BUTTONS_AT_MOST:
        return {"buttons": offered, "menu": []}
    return {
        "buttons": [one for one in offered if one["is_main"]],
        "menu": [one for one in offered if not one["is_main"]],
    }
