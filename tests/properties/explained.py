"""Computes pay again from an explanation alone: from its factors, and from nothing else."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from upline.compensation.explain.facts import BonusReason, LineReason
from upline.compensation.plan.formula import Number, parse


def rounded(exact: Fraction, places: int, mode: str) -> Fraction:
    """Round as a plan says: a half away from zero, to even, or towards zero."""
    units = exact * 10**places
    if mode == "down":
        whole = floor(units) if units >= 0 else ceil(units)
    elif mode == "half_even":
        whole = round(units)
    else:
        whole = floor(units + Fraction(1, 2)) if units >= 0 else ceil(units - Fraction(1, 2))
    return Fraction(whole, 10**places)


def figure(text: str, otherwise: int = 0) -> Fraction:
    """Read a figure that may be left out."""
    return Fraction(text) if text else Fraction(otherwise)


def amount_of(line: LineReason, bonus: BonusReason) -> Fraction:
    """Compute what a line comes to before any cut."""

    def whole(exact: Fraction) -> Fraction:
        return rounded(exact, bonus.places, bonus.rounding)

    base = Fraction(line.base)
    if line.instalments:
        so_far, before = (
            whole(base * part / line.instalments) for part in (line.instalment, line.instalment - 1)
        )
        return so_far - before
    if line.shares:
        part = Fraction(line.shares) / Fraction(line.shares_in_all)
        if bonus.residue == "rounded":
            return whole(base * part)
        fund = rounded(base, bonus.places, "down")
        return rounded(fund * part, bonus.places, "down") + figure(line.residue)
    exact = base * Fraction(line.rate) - figure(line.taken_below)
    return whole(exact * figure(line.point_value, 1)) + figure(line.guaranteed)


def unfounded(bonus: BonusReason) -> list[str]:
    """Name every line whose rounding or rate does not stand where its explanation says."""
    found = []
    for line in bonus.lines:
        told = Fraction(line.uncut or line.before or line.amount)
        least = Fraction(1, 10**bonus.places)
        if line.unrounded and not 0 < abs(Fraction(line.unrounded) - told) < least:
            found.append(f"{bonus.bonus}: {told} is not rounded from {line.unrounded}")
        named = {origin.factor: origin for origin in line.origins}
        if "rounding" not in named:
            found.append(f"{bonus.bonus}: nothing says how {line} is rounded")
        rate = named.get("rate")
        if rate is None or bonus.kind == "differential":
            continue
        stands = constant_of(rate.formula)
        if stands is not None and stands != Fraction(line.rate):
            found.append(f"{bonus.bonus}: {rate} is not the rate of {line}")
    return found


def constant_of(text: str) -> Fraction | None:
    """Give the number that a formula is, if it is one."""
    node = parse(text) if text else None
    return node.value if isinstance(node, Number) else None


def faults_of(bonus: BonusReason) -> list[str]:
    """Name every line whose amount does not follow from its factors and cuts."""
    found = []
    for line in bonus.lines:
        made = amount_of(line, bonus)
        told = Fraction(line.uncut or line.before or line.amount)
        if made != told:
            found.append(f"{bonus.bonus}: {made} is made of the factors of {line}")
        left = Fraction(line.before or line.amount) - sum(Fraction(cut.amount) for cut in line.cuts)
        if left != Fraction(line.amount):
            found.append(f"{bonus.bonus}: {left} is left of {line}")
    gains = sum(max(Fraction(line.before or line.amount), 0) for line in bonus.lines)
    if bonus.cap and all(Fraction(line.amount) >= 0 for line in bonus.lines):
        most = max(rounded(Fraction(bonus.cap), bonus.places, "down"), Fraction(0))
        if gains > most:
            found.append(f"{bonus.bonus}: {gains} is more than the cap {most}")
    return found
