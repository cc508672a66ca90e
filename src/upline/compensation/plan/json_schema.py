"""The JSON Schema of plan files, for editors that complete and check while one writes."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from upline.compensation.plan.schema import PlanFile

Json = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
# Every scalar of a plan is read as text, so an editor may take `0.10`, `4.1` or `no` as it likes.
_SCALAR: Json = {"type": ["string", "number", "boolean"]}
_LEVELS = r"^\d+(\.\.\d+|\+)?$"
# Letters of any alphabet, in a form that every dialect of regular expressions reads alike.
_NAME = r"^[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*$"
_NAME_OF_MODELS = r"^[^\W\d]\w*$"


def json_schema() -> Json:
    """Give the JSON Schema (draft 2020-12) of a plan file.

    It knows every section, field and choice and all forms of values and conditions. What is inside
    formulas, and whether names and units fit, only the check of a plan can tell.

    >>> json_schema()["required"]
    ['language', 'plan', 'version', 'currency']
    """
    raw = PlanFile.model_json_schema(schema_generator=_Quiet)
    whole = _adapted(raw)
    assert isinstance(whole, dict)
    definitions = {**_FORMS, **whole.pop("$defs")}
    for name, bare in _SHORTHANDS.items():
        mapping = definitions.pop(name)
        definitions[f"{name}Mapping"] = mapping
        definitions[name] = {"anyOf": [bare, {"$ref": f"#/$defs/{name}Mapping"}]}
    return {
        "$schema": DRAFT,
        "title": "Compensation plan",
        **whole,
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


class _Quiet(GenerateJsonSchema):
    """Leaves out defaults that JSON cannot hold, as intended."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 - theirs


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _object(properties: Json, *, required: list[str]) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


_DAY: Json = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_FORMS: Json = {
    "Formula": {**_SCALAR, "description": "A constant or a formula."},
    "Value": {
        "description": "A constant, a formula, a table, a scale, cases, or dated versions.",
        "anyOf": [
            _ref(form) for form in ("Formula", "Table", "Levels", "Scale", "Cases", "Versions")
        ],
    },
    "Table": {
        "description": "A value for each value of the formula after `by`.",
        "type": "object",
        "properties": {"by": _ref("Formula"), "otherwise": _ref("Value")},
        "required": ["by"],
        "not": {"required": ["scale"]},
        "minProperties": 2,
        "additionalProperties": _ref("Value"),
    },
    "Levels": {
        "description": "A value for each level: 1, 2..5, 6+.",
        "type": "object",
        "properties": {"otherwise": _ref("Value")},
        "patternProperties": {_LEVELS: _ref("Value")},
        "minProperties": 1,
        "additionalProperties": False,
    },
    "Scale": {
        "description": "A value from each step on; with `mode: marginal` each slice at its own.",
        **_object(
            {
                "scale": _ref("Formula"),
                "mode": {"enum": ["whole", "marginal"]},
                "steps": {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": _ref("Value"),
                },
            },
            required=["scale", "steps"],
        ),
    },
    "Cases": {
        "description": "The first case that holds gives the value.",
        "type": "array",
        "minItems": 1,
        "items": {
            "anyOf": [
                _object({"when": _ref("Rule"), "then": _ref("Value")}, required=["when", "then"]),
                _object({"otherwise": _ref("Value")}, required=["otherwise"]),
            ]
        },
    },
    "Versions": {
        "description": "Dated values, the earliest first, each with its clause.",
        "type": "array",
        "minItems": 1,
        "items": _object(
            {"from": _DAY, "then": _ref("Value"), "clause": _SCALAR}, required=["from", "then"]
        ),
    },
    "Rule": {
        "description": "A condition, a list of which all must hold, or {any: [...]}, {all: [...]}.",
        "anyOf": [
            _ref("Formula"),
            {"type": "array", "items": _ref("Rule")},
            *(
                _object(
                    {word: {"type": "array", "minItems": 1, "items": _ref("Rule")}},
                    required=[word],
                )
                for word in ("any", "all")
            ),
        ],
    },
}
_FIELDS = PlanFile.model_json_schema(schema_generator=_Quiet)["$defs"]
# Parts for which a bare value may stand, and that value.
_SHORTHANDS: Json = {
    "CalendarSpec": {"enum": _FIELDS["CalendarSpec"]["properties"]["every"]["enum"]},
    "FieldSpec": {"enum": _FIELDS["FieldSpec"]["properties"]["unit"]["enum"]},
    "Measure": _ref("Value"),
    "Wallet": _ref("Value"),
}


def _adapted(node: Any) -> Any:
    """Rewrite what pydantic says of Python into what may stand in a plan file."""
    if isinstance(node, list):
        return [_adapted(part) for part in node]
    if not isinstance(node, dict):
        return node
    if "x-form" in node:
        return _ref(node["x-form"])
    shaped: Json = {}
    for key, part in node.items():
        if key in ("properties", "$defs"):
            shaped[key] = {name: _adapted(inner) for name, inner in part.items()}
        elif key == "patternProperties":
            shaped[key] = {
                _NAME if name == _NAME_OF_MODELS else name: _adapted(inner)
                for name, inner in part.items()
            }
            shaped["additionalProperties"] = False
        elif key == "title" or (key == "default" and part is None):
            continue
        elif key == "anyOf":
            shaped.update(_choice([inner for inner in part if inner != {"type": "null"}]))
        elif key == "pattern" and part == _NAME_OF_MODELS:
            shaped[key] = _NAME
        elif key in ("const", "enum"):
            shaped.update(_words(part if isinstance(part, list) else [part]))
        else:
            shaped[key] = _adapted(part)
    return _as_written(shaped)


def _choice(forms: list[Json]) -> Json:
    adapted = [_adapted(form) for form in forms]
    return adapted[0] if len(adapted) == 1 else {"anyOf": adapted}


def _words(words: list[str]) -> Json:
    """Allow a number where the only words are numbers: `language: 1`."""
    return {"enum": [*words, *(int(word) for word in words if word.isdigit())]}


def _as_written(shaped: Json) -> Json:
    kind = shaped.get("type")
    if "enum" in shaped:
        shaped.pop("type", None)
    elif kind == "integer":
        described = {key: part for key, part in shaped.items() if key in ("default", "description")}
        return {"anyOf": [{**shaped}, {"type": "string", "pattern": r"^\d+$"}], **described}
    elif kind == "string" and not {"pattern", "format", "minLength"} & shaped.keys():
        return {**shaped, **_SCALAR}
    elif kind == "string" and shaped.get("format") == "date":
        return {**shaped, "pattern": _DAY["pattern"]}
    return shaped
