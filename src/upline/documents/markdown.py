"""A description of a plan as blocks for a screen or a paper: headings, lists, tables; never markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# What a description marks inside a line: **label** and `name`.
_MARKS = re.compile(r"(\*\*.+?\*\*|`[^`]+`)")


@dataclass(slots=True)
class Block:
    """One block: `kind` is head, item, row or text; `spans` are (kind, text) of one line."""

    kind: str
    level: int = 0
    spans: list[tuple[str, str]] = field(default_factory=list)
    heads: list[Any] = field(default_factory=list)
    rows: list[list[list[tuple[str, str]]]] = field(default_factory=list)


def blocks_of(markdown: str) -> list[Block]:
    r"""Read the few forms that `describe` writes.

    >>> [(one.kind, one.level) for one in blocks_of("# Plan\n\n- **Levels:** 2\n")]
    [('head', 1), ('item', 0)]
    """
    blocks: list[Block] = []
    for block in _read(markdown):
        if block.kind == "row" and blocks and blocks[-1].kind == "table":
            blocks[-1].rows.append([_spans(cell) for cell in block.heads])
        elif block.kind == "row":
            blocks.append(Block("table", heads=[_spans(cell) for cell in block.heads]))
        else:
            blocks.append(block)
    return blocks


def _read(markdown: str) -> Iterator[Block]:
    for line in markdown.splitlines():
        bare = line.strip()
        if not bare or re.fullmatch(r"\|[-| :]+\|", bare):
            continue
        if heading := re.match(r"(#+) (.*)", bare):
            yield Block("head", level=len(heading[1]), spans=_spans(heading[2]))
        elif bare.startswith("|"):
            yield Block("row", heads=[cell.strip() for cell in bare.strip("|").split("|")])
        elif bare.startswith("- "):
            indent = len(line) - len(line.lstrip())
            yield Block("item", level=min(indent // 2, 5), spans=_spans(bare[2:]))
        else:
            yield Block("text", spans=_spans(bare))


def _spans(text: str) -> list[tuple[str, str]]:
    spans = []
    for part in _MARKS.split(text):
        if part.startswith("**") and part.endswith("**") and len(part) > 4:
            spans.append(("label", part[2:-2]))
        elif part.startswith("`") and part.endswith("`") and len(part) > 2:
            spans.append(("name", part[1:-1]))
        elif part:
            spans.append(("text", part))
    return spans
