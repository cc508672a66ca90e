"""What does not change from period to period: members, their trees, orders and columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from tests.reference import grid
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
        self._without_place: dict[str, list[str]] = {}
        self._figures: dict[str, tuple[Fraction, ...]] = {}
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

    def figures(self, order: Order) -> tuple[Fraction, ...]:
        """Give the numbers that an order brings."""
        name = str(order["id"])
        if name not in self._figures:
            self._figures[name] = tuple(
                number(self.field(order, name, spec))
                for name, spec in self.file.orders.items()
                if spec.unit not in EMPTY
            )
        return self._figures[name]

    def is_refund(self, order: Order) -> bool:
        """Say whether an order takes something back and gives nothing."""
        figures = self.figures(order)
        return min(figures, default=0) < 0 and max(figures, default=0) <= 0

    def taken_back(self, orders: Sequence[Order]) -> set[str]:
        """Name the orders, and their refunds of the same day, of which nothing is left."""
        waiting: dict[object, list[str]] = {}
        found: set[str] = set()
        for order in orders:
            if not self.is_refund(order):
                key = (order["member"], order["date"], self.figures(order))
                waiting.setdefault(key, []).append(str(order["id"]))
        for order in orders:
            opposite = tuple(-figure for figure in self.figures(order))
            sales = waiting.get((order["member"], order["date"], opposite), [])
            if self.is_refund(order) and sales:
                found |= {sales.pop(0), str(order["id"])}
        return found

    def standing_orders(self, orders: Sequence[Order]) -> list[Order]:
        """Leave out refunds, and what was wholly taken back on the same day."""
        gone = self.taken_back(orders)
        return [one for one in orders if one["id"] not in gone and not self.is_refund(one)]

    def nth(self, name: str) -> Fraction:
        """Say the how-manieth order of its member an order is."""
        wanted = self.order(name)
        orders = [order for order in self.orders if order["member"] == wanted["member"]]
        if name in self.taken_back(orders):
            return Fraction(0)
        so_far = orders[: orders.index(wanted) + 1]
        gone = self.taken_back(orders)
        return Fraction(
            sum(1 for one in so_far if one["id"] not in gone and not self.is_refund(one))
        )

    def order(self, name: str) -> Order:
        """Give the order with an id."""
        return next(order for order in self.orders if order["id"] == name)

    def number_of(self, member: str) -> Fraction:
        """Give the number under which a member joined."""
        return number(self.members[member]["number"])

    def tree(self, name: str) -> Tree:
        """Give the sponsor tree or another; raises WorldRefused where one has a wrong shape."""
        if name not in self._trees:
            self._trees[name] = self._tree(name)
        return self._trees[name]

    def _tree(self, name: str) -> Tree:
        if name == "sponsor":
            return Tree(self._column("sponsor"))
        spec = self.file.trees[name]
        if spec.kind == "matrix" and spec.fill != "given":
            tree, self._without_place[name] = grid.filled(self.tree("sponsor"), spec)
            return tree
        tree = Tree(self._column("placement_parent"))
        if spec.kind == "binary":
            self._refuse_crowded_sides(tree)
        if spec.kind == "matrix":
            grid.refuse_beyond(self.tree("sponsor"), tree, spec)
        return tree

    def without_place(self, name: str) -> list[str]:
        """List who found no place in a tree that is filled."""
        self.tree(name)
        return self._without_place.get(name, [])

    def _column(self, name: str) -> dict[str, str | None]:
        return {one: str(row[name]) if row.get(name) else None for one, row in self.members.items()}

    def _refuse_crowded_sides(self, tree: Tree) -> None:
        for parent, children in tree.children.items():
            sides = [self.side(child) for child in children]
            if set(sides) - {"left", "right"} or len(set(sides)) < len(sides):
                raise WorldRefused(f"Below {parent} stand {children} on the sides {sides}.")

    def binary_tree(self) -> str:
        """Name the tree of `left` and `right` where the formula does not."""
        found = [name for name, tree in self.file.trees.items() if tree.kind == "binary"]
        if len(found) != 1:
            raise NotCovered(f"left and right with {len(found)} binary trees")
        return found[0]

    def side(self, member: str) -> str:
        """Give the side on which a member stands below his placement parent."""
        return str(self.members[member].get("side") or "")

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
