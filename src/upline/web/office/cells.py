"""What a list or a card shows: cells, facts and tables as data; templates only lay them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.utils.functional import Promise

# A text, lazily translated or not.
Words: TypeAlias = str | Promise


@dataclass(frozen=True, slots=True)
class Cell:
    """One value with what it leads to: an address, a second line, a tone if it is a status.

    The value stays what it is (Money, a day, a number, a text), so that a page writes it in the
    reader's language and an export writes it as a typed cell.
    """

    value: Any = ""
    href: str = ""
    note: Any = ""
    tone: str = ""
    # Codes, digests, accounts: letters of one width.
    is_code: bool = False
    picture: str = ""
    # Of a text that is in another language than the page, for those who listen to it.
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A section of a card: labels, each with its value."""

    title: Words
    rows: Sequence[tuple[Words, Cell]]
    note: Words = ""
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A section of a card: a table with its heads; `figures` are the columns of numbers."""

    title: Words
    heads: Sequence[Words]
    rows: Sequence[Sequence[Cell]]
    figures: Sequence[int] = ()
    empty: Words = ""
    note: Words = ""
    more: Cell | None = None
    kind: str = field(default="rows", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section of a card that has a template of its own."""

    title: Words
    template: str
    content: Any
    note: Words = ""
    kind: str = field(default="part", init=False)


Section: TypeAlias = Facts | Rows | Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A part of a card that is read by itself: its sections are asked for only when it is open."""

    name: str
    label: Words
    sections: Callable[[], Sequence[Section]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything about one thing: what it is called, how it stands, and its tabs."""

    title: Words
    subtitle: Words = ""
    status: Cell | None = None
    notices: Sequence[tuple[str, Words]] = ()
    tabs: Sequence[Tab] = ()


def facts(title: Words, *rows: tuple[Words, Any], note: Words = "") -> Facts:
    """Make a section of facts from labels and values; a plain value becomes a cell."""
    return Facts(title=title, rows=[(label, as_cell(value)) for label, value in rows], note=note)


def as_cell(value: Any) -> Cell:
    return value if isinstance(value, Cell) else Cell(value)


def only(*sections: Section) -> Sequence[Tab]:
    """Give the tabs of a card that has one page."""
    return (Tab(name="", label="", sections=lambda: sections),)
