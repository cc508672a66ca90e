"""The reasons of one order as sentences, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from upline.compensation.explain.facts import LineReason
from upline.compensation.explain.orders import OrderBonus, OrderBudget, OrderReasons
from upline.compensation.explain.render import Writer, period_words, plan_words
from upline.compensation.explain.wording import Wording
from upline.compensation.plan.load import Plan
from upline.compensation.plan.speech import msg

NOTHING = {
    "orders": msg("Nothing, because the order is none of those that count:"),
    "sources": msg("Nothing, because the buyer does not meet the conditions:"),
    "requires": msg("Nothing, because the conditions are not met:"),
    "no_base": msg("Nothing, because the order has nothing to be paid on."),
    "nobody": msg("Nothing, because there is nobody who could be paid."),
    "nobody_paid": msg("Nothing, because nobody who could be paid has a right to it."),
}


def order_sentences(reasons: OrderReasons, plan: Plan, language: str) -> list[str]:
    """Write the reasons of an order as lines of text; indented lines belong to the one above.

    Raises ValueError for a language that is not shipped.
    """
    return list(_everything(reasons, Wording.of(plan, language, reasons.currency)))


def line_words(kind: str, line: LineReason, words: Wording) -> str:
    """Say what a line of a kind of bonus is made of, its amount first."""
    return "; ".join(Writer(words).figures(kind, line))


def nothing_words(bonus: OrderBonus, words: Wording) -> list[str]:
    """Say why a bonus pays nobody on an order, with the condition behind it."""
    found = [words.voice.say(NOTHING[bonus.nothing])]
    if bonus.condition is not None:
        found += words.condition(bonus.condition, "")
    return found


def budget_words(budget: OrderBudget, words: Wording) -> str:
    """Say what an order could pay, what was spent, cut and left."""
    figures = {
        "most": words.money(budget.most),
        "spent": words.money(budget.spent),
        "cut": words.money(budget.cut),
        "left": words.money(budget.left),
    }
    message = msg("Budget: %(most)s; spent before: %(spent)s; cut: %(cut)s; left: %(left)s.")
    return words.voice.say(message) % figures


def _everything(reasons: OrderReasons, words: Wording) -> Iterator[str]:
    say = words.voice.say
    day = words.voice.day(date.fromisoformat(reasons.day))
    facts = {"order": reasons.order, "member": reasons.member, "day": day}
    yield say("Order: %(order)s. Member: %(member)s. Date: %(day)s.") % facts
    yield say("Plan: %(plan)s. Period: %(period)s") % {
        "plan": plan_words(words, reasons.plan),
        "period": period_words(words, reasons.first_day, reasons.last_day),
    }
    yield ""
    yield say("Paid on this order: %(total)s.") % {"total": words.money(reasons.total)}
    yield from (f"  {text}" for text in figure_words(reasons, words))
    if reasons.budget is not None:
        yield "  " + budget_words(reasons.budget, words)
    for bonus in reasons.bonuses:
        yield ""
        yield from _bonus(bonus, words)
    if reasons.counted_in:
        named = ", ".join(words.bonus(name) for name in reasons.counted_in)
        yield ""
        yield say("Added up with other orders by: %(bonuses)s.") % {"bonuses": named}


def figure_words(reasons: OrderReasons, words: Wording) -> Iterator[str]:
    """Write the figures of the order, of money also which share of it was paid."""
    for one in reasons.figures:
        name = words.voice.words(one.title) or words.phrase(one.name)
        text = f"{name}: {words.figure(one.figure, one.unit)}"
        if one.paid_share:
            share = {"share": words.rate(round(Fraction(one.paid_share), 3))}
            text += "; " + words.voice.say("share of it that was paid: %(share)s") % share
        yield text


def _bonus(bonus: OrderBonus, words: Wording) -> Iterator[str]:
    writer = Writer(words)
    yield writer.heading(bonus)
    for one in bonus.lines:
        level = one.line.level
        parts = [one.member]
        if level:
            parts.append(words.voice.say("level: %(level)s") % {"level": str(level)})
        yield "  " + "; ".join([*parts, *writer.figures(bonus.kind, one.line)])
    if bonus.nothing:
        first, *conditions = nothing_words(bonus, words)
        yield "  " + first
        yield from (f"    {text}" for text in conditions)
    yield from writer.all_passed_over(bonus.passed_over, "  ")
    if bonus.left_out:
        count = {"count": str(bonus.left_out)}
        yield "  " + words.voice.say("Further members passed over: %(count)s") % count
    if bonus.ends_with:
        ends = words.voice.say("Payment up the line ends with: %(member)s.")
        yield "  " + ends % {"member": bonus.ends_with}
