"""Reasons as sentences, in the language of the reader.

Inserted values are never inflected: a sentence names them after a colon or in brackets. Formulas
of the plan are said in words by the same phrases as in the plan's document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    WalletReason,
)
from upline.compensation.explain.nearest import Near
from upline.compensation.explain.orders import OrderBonus
from upline.compensation.explain.ways import Way
from upline.compensation.explain.wording import NOTHING, Wording
from upline.compensation.plan.load import Plan
from upline.compensation.plan.speech import msg

_MOST_NAMED = 8
_WHY_PASSED_OVER = {
    "no_rate": msg("no rate at this rank or level"),
    "taken": msg("members nearer to the buyer took as great a share"),
    "not_chosen": msg("another bonus gives more and is paid instead"),
    "too_small": msg("the amount is too small to be paid"),
}


def sentences(
    reasons: MemberReasons, plan: Plan, language: str, *, most_lines: int = 20
) -> list[str]:
    """Write the reasons of one member as lines of text; indented lines belong to the one above.

    At most `most_lines` pay lines of a bonus are written out, the rest is added up. Raises
    ValueError for a language that is not shipped.
    """
    words = Wording.of(plan, language, reasons.currency)
    return list(Writer(words, most_lines, reasons.member).everything(reasons))


def bonus_sentences(bonus: BonusReason, member: str, words: Wording) -> list[str]:
    """Write one bonus of a member, with its lines or why it paid nothing."""
    return list(Writer(words, member=member).bonus(bonus))


def path_reason(step: Step, words: Wording) -> str:
    """Say why somebody between a buyer and a receiver was passed over; '' for who was not.

    The name and that it happened stand beside it in the picture.
    """
    return Writer(words).why_passed_over(step) if step.is_passed_over else ""


def plan_words(words: Wording, plan: str) -> str:
    """Name the plan by its title and its version."""
    title = words.voice.words(words.plan.file.title)
    return f"{title} ({plan})" if title else plan


def period_words(words: Wording, first_day: str, last_day: str) -> str:
    """Name a period by its first and last day."""
    first, last = (words.voice.day(date.fromisoformat(day)) for day in (first_day, last_day))
    return first if first == last else f"{first} – {last}"


class Writer:
    """Writes what one member, '' for nobody, was paid."""

    def __init__(self, words: Wording, most_lines: int = 20, member: str = "") -> None:
        self.words = words
        self.most_lines = most_lines
        self.member = member

    def _say(self, message: str, **facts: str) -> str:
        return self.words.voice.say(message) % facts

    def everything(self, reasons: MemberReasons) -> Iterator[str]:
        """Write all that is known of the member."""
        words = self.words
        member = self._say("Member: %(member)s.", member=reasons.member)
        earned = self._say("Earned: %(total)s.", total=words.money(reasons.total))
        yield member if reasons.bonus else f"{member} {earned}"
        yield self._say(
            "Plan: %(plan)s. Period: %(period)s",
            plan=plan_words(words, reasons.plan),
            period=period_words(words, reasons.first_day, reasons.last_day),
        )
        for rank in reasons.ranks:
            yield ""
            yield from self._rank(rank)
        for bonus in reasons.bonuses:
            yield ""
            yield from self.bonus(bonus)
        for wallet in reasons.wallets:
            yield ""
            yield from self._wallet(wallet)

    # Bonuses

    def bonus(self, bonus: BonusReason) -> Iterator[str]:
        """Write one bonus with its lines, or why it paid nothing."""
        words = self.words
        yield self.heading(bonus)
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

    def heading(self, bonus: BonusReason | OrderBonus) -> str:
        """Name a bonus with its clause, and what it paid."""
        title = self.words.title(bonus.title, is_own_part=bonus.is_own_part)
        names = (bonus.bonus, bonus.clause) if title else (bonus.clause,)
        about = ", ".join(filter(None, names))
        named = title or bonus.bonus
        return f"{named}{f' ({about})' if about else ''}: {self.words.money(bonus.amount)}"

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
        is_headed = first.order is not None and first.buyer not in (None, self.member)
        if is_headed:
            yield "  " + "; ".join(self._from(first))
            yield from self._path(bonus, first, "    ")
        for line in lines:
            indent = "    " if is_headed else "  "
            parts = self.figures(bonus.kind, line)
            if line.order is not None:
                parts.append(self._say("order: %(order)s", order=line.order))
            parts += self._around(line)
            if not is_headed and not line.left_to:
                parts += self._from(line) if bonus.kind != "stairstep" else self._group_of(line)
            yield indent + "; ".join(parts)
            if not is_headed:
                yield from self._path(bonus, line, "    ")

    def figures(self, kind: str, line: LineReason) -> list[str]:
        """Write what a line of a kind of bonus is made of, and what was cut from it."""
        parts = [self._sum(line)]
        if line.uncut:
            uncut = self.words.money(line.uncut)
            parts.append(self._say("cut by the cap from: %(uncut)s", uncut=uncut))
        if line.carried:
            carried = self.words.figure(line.carried, line.base_unit)
            parts.append(self._say("of this from before: %(carried)s", carried=carried))
        parts += self._cuts_of(line)
        if line.rank:
            parts.append(self._say("rank: %(rank)s", rank=self.words.rank(line.rank)))
        if kind == "binary" and line.base_unit == "count":
            count = self.words.voice.number(Fraction(line.base))
            parts.append(self._say("cycles: %(count)s", count=count))
        if line.step:
            parts.append(self._say("step: %(step)s", step=line.step))
        if line.is_two_to_one:
            parts.append(self._say("two to one"))
        return parts

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
        buyer = line.buyer or self.member
        if buyer != self.member:
            parts.append(self._say("from: %(buyer)s", buyer=buyer))
        if line.level is not None and line.level > 0:
            parts.append(self._say("level: %(level)s", level=str(line.level)))
        return parts

    def _group_of(self, line: LineReason) -> list[str]:
        buyer = line.buyer or self.member
        return [] if buyer == self.member else [self._say("group of: %(buyer)s", buyer=buyer)]

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
            if line.residue:
                rest = words.money(line.residue)
                fund += "; " + self._say("of this a rest of the fund: %(rest)s", rest=rest)
            return f"{amount}; {fund}"
        if line.instalments:
            award = self._say(
                "award: %(whole)s; part %(number)s of %(count)s equal parts",
                whole=words.money(line.base),
                number=words.voice.number(Fraction(line.instalment)),
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
        yield from self.all_passed_over(passed, indent)
        yield from self._paid_nearer(bonus, line, indent)
        if line.path_left_out:
            count = self.words.voice.number(Fraction(line.path_left_out))
            yield indent + self._say("Further members between: %(count)s", count=count)

    def all_passed_over(self, passed: Sequence[Step], indent: str) -> Iterator[str]:
        """Write those who were passed over, of many the first."""
        for step in passed[:_MOST_NAMED]:
            yield indent + self.passed_over(step)
        left_out = max(len(passed) - _MOST_NAMED, 0)
        if left_out:
            yield indent + self._say("Further members passed over: %(count)s", count=str(left_out))

    def passed_over(self, step: Step) -> str:
        """Say that somebody was passed over, and why."""
        why = self.why_passed_over(step)
        return self._say("Passed over: %(member)s (%(why)s)", member=step.member, why=why)

    def why_passed_over(self, step: Step) -> str:
        """Say why somebody was passed over, without the name."""
        facts = {"level": str(step.level), "paid": step.paid_levels}
        if step.why in ("requires", "gate"):
            return "; ".join(self.words.inline(condition) for condition in step.failed)
        if step.why == "depth":
            return self._say("level: %(level)s; paid levels: %(paid)s", **facts)
        if step.why == "near":
            return self._say("level: %(level)s; paid from level: %(paid)s", **facts)
        return self._say(_WHY_PASSED_OVER[step.why])

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
        yield from self._ways(nothing.ways, "    ")

    def _rank(self, rank: RankReason) -> Iterator[str]:
        words = self.words
        held = words.rank(rank.rank or "")
        ladder = self._say("Rank") if rank.ladder == "rank" else rank.ladder
        note = ""
        if rank.is_given:
            note = " " + self._say("(given with the member)")
        elif rank.is_kept:
            note = " " + self._kept(rank.kept_for)
        if rank.title:
            title = self._say("Highest rank so far: %(rank)s.", rank=words.rank(rank.title))
            note = f"{note}. {title}".removesuffix(".")
        if rank.next_rank is None:
            yield f"{ladder}: {held}{note}"
            return
        following = self._say("Next: %(next)s, if:", next=words.rank(rank.next_rank))
        yield f"{ladder}: {held}{note}. {following}"
        if rank.condition is not None:
            yield from words.condition(rank.condition, "  ")
        yield from self._ways(rank.ways, "  ")
        yield from self._near(rank.near)

    def _near(self, near: tuple[Near, ...]) -> Iterator[str]:
        """Write who below is nearest to count, and what he lacks."""
        if near:
            yield "  " + self._say("Nearest to count, the least missing first:")
        for one in near:
            leg = self._say("leg of: %(member)s", member=one.leg) if one.leg else ""
            named = f"{one.member} ({leg})" if leg and one.leg != one.member else one.member
            yield f"    {named}: {'; '.join(self.words.way(one.way))}"

    def _kept(self, kept_for: str) -> str:
        """Say that a rank is kept, and for how long."""
        if kept_for == "for_life":
            return self._say("(kept for life)")
        if kept_for == "0":
            return self._say("(kept from an earlier period for the last time)")
        count = self.words.voice.number(Fraction(kept_for))
        return self._say("(kept from an earlier period; further periods: %(count)s)", count=count)

    def _wallet(self, wallet: WalletReason) -> Iterator[str]:
        """Write what is in a wallet and what keeps it there."""
        words = self.words
        yield self._say(
            "Wallet: %(wallet)s. Balance: %(balance)s; may be withdrawn: %(open)s.",
            wallet=wallet.wallet,
            balance=words.money(wallet.balance),
            open=words.money(wallet.withdrawable),
        )
        yield from words.condition(wallet.condition, "  ")
        yield from self._ways(wallet.ways, "  ")

    def _ways(self, ways: tuple[Way, ...], indent: str) -> Iterator[str]:
        """Write the ways that there are, where there is more than one."""
        if len(ways) < 2:
            return
        yield indent + self._say("Each of these ways is enough; the least missing comes first:")
        for place, way in enumerate(ways, 1):
            yield f"{indent}  {place}. {'; '.join(self.words.way(way))}"


def _belongs_to(line: LineReason) -> tuple[object, ...]:
    """Lines of one buyer's orders on one level stand together."""
    return (line.buyer, line.level, line.order is None and line.rank, line.path)
