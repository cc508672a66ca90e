"""Figures, conditions and facts of an explanation in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Protocol

from upline.compensation.explain.conditions import Condition
from upline.compensation.explain.ways import Way
from upline.compensation.plan.formula import parse
from upline.compensation.plan.load import Plan
from upline.compensation.plan.parts import own_part
from upline.compensation.plan.phrases import Phrases
from upline.compensation.plan.plain_phrases import PlainPhrases
from upline.compensation.plan.schema import Words
from upline.compensation.plan.speech import Speech, msg, speech
from upline.money import currency_places

NOTHING = {
    "gate": msg("Nothing, because a legal condition is not met:"),
    "requires": msg("Nothing, because the conditions are not met:"),
    "no_orders": msg("Nothing, because there were no orders to be paid on."),
    "orders": msg(
        "Nothing, because none of the own orders counts. Orders: %(count)s. What counts:"
        " %(condition)s."
    ),
    "balance": msg("Nothing, because the balance is negative; it is carried over: %(balance)s."),
    "no_volume": msg("Nothing, because there is nothing below to be paid on."),
    "orders_below": msg(
        "Nothing, because none of the orders below counts. Orders: %(count)s. What counts:"
        " %(condition)s."
    ),
    "beyond": msg(
        "Nothing, because what is nearest below lies deeper than is paid. From: %(buyer)s;"
        " level: %(level)s; paid levels: %(paid_levels)s."
    ),
    "stopped": msg(
        "Nothing, because payment up the line ends below. From: %(buyer)s; payment ends with:"
        " %(member)s."
    ),
    "near": msg(
        "Nothing, because what is nearest below is too near. From: %(buyer)s; level: %(level)s; paid"
        " from level: %(from_level)s."
    ),
    "no_level_rate": msg(
        "Nothing, because the plan has no rate for the level of what is nearest below. From:"
        " %(buyer)s; level: %(level)s."
    ),
    "not_a_source": msg(
        "Nothing, because orders of buyers who do not meet the conditions are not paid on. Nearest"
        " buyer: %(buyer)s."
    ),
    "no_rate": msg("Nothing, because the plan has no rate here."),
    "no_share": msg("Nothing, because the plan gives no share of the fund here."),
    "below_step": msg(
        "Nothing, because the first step is not reached. %(name)s: %(have)s, needed: %(need)s,"
        " missing: %(missing)s."
    ),
    "taken": msg(
        "Nothing, because members nearer to the buyer took as great a share. Own share: %(share)s."
        " From: %(buyer)s; taken by: %(taker)s (%(taken)s)."
    ),
    "taken_by_groups": msg(
        "Nothing, because the groups below have the same rate and take it all. Rate: %(rate)s."
        " Groups: %(takers)s."
    ),
    "no_pair": msg(
        "Nothing, because one leg has nothing that could be matched. Left leg: %(left)s; right leg:"
        " %(right)s."
    ),
    "no_cycle": msg(
        "Nothing, because the legs lack what a cycle takes. Left leg: %(left)s, missing:"
        " %(missing_left)s; right leg: %(right)s, missing: %(missing_right)s."
    ),
    "no_step": msg(
        "Nothing, because the next step is not reached. Step: %(step)s; usable of both legs:"
        " %(have)s, needed: %(need)s, missing: %(missing)s."
    ),
    "all_steps": msg("Nothing, because all steps have been paid before."),
    "no_fund": msg("Nothing, because there was no fund to share."),
    "too_small": msg("Nothing, because the amount is too small to be paid."),
    "no_new_rank": msg("Nothing, because no new rank was reached. Rank: %(rank)s."),
    "no_award": msg("Nothing, because the plan has no award for this rank. Rank: %(rank)s."),
    "awarded": msg("Nothing, because this award is paid only once and has been paid before."),
    "no_legs": msg("Nothing, because no group below has broken away."),
    "not_chosen": msg("Nothing, because another bonus gives more and is paid instead: %(bonus)s."),
    "chosen": msg("Paid under the name of the better bonus: %(bonus)s."),
    "none_better": msg("Nothing, because none of the bonuses compared gives anything."),
    "no_board": msg("Nothing, because no place on a board is held."),
    "board_open": msg(
        "Nothing, because the own board is not full. Places taken: %(taken_places)s of %(places)s,"
        " missing: %(open)s."
    ),
    "board_place": msg(
        "Nothing, because only the head of a full board is paid. Own place: %(place)s; head of the"
        " board: %(member)s; places taken: %(taken_places)s of %(places)s."
    ),
    "not_long": msg(
        "Nothing, because the conditions have not been met for long enough. Periods in a row:"
        " %(have)s, needed: %(need)s, missing: %(missing)s."
    ),
    "lapsed": msg("Nothing, because what is left of an award is paid only while this holds:"),
}
# The facts of a reason that are figures in its unit.
_FIGURES = (
    *("have", "need", "missing", "share", "taken", "rate", "balance"),
    *("left", "right", "missing_left", "missing_right"),
)
SIGNS = {">": "> ", "<": "< ", "<=": "≤ ", "!=": "≠ "}


class AmountWriter(Protocol):
    """Writes an amount with at least so many decimals."""

    def __call__(self, value: Fraction, currency: str, *, places: int) -> str: ...


@dataclass(slots=True)
class Wording:
    """One language, one plan: what inserted values look like."""

    plan: Plan
    voice: Speech
    phrases: Phrases
    currency: str
    write: AmountWriter
    _phrases: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, language: str, currency: str) -> Wording:
        """Prepare to explain a plan's pay; raises ValueError for an unknown language."""
        voice = speech(language, "explain")
        return cls(plan, voice, PlainPhrases(plan, speech(language)), currency, voice.amount)

    @classmethod
    def of_screens(cls, plan: Plan, language: str) -> Wording:
        """Prepare it for screens, which write an amount with the sign of its currency."""
        said = cls.of(plan, language, plan.file.currency)
        return replace(said, write=said.voice.signed_amount)

    def _say(self, message: str, **facts: str) -> str:
        return self.voice.say(message) % facts

    # Figures

    def money(self, amount: str) -> str:
        """Write an amount with at least the currency's decimals."""
        places = currency_places(self.currency)
        return self.write(Fraction(amount), self.currency, places=places)

    def rate(self, rate: Fraction) -> str:
        """Write a rate: a percentage, above 1 a plain number."""
        if abs(rate) > 1:
            return self.voice.figure(rate)
        text = self.voice.figure(rate * 100)
        return self.voice.percent(Fraction(0)).replace("0", text)

    def figure(self, text: str, unit: str) -> str:
        """Write a figure that came as text in its unit."""
        if unit == "yes_no":
            return self.phrases.say(text)
        if unit == "rank":
            return self.rank(text)
        try:
            exact = Fraction(text)
        except ValueError:
            return self.phrases.value(text) if text else self._say("none")
        if unit == "money":
            return self.money(text)
        if unit == "ratio":
            return self.rate(exact)
        if unit == "points":
            return self._say("%(number)s points", number=self.voice.figure(exact))
        return self.voice.figure(exact)

    def rank(self, rank: str) -> str:
        """Write a rank by its title, or by its name."""
        return self.phrases.rank(rank) if rank else self._say("none")

    def title(self, title: Words, *, is_own_part: bool = False) -> str:
        """Write the title of a bonus, '' where it has none."""
        words = self.voice.words(title)
        return self._say("%(title)s: own part", title=words) if words and is_own_part else words

    def bonus(self, name: str) -> str:
        """Write a bonus, or the own part of one, by its title, or by its name."""
        for main, bonus in self.plan.file.bonuses.items():
            if name in (main, own_part(bonus)):
                return self.title(bonus.title, is_own_part=name != main) or name
        return name

    def phrase(self, text: str) -> str:
        """Say a formula of the plan in words."""
        if text not in self._phrases:
            node = parse(text)
            self._phrases[text] = self.phrases.operand(node).replace("`", "")
        return self._phrases[text]

    def facts(self, facts: dict[str, str]) -> dict[str, str]:
        """Write the facts of a reason for inserting."""
        unit = facts.get("unit", "")
        written = dict(facts)
        for name in _FIGURES:
            if name in facts:
                written[name] = self.figure(facts[name], unit)
        for name in ("name", "condition"):
            if name in facts:
                written[name] = self.phrase(facts[name])
        if "bonus" in facts:
            written["bonus"] = self.bonus(facts["bonus"])
        if "rank" in facts:
            written["rank"] = self.rank(facts["rank"])
        if "count" in facts:
            written["count"] = self.voice.number(Fraction(facts["count"]))
        return written

    # Conditions

    def condition(self, condition: Condition, indent: str) -> Iterator[str]:
        """Write a condition with its parts below it."""
        mark = "✓" if condition.holds else "✗"
        parts = condition.parts
        if len(parts) <= 1 or (condition.holds and condition.name):
            yield f"{indent}{mark} {self.inline(condition)}"
            return
        words = self._many(condition)
        yield f"{indent}{mark} {f'{self.phrase(condition.name)}: ' if condition.name else ''}{words}"
        for part in parts:
            yield from self.condition(part, indent + "  ")

    def group(self, condition: Condition) -> str:
        """Write what a group of conditions is called, or how many of them must be met."""
        return self.phrase(condition.name) if condition.name else self._many(condition)

    def _many(self, condition: Condition) -> str:
        return self._say("all of these") if condition.how == "all" else self._say("one of these")

    def inline(self, condition: Condition) -> str:
        """Write a condition in one line; of a group only what decides it."""
        if not condition.parts:
            return self._leaf(condition)
        decisive = [part for part in condition.parts if part.holds == condition.holds]
        said = [self.inline(part) for part in decisive]
        is_choice = condition.how == "any" and not condition.holds
        joint = self._or if is_choice else "; "
        inner = joint.join(said)
        return f"{self.phrase(condition.name)} ({inner})" if condition.name else inner

    def way(self, way: Way) -> list[str]:
        """Write what is missing on a way, one text for each condition."""
        return [
            f"{self.phrase(leaf.name)}: {self.figure(leaf.missing, leaf.unit)}"
            if leaf.missing and leaf.operator in (">=", ">")
            else self.inline(leaf)
            for leaf in way.missing
        ]

    @property
    def _or(self) -> str:
        word = "or"  # a message of the plan's catalogue
        return "; " + self.phrases.say(word) + " "

    def _leaf(self, condition: Condition) -> str:
        if not condition.text:
            return self._say("no conditions")
        facts = {
            "name": self.phrase(condition.name),
            "have": self.figure(condition.have, condition.unit),
            "need": SIGNS.get(condition.operator, "") + self.figure(condition.need, condition.unit),
        }
        if not condition.missing:
            return self._say("%(name)s: %(have)s, needed: %(need)s", **facts)
        missing = self.figure(condition.missing, condition.unit)
        return self._say(
            "%(name)s: %(have)s, needed: %(need)s, missing: %(missing)s", missing=missing, **facts
        )
