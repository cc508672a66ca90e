"""Reasons as sentences, in the language of the reader.

Inserted values are never inflected: a sentence names them after a colon or in brackets.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from upline.compensation.explain.conditions import Condition
from upline.compensation.explain.why import (
    BonusReason,
    LineReason,
    MemberReasons,
    Nothing,
    RankReason,
)
from upline.compensation.plan.speech import Speech, msg, speech

_NOTHING = {
    "requires": msg("Nothing, because the conditions are not met."),
    "gate": msg("Nothing, because a legal condition is not met."),
    "no_source": msg("Nothing, because there was nothing to be paid on."),
    "no_source_orders": msg("Nothing: none of the orders (%(orders)s) meets: %(condition)s."),
    "no_rate": msg("Nothing, because there is no rate here. Rank: %(rank)s."),
    "no_rate_unranked": msg("Nothing, because there is no rate here."),
    "below_step": msg(
        "Nothing, because the first step of the scale is not reached. %(name)s: %(have)s;"
        " needed: %(need)s; missing: %(missing)s."
    ),
    "out_of_reach": msg(
        "Nothing, because no paid level reaches the volume below. Nearest: %(buyer)s;"
        " distance: %(distance)s."
    ),
    "taken": msg("Nothing, because everything was taken by those below."),
    "no_fund": msg("Nothing, because there was no fund to share."),
    "no_new_rank": msg("Nothing, because no new rank was reached. Rank: %(rank)s."),
}
_RANK_NONE = msg("none")


def sentences(reasons: MemberReasons, language: str, *, most_lines: int = 20) -> list[str]:
    """Write the reasons of one member as lines of text; indented lines belong to the one above.

    At most `most_lines` pay lines of a bonus are written out, the rest is added up. Raises
    ValueError for a language that is not shipped.
    """
    return list(_Writer(speech(language, "explain"), reasons, most_lines).everything())


class _Writer:
    def __init__(self, voice: Speech, reasons: MemberReasons, most_lines: int) -> None:
        self.voice = voice
        self.reasons = reasons
        self.most_lines = most_lines

    def _say(self, message: str, **facts: str) -> str:
        return self.voice.say(message) % facts

    def _money(self, amount: str) -> str:
        return self.voice.money(Fraction(amount), self.reasons.currency)

    def _figure(self, text: str, unit: str) -> str:
        """Write a figure that came as text in its unit."""
        try:
            exact = Fraction(text)
        except ValueError:
            return self._word(text)
        if unit == "money":
            return self._money(text)
        if unit == "ratio":
            return self.voice.percent(exact)
        if unit == "points":
            return self._say("%(number)s points", number=self.voice.number(exact))
        return self.voice.number(exact)

    def _word(self, text: str) -> str:
        if text in ("yes", "no"):
            return self.voice.say(text)
        return text or self.voice.say(_RANK_NONE)

    def everything(self) -> Iterator[str]:
        reasons = self.reasons
        yield self._say(
            "Member: %(member)s. Plan: %(plan)s. Period: %(period)s. Earned: %(total)s.",
            member=reasons.member,
            plan=reasons.plan,
            period=reasons.period,
            total=self._money(reasons.total),
        )
        for rank in reasons.ranks:
            yield ""
            yield from self._rank(rank)
        for bonus in reasons.bonuses:
            yield ""
            yield from self._bonus(bonus)

    # Bonuses

    def _bonus(self, bonus: BonusReason) -> Iterator[str]:
        title = self.voice.words(bonus.title) if bonus.title else bonus.bonus
        clause = f", {bonus.clause}" if bonus.clause else ""
        yield f"{title} ({bonus.bonus}{clause}): {self._money(bonus.amount)}"
        if bonus.nothing is not None:
            yield from self._nothing(bonus.nothing)
        for line in bonus.lines[: self.most_lines]:
            yield from self._line(line)
        rest = bonus.lines[self.most_lines :]
        if rest:
            total = str(sum((Fraction(line.amount) for line in rest), Fraction(0)))
            yield "  " + self._say(
                "Further lines: %(count)s; together: %(total)s.",
                count=self.voice.number(Fraction(len(rest))),
                total=self._money(total),
            )

    def _line(self, line: LineReason) -> Iterator[str]:
        base = self._figure(line.base, line.base_unit)
        rate = Fraction(line.rate)
        amount = self._money(line.amount)
        deducted = ""
        if line.taken_below and Fraction(line.taken_below):
            deducted = " − " + self._figure(line.taken_below, line.base_unit)
        factors = base
        if rate != 1:
            factors += f" × {self._rate(rate)}"
        factors += deducted
        if line.point_value and Fraction(line.point_value) != 1:
            factors = f"({factors})" if deducted else factors
            factors += f" × {self._money(line.point_value)}"
        parts = [f"  {amount} = {factors}"]
        if line.rank:
            parts.append(self._say("rank: %(rank)s", rank=line.rank))
        if line.level is not None and line.level > 0:
            parts.append(self._say("level: %(level)s", level=str(line.level)))
        if line.order is not None:
            parts.append(self._say("order: %(order)s", order=line.order))
        if line.buyer is not None and line.buyer != self.reasons.member:
            parts.append(self._say("from: %(buyer)s", buyer=line.buyer))
        yield "; ".join(parts)
        for step in line.path:
            if step.is_passed_over:
                why = "; ".join(self._failed(condition) for condition in step.failed)
                yield "    " + self._say(
                    "Passed over: %(member)s (%(why)s)", member=step.member, why=why
                )
        between = [step.member for step in line.path if not step.is_passed_over]
        if between:
            shown = " → ".join(between[:8]) + (" → …" if len(between) > 8 else "")
            yield "    " + self._say("Between: %(members)s", members=shown)
        if line.path_left_out:
            count = self.voice.number(Fraction(line.path_left_out))
            yield "    " + self._say("Further members between: %(count)s", count=count)

    def _rate(self, rate: Fraction) -> str:
        if abs(rate) <= 1:
            return self.voice.percent(rate)
        return self.voice.number(rate)

    # Nothing, conditions, ranks

    def _nothing(self, nothing: Nothing) -> Iterator[str]:
        facts = dict(nothing.facts or {})
        code = nothing.code
        if code == "no_source" and facts.get("orders", "0") != "0" and facts.get("condition"):
            code = "no_source_orders"
        if code == "no_rate" and not facts.get("rank"):
            code = "no_rate_unranked"
        yield "  " + self._say(_NOTHING[code], **facts)
        if nothing.condition is not None:
            yield from self._condition(nothing.condition, "    ")

    def _failed(self, condition: Condition) -> str:
        name = self._named(condition)
        have = self._figure(condition.have, condition.unit)
        need = self._figure(condition.need, condition.unit)
        if not condition.missing:
            return self._say("%(name)s: %(have)s; needed: %(need)s", name=name, have=have, need=need)
        return self._say(
            "%(name)s: %(have)s; needed: %(need)s; missing: %(missing)s",
            name=name,
            have=have,
            need=need,
            missing=self._figure(condition.missing, condition.unit),
        )

    def _named(self, condition: Condition) -> str:
        if condition.title:
            return self.voice.words(condition.title)
        return condition.name or condition.text

    def _condition(self, condition: Condition, indent: str) -> Iterator[str]:
        mark = "✓" if condition.holds else "✗"
        if not condition.parts:
            yield f"{indent}{mark} {self._failed(condition)}"
            return
        words = msg("all of these") if condition.how == "all" else msg("one of these")
        name = f"{self._named(condition)}: " if condition.name else ""
        yield f"{indent}{mark} {name}{self.voice.say(words)}"
        for part in condition.parts:
            yield from self._condition(part, indent + "  ")

    def _rank(self, rank: RankReason) -> Iterator[str]:
        held = rank.rank or self.voice.say(_RANK_NONE)
        ladder = self.voice.say(msg("Rank")) if rank.ladder == "rank" else rank.ladder
        if rank.next_rank is None:
            yield f"{ladder}: {held}"
            return
        yield self._say(
            "%(ladder)s: %(held)s. Next: %(next)s", ladder=ladder, held=held, next=rank.next_rank
        )
        if rank.condition is not None:
            yield from self._condition(rank.condition, "  ")
