"""What the audit log says of acts: each act and each reason that a program gives has words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from upline.web.office.act_words import ACTS
from upline.web.office.reason_words import REASONS, reason_in_words

SOURCES = Path(__file__).parents[2] / "src" / "upline"
# What persons of the demo company type is in the language that they type in.
TYPED = {"Asked to leave", "Papers are missing", "The customer changed his mind"}


def expressions(tree: ast.AST, named: str) -> Iterator[ast.expr]:
    """Give what calls hand over under a name, and what functions take for it by themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (one.value for one in node.keywords if one.arg == named)
        elif isinstance(node, ast.FunctionDef):
            given = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            yield from (default for one, default in given if one.arg == named and default)


def texts(expression: ast.expr) -> Iterator[str]:
    """Give the texts that an expression is made of; one with figures in it as it is written."""
    if isinstance(expression, ast.JoinedStr):
        yield ast.unparse(expression)
    elif isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, ast.BoolOp):
        for part in expression.values:
            yield from texts(part)


def said(named: str) -> set[str]:
    return {
        text
        for path in SOURCES.rglob("*.py")
        for expression in expressions(ast.parse(path.read_text(encoding="utf-8")), named)
        for text in texts(expression)
    }


def test_every_reason_that_a_program_gives_has_words():
    assert said("reason") - TYPED - {""} - set(REASONS) == set()


def test_every_act_that_a_program_names_has_words():
    named = {text for text in said("act") if "." in text and not text.startswith("f")}

    assert named - set(ACTS) == set()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("chose a language", "Выбран другой язык"),
        ("Клиент перезвонил", "Клиент перезвонил"),
    ],
)
def test_a_reason_of_a_program_is_said_in_the_language_of_the_reader(reason, words):
    with translation.override("ru"):
        assert str(reason_in_words(reason)) == words
