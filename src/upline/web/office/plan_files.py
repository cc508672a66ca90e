"""A plan version as files to read and to sign: Markdown and PDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language

from upline.compensation import PlanRefused, load_plan
from upline.compensation.plan.describe import describe
from upline.compensation.plan.paper import paper
from upline.documents import render
from upline.foundation import clock
from upline.foundation.models import Company

if TYPE_CHECKING:
    from upline.web.office.plans import Plans

_TYPES = {"md": "text/markdown; charset=utf-8", "pdf": "application/pdf"}


def document_file(admin: Plans) -> Callable[..., HttpResponse]:
    """Give the view that writes a version out in the reader's language."""

    def view(request: HttpRequest, key: str, form: str) -> HttpResponse:
        version = admin.found(request, key)
        if form not in _TYPES:
            raise Http404
        try:
            plan = load_plan(version.text)
        except PlanRefused as refused:
            raise Http404 from refused
        language = get_language() or "en"
        written = describe(plan, language).encode() if form == "md" else b""
        answer = HttpResponse(written, content_type=_TYPES[form])
        if form == "pdf":
            company = Company.objects.values_list("name", flat=True).first()
            made_on = clock.today(plan.file.time_zone)
            facts = paper(plan, language, company=company or "", made_on=made_on)
            answer.content = render("plan", facts, made_at=clock.now())
        name = f"plan-{version.starts_on}-{language}.{form}"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    return view
