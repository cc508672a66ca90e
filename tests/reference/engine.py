"""The reference engine: slow, plain and exact, from a plan and a world to answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from tests.reference import (
    after,
    award,
    binary,
    board,
    breakaway,
    calendars,
    choices,
    differential,
    grid,
    level,
    money,
    own,
    pool,
    ranks,
    stairstep,
)
from tests.reference.company import Company
from tests.reference.drafts import Draft
from tests.reference.period import Period
from tests.reference.scope import Standing, number, of_member, of_receiver
from tests.reference.world import Answer, Line, NotCovered, World
from upline.compensation.plan.load import Plan
from upline.compensation.plan.schema import PlanFile, Rounding
from upline.money import currency_places


def _no_lines(_period: Period, _name: str, _bonus: object) -> list[Draft]:
    """Give nothing: a choice has no lines of its own."""
    return []


KINDS: dict[str, Callable[[Period, str, Any], list[Draft]]] = {
    "own": own.drafts,
    "level": level.drafts,
    "stairstep": stairstep.drafts,
    "differential": differential.drafts,
    "pool": pool.drafts,
    "award": award.drafts,
    "binary": binary.drafts,
    "breakaway": breakaway.drafts,
    "board": board.drafts,
    "best_of": _no_lines,
}


def compute(plan: Plan, world: World) -> list[Answer]:
    """Give one answer a period, in the order of the periods; each sees those before it.

    Raises NotCovered where the plan uses what this engine leaves out, WorldRefused where what
    came in cannot be computed.
    """
    _refuse_uncovered(plan.file)
    company = Company(plan, world)
    answers = []
    runs: list[Period] = []
    for index in range(len(world.periods)):
        period = Period(company, index, tuple(runs), compute_lines)
        answers.append(_answer(period))
        runs.append(period)
    return answers


def _refuse_uncovered(file: PlanFile) -> None:
    for name, bonus in file.bonuses.items():
        if bonus.kind not in KINDS:
            raise NotCovered(f"the kind {bonus.kind} of {name}")


def compute_lines(period: Period, name: str) -> list[Line]:
    """Compute one bonus: drafts, each rounded once, then cut by the cap."""
    bonus = period.company.file.bonuses[name]
    rounding = period.company.rounding(name)
    rounded = [_line(name, draft, rounding) for draft in KINDS[bonus.kind](period, name, bonus)]
    earned: dict[str, int] = {}
    lines = []
    for line in sorted(rounded, key=period.order_of_cutting):
        amount = line.amount
        most = _cap(period, name, line.receiver)
        if most is not None:
            amount = money.held(line.amount, earned.get(line.receiver, 0), most)
            period.hits["cap cut"] += amount != line.amount
            earned[line.receiver] = earned.get(line.receiver, 0) + line.amount
        if amount:
            period.hits[f"kind {bonus.kind}"] += 1
            lines.append(replace(line, amount=amount))
    return lines


def _line(name: str, draft: Draft, rounding: Rounding) -> Line:
    """Round a draft once."""
    units = draft.units
    if units is None:
        units = money.to_units(draft.amount, rounding.places, rounding.mode)
    order = None if draft.order is None else str(draft.order["id"])
    return Line(draft.receiver, draft.bonus, draft.buyer, order, draft.level, units, name)


def _cap(period: Period, name: str, receiver: str) -> int | None:
    """Give the most that a member may have of a bonus, in whole units; None without a cap."""
    cap = period.company.file.bonuses[name].cap
    if cap is None:
        return None
    most = period.value(cap, of_receiver(receiver))
    return None if most is None else money.to_units(number(most), period.places(name), "down")


def _answer(period: Period) -> Answer:
    file, members = period.company.file, list(period.company.members)
    for name, tree in file.trees.items():
        if tree.kind == "matrix" and tree.fill != "given":
            without = len(period.company.without_place(name))
            period.hits["matrix without a place"] += without
            period.hits["matrix filled"] += len(members) - without
    here = [name for name in file.bonuses if calendars.of_bonus(file, name) == period.calendar]
    earned = after.cut(period, [line for bonus in here for line in period.lines(bonus)])
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
    period.hits["legal refused"] += len(earned) - len(lines)
    sums = _sums(period, [one for one in members if one not in unpaid], lines)
    wallets = _wallets(period, sums, unpaid)
    _withdrawals(period, wallets)
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
        states={**period.states, **grid.states(period.company)},
        wallets=wallets,
        legal=legal,
        pay=_pay(period, sums),
        carried=dict(period.carried),
        hits=period.hits,
    )


def _ranked(file: PlanFile, members: list[str]) -> list[str]:
    return members if file.ranks else []


def _plain(value: object) -> object:
    return value.name if isinstance(value, Standing) else value


def _sums(
    period: Period, paid: list[str], lines: list[Line]
) -> dict[str, dict[str | None, Fraction]]:
    """Add up what each member is paid, by the wallet that a bonus pays into (None: no own one)."""
    sums: dict[str, dict[str | None, Fraction]] = {
        member: {None: period.given_earnings(member, "all")} for member in paid
    }
    for line in lines:
        into = sums[line.receiver]
        wallet = period.company.file.bonuses[line.owner].wallet
        into[wallet] = into.get(wallet, Fraction(0)) + period.worth(line)
    return sums


def _wallets(
    period: Period, sums: dict[str, dict[str | None, Fraction]], unpaid: set[str]
) -> dict[tuple[str, str], int]:
    """Split what has no wallet of its own; the last takes what the others leave of a whole."""
    file = period.company.file
    places, mode = answer_places(period), file.rounding.mode
    wallets = {}
    for member in period.company.members:
        scope = of_receiver(member)
        into = {} if member in unpaid else sums[member]
        shares = [period.amount(spec.share, scope) for spec in file.wallets.values()]
        to_split = into.get(None, Fraction(0))
        parts = [money.to_units(share * to_split, places, mode) for share in shares]
        if sum(shares) == 1:
            parts[-1] = money.to_units(to_split, places, mode) - sum(parts[:-1])
        for wallet, part in zip(file.wallets, parts, strict=True):
            own = money.to_units(into.get(wallet, Fraction(0)), places, mode)
            wallets[member, wallet] = part + own
    return wallets


def _withdrawals(period: Period, wallets: dict[tuple[str, str], int]) -> None:
    """Say what each wallet with a gate holds, and whether it may leave."""
    unit = Fraction(1, 10 ** answer_places(period))
    held: dict[tuple[str, str], Fraction] = {}
    # What a wallet holds is the same in the runs of every calendar.
    before = period.runs[-1].kept["withdrawals"] if period.runs else {}
    for (member, wallet), amount in wallets.items():
        gate = period.company.file.wallets[wallet].withdraw
        if gate is None:
            continue
        balance = amount * unit + before.get((member, wallet), 0)  # type: ignore[attr-defined]
        may_leave = period.rule(gate, of_member(member))
        period.hits["withdraw" if may_leave else "withdraw held"] += bool(balance)
        held[member, wallet] = Fraction(0) if may_leave else balance
        period.states[member, f"{wallet}.balance"] = balance
        period.states[member, f"{wallet}.withdrawable"] = balance - held[member, wallet]
    period.kept["withdrawals"] = held


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
