"""The pay of closed periods as a chart."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from upline.commissions.queries import StatementRow
from upline.web.shared import formats
from upline.web.shared.charts import Chart, money_series

# A chart of fewer periods tells nothing.
FEWEST = 2


def pay_chart(rows: Sequence[StatementRow], language: str) -> Chart | None:
    """Draw the pay of periods, oldest first; None while there are too few, or two currencies."""
    currencies = {row.pay.currency for row in rows if row.pay is not None}
    if len(rows) < FEWEST or len(currencies) != 1:
        return None
    return Chart(
        kind="bars",
        over=gettext("Period"),
        labels=[formats.period_short(row.first_on, row.last_on, language) for row in rows],
        series=[money_series(gettext("Pay"), [row.pay for row in rows], language)],
        language=language,
        currency=currencies.pop(),
    )
