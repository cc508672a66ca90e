"""The reference engine: slow, plain and exact, from a plan and a world to answers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.reference import award, choices, differential, level, money, own, pool, ranks, stairstep
from tests.reference.company import Company
from tests.reference.drafts import Draft
from tests.reference.period import Period
from tests.reference.scope import Standing, number, of_member, of_receiver
from tests.reference.world import Answer, Line, NotCovered, World
from upline.compensation.plan.load import Plan
from upline.compensation.plan.schema import PlanFile
from upline.money import currency_places

KINDS: dict[str, Callable[[Period, str, Any], list[Draft]]] = {
    "own": own.drafts,
    "level": level.drafts,
    "stairstep": stairstep.drafts,
    "differential": differential.drafts,
    "pool": pool.drafts,
    "award": award.drafts,
}


def compute(plan: Plan, world: World) -> list[Answer]:
    """Give one answer a period, in the order of the periods; each sees those before it.

    Raises NotCovered where the plan uses what this engine leaves out, WorldRefused where what
    came in cannot be computed.
    """
    _refuse_uncovered(plan.file)
    company = Company(plan, world)
    answers = []
    period: Period | None = None
    for index in range(len(world.periods)):
        period = Period(company, index, period, compute_lines)
        answers.append(_answer(period))
    return answers


def _refuse_uncovered(file: PlanFile) -> None:
    if file.budget is not None:
        raise NotCovered("a budget")
    if file.limits:
        raise NotCovered("limits")
    calendars = [measure.calendar for measure in file.measures.values()]
    for name, bonus in file.bonuses.items():
        if bonus.kind not in KINDS:
            raise NotCovered(f"the kind {bonus.kind} of {name}")
        calendars.append(bonus.calendar)
    for calendar in (*calendars, file.rank_calendar):
        if calendar is not None and calendar.every != file.calendar.every:
            raise NotCovered("several calendars")


def compute_lines(period: Period, name: str) -> list[Line]:
    """Compute one bonus: drafts, each rounded once, then cut by the cap."""
    bonus = period.company.file.bonuses[name]
    rounding = period.company.rounding(name)
    rounded = [
        (draft, draft.units)
        if draft.units is not None
        else (draft, money.to_units(draft.amount, rounding.places, rounding.mode))
        for draft in KINDS[bonus.kind](period, name, bonus)
    ]
    rounded.sort(key=lambda pair: _order_of_cutting(period, *pair))
    paid: dict[str, int] = {}
    lines = []
    for draft, units in rounded:
        amount = units
        most = _cap(period, name, draft.receiver)
        if most is not None:
            amount = min(amount, max(0, most - paid.get(draft.receiver, 0)))
            paid[draft.receiver] = paid.get(draft.receiver, 0) + amount
        order = str(draft.order["id"]) if draft.order is not None else None
        line = Line(draft.receiver, draft.bonus, draft.buyer, order, draft.level, amount)
        if amount:
            lines.append(line)
    return lines


def _order_of_cutting(period: Period, draft: Draft, units: int) -> tuple[Any, ...]:
    """Sort by date and order, or by the buyer's joining; then by level and amount."""
    rest = (-1 if draft.level is None else draft.level, units)
    if draft.order is not None:
        return (0, draft.order["date"], str(draft.order["id"]), *rest)
    joined = period.company.number_of(draft.buyer) if draft.buyer is not None else Fraction(-1)
    return (1, joined, "", *rest)


def _cap(period: Period, name: str, receiver: str) -> int | None:
    """Give the most that a member may have of a bonus, in whole units; None without a cap."""
    cap = period.company.file.bonuses[name].cap
    if cap is None:
        return None
    most = period.value(cap, of_receiver(receiver))
    return None if most is None else money.to_units(number(most), period.places(name), "down")


def _answer(period: Period) -> Answer:
    file, members = period.company.file, list(period.company.members)
    earned = [line for bonus in file.bonuses for line in period.lines(bonus)]
    legal = {
        (member, gate): period.rule(spec.needs, of_member(member))
        for member in members
        for gate, spec in file.legal.items()
    }
    unpaid = {
        member
        for (member, gate), is_met in legal.items()
        if not is_met and file.legal[gate].otherwise == "pay_nothing"
    }
    lines = [line for line in earned if line.receiver not in unpaid]
    totals: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line.receiver, line.bonus)
        totals[key] = totals.get(key, 0) + line.amount
    sums = _sums(period, [one for one in members if one not in unpaid])
    wallets, withdrawable = _wallets(period, sums, unpaid)
    return Answer(
        period=period.id,
        lines=lines,
        totals=totals,
        ranks={one: ranks.standing(period, "rank", one).name for one in _ranked(file, members)},
        titles={one: ranks.title(period, "rank", one).name for one in _ranked(file, members)},
        ladders={
            (one, ladder): period.standing(ladder, one).name
            for one in members
            for ladder in file.ladders
        },
        measures={
            (one, name): _plain(period.member_value(one, name))
            for one in members
            for name in file.measures
        },
        order_values={
            (str(order["id"]), name): period.order_value(order, name)
            for order in period.orders
            for name in file.order_values
        },
        grants=dict(period.grants),
        wallets=wallets,
        withdrawable=withdrawable,
        legal=legal,
        pay=_pay(period, sums),
        carried=dict(period.carried),
    )


def _ranked(file: PlanFile, members: list[str]) -> list[str]:
    return members if file.ranks else []


def _plain(value: object) -> object:
    return value.name if isinstance(value, Standing) else value


def _sums(period: Period, paid: list[str]) -> dict[str, dict[str | None, Fraction]]:
    """Add up what each member is paid, by the wallet that a bonus pays into (None: no own one)."""
    sums: dict[str, dict[str | None, Fraction]] = {
        member: {None: period.given_earnings(member, "all")} for member in paid
    }
    for name, bonus in period.company.file.bonuses.items():
        for line in period.lines(name):
            if line.receiver in sums:
                into = sums[line.receiver]
                amount = Fraction(line.amount, 10 ** period.places(name))
                into[bonus.wallet] = into.get(bonus.wallet, Fraction(0)) + amount
    return sums


def _wallets(
    period: Period, sums: dict[str, dict[str | None, Fraction]], unpaid: set[str]
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], bool]]:
    """Split what has no wallet of its own; the last takes what the others leave of a whole."""
    file = period.company.file
    places, mode = answer_places(period), file.rounding.mode
    wallets, withdrawable = {}, {}
    for member in period.company.members:
        scope = of_receiver(member)
        into = {} if member in unpaid else sums[member]
        shares = [period.amount(spec.share, scope) for spec in file.wallets.values()]
        to_split = into.get(None, Fraction(0))
        parts = [money.to_units(share * to_split, places, mode) for share in shares]
        if sum(shares) == 1:
            parts[-1] = money.to_units(to_split, places, mode) - sum(parts[:-1])
        for (wallet, spec), part in zip(file.wallets.items(), parts, strict=True):
            own = money.to_units(into.get(wallet, Fraction(0)), places, mode)
            wallets[member, wallet] = part + own
            gate = spec.withdraw
            withdrawable[member, wallet] = gate is None or period.rule(gate, of_member(member))
    return wallets, withdrawable


def answer_places(period: Period) -> int:
    """Give the most decimals that an amount of this plan has."""
    file = period.company.file
    places = [file.rounding.places, *(period.places(bonus) for bonus in file.bonuses)]
    if "all" in file.given_earnings:
        places.append(currency_places(file.currency))
    return max(places)


def _pay(period: Period, sums: dict[str, dict[str | None, Fraction]]) -> dict[str, tuple[str, int]]:
    """Give each member's total in his own currency, rounded once more."""
    file = period.company.file
    pay = {}
    for member, into in sums.items():
        currency = file.currency
        if file.pay_currency is not None:
            currency = choices.word(period, file.pay_currency, of_member(member)) or currency
        amount = sum(into.values()) * period.company.pay_rate(currency)
        units = money.to_units(amount, currency_places(currency), file.rounding.mode)
        pay[member] = (currency, units)
    return pay
