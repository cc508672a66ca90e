"""Lines of a run, a member's, by pages: filtered, sorted and counted by the database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from upline.commissions.errors import LineUnknown
from upline.commissions.models import Line, Run, VolumeFact
from upline.commissions.queries.facts import LineFilter, LineList, LineRow
from upline.commissions.queries.seeing import Reader, words_of
from upline.compensation.decimals import SHOWN_PLACES
from upline.compensation.explain.wording import Wording
from upline.network.models import Member

ORDERS = {
    "amount_down": ("-amount_units", "number"),
    "amount_up": ("amount_units", "number"),
    "level_up": ("level", "number"),
    "level_down": ("-level", "number"),
    "number_up": ("number",),
}
# Whoever searches by two letters finds more orders than anybody reads.
_MOST_FOUND = 2_000


def page(by: Reader, run: Run, member_id: int, language: str, wanted: LineFilter) -> LineList:
    """Give a page of a member's lines of a run."""
    mine = Line.objects.filter(run_id=run.pk, member_id=member_id)
    counts = list(mine.values("bonus", "level").annotate(count=Count("number")).order_by())
    chosen = mine.filter(_chosen(run, wanted))
    total = chosen.count() if wanted.search else _counted(run, counts, wanted)
    order = ORDERS.get(wanted.order, ORDERS["amount_down"])
    rows = list(chosen.order_by(*order)[wanted.first : wanted.first + wanted.most])
    bonuses = sorted({row["bonus"] for row in counts})
    words = words_of(run.plan_id, language)
    return LineList(
        rows=tuple(rows_of(by, run, rows, words)),
        total=total,
        bonuses=tuple((run.bonuses[code], words.bonus(run.bonuses[code])) for code in bonuses),
        levels=tuple(sorted({row["level"] for row in counts if row["level"] is not None})),
    )


def one(run: Run, member_id: int, number: int, *, member: str) -> Line:
    """Give a member's line by its number. Raises LineUnknown."""
    found = Line.objects.filter(run_id=run.pk, member_id=member_id, number=number).first()
    if found is None:
        raise LineUnknown(member=member, label=run.period.label, number=number)
    return found


def rows_of(by: Reader, run: Run, lines: list[Line], words: Wording) -> list[LineRow]:
    """Give lines with the orders and buyers that they name."""
    orders = dict(
        VolumeFact.objects.filter(pk__in={line.fact_id for line in lines if line.fact_id})
        .values_list("id", "order_number")
    )  # fmt: skip
    buyers = by.codes_of({line.buyer_id for line in lines if line.buyer_id})
    return [
        LineRow(
            number=line.number,
            bonus=run.bonuses[line.bonus],
            title=words.bonus(run.bonuses[line.bonus]),
            level=line.level,
            order=orders.get(line.fact_id),
            buyer=buyers.get(line.buyer_id),
            base=Decimal(line.base_billionths).scaleb(-SHOWN_PLACES),
            rate=Decimal(line.rate_billionths).scaleb(-SHOWN_PLACES),
            amount=Decimal(line.amount_units).scaleb(-run.places),
            currency=run.currency,
        )
        for line in lines
    ]


def _chosen(run: Run, wanted: LineFilter) -> Q:
    chosen = Q()
    if wanted.bonus:
        codes = [code for code, name in enumerate(run.bonuses) if name == wanted.bonus]
        chosen &= Q(bonus__in=codes)
    if wanted.level is not None:
        chosen &= Q(level=wanted.level)
    if wanted.search.strip():
        orders, buyers = found_by(wanted.search)
        chosen &= Q(fact_id__in=orders) | Q(buyer_id__in=buyers)
    return chosen


def found_by(search: str) -> tuple[list[int], list[int]]:
    """Give the facts of orders and the members whose number or code begins with a text."""
    text = search.strip()
    facts = VolumeFact.objects.filter(order_number__startswith=text.upper())
    if text != text.upper():
        facts |= VolumeFact.objects.filter(order_number__startswith=text)
    buyers = Member.objects.filter(code__istartswith=text)
    return (
        list(facts.values_list("id", flat=True)[:_MOST_FOUND]),
        list(buyers.values_list("id", flat=True)[:_MOST_FOUND]),
    )


def _counted(run: Run, counts: list[dict[str, Any]], wanted: LineFilter) -> int:
    return sum(
        row["count"]
        for row in counts
        if wanted.bonus in ("", run.bonuses[row["bonus"]]) and wanted.level in (None, row["level"])
    )
