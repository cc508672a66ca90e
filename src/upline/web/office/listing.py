"""Lists of the office: counted up to a limit, written to a page or to a file."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.utils.functional import cached_property

# Nobody leafs through more; whoever looks for something narrows the list down.
COUNTED_AT_MOST = 10_000


class CappedPaginator(Paginator):
    """Count rows up to a limit: to count a million takes longer than to show fifty of them."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, COUNTED_AT_MOST)

    @property
    def is_capped(self) -> bool:
        return self._counted > COUNTED_AT_MOST

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: COUNTED_AT_MOST + 1].count())


class OfficeList(ChangeList):
    """Django's list, whose rows are prepared together: names, ranks and counts in a few queries."""

    def get_results(self, request: Any) -> None:
        super().get_results(request)
        found: Any = self.result_list
        rows = list(found)
        self.model_admin.prepare(request, rows)
        self.result_list: Any = rows

    def url_for_result(self, result: Any) -> str:
        return str(self.model_admin.address_of(result))
