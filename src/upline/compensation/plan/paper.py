"""A plan as facts for a paper that owner, lawyer and partner sign."""

from __future__ import annotations

import re
from datetime import date
from hashlib import sha256

from upline.compensation.plan.describe import describe
from upline.compensation.plan.load import Plan
from upline.compensation.plan.readings import Readings
from upline.documents.markdown import Block, blocks_of

# Beyond so many letters a column of a table gets no wider.
_WIDEST = 44
# Digits with a unit, a dash for nothing, or an empty cell; names are no figures.
_FIGURE = re.compile(r"—?|[−-]?\d[\d\s.,]*(%|[A-Z]{3})?")
Span = tuple[str, str]


def paper(plan: Plan, language: str, *, company: str, made_on: date) -> dict[str, object]:
    """Give what the template `plan` needs: the description in blocks, the words around it.

    `company` may be empty. Raises ValueError for an unknown language.
    """
    readings = Readings.of(plan, language)
    title = readings.speech.words(plan.file.title) or plan.file.plan
    digest = sha256(plan.source.encode("utf-8")).hexdigest()
    version = readings.speech.day(plan.file.version)
    blocks = blocks_of(describe(plan, language))[1:]
    return {
        "language": language,
        "title": title,
        "company": company,
        "version": f"{plan.file.plan} · {version}",
        "digest": digest,
        "digest-label": readings.say("Digest:"),
        "words": _words(readings),
        "head": [
            (readings.label("plan"), plan.file.plan, False),
            (readings.label("version"), version, False),
            (readings.say("Document made on"), readings.speech.day(made_on), False),
            (readings.say("Digest of the plan file"), digest, True),
        ],
        "blocks": _laid_out(blocks, readings),
    }


def _words(readings: Readings) -> dict[str, object]:
    say = readings.say
    return {
        "kind": say("Compensation plan"),
        "reading": say(
            "The rules are said in words; in brackets after them stands how the plan file writes"
            " them. The computation follows the plan file that the digest names."
        ),
        "contents": say("Contents"),
        "page": say("Page"),
        "signatures": say("Signatures"),
        "agreed": say(
            "Whoever signs here has read this plan and agrees to it. It is the plan file with"
            " this digest (SHA-256):"
        ),
        "roles": [say("Owner"), say("Lawyer"), say("Partner")],
        "name": say("Full name"),
        "signature": say("Signature"),
        "day": say("Day"),
    }


def _laid_out(blocks: list[Block], readings: Readings) -> list[dict[str, object]]:
    """Give blocks as the template takes them; what opens the document gets a heading."""
    clause = f"{readings.label('clause')}:"
    general = Block("head", level=2, spans=[("text", readings.say("General"))])
    laid: list[dict[str, object]] = []
    heading: dict[str, object] = {}
    for place, block in enumerate([general, *blocks]):
        label = block.spans[0][1] if block.spans and block.spans[0][0] == "label" else ""
        if label == clause and not block.level and not heading.get("clause", "-"):
            heading["clause"] = "".join(text for _, text in block.spans[1:]).strip()
            continue
        following = blocks[place] if place < len(blocks) else None
        one = _one(block, label, following)
        if block.kind == "head":
            heading = one
        laid.append(one)
    return laid


def _one(block: Block, label: str, following: Block | None) -> dict[str, object]:
    spans = list(block.spans[1:] if label else block.spans)
    if label and spans:
        spans[0] = (spans[0][0], spans[0][1].removeprefix(" "))
    return {
        "kind": block.kind,
        "level": block.level,
        "label": label.removesuffix(":"),
        "spans": spans,
        "clause": "",
        # What a table, or a list of its own, belongs to stays on the page with it.
        "leads": following is not None
        and (
            following.kind in ("table", "text")
            or (following.kind == "item" and following.level > block.level)
        ),
        "heads": block.heads,
        "rows": block.rows,
        "widths": _widths(block),
        "figures": _figures(block),
    }


def _cells(block: Block) -> list[list[str]]:
    """Give the texts of a table by columns, with the heads."""
    rows: list[list[list[Span]]] = [block.heads, *block.rows]
    columns = zip(*rows, strict=True)
    return [["".join(text for _, text in cell) for cell in column] for column in columns]


def _widths(block: Block) -> list[int]:
    """Give the shares of a table's columns in its width, by their longest text."""
    if block.kind != "table":
        return []
    return [max(7, *(min(_WIDEST, len(text)) for text in column)) for column in _cells(block)]


def _figures(block: Block) -> list[bool]:
    """Say which columns hold figures alone, which stand to the right."""
    if block.kind != "table":
        return []
    return [all(_FIGURE.fullmatch(text) for text in column[1:]) for column in _cells(block)]
