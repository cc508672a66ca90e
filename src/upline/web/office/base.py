"""What every screen of the office has: a list, a card, acts, and the rights for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.templatetags.admin_list import result_headers
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from upline.foundation.errors import DomainError
from upline.web.office import acting, listing
from upline.web.office.acts import Act, in_head
from upline.web.office.cells import Card, Cell, Words
from upline.web.office.rights import may
from upline.web.office.screens import guarded
from upline.web.shared import files, refusals

_AT_ONCE = 2_000
_ROWS_AT_MOST = 200_000


class OfficeAdmin(ModelAdmin):
    """A table of the platform as the office shows it.

    Nothing is added, changed or deleted by Django's forms: what changes is changed by acts, which
    call services.

    `sees` is the right that opens list and card, `address` the word in the address, `lookup` the
    field by which one thing is named there.
    """

    sees: ClassVar[str]
    address: ClassVar[str]
    heading: ClassVar[Words]
    lookup: ClassVar[str] = "pk"
    acts: ClassVar[Sequence[Act]] = ()
    # Said where the list is empty; and above it, where it needs a word.
    empty: ClassVar[Words] = ""
    explains: ClassVar[Words] = ""
    has_card: ClassVar[bool] = True
    has_export: ClassVar[bool] = True

    list_per_page = 50
    show_full_result_count = False
    list_display_links = None
    actions = None
    paginator = listing.CappedPaginator
    sortable_by: Any = ()

    # Rights

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request, self.sees)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return may(request, self.sees)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    # Addresses

    def name_of(self, screen: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{screen}"

    def get_urls(self) -> list[URLPattern]:
        """Give the list, its files, the acts of the list, the card and its acts; nothing else."""
        of_list = [act for act in self.acts if act.of_list]
        of_one = [act for act in self.acts if not act.of_list]
        return [
            path("", guarded(self.list_view, self.sees), name=self.name_of("changelist")),
            *(
                path(
                    f"export.{form}",
                    guarded(self.export_view, self.sees),
                    {"form": form},
                    name=self.name_of(f"export_{form}"),
                )
                for form in files.FORMATS
                if self.has_export
            ),
            *(self._of_act(f"{act.name}/", act) for act in of_list),
            *self.more_urls(),
            *(self._of_act(f"<str:key>/{act.name}/", act) for act in of_one),
            *(
                [path("<str:key>/", guarded(self.card_view, self.sees), name=self.name_of("card"))]
                if self.has_card
                else []
            ),
        ]

    def more_urls(self) -> Sequence[URLPattern]:
        """Give what a table has beside list, card and acts."""
        return ()

    def _of_act(self, route: str, act: Act) -> URLPattern:
        view = guarded(acting.view_of(self, act), act.right)
        return path(route, view, name=self.name_of(act.name))

    def key_of(self, subject: Any) -> Any:
        """Give the word by which one thing is named in addresses."""
        return getattr(subject, self.lookup)

    def address_of(self, subject: Any) -> str:
        """Give the address of one thing's card."""
        return self.address_at("card", self.key_of(subject))

    def address_at(self, screen: str, *keys: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self.name_of(screen)}", args=keys)

    # What a table says

    def found(self, request: HttpRequest, key: str) -> Any:
        """Give the thing that an address names, or 404."""
        field = self.opts.pk if self.lookup == "pk" else self.opts.get_field(self.lookup)
        try:
            value = field.to_python(key)
        except Exception as error:
            raise Http404 from error
        subject = self.get_queryset(request).filter(**{self.lookup: value}).first()
        if subject is None:
            raise Http404
        return subject

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Ask the table itself what a search finds; no word finds all."""
        text = search_term.strip()
        return (self.searched(request, queryset, text) if text else queryset), False

    def searched(self, request: HttpRequest, rows: QuerySet, text: str) -> QuerySet:
        """Give the rows that somebody means who types this text."""
        raise NotImplementedError

    def prepare(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Ask for what all rows of a page need, in a few queries."""

    def card(self, request: HttpRequest, subject: Any) -> Card:
        """Describe one thing."""
        raise NotImplementedError

    def headings(self) -> list[str]:
        """Give the heads of the columns, as lists and files have them."""
        return [str(getattr(self, name).short_description) for name in self.list_display]

    def cells_of(self, row: Any) -> list[Cell]:
        return [getattr(self, name)(row) for name in self.list_display]

    def offered(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        """Give the acts that this login may do now, as buttons."""
        of_list = subject is None
        return [
            {
                "label": act.label,
                "href": self.address_at(act.name)
                if of_list
                else self.address_at(act.name, self.key_of(subject)),
                "is_grave": act.is_grave,
                "is_main": act.is_main,
            }
            for act in self.acts
            if act.of_list == of_list and may(request, act.right) and (of_list or act.fits(subject))
        ]

    # Screens

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ARG002 - Django's
        return listing.OfficeList

    def list_view(self, request: HttpRequest) -> HttpResponse:
        try:
            cl = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return redirect(request.path)
        rows = [(self._row_address(row), self.cells_of(row)) for row in cl.result_list]
        return self.page(
            request,
            "office/list.html",
            title=self.heading,
            cl=cl,
            heads=self._heads(cl),
            rows=rows,
            offered=in_head(self.offered(request, None)),
            empty=self.empty or _("Nothing is here yet."),
            explains=self.explains,
            exports=self._exports(cl),
            more=self.above_list(request),
        )

    def _heads(self, cl: Any) -> list[dict[str, Any]]:
        # Django asks a field of the same name for its label before it asks the column.
        columns = [getattr(self, name) for name in self.list_display]
        return [
            {**head, "text": one.short_description, "is_figure": one.is_figure}
            for one, head in zip(columns, result_headers(cl), strict=True)
        ]

    def above_list(self, request: HttpRequest) -> Any:  # noqa: ARG002 - for those who have it
        """Give sections that stand above the list."""
        return ()

    def _row_address(self, row: Any) -> str:
        return self.address_of(row) if self.has_card else ""

    def _exports(self, cl: Any) -> list[tuple[str, str]]:
        if not self.has_export:
            return []
        query = cl.get_query_string(remove=["p"])
        return [(form.upper(), self.address_at(f"export_{form}") + query) for form in files.FORMATS]

    def export_view(self, request: HttpRequest, form: str) -> Any:
        """Give the whole list as filtered, as a file."""
        try:
            cl = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return redirect(self.address_at("changelist"))
        return files.as_file(
            form, name=self.address, heads=self.headings(), rows=self._all_rows(request, cl)
        )

    def _all_rows(self, request: HttpRequest, cl: Any) -> Iterator[list[Any]]:
        found = cl.queryset[:_ROWS_AT_MOST].iterator(chunk_size=_AT_ONCE)
        waiting: list[Any] = []
        for row in found:
            waiting.append(row)
            if len(waiting) == _AT_ONCE:
                yield from self._prepared(request, waiting)
                waiting = []
        yield from self._prepared(request, waiting)

    def _prepared(self, request: HttpRequest, rows: list[Any]) -> list[list[Any]]:
        self.prepare(request, rows)
        return [[in_file(cell) for cell in self.cells_of(row)] for row in rows]

    def card_view(self, request: HttpRequest, key: str) -> HttpResponse:
        subject = self.found(request, key)
        card = self.card(request, subject)
        tabs = [
            {"label": tab.label, "href": f"?tab={tab.name}" if tab.name else "?", "name": tab.name}
            for tab in card.tabs
        ]
        wanted = request.GET.get("tab", "")
        open_tab = next((tab for tab in card.tabs if tab.name == wanted), None)
        if open_tab is None:
            raise Http404
        return self.page(
            request,
            "office/card.html",
            title=card.title,
            card=card,
            tabs=tabs if len(tabs) > 1 else [],
            open_tab=wanted,
            sections=open_tab.sections(),
            offered=in_head(self.offered(request, subject)),
            back=(self.heading, self.address_at("changelist")),
        )

    def page(self, request: HttpRequest, template: str, **shown: Any) -> TemplateResponse:
        """Give a page in the shell of the office."""
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), "here": self.address, **shown}
        return TemplateResponse(request, template, context)

    def refuse(self, request: HttpRequest, refused: DomainError) -> None:
        """Say what stands in the way, and what to do."""
        messages.error(request, str(refusals.told(refused)))


def column(label: Words, *, order: str = "", is_figure: bool = False) -> Callable[[Any], Any]:
    """Name the head of a column, and the field by which it may be sorted; figures stand right."""

    def named(method: Any) -> Any:
        method.short_description = label
        method.is_figure = is_figure
        if order:
            method.admin_order_field = order
        return method

    return named


def in_file(cell: Cell) -> Any:
    """Give a cell as a file holds it: several texts in one."""
    if isinstance(cell.value, list | tuple):
        return ", ".join(str(one) for one in cell.value)
    return cell.value
