"""What the schema refuses, as faults: each at its place in the file, with what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic_core import ErrorDetails

from upline.compensation.errors import Fault, Place
from upline.compensation.plan import schema, text, values

# Pydantic's names for an answer of another form than the schema's: with several forms allowed,
# these are the errors of the forms that were not meant.
_OTHER_FORM = ("_type", "literal_error", "string_pattern_mismatch", "int_parsing")
_CODES = {
    "missing": "plan.missing",
    "extra_forbidden": "plan.unknown_key",
    "literal_error": "plan.choice",
    "union_tag_invalid": "plan.kind",
    "union_tag_not_found": "plan.kind",
    "string_pattern_mismatch": "plan.pattern",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One error of the schema: the path in the file that exists, and the rest of pydantic's path."""

    detail: ErrorDetails
    found: tuple[int | str, ...]
    rest: tuple[int | str, ...]

    @property
    def key(self) -> str:
        """The innermost key that the file has."""
        return next((step for step in reversed(self.found) if isinstance(step, str)), "")


def refusals(details: Iterable[ErrorDetails], raw: text.Entries) -> list[Refusal]:
    """Match errors with the file; of several allowed forms, keep the errors of the one meant."""
    matched = [_matched(detail, raw) for detail in details]
    kept: list[Refusal] = []
    for refusal in matched:
        rivals = [other for other in matched if _is_rival(refusal, other)]
        if not rivals:
            kept.append(refusal)
        elif _is_other_form(refusal):
            all_alike = all(_is_other_form(other) for other in rivals)
            is_first = not any(_is_rival(refusal, other) for other in kept)
            if all_alike and is_first:
                kept.append(refusal)
        else:
            kept.append(refusal)
    return kept


def _matched(detail: ErrorDetails, raw: text.Entries) -> Refusal:
    node: object = raw
    found: list[int | str] = []
    rest: list[int | str] = []
    for step in detail["loc"]:
        if isinstance(node, text.Entries) and str(step) in node:
            node = node[str(step)]
            found.append(str(step))
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
            found.append(step)
        else:
            rest.append(step)
    return Refusal(detail, tuple(found), tuple(rest))


def _is_rival(one: Refusal, other: Refusal) -> bool:
    """Say whether two errors come from two forms of which a value may have either."""
    if one is other:
        return False
    loc, other_loc = one.detail["loc"], other.detail["loc"]
    shared = 0
    while shared < min(len(loc), len(other_loc)) and loc[shared] == other_loc[shared]:
        shared += 1
    if shared in (len(loc), len(other_loc)):
        return False
    return (
        loc[shared] in one.rest
        and other_loc[shared] in other.rest
        and not (_ends_in_key(one, shared) or _ends_in_key(other, shared))
    )


def _ends_in_key(refusal: Refusal, at: int) -> bool:
    return (
        refusal.detail["type"] in ("missing", "extra_forbidden")
        and at == len(refusal.detail["loc"]) - 1
    )


def _is_other_form(refusal: Refusal) -> bool:
    return refusal.detail["type"].endswith(_OTHER_FORM)


def faults_of(refusal: Refusal, raw: text.Entries) -> list[Fault]:
    """Say what is wrong in the words of the plan language."""
    detail = refusal.detail
    error = detail.get("ctx", {}).get("error")
    if isinstance(error, values.Faults):
        return error.faults
    node = _node(raw, refusal.found)
    place = _place(raw, refusal.found)
    kind = detail["type"]
    code = _CODES.get(kind, "plan.value")
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    if kind == "missing":
        problem = f"'{name}' is missing."
        return [Fault(text.place_of(node), code, problem, _remedy_for_missing(name))]
    if kind == "extra_forbidden":
        return [Fault(place, code, f"'{name}' is not known here.", _known(name, refusal, raw))]
    if code == "plan.kind":
        inside = node if isinstance(node, text.Entries) else text.Entries()
        place = inside.place_of("kind") if "kind" in inside else place
        problem = (
            f"There is no kind '{inside['kind']}'."
            if "kind" in inside
            else (f"The bonus '{refusal.key}' has no kind.")
        )
        close = _did_you_mean(str(inside.get("kind", "")), kinds())
        remedy = close or f"The kinds are {', '.join(kinds())}."
        return [Fault(place, code, problem, remedy)]
    return [Fault(place, code, *_wrong_value(refusal, node))]


def _wrong_value(refusal: Refusal, node: object) -> tuple[str, str]:
    detail = refusal.detail
    written = f"'{node}'" if isinstance(node, str) else "what stands here"
    kind, context = detail["type"], detail.get("ctx", {})
    key = refusal.key
    match kind:
        case "literal_error":
            expected = str(context["expected"]).replace("'", "")
            choices = expected.replace(" or ", ", ").split(", ")
            problem = f"'{key}' cannot be {written}."
            return problem, _did_you_mean(str(node), choices) or f"It is {expected}."
        case "string_pattern_mismatch":
            if key == "currency" or (refusal.found and "exchange" in str(refusal.found[0])):
                problem = f"'{node if key == 'currency' else key}' is not the code of a currency."
                return problem, "Write three capital letters, as in EUR."
            wrong = key if refusal.rest else node
            return (
                f"'{wrong}' is not a name.",
                "A name has letters, digits and _, and begins with a letter.",
            )
        case "int_parsing" | "int_type" | "int_from_float":
            return f"'{key}' is a whole number, not {written}.", ""
        case "date_from_datetime_parsing" | "date_parsing" | "date_type":
            return f"'{key}' is a day, not {written}.", "Write it as in 2026-01-31."
        case "greater_than_equal":
            return f"'{key}' is at least {context['ge']}, not {written}.", ""
        case "less_than_equal":
            return f"'{key}' is at most {context['le']}, not {written}.", ""
        case "string_too_short":
            return f"'{key}' needs at least {context['min_length']} letters.", ""
        case "too_short":
            return f"'{key}' needs at least {context['min_length']} entries.", ""
        case "list_type":
            return f"'{key}' is a list, not {written}.", "Write one item a line, each after '- '."
        case "string_type":
            return f"'{key}' is a single text.", ""
        case _ if kind.endswith("_type"):
            return f"'{key}' is a mapping of names to values, not {written}.", ""
    message = detail["msg"].removeprefix("Value error, ").rstrip(".")
    return f"'{key}': {message}.", ""


def _remedy_for_missing(name: str) -> str:
    return {
        "language": "Begin the plan with 'language: 1'.",
        "plan": "Name the plan, as in 'plan: unilevel-basic'.",
        "version": "Write the day from which the plan holds, as in 'version: 2026-10-01'.",
        "currency": "Write the currency of the plan, as in 'currency: EUR'.",
    }.get(name, f"Add '{name}:'.")


def _known(name: str, refusal: Refusal, raw: text.Entries) -> str:
    model = _model_at(refusal.detail["loc"][:-1])
    known = [spec.alias or field for field, spec in model.model_fields.items() if field != "place"]
    meant = _did_you_mean(name, known)
    if meant or model is schema.PlanFile:
        return meant or f"Known are {', '.join(known)}."
    inside = _node(raw, refusal.found[:-1])
    missing = [other for other in known if not isinstance(inside, dict) or other not in inside]
    return f"Known are {', '.join(missing)}."


def _model_at(loc: Sequence[int | str]) -> type[schema.Part]:
    """Follow a path of the schema to the part in which it ends."""
    model: type[schema.Part] = schema.PlanFile
    waiting: list[type[schema.Part]] = []
    for step in loc:
        fields = {spec.alias or name: spec for name, spec in model.model_fields.items()}
        if isinstance(step, str) and step in fields:
            waiting = list(_models_in(fields[step].annotation))
        else:
            tagged = [part for part in waiting if _is_tagged(part, step)]
            waiting = tagged or waiting
        if len(waiting) == 1:
            model = waiting[0]
    return model


def _is_tagged(part: type[schema.Part], step: int | str) -> bool:
    spec = part.model_fields.get("kind")
    tags = getattr(spec.annotation, "__args__", ()) if spec is not None else ()
    return step in tags or str(step) == part.__name__ or f"[{part.__name__}" in str(step)


def _models_in(annotation: object) -> Iterator[type[schema.Part]]:
    if isinstance(annotation, type) and issubclass(annotation, schema.Part):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)


def kinds() -> list[str]:
    """Give the kinds of bonus."""
    models = _models_in(schema.AnyBonus)
    return [str(model.model_fields["kind"].annotation.__args__[0]) for model in models]  # type: ignore[union-attr]


def _node(raw: text.Entries, found: Sequence[int | str]) -> object:
    node: object = raw
    for step in found:
        node = node[step]  # type: ignore[index]
    return node


def _place(raw: text.Entries, found: Sequence[int | str]) -> Place:
    """Say where the innermost thing that the file has is written: its key, or the list's item."""
    if not found:
        return raw.place
    parent = _node(raw, found[:-1])
    if isinstance(parent, text.Entries):
        return parent.place_of(str(found[-1]))
    return text.place_of(_node(raw, found))


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"Did you mean '{close[0]}'?" if close else ""
