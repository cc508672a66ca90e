"""Why a member earned what he did, and why not more: reasons as data.

Nothing is stored for this: reasons are found in a result by the same rules and columns that the
result was computed with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pyarrow.compute as pc

from upline.compensation.bonuses.lines import Lines, Paid, Work, order_mask, sources_of
from upline.compensation.bonuses.stairstep import group_steps
from upline.compensation.columns import Codes
from upline.compensation.errors import InputRefused
from upline.compensation.explain.conditions import Condition, held_against
from upline.compensation.measures.evaluate import formula, numbers, value
from upline.compensation.measures.scopes import Figures
from upline.compensation.plan import schema
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import text_of
from upline.compensation.plan.names import Typing
from upline.compensation.result import Result, decimal_text

_LONGEST_PATH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Somebody on the way from the buyer up to the receiver, and what he failed if passed over."""

    member: str
    is_passed_over: bool
    failed: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReason:
    """One pay line: base x rate (x point value) = amount, and who stands between.

    `taken_below` is deducted from base x rate; `rank` is the one that an award is for.
    """

    order: str | None
    buyer: str | None
    level: int | None
    base: str
    base_unit: str
    rate: str
    point_value: str
    rank: str
    amount: str
    path: tuple[Step, ...] = ()
    path_left_out: int = 0
    taken_below: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Why a bonus paid nothing.

    `code` is one of: requires, gate, no_source, no_rate, below_step, out_of_reach, taken, no_fund,
    no_new_rank. `facts` are what the sentence for it needs.
    """

    code: str
    condition: Condition | None = None
    facts: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusReason:
    """One bonus for one member: its amount with every line, or why it paid nothing."""

    bonus: str
    title: schema.Words
    clause: str
    amount: str
    lines: tuple[LineReason, ...]
    nothing: Nothing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankReason:
    """A member's rank on a ladder, and each condition of the next one."""

    ladder: str
    rank: str | None
    next_rank: str | None
    condition: Condition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberReasons:
    """Everything about one member in one period."""

    member: str
    plan: str
    period: str
    currency: str
    total: str
    bonuses: tuple[BonusReason, ...]
    ranks: tuple[RankReason, ...]


def reasons(result: Result, member: str, *, bonus: str | None = None) -> MemberReasons:
    """Explain one member, all bonuses or one. Raises InputRefused for an unknown member or bonus."""
    return _Explainer(result).member(member, bonus)


class _Explainer:
    def __init__(self, result: Result) -> None:
        self.result = result
        self.world = result.world
        self.file = result.world.plan.file
        self.figures: Figures = result.figures
        self.scope = self.figures.member_scope
        self.typing = Typing(self.world.plan.names)
        self._once: dict[object, Any] = {}

    def _remembered(self, key: object, make: Callable[[], Any]) -> Any:
        """Find each thing once: a leader has tens of thousands of lines over the same people."""
        if key not in self._once:
            self._once[key] = make()
        return self._once[key]

    def member(self, member: str, bonus: str | None) -> MemberReasons:
        position = self._position(member)
        known = [part.bonus for part in self.result.paid]
        if bonus is not None and bonus not in known:
            remedy = f"Bonuses of this plan: {', '.join(known)}."
            raise InputRefused.because("explain.bonus", f"There is no bonus '{bonus}'.", remedy)
        chosen = [part for part in self.result.paid if bonus in (None, part.bonus)]
        total = sum(
            (Fraction(int(part.totals[position]), 10**part.places) for part in chosen), Fraction(0)
        )
        period = self.world.period
        return MemberReasons(
            member=member,
            plan=self.world.plan.id,
            period=period.label or f"{period.start}..{period.end}",
            currency=self.file.currency,
            total=_money(total, self.result.places),
            bonuses=tuple(self._bonus(part, position) for part in chosen),
            ranks=tuple(self._rank(name, position) for name in self._ladders()),
        )

    def _position(self, member: str) -> int:
        ids = self.world.ids
        row = pc.index(ids, _as_id(member, ids)).as_py()
        if row < 0:
            remedy = "Give an id from the members file, exactly as it is written there."
            raise InputRefused.because("explain.member", f"There is no member '{member}'.", remedy)
        return int(self.world.forest.positions[row])

    # Bonuses

    def _bonus(self, part: Paid, position: int) -> BonusReason:
        name = self._main_name(part.bonus)
        bonus = self.file.bonuses[name]
        lines: tuple[LineReason, ...] = ()
        if part.lines is not None:
            rows = np.flatnonzero(part.lines.receiver == position)
            work = Work(name, bonus, self.figures, True, 1)
            order = np.lexsort((part.lines.level[rows], part.lines.order[rows], part.lines.buyer[rows]))
            mine = part.lines.taken(rows[order])
            lines = tuple(self._line(mine, index, part, work) for index in range(len(mine)))
        amount = Fraction(int(part.totals[position]), 10**part.places)
        nothing = None
        if not lines and not amount:
            nothing = self._nothing(part.bonus, bonus, position)
        return BonusReason(
            bonus=part.bonus,
            title=bonus.title,
            clause=bonus.clause,
            amount=_money(amount, part.places),
            lines=lines,
            nothing=nothing,
        )

    def _main_name(self, name: str) -> str:
        """Give the bonus under which a part of it is reported."""
        if name in self.file.bonuses:
            return name
        for main, bonus in self.file.bonuses.items():
            part = getattr(bonus, "own_part", None)
            if part == name or getattr(part, "name", None) == name:
                return main
        raise KeyError(name)

    def _line(self, lines: Lines, index: int, part: Paid, work: Work) -> LineReason:
        buyer, order = int(lines.buyer[index]), int(lines.order[index])
        level = int(lines.level[index])
        base, rate = lines.base.at(index), lines.rate.at(index)
        amount = Fraction(int(lines.amount[index]), 10**part.places)
        path: tuple[Step, ...] = ()
        left_out = 0
        if isinstance(work.bonus, schema.Level | schema.Differential) and buyer >= 0:
            receiver = int(lines.receiver[index])
            path, left_out = self._remembered(
                ("path", work.name, buyer, receiver), lambda: self._path(work, buyer, receiver)
            )
        worth = self._remembered(("worth", work.name), work.point_value)
        point_value = worth.spread(self.scope.size).at(int(lines.receiver[index])) if worth else None
        if point_value and not isinstance(work.bonus, schema.Stairstep):
            rate /= point_value
        rank = ""
        if isinstance(work.bonus, schema.Award):
            rank = self.world.plan.names.ranks["rank"][level - 1] if level > 0 else ""
            level = -1
        taken_below = ""
        if isinstance(work.bonus, schema.Stairstep) and level == 1:
            steps = self._remembered(("steps", work.name), lambda: group_steps(work))
            taken_below = decimal_text(steps.taken.at(buyer))
        return LineReason(
            order=None if order < 0 else self._order_id(order),
            buyer=None if buyer < 0 else self.world.id_of(buyer),
            level=None if level < 0 else level,
            base=decimal_text(base),
            base_unit=self._base_unit(work.bonus),
            rate=decimal_text(rate),
            point_value=decimal_text(point_value) if point_value else "",
            rank=rank,
            amount=_money(amount, part.places),
            path=path,
            path_left_out=left_out,
            taken_below=taken_below,
        )

    def _order_id(self, order: int) -> str:
        return str(self.world.order_ids[int(self.world.orders.rows[order])].as_py())

    def _base_unit(self, bonus: schema.Bonus) -> str:
        base = getattr(bonus, "base", None)
        if base is None:
            return "money"
        return self.typing.value(base, self.typing.base_context(base))

    def _path(self, work: Work, buyer: int, receiver: int) -> tuple[tuple[Step, ...], int]:
        """Give everybody strictly between buyer and receiver, those passed over with the reason."""
        world = self.world
        forest = work.forest
        place = int(forest.positions[world.forest.rows[buyer]])
        end = int(forest.positions[world.forest.rows[receiver]])
        if place <= end:
            return (), 0
        steps: list[Step] = []
        left_out = 0
        requires = work.bonus.requires
        qualified = self._remembered(
            ("qualified", work.name), lambda: work.member_rule(requires)
        )
        above = int(forest.parent[place])
        while above >= 0 and above != end:
            position = int(world.forest.positions[forest.rows[above]])
            if len(steps) >= _LONGEST_PATH:
                left_out += 1
            elif qualified[position]:
                steps.append(Step(member=world.id_of(position), is_passed_over=False))
            else:
                failed = self._remembered(
                    ("failed", work.name, position), partial(self._failed, requires, position)
                )
                steps.append(
                    Step(member=world.id_of(position), is_passed_over=True, failed=failed)
                )
            above = int(forest.parent[above])
        return tuple(steps), left_out

    def _failed(self, part: written.Rule, position: int) -> tuple[Condition, ...]:
        return self._held(part, position).failed()

    def _held(self, part: written.Rule, position: int) -> Condition:
        return held_against(part, self.scope, position, self.typing, self.file)

    # Nothing earned

    def _nothing(self, name: str, bonus: schema.Bonus, position: int) -> Nothing:
        for gate in self.file.legal.values():
            if gate.otherwise == "pay_nothing":
                condition = self._held(gate.needs, position)
                if not condition.holds:
                    return Nothing(code="gate", condition=condition)
        if not isinstance(bonus, schema.Own) or bonus.lines == "per_period":
            condition = self._held(bonus.requires, position)
            if not condition.holds:
                return Nothing(code="requires", condition=condition)
        work = Work(name, bonus, self.figures, True, 1)
        match bonus:
            case schema.Own():
                return self._no_own(work, position)
            case schema.Level():
                return self._no_level(work, position)
            case schema.Stairstep():
                return self._no_stairstep(work, position)
            case schema.Differential():
                return self._no_differential(work, position)
            case schema.Pool():
                return self._no_pool(work, position)
            case schema.Award(once="per_rank"):
                return Nothing(code="no_new_rank", facts={"rank": self._rank_of(position)})
        return Nothing(code="no_rate", facts={"rank": self._rank_of(position)})

    def _rank_of(self, position: int) -> str:
        if "rank" not in self.world.plan.names.ranks:
            return ""
        column = self.scope.named("rank")
        return str(column.at(position) or "")

    def _no_own(self, work: Work, position: int) -> Nothing:
        orders = self.world.orders
        start, end = int(orders.starts[position]), int(orders.starts[position + 1])
        if work.bonus.to == "member" and end > start:
            mask = order_mask(work)
            if mask is None or mask[start:end].any():
                condition = self._held(work.bonus.requires, position)
                if not condition.holds:
                    return Nothing(code="requires", condition=condition)
                return Nothing(code="no_rate", facts={"rank": self._rank_of(position)})
            text = self._texts(work.bonus.orders)
            return Nothing(code="no_source", facts={"orders": str(end - start), "condition": text})
        return Nothing(code="no_source", facts={"orders": "0", "condition": ""})

    def _texts(self, part: written.Rule | None) -> str:
        if part is None:
            return ""
        return " and ".join(text_of(one.node) for one in written.formulas_of(part))

    def _below(self, work: Work, position: int) -> tuple[np.ndarray[Any, Any], int, int]:
        """Give positions of the tree below a member that bring something to be paid on."""
        forest = work.forest
        place = int(forest.positions[self.world.forest.rows[position]])
        sources = sources_of(work)
        end = _end_of_group(forest.parent, place)
        counts = np.diff(sources.starts[place : end + 1])
        return np.flatnonzero(counts[1:]) + place + 1, place, end

    def _no_level(self, work: Work, position: int) -> Nothing:
        below, place, _ = self._below(work, position)
        if not len(below):
            return Nothing(code="no_source", facts={"orders": "0", "condition": ""})
        parent = work.forest.parent
        distances = [_distance(parent, int(p), place) for p in below[:2000]]
        nearest = min(distances)
        buyer = int(below[distances.index(nearest)])
        who = self.world.id_of(int(self.world.forest.positions[work.forest.rows[buyer]]))
        facts = {
            "buyer": who,
            "distance": str(nearest),
            "rank": self._rank_of(position),
            "compression": work.bonus.compression,
        }
        return Nothing(code="out_of_reach", facts=facts)

    def _no_stairstep(self, work: Work, position: int) -> Nothing:
        part = work.bonus.rate
        if isinstance(part, written.Scale):
            have = numbers(formula(part.of.node, self.scope)).at(position)
            first = written.constant(part.steps[0][0].node)
            if have < first:
                facts = {
                    "have": decimal_text(have),
                    "need": decimal_text(first),
                    "missing": decimal_text(first - have),
                    "name": text_of(part.of.node),
                }
                return Nothing(code="below_step", facts=facts)
        return Nothing(code="taken", facts={"buyer": "", "share": ""})

    def _no_differential(self, work: Work, position: int) -> Nothing:
        below, _, _ = self._below(work, position)
        if not len(below):
            return Nothing(code="no_source", facts={"orders": "0", "condition": ""})
        part = work.bonus.share
        if part is not None and numbers(value(part, self.scope)).spread(self.scope.size).at(position) == 0:
            return Nothing(code="no_rate", facts={"rank": self._rank_of(position)})
        return Nothing(code="taken", facts={"buyer": "", "share": ""})

    def _no_pool(self, work: Work, position: int) -> Nothing:
        shares = numbers(value(work.bonus.shares, self.scope)).spread(self.scope.size)
        if shares.at(position) == 0:
            return Nothing(code="no_rate", facts={"rank": self._rank_of(position)})
        return Nothing(code="no_fund")

    # Ranks

    def _ladders(self) -> list[str]:
        return [
            name for name in self.world.plan.names.ranks if name != "title"
        ]

    def _rank(self, ladder: str, position: int) -> RankReason:
        column = self.scope.named(ladder)
        assert isinstance(column, Codes)
        code = int(column.spread(self.scope.size).values[position])
        held = column.labels[code] if code >= 0 else None
        ranks = self.file.ladders.get(ladder, self.file.ranks)
        if not isinstance(ranks, list) or code + 1 >= len(ranks):
            return RankReason(ladder=ladder, rank=held, next_rank=None, condition=None)
        following = ranks[code + 1]
        condition = self._held(following.needs, position)
        return RankReason(
            ladder=ladder, rank=held, next_rank=following.rank, condition=condition
        )


def _as_id(member: str, ids: Any) -> Any:
    import pyarrow as pa

    try:
        return pa.scalar(member, pa.string()).cast(ids.type)
    except pa.ArrowInvalid:
        return pa.scalar(None, ids.type)


def _end_of_group(parent: Any, place: int) -> int:
    """Give the position after the last one of a group: in preorder a group is an interval."""
    end = place + 1
    count = len(parent)
    while end < count:
        step = parent[end : end + 4096]
        outside = np.flatnonzero(step < place)
        if len(outside):
            return end + int(outside[0])
        end += len(step)
    return count


def _distance(parent: Any, below: int, above: int) -> int:
    steps = 0
    while below > above:
        below = int(parent[below])
        steps += 1
    return steps


def _money(exact: Fraction, places: int) -> str:
    whole = int(exact * 10**places)
    text = str(abs(whole)).rjust(places + 1, "0")
    sign = "-" if whole < 0 else ""
    return sign + (f"{text[:-places]}.{text[-places:]}" if places else text)

