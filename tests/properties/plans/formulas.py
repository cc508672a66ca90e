"""The conditions and sums of a random plan: of orders, of members, of two trees."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tests.properties.chance import Chance
from tests.properties.plans.fields import FIELDS


class Formulas:
    """Writes formulas; what they may ask for grows as measures, ranks and bonuses are made."""

    def __init__(self, chance: Chance, parts: Collection[str]) -> None:
        self.chance, self.parts = chance, parts
        self.file: dict[str, Any] = {
            "language": "1",
            "plan": "random",
            "version": "2026-01-01",
            "currency": "EUR",
            # Chance makes bonuses for newcomers alone, and conditions that nobody meets.
            "overrides": [
                {"rule": rule, "reason": "chance tries every corner"}
                for rule in ("recruiting_pay", "rank_unreachable", "bonus_dead", "pool_overspent")
            ],
            **FIELDS,
        }
        self.has_ranks = False
        self.has_needs = False
        self.ladders: list[str] = []
        self.conditions: list[str] = []
        self.points: list[str] = []
        self.earned: list[str] = []
        self.per_order: list[str] = []

    def may(self, part: str, count: int) -> bool:
        """Say once in so many times that a part is used."""
        return part in self.parts and self.chance.one_in(count)

    # Orders

    def order_points(self) -> str:
        return self.chance.pick(
            ("pv", "cv", "pv", "pv - cv", "min(pv, 100)", "max(0, cv)", "net_pv")
        )

    def order_money(self) -> str:
        return self.chance.pick(("price", "net", "price - 5 EUR", "fee", "round(price * 0.337, 1)"))

    def order_rule(self) -> str:
        if not self.may("nth", 6):
            return self.simple_order_rule()
        return self.chance.pick(("nth = 1", "nth <= 2", "nth > 1 or promo", "nth in [1, 3]"))

    def simple_order_rule(self) -> str:
        """Give a condition on an order by itself."""
        return self.chance.pick(
            (
                "kind = 'sale'",
                "kind != 'sale'",
                "not promo",
                "given(customer)",
                "price >= 50 EUR or promo",
                "pv > 0",
                "buyer.country = 'PL'",
                "buyer.country = ''",
                "fresh",
                "within(40, buyer.joined)",
                "days_since(buyer.joined) < 60",
                "date >= 2026-02-10",
                "kind in ['sale', 'start']",
                "affiliate = buyer.mentor",
                "share(pv, cv) > 0.5",
            )
        )

    # Members

    def tree(self) -> str:
        """Name the tree of a sum, mostly none."""
        return self.chance.pick(("", "", "", *(f" in {name}" for name in self.tree_names())))

    def tree_names(self) -> list[str]:
        """List the trees beside the sponsor tree."""
        trees = {"line": "line", "places": "legs", "grid": "grid"}
        return [name for name, part in trees.items() if part == "line" or part in self.parts]

    def member_points(self, *, ranks: bool = False) -> str:
        """Give a sum of points; `ranks` says that ranks are known."""
        if not self.may("legs", 3):
            return self.points_of_one_tree(ranks=ranks)
        order = self.order_points()
        where = f" where {self.order_rule()}" if self.chance.one_in(3) else ""
        until = f" until {self.member_rule(ranks=ranks, deep=False)}"
        until = until if self.chance.one_in(4) else ""
        made = self.chance.pick(
            (
                "left({o}{w}{u})",
                "right({o}{w}{u} in places)",
                "min(left({o}), right({o}))",
                "left({o} last 40 days)",
                "left(own_pv{u})",
                "person(own_pv)",
                "person(own({o}))",
                "legs_sum({o}, own({o}) / 3)",
            )
        )
        return made.format(o=order, w=where, u=until)

    def points_of_one_tree(self, *, ranks: bool = False) -> str:
        """Give a sum that needs no sides or persons."""
        order = self.order_points()
        where = f" where {self.order_rule()}" if self.chance.one_in(3) else ""
        until = (
            f" until {self.member_rule(ranks=ranks, deep=False)}" if self.chance.one_in(4) else ""
        )
        tree = self.tree()
        made = self.chance.pick(
            (
                "own({o}{w})",
                "own({o} last 40 days)",
                "group({o}{w}{u}{t})",
                "downline({o}{u}{t})",
                "recruits({o}{w}{u}{t})",
                "team({o}, 2{u}{t})",
                "leg(1, {o}{u}{t})",
                "leg(2, {o}{t})",
                "legs_from(2, {o}{u}{t})",
                "legs_sum({o}, 150{t})",
                "legs_sum(own_pv, goal{t})",
                "min(own({o}), 90) + legs_sum({o}, 200)",
                "group(own_pv{u}{t})",
                "max(own({o}), downline({o}) / 4)",
                "round(own({o}) / 3, 1)",
                "over(2, own_pv)",
                "best(3, own({o}))",
                "lifetime(own_pv)",
                "previous(group(pv))",
                "abs(own({o}) - goal)",
                "company({o}) / 100",
                "goal",
            )
        )
        return made.format(o=order, w=where, u=until, t=tree)

    def member_count(self) -> str:
        """Give a count of members or customers, or another whole number."""
        if self.may("customers", 6):
            return self.chance.pick(
                (
                    "customers(max(price, 3 * cv * 1 EUR) >= 60 EUR)",
                    "customers(round(price / 7, 1) > 10 EUR or min(pv, cv) > 30)",
                    "customers(kind = 'sale' and price > 20 EUR)",
                    "customers(promo or within(30, buyer.joined))",
                    "customers(price >= 50 EUR and order_count >= 2)",
                )
            )
        if not self.may("legs", 3):
            return self.count_of_one_tree()
        rule = self.member_rule(ranks=False, deep=False)
        return self.chance.pick(
            (
                f"left({rule} and personal)",
                f"right({rule})",
                "recruits(personal and active in line)",
                f"downline({rule} and personal in places)",
                "legs(personal in places)",
                f"person({rule})",
            )
        )

    def count_of_one_tree(self) -> str:
        """Give a count that needs no sides or persons."""
        rule = self.member_rule(ranks=False, deep=False)
        return self.chance.pick(
            (
                f"recruits({rule}{self.tree()})",
                f"legs({rule}{self.tree()})",
                f"downline({rule})",
                f"team({rule}, 2)",
                f"customers({self.chance.pick(('price >= 50 EUR', 'pv > 0 and order_count >= 2'))})",
                "reach",
                "own(units)",
                f"held(2, {rule})",
                "position(own_pv)",
                "position(own_pv, joined)",
                "days_since(joined)",
                "floor(own(pv) / 40)",
                "ceil(group(cv) / 60)",
            )
        )

    def member_rule(self, *, ranks: bool = True, deep: bool = True) -> str:
        """Give a condition on members; `deep` may ask for sums."""
        if not self.may("legs", 5):
            return self.rule_of_one_tree(ranks=ranks, deep=deep)
        options = ["side = 'left'", "person != ''", "given(placement_parent)", "side != 'right'"]
        if deep:
            options += [
                "left(active) >= 1 and right(active) >= 1",
                "left(active and personal) >= 1",
                "person(own_pv) >= 100",
                "left(pv) > right(pv)",
                "previous(joined) < 2026-01-20",
            ]
        return self.chance.pick(options)

    def rule_of_one_tree(self, *, ranks: bool = True, deep: bool = True) -> str:
        """Give a condition that needs no sides or persons."""
        options = [
            *(
                "flag",
                "not flag",
                "country = 'PL'",
                "type in ['basic', 'elite']",
                "joined_in_period",
            ),
            *("own_pv >= 50", "own_pv >= 100 or flag", "active", "active", "reach > 1"),
            *("within(40, joined)", "given(mentor)", "joined < 2026-01-15", "flag = yes"),
            *("mentor = sponsor", "country != type"),
        ]
        if deep:
            options += [
                *("recruits(active) >= 1", "legs(active) >= 1", "downline(active) >= 2"),
                *("held(2, active) >= 1", "previous(active)", "sponsor_has(active)"),
                *("share(own_pv, group(pv)) > 30 %", "position(own_pv) <= 4"),
                *("customers(price >= 50 EUR) >= 1", "group(pv) >= 300", "best(2, own_pv) >= 80"),
                *("recruits(active in line) >= 1", "days_since(joined) < 70"),
                *("share(own(price), group(price), 1) >= 0.25",),
            ]
        if ranks and self.has_ranks:
            options += ["rank >= 'R2'", "title >= 'R2'", "rank = R1", "rank < 'R3'", "rank = title"]
            options += ["rank in ['R1', 'R3']"]
            options += ["recruits(rank >= 'R1') >= 1", "legs(rank >= 'R2') >= 1"] if deep else []
        if ranks:
            options += [f"{name} >= 'K1'" for name in self.ladders]
        options += self.conditions
        return self.chance.pick(options)

    def rule(self, *, ranks: bool = True) -> Any:
        """Give a condition, or a list with alternatives."""
        if self.chance.one_in(3):
            return [
                self.member_rule(ranks=ranks),
                {"any": [self.member_rule(ranks=ranks), self.member_rule(ranks=ranks)]},
            ]
        return self.member_rule(ranks=ranks)
