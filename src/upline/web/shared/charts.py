"""Charts as data: what is drawn, and the same figures as texts for the table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from upline.money import Money, currency_places
from upline.web.shared import formats

Kind = Literal["bars", "stacked", "line"]


class SeriesTooShort(ValueError):
    """A series has more or fewer figures than the chart has labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One colour of a chart: its name, and a figure and a text for each label."""

    name: str
    values: Sequence[str | None]
    texts: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A label with the texts of all series: a row of the table beside the chart."""

    label: str
    texts: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a chart shows, in the language of its reader. `over` says what the labels are."""

    kind: Kind
    over: str
    labels: Sequence[str]
    series: Sequence[Series]
    language: str
    currency: str = ""

    def __post_init__(self) -> None:
        for each in self.series:
            if not len(each.values) == len(each.texts) == len(self.labels):
                raise SeriesTooShort(f"{each.name}: {len(self.labels)} figures are needed.")

    @property
    def rows(self) -> list[Row]:
        """List the rows of the table."""
        return [
            Row(label=label, texts=[each.texts[place] for each in self.series])
            for place, label in enumerate(self.labels)
        ]

    def as_data(self) -> dict[str, object]:
        """Give what the script reads; figures are texts, for they are money."""
        return {
            "kind": self.kind,
            "labels": list(self.labels),
            "language": self.language,
            "currency": self.currency,
            "series": [
                {"name": each.name, "values": list(each.values), "texts": list(each.texts)}
                for each in self.series
            ],
        }


def money_series(name: str, amounts: Sequence[Money | None], language: str) -> Series:
    """Make a series of amounts; where there is none, the chart has a gap."""
    return Series(
        name=name,
        values=[
            None
            if each is None
            else str(Decimal(each.minor).scaleb(-currency_places(each.currency)))
            for each in amounts
        ],
        texts=["–" if each is None else formats.money(each, language) for each in amounts],
    )


def number_series(name: str, values: Sequence[int | Decimal | None], language: str) -> Series:
    """Make a series of numbers."""
    return Series(
        name=name,
        values=[None if each is None else str(each) for each in values],
        texts=["–" if each is None else formats.number(each, language) for each in values],
    )
