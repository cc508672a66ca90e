"""What comes in computed already: earnings of other bonuses, and volumes of legs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation.columns import Numbers, as_int64
from upline.compensation.genealogy.forest import Forest, Positions
from upline.compensation.plan.schema import Binary, PlanFile
from upline.compensation.tables import Reader
from upline.money import currency_places

# Where the legs of a plan come in as points; counts are whole.
_POINT_PLACES = 4
Given = tuple[Reader, Positions]
Legs = tuple[Numbers, Numbers]


def given_earnings(
    file: PlanFile, given: Given | None, forest: Forest
) -> tuple[dict[str, npt.NDArray[Any]], Fraction]:
    """Add up given earnings by bonus and position; gives their unit, too."""
    places = max(currency_places(file.currency), file.rounding.places)
    sums = {name: np.zeros(len(forest), np.int64) for name in file.given_earnings}
    unit = Fraction(1, 10**places)
    if given is None:
        return sums, unit
    reader, rows = given
    bonuses = reader.codes("bonus")
    amounts = reader.numbers("amount", places).values
    for code, label in enumerate(bonuses.labels):
        chosen = np.flatnonzero((bonuses.values == code) & (rows >= 0))
        if label not in sums:
            row = int(np.flatnonzero(bonuses.values == code)[0])
            problem = f"The plan takes no given earnings of '{label}'."
            remedy = f"Add it to the plan: given_earnings: [{label}]."
            reader.fault(row, "bonus", "table.bonus", problem, remedy)
            continue
        np.add.at(sums[label], forest.positions[rows[chosen]], amounts[chosen])
    return sums, unit


def takes_legs(file: PlanFile) -> bool:
    """Say whether a bonus of the plan takes legs that come in."""
    return any(
        isinstance(bonus, Binary) and bonus.given_legs is not None
        for bonus in file.bonuses.values()
    )


def given_legs(file: PlanFile, given: Given | None, forest: Forest) -> Legs | None:
    """Add up given legs by position, left and right; None where the plan takes none."""
    units = [bonus.given_legs for bonus in file.bonuses.values() if isinstance(bonus, Binary)]
    places = _POINT_PLACES if "points" in units else 0
    unit = Fraction(1, 10**places)
    if given is None:
        nothing = Numbers(np.zeros(len(forest), np.int64), unit)
        return (nothing, nothing) if takes_legs(file) else None
    reader, rows = given
    if not takes_legs(file):
        problem = "No bonus of the plan takes given legs."
        reader.fault(0, "member", "table.legs", problem, "See 'given_legs' of a binary bonus.")
        return None
    chosen = np.flatnonzero(rows >= 0)
    legs = []
    for side in ("left", "right"):
        volumes = as_int64(reader.numbers(side, places).values, "given legs")
        sums = np.zeros(len(forest), np.int64)
        np.add.at(sums, forest.positions[rows[chosen]], volumes[chosen])
        legs.append(Numbers(sums, unit))
    return legs[0], legs[1]
