"""Draws the values of a random plan: rates, amounts and what they hang on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.properties.plans.formulas import Formulas

RATES = ("10 %", "5 %", "2.5 %", "0.333 %", "7 %", "12.5 %", "1/3 * 10 %", "0 %", "-4 %")
POSITIVE_RATES = RATES[:6]
STEPS = (0, 50, 100, 300, 1000)


class Maker(Formulas):
    """Makes one plan: its file as it grows, and what every bonus may have."""

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

    def positive_rate(self) -> str:
        return self.chance.pick(("10 %", "5 %", "0.333 %", "1/3 * 10 %", "25 %"))

    def sum_of_money(self) -> str:
        return self.chance.pick(("10 EUR", "2.50 EUR", "0.015 EUR", "33.33 EUR"))

    def negative(self) -> Any:
        return self.chance.pick(
            ("kept", "carried", "reset", {"by": "active", "yes": "carried", "no": "kept"})
        )

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

    def walked(self, made: dict[str, Any]) -> dict[str, Any]:
        """Let a bonus walk another tree."""
        if self.parts and self.chance.one_in(4):
            made["tree"] = self.chance.pick(self.tree_names())
        return made
