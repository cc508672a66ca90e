"""What does not change from period to period: members, their trees, orders and columns."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.reference.scope import Order, Standing, is_empty, number
from tests.reference.trees import Tree
from tests.reference.world import NotCovered, World, WorldRefused
from upline.compensation.plan.load import Plan
from upline.compensation.plan.schema import AnyBonus, FieldSpec, GivenRanks, OwnPart, Rounding
from upline.compensation.plan.units import Typing

EMPTY = {"yes_no": False, "text": "", "date": None, "member": None}


def own_part(bonus: AnyBonus) -> str | None:
    """Give the name under which a bonus reports the own part; None where it does not."""
    part = getattr(bonus, "own_part", None)
    return part.name if isinstance(part, OwnPart) else part


class Company:
    """The plan beside the members and orders that came in."""

    def __init__(self, plan: Plan, world: World) -> None:
        self.plan, self.file, self.world = plan, plan.file, world
        self.typing = Typing(plan.names)
        numbered = [{"number": place, **member} for place, member in enumerate(world.members, 1)]
        numbered.sort(key=lambda member: number(member["number"]))
        self.members = {str(member["id"]): member for member in numbered}
        if len(self.members) != len(numbered):
            raise WorldRefused("Two members have the same id.")
        self.orders = sorted(world.orders, key=lambda order: (order["date"], str(order["id"])))
        self._trees: dict[str, Tree] = {}
        self._refuse_strangers()

    def _refuse_strangers(self) -> None:
        named = [("order", order, "member", order["member"]) for order in self.orders]
        for what, rows, specs in (
            ("member", self.members.values(), self.file.members),
            ("order", self.orders, self.file.orders),
        ):
            columns = [name for name, spec in specs.items() if spec.unit == "member"]
            named += [(what, row, name, row.get(name)) for row in rows for name in columns]
        for what, row, name, member in named:
            if not is_empty(member) and member not in self.members:
                raise WorldRefused(f"{name} of {what} {row['id']} names nobody: {member}.")

    def number_of(self, member: str) -> Fraction:
        """Give the number under which a member joined."""
        return number(self.members[member]["number"])

    def tree(self, name: str) -> Tree:
        """Give the sponsor tree or another; raises NotCovered for trees that are filled."""
        if name not in self._trees:
            column = "sponsor"
            if name != "sponsor":
                spec = self.file.trees[name]
                if spec.kind == "matrix" and spec.fill != "given":
                    raise NotCovered(f"the tree {name} that is filled {spec.fill}")
                column = "placement_parent"
            self._trees[name] = Tree(
                {one: member.get(column) or None for one, member in self.members.items()}
            )
        return self._trees[name]

    def sponsor(self, member: str) -> str | None:
        """Give who enrolled a member."""
        return self.tree("sponsor").parents[member]

    def ladder(self, name: str) -> tuple[str, ...]:
        """Give the ranks of a ladder from low to high."""
        return self.plan.names.ranks[name]

    def rounding(self, bonus: str) -> Rounding:
        """Give how a bonus's lines are rounded."""
        return self.file.bonuses[bonus].rounding or self.file.rounding

    def reported_by(self, name: str) -> list[str]:
        """List the bonuses that report lines under a name: the bonus itself, or an own part."""
        return [
            bonus for bonus, spec in self.file.bonuses.items() if name in (bonus, own_part(spec))
        ]

    def given_rank(self, member: str) -> Standing | None:
        """Give the rank that came in; None where ranks are computed."""
        if not isinstance(self.file.ranks, GivenRanks):
            return None
        standing = Standing(self.ladder("rank"), -1)
        rank = self.members[member].get("rank")
        return standing if is_empty(rank) else standing.of(str(rank))

    def field(self, row: Order, name: str, spec: FieldSpec) -> object:
        """Read a declared column, with its default where the cell is empty."""
        value = row.get(name)
        if is_empty(value):
            return self._default(spec)
        if spec.unit in EMPTY:
            return value
        return number(value)

    def _default(self, spec: FieldSpec) -> object:
        if spec.default is None:
            return EMPTY.get(spec.unit, Fraction(0))
        if spec.unit == "yes_no":
            return spec.default == "yes"
        if spec.unit == "date":
            return date.fromisoformat(spec.default)
        if spec.unit in EMPTY:
            return str(spec.default)
        text = spec.default.strip()
        if text.endswith("%"):
            return Fraction(text[:-1].strip()) / 100
        return Fraction(text.removesuffix(self.file.currency).strip())

    def exchange_rate(self, order: Order) -> Fraction:
        """Say what one unit of an order's currency is worth; a missing rate stops the run."""
        declared = self.file.orders.get("currency")
        currency = self.field(order, "currency", declared) if declared else order.get("currency")
        if is_empty(currency) or currency == self.file.currency:
            return Fraction(1)
        rates = self.world.exchange if self.file.exchange == "given" else self.file.exchange
        if currency not in rates:
            raise WorldRefused(f"There is no rate for {currency}, the currency of {order['id']}.")
        return rates[str(currency)]

    def pay_rate(self, currency: str) -> Fraction:
        """Say how much of a pay currency one unit of the plan's gives."""
        if currency == self.file.currency:
            return Fraction(1)
        given = self.file.pay_exchange == "given"
        rates = self.world.pay_exchange if given else self.file.pay_exchange
        if currency not in rates:
            raise WorldRefused(f"There is no pay rate for {currency}.")
        return rates[currency]
