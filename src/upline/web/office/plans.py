"""Plan versions: the text with its faults, what it says in words, what it changes, its approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from upline.compensation import PlanRefused, load_plan
from upline.compensation.errors import Fault, Place
from upline.compensation.plan.describe import describe
from upline.compensation.plan.differences import diff
from upline.compensation.plan.review import HEADS, IN_ALL, review, said
from upline.compensation.plan.speech import speech
from upline.documents.markdown import blocks_of
from upline.plans import services
from upline.plans.models import PlanVersion, State
from upline.web.office import filters, words
from upline.web.office.acts import Act, ActForm, Doing, Reasoned
from upline.web.office.audit import actors_of
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Part, Rows, Section, Tab, Words, facts
from upline.web.office.fault_words import TITLES
from upline.web.office.plan_files import document_file
from upline.web.office.screens import guarded
from upline.web.office.site import site


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that the check found, in the reader's language as far as it speaks it."""

    place: Place
    code: str
    problem: str
    remedy: str
    blocks: bool = True
    # Of a problem that is in English alone: what kind it is, in the reader's language.
    title: Words = ""


class DraftForm(ActForm):
    """The text of a plan, typed or from a file."""

    file = forms.FileField(label=_("File"), required=False, help_text=_("A plan in YAML."))
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "data-mono": "yes"}),
    )

    faults: Sequence[Shown] = ()

    def clean(self) -> Any:
        entries = super().clean() or self.cleaned_data
        sent = entries.get("file")
        if sent is not None:
            try:
                entries["text"] = sent.read().decode("utf-8")
            except UnicodeDecodeError:
                self.add_error("file", _("This file is no text in UTF-8."))
                return entries
        if not (entries.get("text") or "").strip():
            self.add_error("text", _("Send a file, or write the text."))
            return entries
        self.faults = _shown_faults(entries["text"], "plan.yaml")
        if any(fault.blocks for fault in self.faults):
            self.add_error(None, _("The plan has faults; each is named below with its line."))
        return entries


def _draft(doing: Doing) -> Words:
    version = services.draft_plan(text=doing.entries["text"], file="plan.yaml")
    doing.entries["version"] = version.pk
    return _("The version is kept as a draft. Another person approves it.")


def _approve(doing: Doing) -> Words:
    services.approve_plan(version_id=doing.subject.pk, reason=doing.reason)
    return _("The version is approved and in force from its day on.")


def _withdraw(doing: Doing) -> Words:
    services.withdraw_plan(version_id=doing.subject.pk, reason=doing.reason)
    return _("The draft is withdrawn.")


def _is_draft(version: PlanVersion) -> bool:
    return bool(version.state == State.DRAFT)


def _before(version: PlanVersion) -> PlanVersion | None:
    """Give the approved version that a version follows."""
    others = PlanVersion.objects.filter(every=version.every, state=State.APPROVED)
    return (
        others.exclude(pk=version.pk)
        .filter(starts_on__lt=version.starts_on)
        .order_by("-starts_on")
        .first()
    )


@admin.register(PlanVersion, site=site)
class Plans(OfficeAdmin):
    """Versions of the marketing plan."""

    sees = "plans.see"
    address = "plans"
    heading = _("Plan versions")
    explains = _("One person drafts a version, another approves it. A text never changes.")
    empty = _("There is no plan yet.")
    ordering = ("-starts_on", "-id")
    list_display = ("version", "state", "starts", "calendar", "drafted", "decided")
    list_filter = (filters.choice("state", _("State"), words.choices(words.PLAN)),)
    acts = (
        Act(
            name="draft",
            label=_("Draft a version"),
            right="plans.edit",
            form=DraftForm,
            does=_draft,
            of_list=True,
            is_main=True,
            has_preview=False,
            button=_("Check and keep as a draft"),
            leads_to=lambda doing: ADMIN.address_at("card", doing.entries["version"]),
        ),
        Act(
            name="approve",
            label=_("Approve this version"),
            right="plans.approve",
            form=Reasoned,
            does=_approve,
            fits=_is_draft,
            is_main=True,
            explains=_(
                "From its day on periods are computed by it, and it can never be taken back."
                " Whoever drafted it cannot approve it."
            ),
            shows=lambda doing: _changes(doing.subject),
        ),
        Act(
            name="withdraw",
            label=_("Withdraw this draft"),
            right="plans.edit",
            form=Reasoned,
            does=_withdraw,
            fits=_is_draft,
            is_grave=True,
        ),
    )

    def prepare(self, request: HttpRequest, rows: Sequence[PlanVersion]) -> None:  # noqa: ARG002
        named = actors_of([one for row in rows for one in (row.drafted_by, row.decided_by) if one])
        for row in rows:
            row.said = {"drafted": named[row.drafted_by], "decided": named.get(row.decided_by, "")}

    @column(_("Version"))
    def version(self, row: PlanVersion) -> Cell:
        return Cell(row.name, note=_("Number %(number)s") % {"number": row.pk})

    @column(_("State"))
    def state(self, row: PlanVersion) -> Cell:
        return words.status(words.PLAN, row.state)

    @column(_("In force from"))
    def starts(self, row: PlanVersion) -> Cell:
        return Cell(row.starts_on)

    @column(_("Periods"))
    def calendar(self, row: PlanVersion) -> Cell:
        return Cell(words.word(words.LENGTH, row.every))

    @column(_("Drafted"))
    def drafted(self, row: PlanVersion) -> Cell:
        return Cell(row.said["drafted"], note=row.drafted_at)

    @column(_("Decided"))
    def decided(self, row: PlanVersion) -> Cell:
        return Cell(row.said["decided"], note=row.decided_at or "")

    def more_urls(self) -> Sequence[URLPattern]:
        return (
            path(
                "<str:key>/document.<str:form>",
                guarded(document_file(self), self.sees),
                name=self.name_of("document"),
            ),
        )

    def card(self, request: HttpRequest, subject: Any) -> Card:
        self.prepare(request, [subject])
        return Card(
            title=subject.name,
            subtitle=subject.starts_on,
            status=self.state(subject),
            tabs=(
                Tab(name="", label=_("In words"), sections=lambda: _in_words(subject)),
                Tab(name="text", label=_("Text and check"), sections=lambda: _text(subject)),
                Tab(
                    name="changes",
                    label=_("What changes"),
                    sections=lambda: _changes(subject, request.GET.get("against", "")),
                ),
            ),
        )


def _head(version: PlanVersion) -> Section:
    return facts(
        _("Version"),
        (_("In force from"), version.starts_on),
        (_("Periods"), words.word(words.LENGTH, version.every)),
        (_("Drafted"), Cell(version.said["drafted"], note=version.drafted_at)),
        (_("Decided"), Cell(version.said["decided"], note=version.decided_at or "")),
        (_("Digest of the text"), Cell(version.digest, is_code=True)),
    )


def _in_words(version: PlanVersion) -> list[Section]:
    try:
        written = describe(load_plan(version.text), get_language() or "en")
    except PlanRefused as refused:
        return [_head(version), _faults(list(map(_refused, refused.faults)))]
    document = Part(
        title=_("What the plan says"),
        template="office/parts/document.html",
        content=blocks_of(written),
    )
    files = [
        (words_of_form, ADMIN.address_at("document", version.pk, form))
        for form, words_of_form in (("pdf", _("PDF to read and to sign")), ("md", _("Markdown")))
    ]
    kept = Part(title=_("As a file"), template="office/parts/files.html", content=files)
    return [_head(version), kept, document]


def _text(version: PlanVersion) -> list[Section]:
    faults = _shown_faults(version.text, f"{version.name}.yaml")
    wrong = {fault.place.line for fault in faults if fault.blocks}
    lines = [
        (number, line, number in wrong)
        for number, line in enumerate(version.text.splitlines(), start=1)
    ]
    text = Part(title=_("Text"), template="office/parts/source.html", content=lines)
    return [_faults(faults), *_bounds(version), text]


def _shown_faults(text: str, file: str) -> list[Shown]:
    """Give the faults of a text, or what the review of a sound one finds."""
    said_in = speech(get_language() or "en")
    try:
        found = review(load_plan(text, file=file)).findings
    except PlanRefused as refused:
        return list(map(_refused, refused.faults))
    return [
        Shown(
            place=one.place,
            code=one.rule,
            problem=one.problem(said_in),
            remedy=one.remedy(said_in),
            blocks=one.severity == "error",
        )
        for one in found
    ]


def _refused(fault: Fault) -> Shown:
    is_read = get_language() == "en"
    title = "" if is_read else TITLES.get(fault.code, "")
    return Shown(fault.place, fault.code, fault.problem, fault.remedy, title=title)


def _faults(faults: Sequence[Shown]) -> Section:
    return Part(
        title=_("What the check found"), template="office/parts/faults.html", content=faults
    )


def _bounds(version: PlanVersion) -> list[Section]:
    """Give the most that each bonus can come to; nothing for a text that is no plan."""
    try:
        plan = load_plan(version.text)
    except PlanRefused:
        return []
    if not plan.file.bonuses:
        return []
    said_in = speech(get_language() or "en")
    found = review(plan)
    titles = {name: said_in.words(bonus.title) or name for name, bonus in plan.file.bonuses.items()}
    rows = [
        [
            Cell(titles[name], note=name if titles[name] != name else ""),
            Cell(said(bound, plan.file, said_in)),
        ]
        for name, bound in found.bounds.items()
    ]
    rows.append([Cell(said_in.say(IN_ALL)), Cell(said(found.in_all, plan.file, said_in))])
    return [
        Rows(
            title=_("The most that it can pay"),
            heads=[said_in.say(head) for head in HEADS],
            rows=rows,
            note=_(
                "Where no order takes anything back, before lines are rounded, over all periods."
            ),
        )
    ]


def _changes(version: PlanVersion, against: str = "") -> list[Section]:
    others = list(
        PlanVersion.objects.filter(every=version.every)
        .exclude(pk=version.pk)
        .order_by("-starts_on", "-id")
    )
    other = next((one for one in others if str(one.pk) == against), None) or _before(version)
    said: list[str] = []
    if other is not None:
        said = diff(load_plan(other.text), load_plan(version.text), get_language() or "en")
    content = {"other": other, "others": others, "said": said, "version": version}
    return [
        Part(title=_("What changes"), template="office/parts/differences.html", content=content)
    ]


ADMIN: Plans = site.get_model_admin(PlanVersion)
