"""Random sound plans as text: every kind that both engines compute, with all of their options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from tests.properties.chance import Chance

FIELDS = {
    "members": {
        "country": "text",
        "type": "text",
        "flag": "yes_no",
        "reach": "count",
        "goal": "points",
        "mentor": "member",
    },
    "orders": {
        "pv": {"unit": "points", "places": 2},
        "cv": "points",
        "price": "money",
        "units": "count",
        "event": "text",
        "host": "member",
        "affiliate": "member",
        "promo": "yes_no",
    },
}
RATES = ("10 %", "5 %", "2.5 %", "0.333 %", "7 %", "12.5 %", "1/3 * 10 %", "0 %", "-4 %")
POSITIVE_RATES = RATES[:6]
STEPS = (0, 50, 100, 300, 1000)
RANKS = ("R1", "R2", "R3")
CLASSES = ("K1", "K2")
# The dumper in C where there is one: it writes the same, ten times as fast.
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
COMPRESSIONS = ("none", "count_between", "remove", "merge_up", "roll_up")


class Maker:
    """Makes one plan; what a rule may ask for grows as measures, ranks and bonuses are made."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
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

    # Orders

    def order_points(self) -> str:
        return self.chance.pick(
            ("pv", "cv", "pv", "pv - cv", "min(pv, 100)", "max(0, cv)", "net_pv")
        )

    def order_money(self) -> str:
        return self.chance.pick(("price", "net", "price - 5 EUR", "fee", "round(price * 0.337, 1)"))

    def order_rule(self) -> str:
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

    def order_values(self) -> None:
        vat: Any = {"by": "buyer.country", "PL": "23 %", "BG": "20 %", "otherwise": "vat0"}
        if self.chance.one_in(3):
            vat = "vat0"
        self.file["constants"] = {"vat0": self.chance.pick(("10 %", "1/8", "0")), "goal0": "200"}
        if self.file["constants"]["vat0"] == "1/8":
            self.file["constants"]["vat0"] = "0.125"
        fee: Any = [
            {"from": "2026-01-01", "then": "price * 3 %"},
            {"from": "2026-01-10", "then": "price * 4 %", "clause": "§ 2"},
            {"from": "2026-02-15", "then": "2 EUR"},
        ]
        if self.chance.one_in(2):
            fee = [
                {"when": self.chance.pick(("promo", "kind = 'sale'")), "then": "1.50 EUR"},
                {"otherwise": "price * 2 %"},
            ]
        self.file["order_values"] = {
            "vat": vat,
            "net": "price / (1 + vat)",
            "fee": fee,
            "net_pv": {"by": "promo", "yes": "pv / 2", "otherwise": "pv"},
            "fresh": self.chance.pick(
                ("within(20, buyer.joined)", "days_since(buyer.joined) <= 33", "promo")
            ),
        }

    # Measures

    def tree(self) -> str:
        return self.chance.pick(("", "", "", " in line"))

    def member_points(self, *, ranks: bool = False) -> str:
        """Give a sum of points; `ranks` says that ranks are known."""
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

    def measures(self) -> None:
        made: dict[str, Any] = {
            "own_pv": f"own({self.order_points()})",
            "active": self.chance.pick(
                (
                    "own_pv >= 60",
                    "own(pv) > 0",
                    "flag or own_pv >= 100",
                    "own(pv last 40 days) >= 100",
                )
            ),
        }
        self.file["measures"] = made
        for place in range(self.chance.number(0, 2)):
            made[f"points{place}"] = self.member_points()
            self.points.append(f"points{place}")
        for place in range(self.chance.number(0, 2)):
            made[f"count{place}"] = self.member_count()
        if self.chance.one_in(3):
            made["busy"] = self.member_rule(ranks=False)
            self.conditions.append("busy")
        if self.chance.one_in(3):
            made["money0"] = self.chance.pick(
                (
                    f"own({self.order_money()})",
                    f"group({self.order_money()})",
                    "over(2, own(price))",
                )
            )
        if self.chance.one_in(3):
            made["dated"] = [
                {"from": "2026-01-01", "then": self.member_points()},
                {"from": "2026-02-01", "then": "over(2, own(cv))"},
            ]
        if self.chance.one_in(3):
            made["by_text"] = {"by": "country", "PL": "own(pv)", "BG": "20", "otherwise": "goal"}
        if self.chance.one_in(4):
            made["label"] = {"by": "type", "basic": "'low'", "elite": "'high'"}

    # Ranks

    def needs(self) -> list[Any]:
        below = (
            "recruits(rank >= 'R1' and active) >= 1",
            "recruits(rank >= 'R1') >= 2",
            "legs(rank >= 'R1') >= 1",
            "legs(title >= 'R2') >= 1",
            "downline(rank = 'R1') >= 2",
            "group(pv until rank >= 'R2') >= 150",
            "recruits(rank > 'R1') < 3",
            "downline(active until rank >= 'R2') > 0",
            "legs(rank >= 'R2') = 0",
            "recruits(flag until rank >= 'R2') > 0.5",
        )
        known = (
            *("own_pv >= 50", "active", "flag", "group(pv) >= 200", "recruits(active) >= 1"),
            *("min(own(pv), 100) + legs_sum(pv, 100) >= 150", "leg(1, pv) <= 400 or flag"),
            *("legs_from(2, pv) >= 50", "over(2, own_pv) >= 120", "held(2, active) = 2"),
            *(
                "share(leg(1, pv), group(pv)) <= 60 %",
                "previous(rank) >= 'R1'",
                "best(2, own_pv) > 90",
            ),
            *("group(pv until active) >= 40", "recruits(active in line) >= 1"),
        )
        options = (*below, *known, *known)
        made: list[Any] = [self.chance.pick(options) for _ in range(self.chance.number(0, 2))]
        if self.chance.one_in(3):
            parts = [
                self.chance.pick(below),
                {"all": [self.chance.pick(known), self.chance.pick(below)]},
            ]
            made.append({"any": parts})
        if self.chance.one_in(5):
            made.append(f"not ({self.chance.pick(below)} and {self.chance.pick(known)})")
        return made

    def ranks(self) -> None:
        how = self.chance.number(0, 5)
        if how == 0:
            return
        self.has_ranks = True
        if how == 1:
            self.file["ranks"] = {"given": list(RANKS)}
            return
        self.has_needs = True
        self.file["ranks"] = []
        for rank in RANKS:
            # Set before the needs are made: they may name every rank.
            one: dict[str, Any] = {"rank": rank}
            needs = self.needs()
            if rank != "R1" or self.chance.one_in(2):
                one["needs"] = needs
            kept = self.chance.pick((None, None, "for_life", 1, 2))
            if kept is not None:
                one["kept"] = kept
            self.file["ranks"].append(one)
        if self.chance.one_in(3):
            self.ladders = ["ladder"]
            self.file["ladders"] = {
                "ladder": [
                    {
                        "rank": "K1",
                        "needs": self.chance.pick(("active", "own(units) >= 2", "flag")),
                    },
                    {
                        "rank": "K2",
                        "needs": self.chance.pick(
                            (
                                "recruits(ladder >= 'K1') >= 1",
                                "lifetime(own(units)) >= 5",
                                "rank >= 'R2'",
                            )
                        ),
                        "kept": self.chance.pick((1, "for_life")),
                    },
                ]
            }

    # Values

    def by_rank(self, entry: Callable[[], Any]) -> Any:
        """Give a value, perhaps by rank, ladder, country, cases, scale or date."""
        how = self.chance.number(0, 8)
        if how <= 2 and self.has_ranks:
            by = self.chance.pick(("rank", "title" if self.has_needs else "rank"))
            table = {"by": by, "R1": entry(), self.chance.pick(("R2", "R2+")): entry()}
            if self.chance.one_in(2):
                table["R3"] = entry()
            if self.chance.one_in(3):
                table["otherwise"] = entry()
            return table
        if how == 3 and self.ladders:
            return {"by": "ladder", "K1": entry(), "otherwise": entry()}
        if how == 4:
            return {"by": "country", "PL": entry(), "BG": entry(), "otherwise": entry()}
        if how == 5:
            return [{"when": self.member_rule(), "then": entry()}, {"otherwise": entry()}]
        if how == 6:
            steps = {str(step): entry() for step in self.chance.pick((STEPS[:2], STEPS[1:4]))}
            of = self.chance.pick(("own_pv", "group(pv)", "downline(cv)"))
            return {"scale": of, "steps": steps}
        if how == 7:
            return [
                {"from": "2026-01-01", "then": entry()},
                {"from": "2026-02-01", "then": entry()},
            ]
        return entry()

    def rate(self) -> str:
        return self.chance.pick(RATES)

    def rate_by(self, by_buyer: bool = True) -> Any:
        if by_buyer and self.chance.one_in(5):
            return {"by": "buyer.country", "PL": self.rate(), "otherwise": self.rate()}
        if by_buyer and self.chance.one_in(8):
            when = self.chance.pick(
                ("within(40, buyer.joined)", "buyer.flag and not flag", "within(40, joined)")
            )
            return [{"when": when, "then": self.rate()}, {"otherwise": self.rate()}]
        return self.by_rank(self.rate)

    def money(self) -> str:
        return self.chance.pick(("10 EUR", "2.50 EUR", "0.015 EUR", "33.33 EUR", "-1 EUR"))

    def common(self, *, cap: bool = True) -> dict[str, Any]:
        """Give what every bonus may have."""
        made: dict[str, Any] = {}
        if self.chance.one_in(3):
            made["requires"] = self.rule()
        if cap and self.chance.one_in(4):
            made["cap"] = self.by_rank(
                lambda: self.chance.pick(("15 EUR", "3.333 EUR", "40 EUR", "0 EUR"))
            )
        if self.chance.one_in(4):
            mode = self.chance.pick(("half_up", "half_even", "down"))
            made["rounding"] = {"places": self.chance.number(0, 4), "mode": mode}
        if self.chance.one_in(5):
            made["point_value"] = {"by": "country", "PL": "4.2 EUR", "otherwise": "0.333 EUR"}
        if "wallets" in self.file and self.chance.one_in(3):
            made["wallet"] = "shop"
        return made

    def sourced(self, *, members: bool = False) -> dict[str, Any]:
        """Give the base and what filters it."""
        made: dict[str, Any] = {}
        if members and self.chance.one_in(3):
            choices = ["own_pv", "joined_in_period", "own(price)", "active"]
            choices += [f"earned({name})" for name in self.earned] * 2
            if len(self.earned) > 1:
                choices.append(f"earned([{self.earned[0]}, {self.earned[1]}])")
            made["base"] = self.chance.pick(choices)
        else:
            made["base"] = self.chance.pick((self.order_points(), self.order_money(), "pv"))
            if self.per_order and self.chance.one_in(5):
                asked = self.chance.pick((self.per_order[0], f"[{', '.join(self.per_order)}]"))
                made["base"] = f"max(0 EUR, price - paid_on({asked}))"
            if self.chance.one_in(3):
                made["orders"] = self.order_rule()
        if self.chance.one_in(4):
            made["sources"] = self.member_rule()
        return made

    def is_counted(self, made: dict[str, Any]) -> bool:
        """Say whether the base counts people, who are paid at money each."""
        return made["base"] in ("joined_in_period", "active")

    def is_of_members(self, made: dict[str, Any]) -> bool:
        base = made["base"]
        return base in ("own_pv", "joined_in_period", "own(price)", "active") or base.startswith(
            "earned"
        )

    # Bonuses

    def own(self, name: str) -> dict[str, Any]:
        how = self.chance.number(0, 7)
        made: dict[str, Any] = {"kind": "own", **self.common()}
        to = self.chance.pick(
            ("member", "member", "order.affiliate", "buyer.mentor", "buyer.sponsor")
        )
        if how == 0:
            made |= {"amount": self.by_rank(self.money), "to": to}
            if self.chance.one_in(2):
                made["orders"] = self.order_rule()
            return made
        if how == 1:
            of = self.chance.pick(("own(price)", "group(price)"))
            steps = {"0 EUR": "5 %", "100 EUR": self.rate(), "400 EUR": "9 %"}
            made |= {
                "amount": {"scale": of, "mode": "marginal", "steps": steps},
                "lines": "per_period",
            }
            return made
        if how == 2:
            made |= {
                "lines": "event",
                "base": self.order_money(),
                "to": "order.host",
                "rate": self.chance.pick(
                    (
                        "10 %",
                        {"scale": "event_sum(price)", "steps": {"0 EUR": "3 %", "200 EUR": "6 %"}},
                        [{"when": "event_sum(order_count) >= 2", "then": "4 %"}],
                    )
                ),
            }
            return made
        made |= self.sourced(members=True)
        if self.is_counted(made):
            made["rate"] = self.by_rank(self.money)
        elif self.chance.one_in(3):
            made["rate"] = self.rate_by()
        elif self.chance.one_in(6) and not self.is_of_members(made):
            made["rate"] = {"by": "order.kind", "sale": self.rate(), "otherwise": self.rate()}
            made["to"] = to
            return made
        else:
            made["rate"] = self.by_rank(self.rate)
        if self.is_of_members(made):
            if how == 3:
                made["negative"] = self.negative()
            elif to != "order.affiliate":
                made["to"] = to
            return made
        made["to"] = to
        if how == 4:
            made["lines"] = "per_period"
            made["rate"] = self.by_rank(self.rate)
        if how == 5:
            made |= {"lines": "per_period", "negative": self.negative()}
            made["rate"] = self.by_rank(self.rate)
        if how == 6:
            made["lines"] = "per_buyer"
        if made.get("lines", "per_order") == "per_order":
            self.per_order.append(name)
        return made

    def negative(self) -> Any:
        return self.chance.pick(
            ("kept", "carried", "reset", {"by": "active", "yes": "carried", "no": "kept"})
        )

    def level_map(self, entry: Callable[[], Any]) -> dict[str, Any]:
        keys = self.chance.pick(
            (("1", "2", "3"), ("1", "2..4"), ("1", "2", "3+"), ("2", "3..4"), ("1",), ("1..2", "5"))
        )
        made = {key: entry() for key in keys}
        if self.chance.one_in(8):
            made["otherwise"] = entry()
        return made

    def levels(self, entry: Callable[[], Any]) -> Any:
        if self.has_ranks and self.chance.one_in(2):
            table = {"by": "rank", "R1": self.level_map(entry), "R2+": self.level_map(entry)}
            if self.chance.one_in(3):
                table["otherwise"] = self.level_map(entry)
            return table
        if self.chance.one_in(6):
            return [
                {"when": self.member_rule(), "then": self.level_map(entry)},
                {"otherwise": self.level_map(entry)},
            ]
        return self.level_map(entry)

    def level(self, name: str) -> dict[str, Any]:
        made: dict[str, Any] = {"kind": "level", **self.common(), **self.sourced(members=True)}
        is_members = self.is_of_members(made)
        if self.is_counted(made):
            entry: Callable[[], Any] = self.money
        elif self.chance.one_in(4):
            entry = self.rate_by
        else:
            entry = self.rate
        starts = self.chance.pick(
            ("parent", "parent", "parent", "buyer", "order.affiliate", "buyer.mentor")
        )
        if is_members and starts == "order.affiliate":
            starts = "buyer"
        made["starts"] = starts
        if self.chance.one_in(4):
            made["tree"] = "line"
        if self.chance.one_in(3):
            made["depth"] = self.chance.pick(
                ("2", "reach", {"by": "country", "PL": "1", "otherwise": "3"})
            )
        if self.chance.one_in(4):
            made["stop_above"] = self.member_rule()
        if self.chance.one_in(4):
            made["from_level"] = self.chance.number(1, 3)
        if self.chance.one_in(3):
            self.generations(made)
        else:
            made["compression"] = self.chance.pick(COMPRESSIONS)
            made["levels"] = self.levels(entry)
            if made["compression"] != "none" and self.chance.one_in(3):
                made["counts"] = self.member_rule()
            if self.chance.one_in(5):
                made["depth"] = "as_listed"
                made["levels"] = self.levels(self.money if self.is_counted(made) else self.rate)
        if not is_members and "lines" not in made:
            made["lines"] = self.chance.pick(("per_order", "per_order", "per_buyer"))
            if made["lines"] == "per_order":
                self.per_order.append(name)
        return made

    def generations(self, made: dict[str, Any]) -> None:
        relative = ["own_pv >= receiver.own_pv", "reach > receiver.reach"]
        if self.has_ranks:
            relative += ["rank >= receiver.rank", "rank > receiver.rank"]
        made["head"] = self.chance.pick((self.member_rule(), self.chance.pick(relative)))
        made["head_belongs_to"] = self.chance.pick(("generation_above", "generation_below"))
        entry = self.money if self.is_counted(made) else self.rate
        generations = self.level_map(entry)
        if self.chance.one_in(2):
            generations["0"] = entry()
        if self.has_ranks and self.chance.one_in(2):
            made["generations"] = {"by": "rank", "R1": generations, "R2+": self.level_map(entry)}
        else:
            made["generations"] = generations
        if self.chance.one_in(3):
            made["lines"] = "per_head"
        if self.chance.one_in(5):
            made["depth"] = "as_listed"

    def stairstep(self, _: str) -> dict[str, Any]:
        made: dict[str, Any] = {"kind": "stairstep", **self.common(), **self.sourced()}
        if self.chance.one_in(6):
            made["base"] = self.chance.pick(("own_pv", "own(price)"))
            made.pop("orders", None)
        steps = self.chance.pick(
            ({"100": "5 %", "400": "9 %"}, {"0": "3 %", "50": "6 %", "500": "9 %"})
        )
        of = self.chance.pick(("group(pv)", "group(cv)", "own_pv"))
        made["rate"] = {"scale": of, "steps": steps}
        if self.chance.one_in(4) and self.has_ranks:
            made["rate"] = {"by": "rank", "R1": "5 %", "R2": "8 %"}
        if self.chance.one_in(3):
            below: dict[str, Any] = {"rate": self.chance.pick(("5 %", "2.5 %"))}
            if self.chance.one_in(2) and not self.is_of_members(made):
                below["orders"] = self.order_rule()
            made["below_first_step"] = below
        if self.chance.one_in(3):
            made["own_part"] = "own_steps"
        if self.chance.one_in(2):
            made["unpaid"] = self.chance.pick(("kept", "passed_up"))
        if self.chance.one_in(5):
            made["tree"] = "line"
        return made

    def differential(self, name: str) -> dict[str, Any]:
        made: dict[str, Any] = {
            "kind": "differential",
            **self.common(),
            **self.sourced(members=True),
        }
        if self.is_counted(made):
            made["base"] = "pv"
        made["buyer"] = self.chance.pick(("ignored", "paid", "discounted"))
        if self.chance.one_in(3):
            made["from_level"] = self.chance.number(1, 3)
        if self.chance.one_in(3):
            made["blocks"] = self.rule()
        if self.chance.one_in(4):
            made["own_part"] = self.chance.pick(
                ("own_share", {"as": "own_share", "recruits": self.member_rule()})
            )
        if self.chance.one_in(5):
            made["tree"] = "line"
        how = self.chance.number(0, 3)
        if how == 0 and self.has_ranks:
            slots = {"by": "rank", "R1": "1 EUR", "R2": "0.335 EUR", "R3": "2 EUR"}
            if self.chance.one_in(3):
                slots.pop("R2")
            made["slots"] = slots
            made["base"] = self.chance.pick(("pv", "units", "order_count"))
            made.pop("orders", None)
        elif how == 1:
            made |= {"base": "units", "takes": "remaining"}
            made["total"] = self.chance.pick(
                ("8", "3", {"by": "country", "PL": "5", "otherwise": "2"})
            )
            made["share"] = self.by_rank(lambda: self.chance.pick(("1", "3", "6", "0")))
            made["rate"] = self.by_rank(self.money)
        else:
            made["share"] = self.by_rank(
                lambda: self.chance.pick(("3 %", "5 %", "9 %", "12 %", "0 %"))
            )
        if self.is_of_members(made):
            made.pop("orders", None)
        elif self.chance.one_in(3):
            made["lines"] = "per_buyer"
        else:
            self.per_order.append(name)
        return made

    def pool(self, _: str) -> dict[str, Any]:
        made: dict[str, Any] = {"kind": "pool", **self.common()}
        made["shares"] = self.by_rank(lambda: self.chance.pick(("1", "3", "0", "max(0, own_pv)")))
        made["residue"] = self.chance.pick(("shared", "kept", "rounded"))
        made["nobody"] = self.chance.pick(("kept", "carried"))
        if self.chance.one_in(2):
            made["among"] = "recruits"
            made["fund"] = self.by_rank(lambda: self.chance.pick(("10 % * own(price)", "10 EUR")))
            if self.chance.one_in(4):
                made["tree"] = "line"
        else:
            made["fund"] = self.chance.pick(
                ("2 % * company(price)", "0.333 % * company(net)", "10 EUR")
            )
        return made

    def award(self, _: str) -> dict[str, Any]:
        made: dict[str, Any] = {"kind": "award", **self.common()}
        made["once"] = self.chance.pick(("per_period", "ever", "per_rank"))
        if made["once"] == "per_rank":
            if not self.has_needs:
                made["once"] = "ever"
            else:
                by = self.chance.pick(("rank", "rank", "title", *self.ladders))
                names = CLASSES if by == "ladder" else RANKS
                made["amount"] = {
                    "by": by,
                    **{rank: self.money() for rank in names[self.chance.number(0, 1) :]},
                }
                return made
        made["amount"] = self.by_rank(
            lambda: self.chance.pick(
                (self.money(), "0 EUR", "0.1 % * company(price)", "10 % * own(price)")
            )
        )
        return made

    # The plan

    def money_head(self) -> None:
        file, chance = self.file, self.chance
        file["point_value"] = chance.pick(
            ("1 EUR", {"by": "country", "PL": "0.8 EUR", "BG": "0.51 EUR", "otherwise": "1 EUR"})
        )
        if chance.one_in(2):
            mode = chance.pick(("half_up", "half_even", "down"))
            file["rounding"] = {"places": chance.number(0, 3), "mode": mode}
        if chance.one_in(2):
            file["exchange"] = {"USD": "0.92", "PLN": "0.2345"}
        if chance.one_in(4):
            file["pay_currency"] = {"by": "country", "PL": "PLN", "KZ": "JPY", "otherwise": "EUR"}
            file["pay_exchange"] = {"PLN": "4.2644", "JPY": "163.5"}
        if chance.one_in(3):
            shares = chance.pick((("90 %", "10 %"), ("1/3", "60 %"), ("0.335", "0.665")))
            shop: Any = shares[1]
            if chance.one_in(3):
                shop = {"by": "country", "PL": shares[1], "otherwise": "20 %"}
            file["wallets"] = {"cash": shares[0].replace("1/3", "33 %"), "shop": shop}
        if chance.one_in(4):
            file["given_earnings"] = ["came_in", "all"]
            self.earned.append("came_in")

    def trees(self) -> None:
        self.file["trees"] = {"line": {"kind": "given"}}

    def bonuses(self) -> None:
        kinds = (
            *(self.own, self.own, self.level, self.level, self.level, self.level),
            *(self.stairstep, self.differential, self.differential, self.pool, self.award),
        )
        self.file["bonuses"] = {}
        parts: set[str] = set()
        for place in range(self.chance.number(2, 5)):
            name = f"b{place}"
            made = self.chance.pick(kinds)(name)
            part = made.get("own_part")
            part = part["as"] if isinstance(part, dict) else part
            if part in parts:
                made.pop("own_part")
                part = None
            parts.add(part or "")
            self.file["bonuses"][name] = made
            self.earned += [name, part] if part else [name]

    def calendars(self) -> None:
        """Leave everything in the plan's own calendar."""

    def legal(self) -> None:
        if not self.chance.one_in(4):
            return
        needs = self.chance.pick(
            (
                "share(group(price where given(customer)), group(price)) > 30 %",
                "active",
                "not (flag and joined_in_period)",
            )
        )
        otherwise = self.chance.pick(("pay_nothing", "report"))
        self.file["legal"] = {"gate": {"needs": needs, "otherwise": otherwise}}

    def text(self) -> str:
        self.money_head()
        self.trees()
        self.order_values()
        self.measures()
        self.ranks()
        self.legal()
        self.bonuses()
        self.calendars()
        return yaml.dump(self.file, Dumper=DUMPER, sort_keys=False, allow_unicode=True)


def random_plan(chance: Chance) -> str:
    """Write a sound plan."""
    return Maker(chance).text()
