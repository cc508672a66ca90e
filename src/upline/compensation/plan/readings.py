"""Parts of a plan as words: keys, choices, calendars, and values that fit in one line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.load import Plan
from upline.compensation.plan.phrases import Phrases
from upline.compensation.plan.speech import Speech, speech
from upline.compensation.plan.wording import CHOICES, LABELS

# What every part may say of itself.
WORDS = ("title", "clause", "note")


@dataclass(frozen=True, slots=True)
class Readings:
    """Says the parts of one plan in one language."""

    plan: Plan
    speech: Speech
    phrases: Phrases

    @classmethod
    def of(cls, plan: Plan, language: str) -> Readings:
        """Prepare to say a plan; raises ValueError for an unknown language."""
        spoken = speech(language)
        return cls(plan, spoken, Phrases(plan, spoken))

    @property
    def say(self) -> Callable[[str], str]:
        return self.speech.say

    @property
    def marginal(self) -> str:
        """Say how a marginal scale is meant."""
        return self.say("each part is reckoned at its own rate")

    def label(self, field: str) -> str:
        """Give the word for a field of the plan language."""
        return self.say(LABELS[field]) if field in LABELS else f"`{field}`"

    def titled(self, name: str, part: schema.Part) -> str:
        """Give a part's title with its name."""
        title = self.speech.words(part.title)
        return f"{title} (`{name}`)" if title else f"`{name}`"

    def choice(self, field: str, word: str) -> str:
        """Say what a choice means, or give the word itself."""
        message = CHOICES.get(field, {}).get(word)
        if message is not None:
            return self.say(message)
        if field == "lines":
            return self.say("one line for each value of the field %(what)s") % {"what": f"`{word}`"}
        if field in ("to", "starts"):
            prefix, _, name = word.rpartition(".")
            return self.phrases.name(formula.Name(name=name, prefix=prefix))
        return f"`{word}`" if re.fullmatch(r"\w+", word) else word

    def plain(self, field: str, content: object) -> str:
        """Say a number, a word or a list of them."""
        if isinstance(content, list | tuple):
            return "; ".join(self.phrases.bonus(str(item)) for item in content)
        if isinstance(content, Fraction):
            return self.speech.number(content)
        if isinstance(content, int):
            if field == "kept":
                return self.say("further periods: %(number)s") % {"number": content}
            return str(content)
        if field in WORDS and isinstance(content, str | dict):
            return self.speech.words(content)
        if field == "default" and content == "":
            return self.say("“%(what)s”") % {"what": ""}
        return self.choice(field, str(content))

    def calendar(self, spec: schema.CalendarSpec) -> str:
        """Say how long a period is and from which day it is counted."""
        said = self.choice("every", spec.every)
        if spec.starts is None:
            return said
        return self.say("%(span)s, counted from %(day)s") % {
            "span": said,
            "day": self.speech.day(spec.starts),
        }

    def rounding(self, rounding: schema.Rounding) -> str:
        """Say how lines are rounded."""
        facts = {"number": rounding.places, "mode": self.choice("mode", rounding.mode)}
        return self.say("decimal places: %(number)s; %(mode)s") % facts

    def key(self, key: values.Key) -> str:
        """Say a key of a table or of a level map."""
        if key.first is not None:
            if key.last is None:
                return self.say("%(number)s and further") % {"number": key.first}
            return str(key.first) if key.first == key.last else f"{key.first}–{key.last}"
        if key.text in ("yes", "no"):
            return self.say("yes") if key.text == "yes" else self.say("no")
        if key.text.endswith("+"):
            return self.say("%(rank)s and higher") % {"rank": key.text[:-1]}
        return key.text

    def written(self, field: str, part: values.Formula) -> str:
        """Say a formula; a bare word of a field that has choices is the choice."""
        word = getattr(part.node, "name", getattr(part.node, "text", ""))
        if word in CHOICES.get(field, {}):
            return self.choice(field, word)
        if field == "pay_currency":
            return str(word)
        return self.phrases.written(part)

    def rule(self, rule: values.Rule) -> str:
        """Say a condition in one line."""
        match rule:
            case values.Formula():
                return self.phrases.written(rule)
            case values.All(parts=parts):
                word = self.say("and")
            case values.AnyOf(parts=parts):
                word = self.say("or")
        said = [
            f"({self.rule(part)})"
            if isinstance(part, values.All | values.AnyOf)
            else self.rule(part)
            for part in parts
        ]
        return f" {word} ".join(said)
