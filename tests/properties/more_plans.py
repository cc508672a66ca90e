"""Random plans of every kind: two legs, boards, broken-away groups, ceilings, instalments."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tests.properties.calendars import with_calendars
from tests.properties.chance import Chance
from tests.properties.plans import Maker

# What a plan may use beside the simpler kinds; a run may be kept to some of it.
PARTS = (
    *("legs", "grid", "binary", "breakaway", "board", "best_of", "award", "grants", "heads"),
    *("balance", "budget", "limits", "withdraw", "nth", "customers", "two_trees", "calendars"),
)


class WholeMaker(Maker):
    """Makes one plan out of the whole language, or of some parts of it."""

    def __init__(self, chance: Chance, parts: Collection[str] = PARTS) -> None:
        super().__init__(chance)
        self.parts = parts

    def may(self, part: str, count: int) -> bool:
        """Say once in so many times that a part is used."""
        return part in self.parts and self.chance.one_in(count)

    # Trees and persons

    def tree(self) -> str:
        return self.chance.pick(("", "", "", *(f" in {name}" for name in self.tree_names())))

    def tree_names(self) -> list[str]:
        """List the trees beside the sponsor tree."""
        trees = {"line": "line", "places": "legs", "grid": "grid"}
        return [name for name, part in trees.items() if part == "line" or part in self.parts]

    def walked(self, made: dict[str, Any]) -> dict[str, Any]:
        """Let a bonus walk another tree."""
        if self.chance.one_in(4):
            made["tree"] = self.chance.pick(self.tree_names())
        return made

    def trees(self) -> None:
        fill = self.chance.pick(("left_to_right", "left_to_right", "balanced"))
        grid: dict[str, Any] = {"kind": "matrix", "width": str(self.chance.number(1, 3))}
        if self.chance.one_in(2):
            grid["depth"] = str(self.chance.number(2, 4))
        self.file["trees"] = {"line": {"kind": "given"}}
        if {"legs", "binary"} & {*self.parts}:
            self.file["trees"]["places"] = {"kind": "binary"}
        if "grid" in self.parts:
            self.file["trees"]["grid"] = {**grid, "fill": fill}

    def member_points(self, *, ranks: bool = False) -> str:
        if not self.may("legs", 3):
            return super().member_points(ranks=ranks)
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

    def member_count(self) -> str:
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
            return super().member_count()
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

    def member_rule(self, *, ranks: bool = True, deep: bool = True) -> str:
        if not self.may("legs", 5):
            return super().member_rule(ranks=ranks, deep=deep)
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

    def order_rule(self) -> str:
        if not self.may("nth", 6):
            return super().order_rule()
        return self.chance.pick(("nth = 1", "nth <= 2", "nth > 1 or promo", "nth in [1, 3]"))

    def ranks(self) -> None:
        super().ranks()
        if not self.has_needs or not self.may("two_trees", 3):
            return
        # Only what never turns from yes to no as ranks rise: two trees may ask for each other.
        below = [
            "recruits(rank >= 'R1' in line) >= 1",
            "legs(rank >= 'R1' in line) >= 2",
            "recruits(rank >= 'R1') >= 1",
            "recruits(rank >= 'R1') + reach >= 3",
            "downline(rank >= 'R1') >= reach",
            "downline(rank >= 'R2' in line) >= 1 or flag",
        ]
        if "legs" in self.parts:
            below += ["left(rank >= 'R1') >= 1", "right(rank >= 'R1' and personal) >= 1"]
        if "grid" in self.parts:
            below.append("downline(rank >= 'R1' in grid) >= 1")
        for rank in self.file["ranks"]:
            needs = [self.chance.pick(below), self.chance.pick(("flag", "own_pv >= 20", "active"))]
            rank["needs"] = needs[: self.chance.number(1, 2)]
        if self.chance.one_in(2):
            self.file["ranks"][0].pop("needs")

    # Bonuses

    def own(self, name: str) -> dict[str, Any]:
        made = super().own(name)
        if made.get("lines") == "per_period" and "base" in made and self.chance.one_in(2):
            made["negative"] = self.negative()
        if self.may("grants", 4):
            made["grants"] = {f"gifts_{name}": self.by_rank(lambda: self.chance.pick("0123"))}
        return made

    def balance(self, _: str) -> dict[str, Any]:
        """Give a line for all orders of the period, whose sum often falls below 0."""
        bases = ("price - 60 EUR", "(pv - cv) * 1 EUR", "price - 2 * net")
        made: dict[str, Any] = {"kind": "own", "base": self.chance.pick(bases), **self.common()}
        made |= {"lines": "per_period", "rate": self.by_rank(self.rate)}
        return made | {"negative": self.negative()}

    def level(self, name: str) -> dict[str, Any]:
        made = super().level(name)
        if "head" in made and self.may("heads", 3):
            made["head"] = self.chance.pick(
                (
                    "own_pv < receiver.own_pv",
                    "reach <= receiver.reach",
                    "own_pv = receiver.own_pv and flag",
                    "reach != receiver.reach",
                    "own_pv >= receiver.goal",
                    "reach > receiver.reach or flag and own_pv >= receiver.own_pv",
                    "not (own_pv < receiver.own_pv and country = receiver.country)",
                    "reach - receiver.reach >= 1",
                    "min(own_pv, receiver.own_pv) >= 50",
                    "receiver.flag and share(own_pv, receiver.goal) > 0.4",
                    ["reach > receiver.reach", {"any": ["flag", "type = receiver.type"]}],
                    [{"any": ["reach > receiver.reach", "receiver.flag"]}, "own_pv > 0"],
                )
            )
        return self.walked(made)

    def award(self, name: str) -> dict[str, Any]:
        made = super().award(name)
        if self.may("award", 3):
            made["hold"] = self.chance.pick(("1", "2", "3"))
        if self.may("award", 2):
            made["instalments"] = {"count": self.chance.pick(("2", "3"))}
            if self.chance.one_in(2):
                made["instalments"]["while"] = self.member_rule()
        return made

    def binary(self, _: str) -> dict[str, Any]:
        made: dict[str, Any] = {"kind": "binary", "tree": "places", **self.common()}
        unit = self.chance.pick(("points", "points", "money", "count"))
        if unit != "money" and self.chance.one_in(2):
            made["given_legs"] = unit
        else:
            made["base"] = {
                "points": self.order_points,
                "money": self.order_money,
                "count": lambda: self.chance.pick(("units", "order_count")),
            }[unit]()
            if self.chance.one_in(3):
                made["orders"] = self.order_rule()
            made["own_volume"] = self.chance.pick(("none", "none", "weak", "left", "right"))
        made |= self.matching(unit)
        if self.chance.one_in(2):
            made["carry"] = self.carry()
        if self.chance.one_in(2):
            # So low that matched volume goes beyond it.
            made["cap"] = self.by_rank(lambda: self.chance.pick(("0.10 EUR", "1 EUR", "6.5 EUR")))
        if "cap" in made:
            made["cap_uses"] = self.chance.pick(("all", "paid", "paid"))
        return made

    def matching(self, unit: str) -> dict[str, Any]:
        """Give cycles or steps and what they pay."""
        how = self.chance.number(0, 5)
        rate = "rate" if unit != "count" else "per_cycle"
        if how == 0:
            return {
                "steps": [
                    {"sales": sales, "pay": self.by_rank(self.sum_of_money)}
                    for sales in self.chance.pick((("3", "6", "9"), ("30", "30", "100"), ("2",)))
                ],
                "max_ratio": self.chance.pick(("2", "1", "1.5")),
            }
        if how in (1, 5) and rate == "rate":
            whole: dict[str, Any] = {"cycle": "whole", "rate": self.by_rank(self.positive_rate)}
            if not self.chance.one_in(3):
                whole["two_to_one"] = self.two_to_one()
            return whole
        size = {"points": ("50", "33.3"), "money": ("60", "12.5"), "count": ("2", "3")}[unit]
        one = self.chance.pick(size)
        if how == 2:
            cycle = {"strong": str(2 * float(one)).removesuffix(".0"), "weak": one}
        else:
            cycle = {"left": one, "right": self.chance.pick((one, one, size[0]))}
        made: dict[str, Any] = {"cycle": cycle}
        if rate == "rate" and self.chance.one_in(2):
            made["rate"] = self.by_rank(self.positive_rate)
            if cycle.get("left", 0) == cycle.get("right", 1) and self.chance.one_in(2):
                made["two_to_one"] = self.two_to_one()
        else:
            made["per_cycle"] = self.by_rank(self.sum_of_money)
        return made

    def two_to_one(self) -> dict[str, Any]:
        rule = self.chance.pick(("flag", "reach < 4", "reach < 5", self.member_rule()))
        return {"members": rule, "rate": self.positive_rate()}

    def positive_rate(self) -> str:
        return self.chance.pick(("10 %", "5 %", "0.333 %", "1/3 * 10 %", "25 %"))

    def sum_of_money(self) -> str:
        return self.chance.pick(("10 EUR", "2.50 EUR", "0.015 EUR", "33.33 EUR"))

    def carry(self) -> Any:
        if self.chance.one_in(4):
            return self.chance.pick(("all", "none"))
        made: dict[str, Any] = {}
        if self.chance.one_in(2):
            made["most"] = self.by_rank(lambda: self.chance.pick(("40", "100", "300")))
        if self.chance.one_in(2):
            made["periods"] = self.chance.pick(("1", "2"))
        if self.chance.one_in(3) or not made:
            made["flush"] = self.member_rule()
        return made

    def breakaway(self, _: str) -> dict[str, Any]:
        made: dict[str, Any] = {"kind": "breakaway", **self.common()}
        made["base"] = self.chance.pick((self.order_points(), self.order_money()))
        made["head"] = self.chance.pick((self.member_rule(deep=False), "own_pv >= 20", "flag"))
        made["rate"] = self.by_rank(self.positive_rate)
        if not self.chance.one_in(4):
            made["guarantee"] = self.by_rank(
                lambda: self.chance.pick(("5 EUR", "40 EUR", "90 EUR"))
            )
        return self.walked(made)

    def board(self, _: str) -> dict[str, Any]:
        made: dict[str, Any] = {"kind": "board", **self.common()}
        made |= {"width": self.chance.pick("23"), "depth": self.chance.pick("112")}
        made["pay"] = self.by_rank(self.sum_of_money)
        if self.chance.one_in(2):
            made["joins"] = self.order_rule()
        return made

    def bonuses(self) -> None:
        super().bonuses()
        made = self.file["bonuses"]
        binary = [self.binary] * 5 if "binary" in self.parts else []
        kinds = [
            *binary,
            *(getattr(self, one) for one in ("breakaway", "board", "balance") if one in self.parts),
        ]
        for place in range(self.chance.pick((0, 1, 1, 2, 2, 3)) if kinds else 0):
            name = f"c{place}"
            made[name] = self.chance.pick(kinds)(name)
            self.earned.append(name)
        if self.earned[-1] in made and self.chance.one_in(3):
            made["match"] = {
                "kind": "level",
                "base": f"earned({self.earned[-1]})",
                "levels": {"1": "50 %", "2": "10 %"},
                "compression": self.chance.pick(("none", "roll_up")),
                **self.common(),
            }
        if self.may("best_of", 3):
            of = self.chance.some([name for name in made if not self.asks(made, name)], 3)
            if len(of) > 1:
                made["best"] = {"kind": "best_of", "of": of, **self.common()}
                if self.chance.one_in(2):
                    made["best"]["cap"] = self.chance.pick(("1.50 EUR", "4.005 EUR", "9 EUR"))
                for name in ("rounding", "point_value", "wallet"):
                    made["best"].pop(name, None)
        self.ceilings()

    def asks(self, made: dict[str, Any], name: str) -> bool:
        """Say whether some bonus is reckoned on what this one earned: a circle in a choice."""
        return any(name in str(bonus) for other, bonus in made.items() if other != name)

    def calendars(self) -> None:
        if self.may("calendars", 8):
            with_calendars(self.file, self.chance)

    # After the bonuses

    def ceilings(self) -> None:
        names = list(self.file["bonuses"])
        if self.may("budget", 3):
            budget: dict[str, Any] = {
                "most": self.chance.pick(("10 % * price", "price", "20 EUR", "pv * 0.1 EUR"))
            }
            if self.chance.one_in(2):
                budget["spent"] = self.chance.pick(("fee", "1 EUR", "price - net"))
            if self.chance.one_in(2):
                budget["cut"] = self.chance.pick(("in_proportion", "last_first"))
            self.file["budget"] = budget
        for place in range(self.chance.pick((0, 0, 1, 2)) if "limits" in self.parts else 0):
            per = self.chance.pick(("company", "member", "person", "person"))
            most: Any = self.chance.pick(("15 EUR", "2 % * company(price)", "7.77 EUR"))
            if per == "member":
                most = self.by_rank(
                    lambda: self.chance.pick(("12 EUR", "3.335 EUR", "20 % * own(price)"))
                )
            bonuses: Any = "all"
            if self.chance.one_in(2):
                bonuses = self.chance.some(names, 3) or names[:1]
            cut = self.chance.pick(("in_proportion", "last_first"))
            limit = {"most": most, "per": per, "bonuses": bonuses, "cut": cut}
            self.file.setdefault("limits", {})[f"limit{place}"] = limit
        for wallet, share in self.file.get("wallets", {}).items():
            if self.may("withdraw", 3):
                gate = {"share": share, "withdraw": self.rule()}
                self.file["wallets"][wallet] = gate


def whole_plan(chance: Chance, parts: Collection[str] = PARTS) -> str:
    """Write a sound plan that may use any kind, or only some parts."""
    return WholeMaker(chance, parts).text()
