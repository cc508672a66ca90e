"""Refusals of the platform: a stable code, the facts, a sentence and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """An act was refused; nothing was written.

    A subclass states its `code` (`app.fact`, never changed once published), a `text` with its
    facts in `%(name)s`, and a `remedy`, also with facts. It is raised with the facts by name:
    `raise OrderNotPayable(number="A-17", status="cancelled")`. Texts may be lazy translations;
    they are put into words when shown, in the reader's language.
    """

    code: ClassVar[str] = ""
    text: ClassVar[Any] = ""
    remedy: ClassVar[Any] = ""

    def __init__(self, **facts: object) -> None:
        self.facts: Mapping[str, object] = facts
        super().__init__(facts)

    @property
    def problem(self) -> str:
        """Say what was asked and what stands in the way."""
        return str(self.text) % self.facts

    @property
    def advice(self) -> str:
        """Say what to do next."""
        return str(self.remedy) % self.facts

    def __str__(self) -> str:
        sentences = " ".join(part for part in (self.problem, self.advice) if part)
        return f"{sentences} [{self.code}]"

    def as_json(self) -> dict[str, object]:
        """Give the form that interfaces answer with; facts are text, for money must not be a float."""
        return {
            "code": self.code,
            "problem": self.problem,
            "remedy": self.advice,
            "facts": {name: str(value) for name, value in self.facts.items()},
        }


def every_kind() -> Iterator[type[DomainError]]:
    """Give every kind of refusal that has been imported, each once."""
    waiting: list[type[DomainError]] = [DomainError]
    seen: set[type[DomainError]] = set()
    while waiting:
        for kind in waiting.pop().__subclasses__():
            if kind not in seen:
                seen.add(kind)
                waiting.append(kind)
                yield kind
