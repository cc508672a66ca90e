"""What makes up a line beside base and rate: parts of an award, shares of a fund, rounding."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from upline.compensation.bonuses import award, pool
from upline.compensation.bonuses.lines import Lines, Paid, Work
from upline.compensation.columns import Numbers, rounded
from upline.compensation.decimals import exact_text
from upline.compensation.explain.facts import LineReason
from upline.compensation.explain.view import View


def rounded_once(work: Work, exact: Fraction, mode: str = "") -> Fraction:
    """Round as the lines of a bonus are, or in another mode to the same places."""
    single = Numbers(np.asarray([exact.numerator], object), Fraction(1, exact.denominator))
    places = work.rounding.places
    whole = rounded(single, places, mode or work.rounding.mode).values[0]
    return Fraction(int(whole), 10**places)


def unrounded(line: LineReason) -> str:
    """Give what a line comes to exactly, '' where rounding changes nothing; instalments have none."""
    if line.instalments or line.left_to:
        return ""
    if line.shares:
        exact = Fraction(line.base) * Fraction(line.shares) / Fraction(line.shares_in_all)
    else:
        exact = Fraction(line.base) * Fraction(line.rate) - Fraction(line.taken_below or 0)
        exact = exact * Fraction(line.point_value or 1) + Fraction(line.guaranteed or 0)
    return "" if exact == Fraction(line.uncut or line.amount) else exact_text(exact)


def instalment_of(view: View, part: Paid, work: Work, row: int) -> int:
    """Say which instalment of an award a line is: those that run at once stand one after another."""
    assert part.lines is not None
    lines, position = part.lines, int(part.lines.receiver[row])
    same = (lines.receiver == position) & (lines.level == lines.level[row])
    mine = np.flatnonzero(same).tolist()
    level = int(lines.level[row])
    rank = "" if level <= 0 else _ranks(view, work)[level - 1]
    running = [
        paid + 1
        for paid in range(1, work.bonus.instalments.count)
        if position in view.world.carried.get(award.instalment_key(work.name, paid, rank), {})
    ]
    # Whoever is awarded anew has the first part, too; and lost awards have no line at all.
    found = [1, *running] if len(mine) > len(running) else running
    return found[mine.index(row)] if len(mine) <= len(found) else 1


def _ranks(view: View, work: Work) -> tuple[str, ...]:
    known = view.world.plan.names.ranks
    return known[award.ladder_of(work.bonus.amount, known)]


def part_of(work: Work, whole: Fraction, number: int) -> Fraction:
    """Give what an instalment comes to: all of them add up to the award rounded once."""
    count = work.bonus.instalments.count
    so_far, before = (rounded_once(work, whole * part / count) for part in (number, number - 1))
    return so_far - before


def share_of_fund(view: View, work: Work, position: int) -> tuple[Fraction, Fraction]:
    """Give what a member's shares bring before the cap, and what of it is a rest shared out."""
    lines: Lines = view.once(("fund", work.name), lambda: pool.lines_of(work))
    row = int(np.flatnonzero(lines.receiver == position)[0])
    whole = Fraction(int(lines.amount[row]), 10**work.rounding.places)
    if work.bonus.residue != "shared":
        return whole, Fraction(0)
    fund = rounded_once(work, lines.base.at(row), "down")
    return whole, whole - rounded_once(work, fund * lines.rate.at(row), "down")
