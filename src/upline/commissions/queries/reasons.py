"""Why a line has its sum, and why there is not more: reasons found in a resident result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy, override

from upline.commissions import resident
from upline.commissions.errors import MemberNotEstimated
from upline.commissions.models import Line, Run
from upline.commissions.queries import line_pages, resident_lines
from upline.commissions.queries.conditions import gap_of, near_of, rank_of, ways_of
from upline.commissions.queries.estimates import resident_estimate
from upline.commissions.queries.facts import Gap, LineRow, RankNow, StatementKey, WayPart
from upline.commissions.queries.seeing import Reader, reader, run_of, words_of
from upline.commissions.resident import Resident
from upline.compensation.explain.facts import BonusReason, LineReason, Nothing, RankReason, Step
from upline.compensation.explain.render import bonus_sentences, path_reason
from upline.compensation.explain.render_origin import place_words
from upline.compensation.explain.why import line_reason, reasons_in
from upline.compensation.explain.wording import Wording
from upline.network.queries import TeamMember

_FACTORS = {
    "base": gettext_lazy("Counted from"),
    "rate": gettext_lazy("Rate"),
    "taken_below": gettext_lazy("Less: taken by the groups below"),
    "point_value": gettext_lazy("Value of a point"),
    "fund": gettext_lazy("Fund"),
    "shares": gettext_lazy("Own shares"),
    "shares_in_all": gettext_lazy("All shares"),
    "carried": gettext_lazy("Of this carried over from before"),
    "residue": gettext_lazy("Of this a rest of the fund"),
    "guaranteed": gettext_lazy("Added for the guarantee"),
    "uncut": gettext_lazy("Before the cap"),
    "instalments": gettext_lazy("Number of equal parts"),
    "instalment": gettext_lazy("Which of them this is"),
    "unrounded": gettext_lazy("Before rounding"),
    "before": gettext_lazy("Before it was cut"),
    "amount": gettext_lazy("Amount"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PathNode:
    """Somebody on the way from a buyer up to a receiver.

    `level` is the level on which he saw the buyer; `why` says why he was passed over, `took` what
    he took himself. `left_out` counts those of a long way who are not shown after him.
    """

    member: str
    name: str = ""
    level: int | None = None
    is_buyer: bool = False
    is_receiver: bool = False
    is_passed_over: bool = False
    why: str = ""
    took: str = ""
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A figure that an amount is made of, in words; `origin` says where in the plan it is written."""

    name: str
    title: str
    text: str
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyLine:
    """Why a line has its sum: the way from buyer to receiver, the factors, and it in sentences."""

    line: LineRow
    as_of: datetime
    path: tuple[PathNode, ...]
    factors: tuple[Factor, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusReasons:
    """What a bonus paid, or why it paid nothing: sentences, and the conditions that fail."""

    bonus: str
    title: str
    amount: str
    is_paid: bool
    sentences: tuple[str, ...]
    conditions: tuple[Gap, ...]
    ways: tuple[tuple[WayPart, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """Why a period does not pay a member more: each bonus, and the next rank of each ladder."""

    as_of: datetime
    is_estimate: bool
    bonuses: tuple[BonusReasons, ...]
    ranks: tuple[RankNow, ...]


def why_line(*, viewer: Any, of: StatementKey, number: int, language: str) -> WhyLine:
    """Say why a line has its sum: of a statement, or of the estimate of an open period.

    Raises MemberUnknown, EstimateMissing, MemberNotEstimated, LineUnknown.
    """
    by = reader(viewer)
    who = by.member(of.member)
    run = run_of(by, of.calendar, of.label)
    if run is None:
        held = resident_estimate(of.calendar, of.label)
        return _why(by, who.code, _line_of_estimate(by, held, who, number, language))
    return _why(by, who.code, _line_of_run(by, run, who, number, language))


def why_not(*, viewer: Any, member: str, calendar: str, label: str, language: str) -> WhyNot:
    """Say why a period does not pay a member more, or an estimate would not.

    Raises MemberUnknown, EstimateMissing, MemberNotEstimated.
    """
    by = reader(viewer)
    who = by.member(member)
    run = run_of(by, calendar, label)
    held = resident_estimate(calendar, label) if run is None else resident.of_period(run.period)
    if held.position_of(who.id) is None:
        raise MemberNotEstimated
    words = words_of(held.version.pk, language)
    with held.lock:
        found = reasons_in(held.explaining(), who.code, most_lines=0)
    return WhyNot(
        as_of=held.as_of,
        is_estimate=held.estimate_id is not None,
        bonuses=tuple(_bonus(one, who.code, words) for one in found.bonuses),
        ranks=tuple(_rank(by, one, words) for one in found.ranks),
    )


def _rank(by: Reader, reason: RankReason, words: Wording) -> RankNow:
    """Give a rank with who below is nearest to count for the next, as far as the reader sees them."""
    names = by.names_of({code for one in reason.near for code in (one.member, one.leg) if code})
    return replace(rank_of(reason, words), near=near_of(reason.near, names, words))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A line, and where it lies in a resident result."""

    held: Resident
    row: LineRow
    bonus: int
    place: int
    words: Wording


def _line_of_run(by: Reader, run: Run, who: TeamMember, number: int, language: str) -> _Place:
    line = line_pages.one(run, who.id, number, member=who.code)
    held = resident.of_period(run.period)
    words = words_of(run.plan_id, language)
    row = line_pages.rows_of(by, run, [line], words)[0]
    bonus, place = _found(held, who.id, run, line)
    return _Place(held=held, row=row, bonus=bonus, place=place, words=words)


def _line_of_estimate(
    by: Reader, held: Resident, who: TeamMember, number: int, language: str
) -> _Place:
    position = held.position_of(who.id)
    if position is None:
        raise MemberNotEstimated
    words = words_of(held.version.pk, language)
    found = resident_lines.place_of(held, position, number)
    row = resident_lines.row_of(by, held, position, found, words)
    return _Place(held=held, row=row, bonus=found[0], place=found[1], words=words)


def _found(held: Resident, member_id: int, run: Run, line: Line) -> tuple[int, int]:
    """Find a line of the database among those of the result."""
    position = held.position_of(member_id)
    assert position is not None, "who has a line is in the run"
    own = resident_lines.own_lines(held, position)
    same = np.flatnonzero(
        (own.bonus == line.bonus)
        & (own.fact == (line.fact_id or -1))
        & (own.buyer == (line.buyer_id or -1))
        & (own.level == (-1 if line.level is None else line.level))
        & (own.units == line.amount_units)
    )
    assert len(same), f"line {line.number} of run {run.pk} is not what its frozen tables give"
    return int(own.bonus[same[0]]), int(own.place[same[0]])


def _why(by: Reader, member: str, of: _Place) -> WhyLine:
    held, words = of.held, of.words
    with held.lock:
        reason = line_reason(held.explaining(), held.result.paid[of.bonus].bonus, of.place)
    line = _by_number(reason.lines[0], of.row)
    with override(words.voice.language):
        factors = tuple(_factors(line, words))
    return WhyLine(
        line=of.row,
        as_of=held.as_of,
        path=_named(by, tuple(_path(line, member, words))),
        factors=factors,
        sentences=tuple(bonus_sentences(replace(reason, lines=(line,)), member, words)),
    )


def _by_number(line: LineReason, row: LineRow) -> LineReason:
    """Name the order by the number that people know it by, not by the key of its fact."""
    return line if line.order is None or not row.order else replace(line, order=row.order)


def _path(line: LineReason, member: str, words: Wording) -> Iterator[PathNode]:
    """Give the way from the buyer up; where nobody bought, the receiver alone."""
    steps = list(line.path)
    buyer = line.buyer
    if buyer is not None and buyer != member:
        # Where buyers take part themselves, the first step is the buyer's own.
        own = steps.pop(0) if steps and steps[0].member == buyer else None
        yield PathNode(
            member=buyer,
            # A share of what somebody earned comes from him, and nobody bought.
            is_buyer=line.order is not None,
            took="" if own is None or not own.took else words.figure(own.took, own.took_unit),
            why="" if own is None else path_reason(own, words),
        )
    for place, step in enumerate(steps):
        is_last = place == len(steps) - 1
        yield _node(step, words, left_out=line.path_left_out if is_last else 0)
    yield PathNode(member=member, level=line.level, is_receiver=True, took=words.money(line.amount))


def _node(step: Step, words: Wording, *, left_out: int) -> PathNode:
    return PathNode(
        member=step.member,
        level=step.level,
        is_passed_over=step.is_passed_over,
        why=path_reason(step, words),
        took=words.figure(step.took, step.took_unit) if step.took else "",
        left_out=left_out,
    )


def _named(by: Reader, path: Sequence[PathNode]) -> tuple[PathNode, ...]:
    """Put the names of today to the codes of then, of those whom the reader sees."""
    names = by.names_of({node.member for node in path})
    return tuple(replace(node, name=names.get(node.member, "")) for node in path)


def _factors(line: LineReason, words: Wording) -> Iterator[Factor]:
    texts: dict[str, str] = {}
    if line.shares:
        texts["fund"] = words.figure(line.base, "money")
        if line.carried:
            texts["carried"] = words.money(line.carried)
        texts["shares"] = words.figure(line.shares, "")
        texts["shares_in_all"] = words.figure(line.shares_in_all, "")
        if line.residue:
            texts["residue"] = words.money(line.residue)
    else:
        texts["base"] = words.figure(line.base, line.base_unit)
        if line.carried:
            texts["carried"] = words.figure(line.carried, line.base_unit)
        rate = Fraction(line.rate)
        if line.instalments:
            texts["instalments"] = words.voice.number(Fraction(line.instalments))
            texts["instalment"] = words.voice.number(Fraction(line.instalment))
        elif rate != 1:
            pays_money = line.base_unit != "money" and not line.point_value
            texts["rate"] = words.money(line.rate) if pays_money else words.rate(rate)
        if line.taken_below:
            texts["taken_below"] = words.figure(line.taken_below, line.base_unit)
        if line.point_value:
            texts["point_value"] = words.money(line.point_value)
        if line.guaranteed:
            texts["guaranteed"] = words.money(line.guaranteed)
    if line.unrounded:
        texts["unrounded"] = words.money(line.unrounded)
    if line.uncut:
        texts["uncut"] = words.money(line.uncut)
    if line.before:
        texts["before"] = words.money(line.before)
    texts["amount"] = words.money(line.amount)
    rounded = "unrounded" if line.unrounded else "amount"
    places = {
        rounded if one.factor == "rounding" else one.factor: place_words(one, words)
        for one in line.origins
    }
    for name, text in texts.items():
        title, origin = str(_FACTORS[name]), places.get(name, "")
        yield Factor(name=name, title=title, text=text, origin=origin)


def _bonus(reason: BonusReason, member: str, words: Wording) -> BonusReasons:
    said = [one.strip() for one in bonus_sentences(_without_conditions(reason), member, words)]
    return BonusReasons(
        bonus=reason.bonus,
        title=words.bonus(reason.bonus),
        amount=words.money(reason.amount),
        is_paid=reason.nothing is None,
        sentences=() if reason.nothing is None else tuple(said[1:]),
        conditions=_failed(reason.nothing, words),
        ways=() if reason.nothing is None else ways_of(reason.nothing.ways, words),
    )


def _without_conditions(reason: BonusReason) -> BonusReason:
    """Leave conditions out of the sentences where they are shown by themselves."""
    if reason.nothing is None or reason.nothing.condition is None:
        return reason
    return replace(reason, nothing=replace(reason.nothing, condition=None, ways=()))


def _failed(nothing: Nothing | None, words: Wording) -> tuple[Gap, ...]:
    if nothing is None or nothing.condition is None:
        return ()
    whole = gap_of(nothing.condition, words)
    return whole.parts if whole.how == "all" and whole.parts else (whole,)
