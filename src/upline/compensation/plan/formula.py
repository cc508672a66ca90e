"""Formulas: text to a typed tree. Grammar in docs/reference/plan-language.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from upline.compensation.errors import Fault, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Any part of a formula; `place` is where it stands in the plan."""

    place: Place = field(compare=False, repr=False, default=Place())


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Node):
    """An exact number; `unit` is '' (plain), 'ratio' (written with %) or a currency code."""

    value: Fraction
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word(Node):
    """A quoted text, yes or no."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth(Node):
    """yes or no."""

    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Node):
    """A date."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    """A field, measure, order value or rank name, perhaps with `order.`, `buyer.`, `receiver.`."""

    name: str
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """A function of the language with its arguments and, for sums over members, its limits."""

    function: str
    arguments: tuple[Node, ...]
    where: Node | None = None
    until: Node | None = None
    tree: str = ""
    last_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Node):
    """`+ - * /`, a comparison, `and`, `or`; always two sides."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary(Node):
    """`-` or `not`."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Among(Node):
    """`value in [a, b]`."""

    value: Node
    choices: tuple[Node, ...]


COMPARISONS = ("<=", ">=", "!=", "<", ">", "=")
PREFIXES = ("order", "buyer", "receiver")
_KEYWORDS = {"and", "or", "not", "in", "where", "until", "last", "days", "yes", "no"}
_TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d{2}-\d{2})|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<text>'[^']*'|\"[^\"]*\")|(?P<word>[^\W\d]\w*)|(?P<sign><=|>=|!=|[-+*/()<>=,.%\[\]]))"
)


class FormulaFault(Exception):
    """A formula that cannot be read; carries one Fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: Place


def parse(text: str, place: Place | None = None) -> Node:
    """Read a formula into its tree; raises FormulaFault at the first place that is not one.

    >>> parse("own(pv) >= 100").operator
    '>='
    """
    parser = _Parser(list(_tokens(text, place or Place())))
    node = parser.condition()
    parser.end()
    return node


def walk(node: Node) -> Iterator[Node]:
    """Give the node and everything below it, outermost first."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Node) -> Iterator[Node]:
    """Give the direct parts of a node, in the order in which they are written."""
    match node:
        case Call(arguments=arguments, where=where, until=until):
            yield from arguments
            yield from (part for part in (where, until) if part is not None)
        case Operation(left=left, right=right):
            yield left
            yield right
        case Unary(operand=operand):
            yield operand
        case Among(value=value, choices=choices):
            yield value
            yield from choices


def _fault(place: Place, problem: str, remedy: str = "") -> FormulaFault:
    return FormulaFault(Fault(place, "formula.syntax", problem, remedy))


def _tokens(text: str, place: Place) -> Iterator[_Token]:
    position = 0
    stripped = text.rstrip()
    if not stripped:
        raise _fault(place, "A formula is expected here, and this is empty.")
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            at = position + len(stripped[position:]) - len(stripped[position:].lstrip())
            remedy = "Texts stand in quotes; == is written =, && is written and."
            raise _fault(place.moved(at), f"'{stripped[at]}' is not part of a formula.", remedy)
        kind = str(match.lastgroup)
        yield _Token(kind, match[kind], place.moved(match.start(kind)))
        position = match.end()
    yield _Token("end", "", place.moved(len(stripped)))


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _at(self, *texts: str) -> bool:
        return self._token.kind in ("sign", "word") and self._token.text in texts

    def _take(self) -> _Token:
        token = self._token
        self._next += 1
        return token

    def _take_if(self, *texts: str) -> _Token | None:
        return self._take() if self._at(*texts) else None

    def _expect(self, text: str) -> _Token:
        if not self._at(text):
            raise _fault(self._token.place, f"'{text}' is expected here, not {self._seen()}.")
        return self._take()

    def _seen(self) -> str:
        return f"'{self._token.text}'" if self._token.text else "the end of the formula"

    def end(self) -> None:
        if self._token.kind != "end":
            remedy = "Join conditions by 'and' or 'or'; put names that contain blanks in quotes."
            raise _fault(self._token.place, f"The formula ends before {self._seen()}.", remedy)

    def condition(self) -> Node:
        node = self._conjunction()
        while token := self._take_if("or"):
            right = self._conjunction()
            node = Operation(operator="or", left=node, right=right, place=token.place)
        return node

    def _conjunction(self) -> Node:
        node = self._negation()
        while token := self._take_if("and"):
            right = self._negation()
            node = Operation(operator="and", left=node, right=right, place=token.place)
        return node

    def _negation(self) -> Node:
        if token := self._take_if("not"):
            return Unary(operator="not", operand=self._negation(), place=token.place)
        return self._comparison()

    def _comparison(self) -> Node:
        node = self._sum()
        if token := self._take_if(*COMPARISONS):
            node = Operation(operator=token.text, left=node, right=self._sum(), place=token.place)
            if self._at(*COMPARISONS):
                remedy = "Write 'a <= b and b < c'."
                raise _fault(self._token.place, "Comparisons do not chain.", remedy)
        elif self._at("in") and self._tokens[self._next + 1].text == "[":
            node = self._choices(node)
        return node

    def _choices(self, value: Node) -> Node:
        place = self._take().place
        self._expect("[")
        choices = [self._sum()]
        while self._take_if(","):
            choices.append(self._sum())
        self._expect("]")
        return Among(value=value, choices=tuple(choices), place=place)

    def _sum(self) -> Node:
        node = self._product()
        while token := self._take_if("+", "-"):
            right = self._product()
            node = Operation(operator=token.text, left=node, right=right, place=token.place)
        return node

    def _product(self) -> Node:
        node = self._factor()
        while token := self._take_if("*", "/"):
            right = self._factor()
            node = Operation(operator=token.text, left=node, right=right, place=token.place)
        return node

    def _factor(self) -> Node:
        if token := self._take_if("-"):
            return Unary(operator="-", operand=self._factor(), place=token.place)
        return self._atom()

    def _atom(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return self._number(token)
        if token.kind == "text":
            return Word(text=token.text[1:-1], place=token.place)
        if token.kind == "date":
            return _day(token)
        if token.text == "(":
            node = self.condition()
            self._expect(")")
            return node
        if token.text == "[":
            return self._list(token)
        if token.kind == "word" and token.text in ("yes", "no"):
            return Truth(holds=token.text == "yes", place=token.place)
        if token.kind == "word" and token.text not in _KEYWORDS:
            return self._name(token)
        self._next -= 1
        raise _fault(token.place, f"A value is expected here, not {self._seen()}.")

    def _number(self, token: _Token) -> Node:
        value = Fraction(token.text)
        if self._take_if("%"):
            return Number(value=value / 100, unit="ratio", place=token.place)
        if self._token.kind == "word" and re.fullmatch(r"[A-Z]{3}", self._token.text):
            return Number(value=value, unit=self._take().text, place=token.place)
        return Number(value=value, place=token.place)

    def _list(self, token: _Token) -> Node:
        names = [self._sum()]
        while self._take_if(","):
            names.append(self._sum())
        self._expect("]")
        return Call(function="list", arguments=tuple(names), place=token.place)

    def _name(self, token: _Token) -> Node:
        if self._take_if("("):
            return self._call(token)
        if self._take_if("."):
            if token.text not in PREFIXES:
                remedy = f"Before a dot stands one of {', '.join(PREFIXES)}."
                raise _fault(token.place, f"'{token.text}.' is not known.", remedy)
            name = self._take()
            if name.kind != "word":
                raise _fault(name.place, f"A name is expected after '{token.text}.'.")
            return Name(name=name.text, prefix=token.text, place=token.place)
        return Name(name=token.text, place=token.place)

    def _call(self, token: _Token) -> Node:
        arguments: list[Node] = []
        if not self._at(")"):
            arguments.append(self.condition())
            while self._take_if(","):
                arguments.append(self.condition())
        where = until = None
        tree, last_days = "", 0
        while not self._at(")"):
            limit = self._take()
            if limit.text == "where" and where is None:
                where = self.condition()
            elif limit.text == "until" and until is None:
                until = self.condition()
            elif limit.text == "in" and self._token.kind == "word" and not tree:
                tree = self._take().text
            elif limit.text == "last" and self._token.text.isdigit() and not last_days:
                last_days = int(self._take().text)
                self._expect("days")
            else:
                self._next -= 1
                remedy = (
                    "After the arguments may stand: where ..., until ..., in TREE, last N days."
                )
                raise _fault(limit.place, f"')' is expected here, not {self._seen()}.", remedy)
        self._expect(")")
        return Call(
            function=token.text,
            arguments=tuple(arguments),
            where=where,
            until=until,
            tree=tree,
            last_days=last_days,
            place=token.place,
        )


def _day(token: _Token) -> Node:
    try:
        return Day(day=date.fromisoformat(token.text), place=token.place)
    except ValueError:
        raise _fault(token.place, f"There is no day {token.text}.") from None


def text_of(node: Node) -> str:
    """Write a formula in one canonical way, so that equal formulas have equal texts.

    >>> text_of(parse("own( pv )>=100.0"))
    'own(pv) >= 100'
    """
    match node:
        case Number(value=value, unit=unit):
            number = str(value * 100 if unit == "ratio" else value)
            return f"{number} %" if unit == "ratio" else f"{number} {unit}".rstrip()
        case Word(text=text):
            return f"'{text}'"
        case Truth(holds=holds):
            return "yes" if holds else "no"
        case Day(day=day):
            return day.isoformat()
        case Name(name=name, prefix=prefix):
            return f"{prefix}.{name}" if prefix else name
        case Unary(operator=operator, operand=operand):
            return f"{operator} {_bracketed(operand)}"
        case Operation(operator=operator, left=left, right=right):
            return f"{_bracketed(left)} {operator} {_bracketed(right)}"
        case Among(value=value, choices=choices):
            return f"{_bracketed(value)} in [{', '.join(text_of(choice) for choice in choices)}]"
        case Call():
            return _call_text(node)
    raise AssertionError(node)


def _bracketed(node: Node) -> str:
    text = text_of(node)
    return f"({text})" if isinstance(node, Operation | Unary | Among) else text


def _call_text(node: Call) -> str:
    inside = ", ".join(text_of(argument) for argument in node.arguments)
    if node.function == "list":
        return f"[{inside}]"
    inside += f" where {text_of(node.where)}" if node.where is not None else ""
    inside += f" until {text_of(node.until)}" if node.until is not None else ""
    inside += f" in {node.tree}" if node.tree else ""
    inside += f" last {node.last_days} days" if node.last_days else ""
    return f"{node.function}({inside})"
