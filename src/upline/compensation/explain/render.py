"""Reasons as sentences, in the language of the reader.

Inserted values are never inflected: a sentence names them after a colon or in brackets. Formulas
of the plan are said in words by the same phrases as in the plan's document.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import groupby

from upline.compensation.explain.facts import (
    BonusReason,
    CutReason,
    LegReason,
    LineReason,
    MemberReasons,
    Nothing,
    RankReason,
    Step,
)
from upline.compensation.explain.wording import NOTHING, Wording
from upline.compensation.plan.load import Plan
from upline.compensation.plan.speech import msg

_MOST_NAMED = 8


def sentences(
    reasons: MemberReasons, plan: Plan, language: str, *, most_lines: int = 20
) -> list[str]:
    """Write the reasons of one member as lines of text; indented lines belong to the one above.

    At most `most_lines` pay lines of a bonus are written out, the rest is added up. Raises
    ValueError for a language that is not shipped.
    """
    words = Wording.of(plan, language, reasons.currency)
    return list(_Writer(words, reasons, most_lines).everything())


def bonus_sentences(bonus: BonusReason, member: str, words: Wording) -> list[str]:
    """Write one bonus of a member, with its lines or why it paid nothing."""
    return list(_writer(member, words).bonus(bonus))


def path_reason(step: Step, words: Wording) -> str:
    """Say why somebody between a buyer and a receiver was passed over; '' for who was not.

    The name and that it happened stand beside it in the picture.
    """
    return _writer("", words).why_passed_over(step) if step.is_passed_over else ""


def _writer(member: str, words: Wording) -> _Writer:
    nobody = MemberReasons(
        member=member,
        plan="",
        bonus="",
        first_day="",
        last_day="",
        currency=words.currency,
        total="0",
        bonuses=(),
        ranks=(),
    )
    return _Writer(words, nobody, most_lines=20)


class _Writer:
    def __init__(self, words: Wording, reasons: MemberReasons, most_lines: int) -> None:
        self.words = words
        self.reasons = reasons
        self.most_lines = most_lines

    def _say(self, message: str, **facts: str) -> str:
        return self.words.voice.say(message) % facts

    def everything(self) -> Iterator[str]:
        reasons, words = self.reasons, self.words
        member = self._say("Member: %(member)s.", member=reasons.member)
        earned = self._say("Earned: %(total)s.", total=words.money(reasons.total))
        yield member if reasons.bonus else f"{member} {earned}"
        title = words.voice.words(words.plan.file.title)
        first, last = (
            words.voice.day(date.fromisoformat(day))
            for day in (reasons.first_day, reasons.last_day)
        )
        yield self._say(
            "Plan: %(plan)s. Period: %(period)s",
            plan=f"{title} ({reasons.plan})" if title else reasons.plan,
            period=first if first == last else f"{first} – {last}",
        )
        for rank in reasons.ranks:
            yield ""
            yield from self._rank(rank)
        for bonus in reasons.bonuses:
            yield ""
            yield from self.bonus(bonus)

    # Bonuses

    def bonus(self, bonus: BonusReason) -> Iterator[str]:
        """Write one bonus with its lines, or why it paid nothing."""
        words = self.words
        title = words.title(bonus.title, is_own_part=bonus.is_own_part)
        about = ", ".join(part for part in (bonus.bonus, bonus.clause) if part)
        yield (
            f"{title} ({about}): {words.money(bonus.amount)}"
            if title
            else (
                f"{bonus.bonus}{f' ({bonus.clause})' if bonus.clause else ''}: {words.money(bonus.amount)}"
            )
        )
        if bonus.nothing is not None:
            yield from self._nothing(bonus.nothing)
        if bonus.compared:
            yield "  " + self._compared(bonus)
        for leg in bonus.legs:
            yield "  " + self._leg(leg)
        if bonus.cap:
            yield "  " + self._say(
                "At most %(cap)s are paid in a period; what goes beyond is cut.",
                cap=words.money(bonus.cap),
            )
        for cut in bonus.cuts:
            yield "  " + self._cut(cut)
        if any(line.taken_below for line in bonus.lines[: self.most_lines]):
            yield "  " + self._say("Deducted is what each group takes itself.")
        for _, group in groupby(bonus.lines[: self.most_lines], key=_belongs_to):
            yield from self._group(bonus, list(group))
        rest = bonus.lines[self.most_lines :]
        count = len(rest) + bonus.further_lines
        if count:
            total = sum((Fraction(line.amount) for line in rest), Fraction(bonus.further_amount))
            yield "  " + self._say(
                "Further lines: %(count)s; together: %(total)s.",
                count=words.voice.number(Fraction(count)),
                total=words.money(str(total)),
            )

    def _compared(self, bonus: BonusReason) -> str:
        """Write what each of the bonuses compared would give."""
        words = self.words
        given = "; ".join(
            f"{words.bonus(one.bonus)}: {words.money(one.amount)}" for one in bonus.compared
        )
        return self._say("The greater is paid. Compared: %(bonuses)s.", bonuses=given)

    def _group(self, bonus: BonusReason, lines: list[LineReason]) -> Iterator[str]:
        """Write lines of orders under their buyer, any other line by itself."""
        first = lines[0]
        is_headed = first.order is not None and first.buyer not in (None, self.reasons.member)
        if is_headed:
            yield "  " + "; ".join(self._from(first))
            yield from self._path(bonus, first, "    ")
        for line in lines:
            indent = "    " if is_headed else "  "
            parts = [indent + self._sum(line)]
            if line.uncut:
                parts.append(
                    self._say("cut by the cap from: %(uncut)s", uncut=self.words.money(line.uncut))
                )
            parts += self._cuts_of(line)
            if line.rank:
                parts.append(self._say("rank: %(rank)s", rank=self.words.rank(line.rank)))
            if bonus.kind == "binary" and line.base_unit == "count":
                count = self.words.voice.number(Fraction(line.base))
                parts.append(self._say("cycles: %(count)s", count=count))
            if line.step:
                parts.append(self._say("step: %(step)s", step=line.step))
            if line.is_two_to_one:
                parts.append(self._say("two to one"))
            if line.order is not None:
                parts.append(self._say("order: %(order)s", order=line.order))
            parts += self._around(line)
            if not is_headed and not line.left_to:
                parts += self._from(line) if bonus.kind != "stairstep" else self._group_of(line)
            yield "; ".join(parts)
            if not is_headed:
                yield from self._path(bonus, line, "    ")

    def _cut(self, cut: CutReason) -> str:
        """Write what one step after all bonuses took from this one."""
        words = self.words
        named = words.title(cut.title) or cut.name
        facts = {
            "name": f"{named} ({cut.clause})" if cut.clause else named,
            "cut": words.money(cut.amount),
        }
        if cut.step == "budget":
            return self._say("Cut by the budgets of orders: %(cut)s.", **facts)
        if cut.step == "legal":
            return self._say("Lost by the legal condition %(name)s: %(cut)s.", **facts)
        return self._say(
            "Cut by the limit %(name)s: %(cut)s. Earned together: %(earned)s; at most: %(most)s.",
            earned=words.money(cut.earned),
            most=words.money(cut.most),
            **facts,
        )

    def _cuts_of(self, line: LineReason) -> Iterator[str]:
        """Write what a line was before it was cut, and what its order could pay."""
        words = self.words
        if line.before:
            yield self._say("cut from: %(uncut)s", uncut=words.money(line.before))
        for cut in line.cuts:
            if cut.step == "budget":
                yield self._say(
                    "earned on the order: %(earned)s, at most: %(most)s",
                    earned=words.money(cut.earned),
                    most=words.money(cut.most),
                )

    def _around(self, line: LineReason) -> list[str]:
        """Write who else has to do with a line: of a guarantee, or of a board."""
        parts = []
        if line.guaranteed:
            added = self.words.money(line.guaranteed)
            parts.append(self._say("of this added for the guarantee: %(amount)s", amount=added))
        if line.left_to:
            parts.append(self._say("left for the guarantee to: %(member)s", member=line.left_to))
        if line.on_board:
            named = ", ".join(line.on_board[:_MOST_NAMED])
            more = ", …" if len(line.on_board) > _MOST_NAMED else ""
            parts.append(self._say("on the full board: %(members)s", members=named + more))
        return parts

    def _leg(self, leg: LegReason) -> str:
        """Say what became of a leg."""
        figures = {
            name: self.words.figure(text, leg.unit)
            for name, text in (
                ("carried", leg.carried),
                ("new", leg.new),
                ("used", leg.used),
                ("kept", leg.kept),
                ("flushed", leg.flushed),
            )
        }
        name = self._say("Left leg") if leg.side == "left" else self._say("Right leg")
        said = self._say(
            "From before: %(carried)s; new: %(new)s; used: %(used)s; carried over: %(kept)s",
            **figures,
        )
        lost = self._say("lost: %(flushed)s", **figures) if Fraction(leg.flushed) else ""
        return f"{name}. {'; '.join(filter(None, (said, lost)))}"

    def _from(self, line: LineReason) -> list[str]:
        parts = []
        buyer = line.buyer or self.reasons.member
        if buyer != self.reasons.member:
            parts.append(self._say("from: %(buyer)s", buyer=buyer))
        if line.level is not None and line.level > 0:
            parts.append(self._say("level: %(level)s", level=str(line.level)))
        return parts

    def _group_of(self, line: LineReason) -> list[str]:
        buyer = line.buyer or self.reasons.member
        return (
            [] if buyer == self.reasons.member else [self._say("group of: %(buyer)s", buyer=buyer)]
        )

    def _sum(self, line: LineReason) -> str:
        words = self.words
        amount = words.money(line.amount)
        if line.shares:
            fund = self._say(
                "fund: %(fund)s; shares: %(shares)s of %(all)s",
                fund=words.figure(line.base, "money"),
                shares=words.figure(line.shares, ""),
                all=words.figure(line.shares_in_all, ""),
            )
            return f"{amount}; {fund}"
        if line.instalments:
            award = self._say(
                "award: %(whole)s; number of equal parts: %(count)s",
                whole=words.money(line.base),
                count=words.voice.number(Fraction(line.instalments)),
            )
            return f"{amount}; {award}"
        rate, factors = Fraction(line.rate), words.figure(line.base, line.base_unit)
        if rate != 1:
            # Points and counts become money by a rate that is money, or by the point value.
            pays_money = line.base_unit != "money" and not line.point_value
            factors += f" × {words.money(line.rate) if pays_money else words.rate(rate)}"
        if line.guaranteed:
            factors += f" + {words.money(line.guaranteed)}"
        if line.taken_below:
            factors += f" − {words.figure(line.taken_below, line.base_unit)}"
        if line.point_value:
            factors = f"({factors})" if line.taken_below else factors
            factors += f" × {words.money(line.point_value)}"
        return amount if factors == amount else f"{amount} = {factors}"

    def _path(self, bonus: BonusReason, line: LineReason, indent: str) -> Iterator[str]:
        passed = [step for step in line.path if step.is_passed_over]
        for step in passed[:_MOST_NAMED]:
            yield indent + self.passed_over(step)
        left_out = max(len(passed) - _MOST_NAMED, 0)
        if left_out:
            yield indent + self._say("Further members passed over: %(count)s", count=str(left_out))
        yield from self._paid_nearer(bonus, line, indent)
        if line.path_left_out:
            count = self.words.voice.number(Fraction(line.path_left_out))
            yield indent + self._say("Further members between: %(count)s", count=count)

    def passed_over(self, step: Step) -> str:
        """Say that somebody was passed over, and why."""
        why = self.why_passed_over(step)
        return self._say("Passed over: %(member)s (%(why)s)", member=step.member, why=why)

    def why_passed_over(self, step: Step) -> str:
        """Say why somebody was passed over, without the name."""
        facts = {"level": str(step.level), "paid": step.paid_levels}
        if step.why == "requires":
            return "; ".join(self.words.inline(condition) for condition in step.failed)
        if step.why == "depth":
            return self._say("level: %(level)s; paid levels: %(paid)s", **facts)
        if step.why == "near":
            return self._say("level: %(level)s; paid from level: %(paid)s", **facts)
        return self._say("no rate at this rank or level")

    def _paid_nearer(self, bonus: BonusReason, line: LineReason, indent: str) -> Iterator[str]:
        if bonus.kind == "differential":
            named = [
                f"{step.member} ({self.words.figure(step.took, step.took_unit)})"
                for step in line.path
                if step.took
            ]
            message = msg("Taken nearer to the buyer: %(members)s")
        else:
            named = [
                f"{step.member} ({step.level})" for step in line.path if not step.is_passed_over
            ]
            message = msg("Paid nearer to the buyer (level): %(members)s")
        if named:
            more = ", …" if len(named) > _MOST_NAMED else ""
            yield indent + self._say(message, members=", ".join(named[:_MOST_NAMED]) + more)

    # Nothing, ranks

    def _nothing(self, nothing: Nothing) -> Iterator[str]:
        facts = self.words.facts(nothing.facts)
        said = self._say(NOTHING[nothing.code], **facts)
        # A unit that is cut short at the end brings its own full stop.
        yield "  " + (said[:-1] if said.endswith("..") else said)
        if nothing.code == "gate" and facts.get("clause"):
            yield "    " + self._say("Clause: %(clause)s", clause=facts["clause"])
        if nothing.facts.get("rank") and nothing.code in (
            "beyond",
            "no_level_rate",
            "no_rate",
            "no_share",
        ):
            yield "    " + self._say("Rank: %(rank)s", rank=facts["rank"])
        if facts.get("takers") and nothing.code == "beyond":
            yield "    " + self._say(
                "Paid nearer to the buyer (level): %(members)s", members=facts["takers"]
            )
        if nothing.condition is not None:
            yield from self.words.condition(nothing.condition, "    ")

    def _rank(self, rank: RankReason) -> Iterator[str]:
        words = self.words
        held = words.rank(rank.rank or "")
        ladder = self._say("Rank") if rank.ladder == "rank" else rank.ladder
        note = ""
        if rank.is_given:
            note = " " + self._say("(given with the member)")
        elif rank.is_kept:
            note = " " + self._say("(kept from an earlier period)")
        if rank.next_rank is None:
            yield f"{ladder}: {held}{note}"
            return
        following = self._say("Next: %(next)s, if:", next=words.rank(rank.next_rank))
        yield f"{ladder}: {held}{note}. {following}"
        if rank.condition is not None:
            yield from words.condition(rank.condition, "  ")


def _belongs_to(line: LineReason) -> tuple[object, ...]:
    """Lines of one buyer's orders on one level stand together."""
    return (line.buyer, line.level, line.order is None and line.rank, line.path)
