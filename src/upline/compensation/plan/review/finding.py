"""What the review of a plan finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from upline.compensation.errors import Place
from upline.compensation.plan.speech import Speech, msg

Severity = Literal["error", "warning"]
_LIFTED = msg("Or let the plan say why it may:")
GRAVITY = {"error": msg("error"), "warning": msg("warning")}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a sound plan had better not do: what, where, and what to write instead.

    `about` are the facts of its two sentences. An error is what cannot be meant, or is unlawful in
    most countries; it blocks unless the plan's `overrides` names the rule with a reason.
    """

    rule: str
    place: Place
    about: tuple[tuple[str, str], ...] = field(default=())

    @property
    def severity(self) -> Severity:
        return RULES[self.rule][0]

    def gravity(self, speech: Speech) -> str:
        """Name the severity in the reader's language."""
        return speech.say(GRAVITY[self.severity])

    def problem(self, speech: Speech) -> str:
        """Say what is wrong in the reader's language."""
        return speech.say(RULES[self.rule][1]) % self._facts(speech)

    def remedy(self, speech: Speech) -> str:
        """Say what to write instead in the reader's language."""
        remedy = speech.say(RULES[self.rule][2]) % self._facts(speech)
        if self.severity == "warning":
            return remedy
        return f"{remedy} {speech.say(_LIFTED)} overrides: [{{rule: {self.rule}, reason: ...}}]"

    def _facts(self, speech: Speech) -> dict[str, str]:
        facts = dict(self.about)
        if "share" in facts:
            facts["share"] = speech.percent(round(Fraction(facts["share"]), 6))
        for name in facts.keys() & {"day", "begin"}:
            facts[name] = speech.day(date.fromisoformat(facts[name]))
        return facts


# Rule: severity, what is wrong, what to write.
RULES: dict[str, tuple[Severity, str, str]] = {
    "recruiting_pay": (
        "error",
        msg("“%(what)s” pays for bringing people in, with no sale to anybody."),
        msg("Let it hang on a sale."),
    ),
    "rank_unreachable": (
        "error",
        msg("Nobody can ever reach “%(what)s”: its conditions exclude each other."),
        msg("Look for thresholds that contradict each other, or for a rank that needs itself."),
    ),
    "bonus_dead": (
        "error",
        msg("“%(what)s” can never pay anybody: its conditions exclude each other."),
        msg("Look for thresholds that contradict each other, or for a rank that nobody can reach."),
    ),
    "pool_overspent": (
        "error",
        msg("The pools together give away %(share)s of %(base)s."),
        msg("Let the funds of all pools come to 100 %% at most."),
    ),
    "payout_over_turnover": (
        "warning",
        msg("All bonuses together may come to %(share)s of %(base)s."),
        msg("Lower the rates, or write a budget or a limit."),
    ),
    "bonus_pays_nothing": (
        "warning",
        msg("“%(what)s” pays nothing: its rate or what it is paid on is never above 0."),
        msg("Write a rate above 0, or leave the bonus out."),
    ),
    "pool_rounded": (
        "warning",
        msg(
            "The lines of “%(what)s” are rounded by themselves and may come to more than its fund."
        ),
        msg("Write residue: shared, or kept."),
    ),
    "rank_skipped": (
        "warning",
        msg("Nobody can stay at “%(what)s”: whoever meets it meets “%(other)s” too."),
        msg("Let “%(other)s” need more than “%(what)s”, or leave one of them out."),
    ),
    "rank_weaker": (
        "warning",
        msg("“%(what)s” asks for less of %(measure)s than “%(other)s” below it."),
        msg("Let a higher rank ask for at least as much, or leave the condition out there."),
    ),
    "rate_without_sign": (
        "warning",
        msg("The rate %(what)s without a sign is %(share)s."),
        msg("Write “%(what)s %%” if per cent are meant, else “%(share)s”."),
    ),
    "rate_negative": (
        "warning",
        msg("The rate %(what)s is below 0: it takes away what a member has earned."),
        msg("Write it without the minus, unless it is to be taken away."),
    ),
    "levels_gap": (
        "warning",
        msg("Between %(low)s and %(high)s nothing is listed, and nothing is paid there."),
        msg("Let the ranges follow each other, or write 0 %% there."),
    ),
    "scale_falls": (
        "warning",
        msg("From %(what)s on the scale gives less than before."),
        msg("Let the steps rise, unless whoever sells more is to get less."),
    ),
    "scale_repeats": (
        "warning",
        msg("The step from %(what)s gives what the one before gives."),
        msg("Leave the step out."),
    ),
    "case_dead": (
        "warning",
        msg("Case %(number)s is never asked, or never holds."),
        msg("Put it before the one that always holds, or leave it out."),
    ),
    "version_past": (
        "warning",
        msg(
            "What holds from %(day)s is replaced before the first period, which begins: %(begin)s."
        ),
        msg("Leave it out, or let the plan begin earlier."),
    ),
    "version_late": (
        "warning",
        msg("Nothing holds before %(day)s, though the plan begins: %(begin)s."),
        msg("Say what holds from the beginning, be it 0 %%."),
    ),
    "nothing_reversed": (
        "warning",
        msg(
            "After the close late orders and refunds change nothing of “%(what)s”: its lines name"
            " no orders that could be taken back."
        ),
        msg("Write after_close: recompute, or none if that is what is meant."),
    ),
    "rounding_missing": (
        "warning",
        msg("The plan does not say how lines are rounded; 2 places, half up, is used."),
        msg("Write rounding: {places: 2, mode: half_up}."),
    ),
    "unused": (
        "warning",
        msg("Nothing uses “%(what)s”."),
        msg("Leave it out, unless it is only to be reported."),
    ),
    "override_unknown": (
        "warning",
        msg("There is no rule “%(what)s” that could be overridden."),
        msg("The rules are: %(rules)s."),
    ),
}
