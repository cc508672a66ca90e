"""Find the messages that sources say: Python, templates of Django, sentences of the engine.

Nothing of the system is needed: Python reads its own sources, and Django itself turns a template
into calls of gettext.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize


@dataclass(frozen=True, slots=True)
class Call:
    """At which place a call of gettext takes its words; -1 for what it does not take."""

    singular: int = 0
    plural: int = -1
    context: int = -1


CALLS: Mapping[str, Call] = {
    "_": Call(),
    "gettext": Call(),
    "gettext_lazy": Call(),
    "gettext_noop": Call(),
    "ngettext": Call(0, 1),
    "ngettext_lazy": Call(0, 1),
    "pgettext": Call(1, context=0),
    "pgettext_lazy": Call(1, context=0),
    "npgettext": Call(1, 2, context=0),
    "npgettext_lazy": Call(1, 2, context=0),
}
# A text in Python's quotes, and what Django makes of a tag that holds texts.
_QUOTED = r"""u?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_CALL = re.compile(rf"(?:(?:n?p?gettext)|_)\((?:{_QUOTED},?\s*)+(?:count)?\)")
# A component takes attributes as expressions, which Django's own reader of templates passes by.
_IN_TEXT = re.compile(rf"(?<![\w.])_\(\s*({_QUOTED})\s*\)")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Said:
    """One message: its words, its plural, and the context that tells it from equal words."""

    singular: str
    plural: str = ""
    context: str = ""

    @property
    def id(self) -> str | tuple[str, str]:
        return (self.singular, self.plural) if self.plural else self.singular


def in_python(text: str, *, calls: Mapping[str, Call] = CALLS) -> Iterator[Said]:
    """Give the messages of a Python source in the order in which they stand.

    Only whole texts count: a call on a variable says what another line has marked.
    """
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        call = calls.get(name)
        if call is None:
            continue
        singular, plural, context = (
            _text(node.args, place) for place in (call.singular, call.plural, call.context)
        )
        if singular:
            yield Said(singular=singular, plural=plural, context=context)


def _text(arguments: Sequence[ast.expr], place: int) -> str:
    if 0 <= place < len(arguments):
        argument = arguments[place]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return argument.value
    return ""


def in_template(text: str) -> Iterator[Said]:
    """Give the messages of a template, those in attributes of components among them."""
    # What Django leaves of a template is not Python as a whole, but each of its calls is.
    for found in _CALL.findall(templatize(text)):
        yield from in_python(found)
    for found in _IN_TEXT.findall(text):
        yield from in_python(f"_({found})")


def in_file(path: Path, *, calls: Mapping[str, Call] = CALLS) -> Iterator[Said]:
    """Give the messages of a source file; an unreadable one is refused by name."""
    text = path.read_text(encoding="utf-8")
    try:
        if path.suffix == ".py":
            yield from in_python(text, calls=calls)
        else:
            yield from in_template(text)
    except SyntaxError as fault:
        raise SystemExit(f"{path}: {fault}") from fault
