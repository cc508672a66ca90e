"""One period of one calendar: every value of it, worked out when it is first asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

from tests.reference import best_of, calendars, choices, formulas, ranks
from tests.reference.company import Company
from tests.reference.scope import Order, Scope, Standing, is_empty, number, of_member, of_order
from tests.reference.world import Line, NotCovered, WorldRefused
from upline.compensation.plan.formula import Node
from upline.compensation.plan.schema import BestOf
from upline.compensation.plan.values import Rule, Value

Compute = Callable[["Period", str], list[Line]]


class Period:
    """A period, the runs of every calendar before it, and what has been worked out so far."""

    def __init__(
        self, company: Company, index: int, runs: tuple[Period, ...], compute: Compute
    ) -> None:
        self.company, self.runs, self._compute = company, runs, compute
        named = company.world.calendars[index] if company.world.calendars else ""
        self.calendar = named or company.file.calendar.every
        # The period before is one of the same calendar.
        self.previous = self.last_of(self.calendar)
        self.id, self.start, self.end = company.world.periods[index]
        self.last_day = self.end - timedelta(days=1)
        self.orders = [order for order in company.orders if self._has(order)]
        self.memo: dict[tuple[object, ...], object] = {}
        # What goes on to the next period: balances, funds, and who has had an award for good.
        self.carried: dict[tuple[str, str], Fraction] = {}
        self.awarded: set[tuple[str, str]] = set()
        self.awarded_up_to: dict[tuple[str, str], int] = {}
        self.grants: dict[tuple[str, str, str], Fraction] = {}
        self.states: dict[tuple[str, str], object] = {}
        # Whatever else a bonus takes along: volumes by age, boards, instalments still to be paid.
        self.kept: dict[str, object] = {}
        self.hits: Counter[str] = Counter()

    def _has(self, order: Order) -> bool:
        if not is_empty(order.get("period")):
            return order["period"] == self.id
        return self.start <= order["date"] < self.end  # type: ignore[operator]

    def earlier(self) -> list[Period]:
        """List the periods before this one, the nearest first."""
        found: list[Period] = []
        before = self.previous
        while before is not None:
            found.append(before)
            before = before.previous
        return found

    def last_of(self, calendar: str) -> Period | None:
        """Give the period of a calendar that was closed last."""
        return next((run for run in reversed(self.runs) if run.calendar == calendar), None)

    def orders_of(self, member: str) -> list[Order]:
        """List the orders credited to a member."""
        return [order for order in self.orders if order["member"] == member]

    # Values

    def formula(self, node: Node, scope: Scope) -> object:
        """Evaluate a formula."""
        return formulas.evaluate(self, node, scope)

    def rule(self, rule: Rule, scope: Scope) -> bool:
        """Say whether a rule holds."""
        return choices.holds(self, rule, scope)

    def value(self, value: Value, scope: Scope) -> object:
        """Evaluate a value; None where nothing is named."""
        return choices.evaluate(self, value, scope)

    def amount(self, value: Value, scope: Scope) -> Fraction:
        """Evaluate a number; nothing named is 0."""
        found = self.value(value, scope)
        return Fraction(0) if found is None else number(found)

    def member_value(self, member: str, name: str) -> object:
        """Give the value of any name that a member has."""
        key = ("member", member, name)
        if key not in self.memo:
            self.memo[key] = self._member_value(member, name)
        return self.memo[key]

    def _member_value(self, member: str, name: str) -> object:
        file, row = self.company.file, self.company.members[member]
        elsewhere = calendars.elsewhere(file, name, self.calendar)
        if elsewhere is not None:
            last = self.last_of(elsewhere)
            self.hits["calendars value of another"] += last is not None
            return self._nothing(name) if last is None else last.member_value(member, name)
        if name in file.measures:
            return self._named(file.measures[name].value, of_member(member), name)
        if name in file.constants:
            return self.value(file.constants[name], of_member(member))
        if name == "title" and "title" in self.company.plan.names.ranks:
            return ranks.title(self, "rank", member)
        if name in self.company.plan.names.ranks:
            return ranks.standing(self, name, member)
        if name in file.members:
            return self.company.field(row, name, file.members[name])
        match name:
            case "number":
                return self.company.number_of(member)
            case "joined_in_period":
                joined = row.get("joined")
                return joined is not None and self.start <= joined < self.end  # type: ignore[operator]
            case "id" | "sponsor" | "joined" | "placement_parent":
                return row.get(name)
            case "side" | "person":
                return row.get(name) or ""
        raise NotCovered(f"the member name {name}")

    def _nothing(self, name: str) -> object:
        """Give what a name comes to before the first period of its calendar."""
        unit = self.company.plan.names.member[name]
        if unit.startswith("rank:"):
            return Standing(self.company.ladder(unit[5:]), -1)
        return {"yes_no": False, "text": "", "date": None, "member": None}.get(unit, Fraction(0))

    def _named(self, value: Value, scope: Scope, name: str) -> object:
        found = self.value(value, scope)
        if found is None:
            names = self.company.plan.names
            unit = (names.order if scope.is_order else names.member)[name]
            return {"yes_no": False, "text": "", "date": None}.get(unit, Fraction(0))
        return number(found) if isinstance(found, int) and not isinstance(found, bool) else found

    def order_value(self, order: Order, name: str) -> object:
        """Give the value of any name that an order has."""
        key = ("order", order["id"], name)
        if key not in self.memo:
            self.memo[key] = self._order_value(order, name)
        return self.memo[key]

    def _order_value(self, order: Order, name: str) -> object:
        file = self.company.file
        if name in file.order_values:
            return self._named(file.order_values[name].value, of_order(order), name)
        if name in file.constants:
            return self.value(file.constants[name], of_order(order))
        if name in file.orders:
            found = self.company.field(order, name, file.orders[name])
            if file.orders[name].unit == "money":
                return number(found) * self.company.exchange_rate(order)
            return found
        match name:
            case "id" | "member" | "date":
                return order[name]
            case "order_count":
                return Fraction(1)
            case "nth":
                return self.company.nth(str(order["id"]))
            case "kind" | "customer" | "currency":
                return order.get(name) or ""
        raise NotCovered(f"the order name {name}")

    # Bonuses

    def lines(self, bonus: str) -> list[Line]:
        """Give a bonus's lines, rounded, capped and left by `best_of`."""
        key = ("lines", bonus)
        if key not in self.memo:
            self.memo[key] = best_of.left_by_choice(self, bonus)
        return self.memo[key]  # type: ignore[return-value]

    def capped_lines(self, bonus: str) -> list[Line]:
        """Give a bonus's lines, rounded and capped; they are computed once."""
        key = ("capped", bonus)
        if key not in self.memo:
            self.memo[key] = None
            self.memo[key] = self._compute(self, bonus)
        lines = self.memo[key]
        if lines is None:
            raise WorldRefused(f"The bonus {bonus} asks for itself.")
        return lines  # type: ignore[return-value]

    def places(self, bonus: str) -> int:
        """Give the decimals of a bonus's lines."""
        return self.company.rounding(bonus).places

    def worth(self, line: Line) -> Fraction:
        """Give a line's amount in money."""
        return Fraction(line.amount, 10 ** self.places(line.owner))

    def reported(self, name: str) -> list[Line]:
        """Give the lines under a name: a bonus's, an own part's, or those that a choice left."""
        if isinstance(self.company.file.bonuses.get(name), BestOf):
            return best_of.paid_by(self, name)
        return [
            line
            for bonus in self.company.reported_by(name)
            for line in self.lines(bonus)
            if line.bonus == name
        ]

    def order_of_cutting(self, line: Line) -> tuple[object, ...]:
        """Sort by date and order, or by the joining of whom a line comes from; level and amount."""
        rest = (-1 if line.level is None else line.level, line.amount)
        if line.order is not None:
            return (0, self.company.order(line.order)["date"], line.order, *rest)
        buyer = line.buyer
        joined = Fraction(-1) if buyer is None else self.company.number_of(buyer)
        return (1, joined, "", *rest)

    def earned(self, member: str, name: str) -> Fraction:
        """Give what a member earned under a name, given earnings included."""
        runs = [self]
        if (calendar := calendars.of_bonus(self.company.file, name)) != self.calendar:
            runs = [run for run in self.runs if run.calendar == calendar and self._counts(run)]
            self.hits["calendars earnings of another"] += len(runs)
        earned = sum((run._earned_here(member, name) for run in runs), Fraction(0))
        return earned + self.given_earnings(member, name)

    def _counts(self, run: Period) -> bool:
        """Say whether this period counts one of another calendar: it has ended, and none before did."""
        is_counted = any(run in one.runs and run.end <= one.end for one in self.earlier())
        return run.end <= self.end and not is_counted

    def _earned_here(self, member: str, name: str) -> Fraction:
        key = ("earned", name)
        if key not in self.memo:
            earned: dict[str, Fraction] = {}
            for line in self.reported(name):
                so_far = earned.get(line.receiver, Fraction(0))
                earned[line.receiver] = so_far + self.worth(line)
            self.memo[key] = earned
        found: dict[str, Fraction] = self.memo[key]  # type: ignore[assignment]
        return found.get(member, Fraction(0))

    def given_earnings(self, member: str, name: str) -> Fraction:
        """Give the earnings of this period that came in already computed."""
        return sum(
            (
                number(row["amount"])
                for row in self.company.world.given_earnings
                if row["member"] == member and row["bonus"] == name and self._is_of_now(row)
            ),
            Fraction(0),
        )

    def _is_of_now(self, row: Order) -> bool:
        if is_empty(row.get("period")):
            if len(self.company.world.periods) > 1:
                raise WorldRefused("Given earnings name their period where there are several.")
            return True
        return row["period"] == self.id

    def paid_on(self, order: str, name: str) -> Fraction:
        """Give all that a bonus paid for an order."""
        if calendars.of_bonus(self.company.file, name) != self.calendar:
            raise NotCovered(f"paid_on({name}), of another calendar")
        lines = [line for line in self.reported(name) if line.order == order]
        return sum((self.worth(line) for line in lines), Fraction(0))

    def standing(self, ladder: str, member: str) -> Standing:
        """Give a member's place on a ladder."""
        return ranks.standing(self, ladder, member)
