"""YAML as text with places: scalars stay text until the schema reads them."""

from __future__ import annotations

import yaml

from upline.compensation.errors import Fault, Place, PlanRefused


class Text(str):
    """A scalar exactly as written, and where it stands."""

    __slots__ = ("place",)
    place: Place

    @classmethod
    def at(cls, value: str, place: Place) -> Text:
        """Give `value` its place."""
        text = cls(value)
        text.place = place
        return text


class Entries(dict[str, object]):
    """A mapping whose keys are `Text`; `place` is where it begins."""

    place: Place

    def place_of(self, key: str) -> Place:
        """Say where `key` is written; the mapping's own place where it is not."""
        return next((place_of(written) for written in self if written == key), self.place)


class Items(list[object]):
    """A sequence; `place` is where it begins."""

    place: Place


class _Loader(yaml.SafeLoader):
    """Reads YAML, noting the anchors, aliases and tags on the way."""

    def __init__(self, source: str) -> None:
        self.not_used: list[yaml.Token] = []
        super().__init__(source)

    def scan_anchor(self, TokenClass: type[yaml.Token]) -> yaml.Token:  # noqa: N803 - yaml's word
        token: yaml.Token = super().scan_anchor(TokenClass)  # type: ignore[no-untyped-call]
        self.not_used.append(token)
        return token

    def scan_tag(self) -> yaml.TagToken:
        token = super().scan_tag()
        self.not_used.append(token)
        return token


def place_of(value: object) -> Place:
    """Say where a value that `read` made is written."""
    return getattr(value, "place", Place())


def read(source: str, *, file: str = "plan") -> Entries:
    """Read one YAML mapping into `Entries`, `Items` and `Text`.

    Anchors, tags and several documents are refused, and so is a key that stands twice: each is a
    way to read a plan differently from how it looks. Raises PlanRefused with every such place.
    """
    loader = _Loader(source)
    try:
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        raise PlanRefused([_syntax_fault(error, file)]) from error
    if not isinstance(node, yaml.MappingNode):
        message = "A plan is a mapping of names to values; this file holds none."
        raise PlanRefused([Fault(Place(file, 1, 1), "plan.not_a_mapping", message)])
    faults: list[Fault] = []
    entries = _mapping(node, file, faults)
    faults.extend(_unused(token, file) for token in loader.not_used)
    if faults:
        raise PlanRefused(faults)
    return entries


def _place(node: yaml.Node, file: str) -> Place:
    return Place(file, node.start_mark.line + 1, node.start_mark.column + 1)


def _convert(node: yaml.Node, file: str, faults: list[Fault]) -> object:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, file, faults)
    if isinstance(node, yaml.SequenceNode):
        items = Items(_convert(child, file, faults) for child in node.value)
        items.place = _place(node, file)
        return items
    return Text.at(str(node.value), _place(node, file))


def _mapping(node: yaml.MappingNode, file: str, faults: list[Fault]) -> Entries:
    entries = Entries()
    entries.place = _place(node, file)
    for key_node, value_node in node.value:
        place = _place(key_node, file)
        if not isinstance(key_node, yaml.ScalarNode):
            faults.append(Fault(place, "plan.key_not_text", "A key must be a single word or text."))
            continue
        key = Text.at(str(key_node.value), place)
        if key in entries:
            first = entries.place_of(key)
            remedy = f"Keep one; the first stands in line {first.line}."
            faults.append(Fault(place, "plan.key_twice", f"'{key}' is written twice.", remedy))
            continue
        entries[key] = _convert(value_node, file, faults)
    return entries


def _unused(token: yaml.Token, file: str) -> Fault:
    place = Place(file, token.start_mark.line + 1, token.start_mark.column + 1)
    message = "Anchors, aliases and tags are not used in plans."
    remedy = "Write the value out; if it starts with & * or !, put it in quotes."
    return Fault(place, "plan.anchor", message, remedy)


def _syntax_fault(error: yaml.YAMLError, file: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    problem = getattr(error, "problem", None) or str(error)
    remedy = "A text with ': ', ' #', a comma inside {...} or a leading %, &, * needs quotes."
    return Fault(place, "plan.not_yaml", f"This is not YAML: {problem}.", remedy)
