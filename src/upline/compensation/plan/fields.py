"""What the declared columns of members and orders may hold, and what fills their empty cells."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from upline.compensation.plan.schema import FieldSpec, PlanFile
from upline.compensation.plan.units import Typing
from upline.money import currency_places

Default = Fraction | bool | str | date
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_HOW = {
    "points": "Write a number, as in 'default: 100'.",
    "count": "Write a whole number, as in 'default: 1'.",
    "ratio": "Write a rate, as in 'default: 5 %' or 'default: 0.05'.",
    "yes_no": "Write yes or no.",
    "text": "Write a text.",
    "date": "Write a day, as in 'default: 2026-10-31'.",
    "member": "Leave it out: an empty cell names nobody.",
}


def places_of(spec: FieldSpec, currency: str) -> int:
    """Give the decimals that a declared column may hold."""
    if spec.places is not None:
        return spec.places
    return {"points": 4, "money": currency_places(currency), "ratio": 6}.get(spec.unit, 0)


def default_of(spec: FieldSpec, currency: str) -> Default | None:
    """Give what an empty cell of a column stands for; None where the field has no default.

    Raises ValueError where the default is nothing that the column could hold.
    """
    if spec.default is None:
        return None
    text = spec.default.strip()
    match spec.unit:
        case "text":
            return text
        case "date":
            return date.fromisoformat(text)
        case "yes_no":
            if text in ("yes", "no"):
                return text == "yes"
            raise ValueError(text)
        case "member":
            raise ValueError(text)
    return _number(spec, text, currency)


def _number(spec: FieldSpec, text: str, currency: str) -> Fraction:
    if spec.unit == "money":
        text = text.removesuffix(currency).rstrip()
    is_percent = spec.unit == "ratio" and text.endswith("%")
    digits = text[:-1].rstrip() if is_percent else text
    if not _NUMBER.fullmatch(digits):
        raise ValueError(text)
    number = Fraction(digits) / (100 if is_percent else 1)
    if (number * 10 ** places_of(spec, currency)).denominator != 1:
        raise ValueError(text)
    return number


def check_fields(file: PlanFile, typing: Typing) -> None:
    """Report every default that its column could not hold."""
    for section in (file.members, file.orders):
        for name, spec in section.items():
            try:
                default_of(spec, file.currency)
            except ValueError:
                places = places_of(spec, file.currency)
                remedy = _HOW.get(spec.unit, f"Write a sum, as in 'default: 10 {file.currency}'.")
                if spec.unit in ("points", "money", "ratio"):
                    remedy += f" The column holds {places} decimals."
                problem = f"'{spec.default}' cannot fill empty cells of '{name}', {_a(spec.unit)}."
                typing.fault(spec.place, "field.default", problem, remedy)


def _a(unit: str) -> str:
    return {"yes_no": "a yes or no"}.get(unit, unit if unit in ("points", "money") else f"a {unit}")
