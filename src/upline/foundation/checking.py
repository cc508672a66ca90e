"""What is looked over from the rows up: a query for each thing that may be off, and its sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction

FINDINGS_OF_A_KIND = 20
AND_MORE = "And more of this kind."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is off; the code is that of its question."""

    code: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query that gives a row of facts for each thing that is off, and the sentence for it.

    A percent sign in it is doubled, for it takes values by name.
    """

    code: str
    text: str
    query: str
    values: Mapping[str, object] = field(default_factory=dict)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Let all questions within see the database as it is at one moment; nothing can be written."""
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def answers(questions: Sequence[Question]) -> list[Finding]:
    """Ask all questions and list what is off, the first of each kind."""
    return [finding for question in questions for finding in _asked(question)]


def _asked(question: Question) -> list[Finding]:
    with connection.cursor() as cursor:
        # Always with values: what is asked for somebody by name gets values of its own.
        cursor.execute(question.query, question.values)
        rows = cursor.fetchmany(FINDINGS_OF_A_KIND + 1)
    return cut(question.code, [question.text.format(*facts) for facts in rows])


def cut(code: str, problems: Sequence[str]) -> list[Finding]:
    """Give the first problems of a kind as findings, and a word where there are more."""
    shown = list(problems[:FINDINGS_OF_A_KIND])
    if len(problems) > FINDINGS_OF_A_KIND:
        shown.append(AND_MORE)
    return [Finding(code=code, problem=problem) for problem in shown]
