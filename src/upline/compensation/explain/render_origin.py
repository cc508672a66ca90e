"""Where in the plan a factor is written, as a sentence in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from upline.compensation.explain.facts import LineReason, MemberReasons, Origin, WalletShare
from upline.compensation.explain.orders import OrderReasons
from upline.compensation.explain.rows import Row
from upline.compensation.explain.wording import Wording
from upline.compensation.plan import schema
from upline.compensation.plan.formula import Number, parse
from upline.compensation.plan.load import Plan
from upline.compensation.plan.readings import Readings
from upline.compensation.plan.speech import msg
from upline.compensation.plan.values import key_of


def origin_sentences(reasons: MemberReasons, plan: Plan, language: str) -> list[str]:
    """Write for each bonus of a member where the plan says what its lines are made of."""
    words = Wording.of(plan, language, reasons.currency)
    named = [(words.title(one.title) or one.bonus, one.lines) for one in reasons.bonuses]
    lines = [line for title, of in named for line in _section(title, of, words)]
    for share in reasons.shares:
        lines += [f"  {share_words(share, words)}", f"    {_sentence(share.origin, words)}"]
    return _headed(lines, words)


def order_origin_sentences(reasons: OrderReasons, plan: Plan, language: str) -> list[str]:
    """Write for each bonus on an order where the plan says what its lines are made of."""
    words = Wording.of(plan, language, reasons.currency)
    lines = [
        line
        for bonus in reasons.bonuses
        for line in _section(
            words.title(bonus.title) or bonus.bonus, [one.line for one in bonus.lines], words
        )
    ]
    return _headed(lines, words)


def place_words(origin: Origin, words: Wording) -> str:
    """Say in which field of the plan a factor stands, in which row, since when and by which clause."""
    said = Readings(words.plan, words.phrases.speech, words.phrases)
    parts = [_row(one, words, said) for one in origin.rows]
    parts += filter(None, [_end(origin, words, said)])
    if origin.since:
        day = words.voice.day(date.fromisoformat(origin.since))
        parts.append(words.voice.say("in force since: %(day)s") % {"day": day})
    if origin.clause:
        parts.append(words.voice.say("clause: %(clause)s") % {"clause": origin.clause})
    return f"{said.label(origin.field)}: {'; '.join(parts)}"


def share_words(share: WalletShare, words: Wording) -> str:
    """Say what goes into a wallet."""
    facts = {"wallet": share.wallet, "amount": words.money(share.amount)}
    return words.voice.say("Into the wallet: %(wallet)s, %(amount)s") % facts


def _headed(lines: list[str], words: Wording) -> list[str]:
    return ["", words.voice.say("Where the plan says it:"), *lines] if lines else []


def _section(title: str, lines: Iterable[LineReason], words: Wording) -> Iterator[str]:
    """Write the origins of a bonus's lines, each once."""
    known = dict.fromkeys(origin for line in lines for origin in line.origins)
    if known:
        yield f"  {title}"
    yield from dict.fromkeys(f"    {_sentence(one, words)}" for one in known)


def _sentence(origin: Origin, words: Wording) -> str:
    line = words.voice.say("line of the plan: %(line)s") % {"line": str(origin.line)}
    return place_words(origin, words) + (f"; {line}" if origin.line else "")


def _row(row: Row, words: Wording, said: Readings) -> str:
    """Say one choice on the way."""
    say = words.voice.say
    if row.how in ("level", "generation") or (row.how == "otherwise" and not row.of and row.have):
        word = msg("generation: %(level)s") if row.how == "generation" else msg("level: %(level)s")
        return say(word) % {"level": row.have} + _range(row, said)
    if row.how == "otherwise" and not row.of:
        return say("otherwise")
    if row.how == "case":
        return say("case: %(condition)s") % {"condition": words.phrase(row.key)}
    if row.how in ("measure", "order_value", "constant"):
        return words.phrase(row.key)
    looked_at = f"{words.phrase(row.of)}: {words.figure(row.have, row.unit)}"
    if row.how == "step":
        start = words.phrase(row.key)
        return looked_at + " (" + say("step from: %(start)s") % {"start": start} + ")"
    if row.how == "slices":
        return f"{looked_at} ({said.marginal})"
    return looked_at + _range(row, said)


def _range(row: Row, said: Readings) -> str:
    """Add the key where it stands for more than what was found."""
    key = said.key(key_of(row.key)) if row.key else said.say("otherwise")
    return "" if row.key in (row.have, "yes", "no") else f" ({key})"


def _end(origin: Origin, words: Wording, said: Readings) -> str:
    """Say what stands there: the number or the formula."""
    if origin.field == "rounding":
        places, mode = origin.formula.split()
        return said.rounding(schema.Rounding.model_validate({"places": places, "mode": mode}))
    if not origin.formula:
        return ""
    node = parse(origin.formula)
    return said.phrases.number(node) if isinstance(node, Number) else words.phrase(origin.formula)
