"""What an adjustment changes: by bonus, by cause, and line by line, chosen and paged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from upline.commissions.errors import AdjustmentUnknown
from upline.commissions.models import AdjustedFact, AdjustedLine, Adjustment, Run
from upline.commissions.queries.seeing import words_of

CAUSES = ("order", "refund", "again")
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceFilter:
    """Which lines of an adjustment are wanted: a member, an order or a buyer by `search`."""

    bonus: str = ""
    cause: str = ""
    search: str = ""
    first: int = 0
    most: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """A line of a closed period that an adjustment changes, in the currency of its plan."""

    label: str
    first_on: date
    last_on: date
    member: str
    bonus: str
    title: str
    level: int | None
    order: str | None
    buyer: str | None
    cause: str
    before: Decimal
    now: Decimal
    currency: str

    @property
    def change(self) -> Decimal:
        """Give the difference."""
        return self.now - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceSum:
    """What lines of one bonus or of one cause come to."""

    name: str
    title: str
    lines: int
    change: Decimal
    currency: str


@dataclass(slots=True, kw_only=True)
class Differences:
    """The lines of one adjustment, for one reader's language."""

    number: int
    language: str
    _runs: dict[int, Run] = field(init=False)

    def __post_init__(self) -> None:
        """Find the runs that the lines belong to. Raises AdjustmentUnknown."""
        if not Adjustment.objects.filter(pk=self.number).exists():
            raise AdjustmentUnknown(number=self.number)
        periods = AdjustedLine.objects.filter(adjustment=self.number).values("period")
        found = Run.objects.filter(period__in=periods).defer("receipt", "summary")
        self._runs = {run.period_id: run for run in found.order_by("fence")}

    def total(self, wanted: DifferenceFilter) -> int:
        """Count the lines that are wanted."""
        return self._chosen(wanted).count()

    def rows(self, wanted: DifferenceFilter) -> tuple[DifferenceRow, ...]:
        """Give a page of the lines that are wanted, by period, in their sequence."""
        end = wanted.first + wanted.most
        return tuple(self._row(line) for line in self._lines(wanted)[wanted.first : end])

    def every_row(self, wanted: DifferenceFilter) -> Iterator[DifferenceRow]:
        """Give all lines that are wanted, however many, for a file."""
        for line in self._lines(wanted).iterator(chunk_size=_AT_ONCE):
            yield self._row(line)

    def bonuses(self) -> tuple[tuple[str, str], ...]:
        """Give the bonuses with differences: name and title."""
        return tuple((one.name, one.title) for one in self.by_bonus())

    def by_bonus(self) -> tuple[DifferenceSum, ...]:
        """Give what each bonus comes to."""
        return self._sums("bonus")

    def by_cause(self) -> tuple[DifferenceSum, ...]:
        """Give what each cause comes to."""
        return self._sums("cause")

    def _sums(self, by: str) -> tuple[DifferenceSum, ...]:
        """Add up by period first: each run has its own places and its own titles."""
        found: dict[tuple[str, str], DifferenceSum] = {}
        grouped = (
            _with_cause(AdjustedLine.objects.filter(adjustment=self.number))
            .order_by()
            .values(by, "period")
            .annotate(
                units=Sum(F("now_units") - F("before_units")),
                lines=Count("number"),
            )
            .order_by("period__starts_on", by)
        )
        for row in grouped:
            run = self._runs[row["period"]]
            key = (row[by], run.currency)
            before = found.get(key)
            found[key] = DifferenceSum(
                name=row[by],
                title=self._title(run, row[by]) if by == "bonus" else row[by],
                lines=row["lines"] + (before.lines if before else 0),
                change=Decimal(int(row["units"])).scaleb(-run.places)
                + (before.change if before else 0),
                currency=run.currency,
            )
        return tuple(found.values())

    def _chosen(self, wanted: DifferenceFilter) -> QuerySet[AdjustedLine]:
        rows = _with_cause(AdjustedLine.objects.filter(adjustment=self.number))
        if wanted.bonus:
            rows = rows.filter(bonus=wanted.bonus)
        if wanted.cause:
            rows = rows.filter(cause=wanted.cause)
        text = wanted.search.strip()
        if text:
            rows = rows.filter(
                Q(member__code__iexact=text)
                | Q(buyer__code__iexact=text)
                | Q(fact__order_number__iexact=text)
            )
        return rows

    def _lines(self, wanted: DifferenceFilter) -> QuerySet[AdjustedLine]:
        rows = self._chosen(wanted).select_related("period", "member", "buyer", "fact")
        return rows.order_by("number")

    def _row(self, line: AdjustedLine) -> DifferenceRow:
        run = self._runs[line.period_id]
        return DifferenceRow(
            label=line.period.label,
            first_on=line.period.starts_on,
            last_on=line.period.ends_on - timedelta(days=1),
            member=line.member.code,
            bonus=line.bonus,
            title=self._title(run, line.bonus),
            level=line.level,
            order=line.fact.order_number if line.fact else None,
            buyer=line.buyer.code if line.buyer else None,
            cause=str(line.cause),
            before=Decimal(line.before_units).scaleb(-run.places),
            now=Decimal(line.now_units).scaleb(-run.places),
            currency=run.currency,
        )

    def _title(self, run: Run, bonus: str) -> str:
        return str(words_of(run.plan_id, self.language).bonus(bonus))


def _with_cause(rows: QuerySet[AdjustedLine]) -> QuerySet[AdjustedLine]:
    """Say of each line why it changes: its order came late, was taken back, or neither."""
    counted = AdjustedFact.objects.filter(adjustment=OuterRef("adjustment"))
    return rows.annotate(
        cause=Case(
            When(Exists(counted.filter(fact=OuterRef("fact"))), then=Value("order")),
            When(Exists(counted.filter(fact__opposite_of=OuterRef("fact"))), then=Value("refund")),
            default=Value("again"),
            output_field=CharField(),
        )
    )


__all__ = ["CAUSES", "DifferenceFilter", "DifferenceRow", "DifferenceSum", "Differences"]
