"""A plan as a document (Markdown) that needs no knowledge of the plan language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from upline.compensation.plan import schema, values
from upline.compensation.plan.differences import diff
from upline.compensation.plan.load import Plan
from upline.compensation.plan.readings import WORDS, Readings
from upline.compensation.plan.units import Typing
from upline.compensation.plan.wording import KINDS

__all__ = ["describe", "diff"]

# Choices that a reader is told even where the plan leaves them as they are.
_ALWAYS = {
    *("compression", "after_close", "takes", "buyer", "own_volume", "carry", "residue", "nobody"),
    *("among", "once", "cut", "per", "unpaid", "otherwise", "to", "lines", "kept"),
    *("head_belongs_to", "cap_uses", "bonuses", "after"),
}
_NEVER = {"title", "clause", "note", "place", "kind", "compare"}


def describe(plan: Plan, language: str) -> str:
    """Write a plan out in English, Russian, Bulgarian, Kazakh or Polish (en, ru, bg, kk, pl).

    Each condition is said in words and shown as it is written. The same plan gives the same text.
    Raises ValueError for another language.
    """
    document = _Document(Readings.of(plan, language))
    document.write()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(document.lines)).rstrip() + "\n"


@dataclass(slots=True)
class _Document:
    readings: Readings
    lines: list[str] = field(default_factory=list)

    def write(self) -> None:
        file = self.readings.plan.file
        self._head(file)
        self._fields(file)
        self._constants(file)
        say = self.readings.say
        self._section(say("Values of an order"), file.order_values)
        self._section(say("Measures"), file.measures)
        self._ladders(file)
        self._section(say("Trees"), file.trees)
        self._section(say("Bonuses"), file.bonuses)
        self._section(say("Limits"), file.limits)
        if file.budget is not None:
            self._heading(2, self.readings.label("budget"))
            self._own_words("", file.budget)
            self._part(file.budget)
        self._section(say("Wallets"), file.wallets)
        self._section(say("Legal conditions"), file.legal)
        if file.overrides:
            self._heading(2, self.readings.label("overrides"))
        for override in file.overrides:
            self.lines.append(f"- `{override.rule}`: {override.reason}")
            self._own_words("  ", override)

    # Sections

    def _heading(self, level: int, text: str) -> None:
        self.lines += ["", f"{'#' * level} {text}", ""] if self.lines else [f"# {text}", ""]

    def _head(self, file: schema.PlanFile) -> None:
        said = self.readings
        self._heading(1, said.speech.words(file.title) or file.plan)
        self._item("", "plan", f"`{file.plan}`")
        self._item("", "version", said.speech.day(file.version))
        self._item("", "currency", file.currency)
        self._item("", "time_zone", file.time_zone)
        self._content("", "calendar", file.calendar)
        self._content("", "rounding", file.rounding)
        self._words(file)
        for name in ("point_value", "exchange", "pay_currency", "pay_exchange", "rank_calendar"):
            self._content("", name, getattr(file, name))
        if file.given_earnings:
            listed = ", ".join(f"`{name}`" for name in file.given_earnings)
            self._item("", "given_earnings", listed)

    def _fields(self, file: schema.PlanFile) -> None:
        said = self.readings
        for title, specs in (
            (said.say("Fields of members"), file.members),
            (said.say("Fields of orders"), file.orders),
        ):
            if not specs:
                continue
            self._heading(2, title)
            # Few fields have a clause or a note: such columns stand where one has.
            more = [
                name for name in WORDS[1:] if any(getattr(spec, name) for spec in specs.values())
            ]
            asked = ("unit", "places", "default", *more)
            heads = [said.say("Name"), *map(said.label, asked)]
            rows = [
                [self._titled(name, spec), *(self._of_field(spec, one) for one in asked)]
                for name, spec in specs.items()
            ]
            self._table("", heads, rows)

    def _of_field(self, spec: schema.FieldSpec, name: str) -> str:
        content = getattr(spec, name)
        return "" if content is None else self.readings.plain(name, content)

    def _constants(self, file: schema.PlanFile) -> None:
        if not file.constants:
            return
        self._heading(2, self.readings.label("constants"))
        for name, value in file.constants.items():
            self._content("", name, value)

    def _ladders(self, file: schema.PlanFile) -> None:
        say = self.readings.say
        if isinstance(file.ranks, schema.GivenRanks):
            self._heading(2, say("Ranks"))
            self._item("", "given", ", ".join(file.ranks.given))
            self._own_words("", file.ranks)
        elif file.ranks:
            self._heading(2, say("Ranks"))
            self._ranks(file.ranks)
        for name, ladder in file.ladders.items():
            self._heading(2, say("Ranks of %(what)s") % {"what": f"`{name}`"})
            self._ranks(ladder)

    def _ranks(self, ranks: list[schema.Rank]) -> None:
        say = self.readings.say
        for rank in ranks:
            title = self.readings.speech.words(rank.title)
            self._heading(3, f"{rank.rank}: {title}" if title else rank.rank)
            self._words(rank)
            if rank.needs == values.All(()):
                self._item("", "needs", say("none"))
            self._content("", "needs", rank.needs)
            self._content("", "kept", rank.kept)

    def _section(self, title: str, parts: Mapping[str, schema.Part]) -> None:
        if not parts:
            return
        self._heading(2, title)
        for name, part in parts.items():
            self._heading(3, self._titled(name, part))
            if isinstance(part, schema.Bonus):
                kind: str = part.kind  # type: ignore[attr-defined]
                self.lines += [self.readings.say(KINDS[kind]), ""]
            elif isinstance(part, schema.Tree):
                self._item("", "kind", self.readings.choice("kind", part.kind))
            self._words(part)
            self._part(part)

    def _titled(self, name: str, part: schema.Part) -> str:
        return self.readings.titled(name, part)

    def _words(self, part: schema.Part) -> None:
        for name in ("clause", "note"):
            if words := getattr(part, name):
                self._item("", name, self.readings.speech.words(words))

    def _own_words(self, indent: str, part: schema.Part) -> None:
        """Write the words of a part that has no heading of its own."""
        for name in WORDS:
            if words := getattr(part, name):
                self._item(indent, name, self.readings.speech.words(words))

    # Parts

    def _part(self, part: schema.Part, indent: str = "") -> None:
        fields = type(part).model_fields
        # What a kind has of its own comes first; what all bonuses have, after it.
        for name in sorted(fields, key=lambda name: name in schema.Bonus.model_fields):
            spec, content = fields[name], getattr(part, name)
            if name in _NEVER or content is None:
                continue
            if content == spec.default and (name not in _ALWAYS or _says_nothing(name, part)):
                continue
            if name == "lines" and content == spec.default and self._comes_from_members(part):
                content = "per_member"
            if name == "head" and isinstance(part, schema.Breakaway):
                name = "breakaway head"  # noqa: PLW2901 - the word for it in this kind
            self._content(indent, spec.alias or name, content)

    def _comes_from_members(self, part: schema.Part) -> bool:
        base = getattr(part, "base", None)
        return base is not None and Typing(self.readings.plan.names).base_context(base) == "member"

    def _content(self, indent: str, name: str, content: object) -> None:
        said = self.readings
        match content:
            case None | "" | []:
                return
            case values.Formula():
                self._item(indent, name, said.written(name, content))
            case values.All() | values.AnyOf():
                self._rule(indent, said.label(name), content)
            case values.Table() | values.Scale() | values.Cases() | values.Versions():
                self.lines.append(f"{indent}- **{said.label(name)}:**")
                self._value(f"{indent}  ", name, content)
            case schema.CalendarSpec():
                self._item(indent, name, said.calendar(content))
                self._own_words(f"{indent}  ", content)
            case schema.Rounding():
                self._item(indent, name, said.rounding(content))
                self._own_words(f"{indent}  ", content)
            case schema.Part():
                self.lines.append(f"{indent}- **{said.label(name)}:**")
                self._own_words(f"{indent}  ", content)
                self._part(content, f"{indent}  ")
            case dict():
                if content:
                    self.lines.append(f"{indent}- **{said.label(name)}:**")
                for key, inner in content.items():
                    self._content(f"{indent}  ", key, inner)
            case list() if isinstance(content[0], schema.Part):
                self.lines.append(f"{indent}- **{said.label(name)}:**")
                for number, inner in enumerate(content, 1):
                    self.lines.append(f"{indent}  - {number}")
                    self._own_words(f"{indent}    ", inner)
                    self._part(inner, f"{indent}    ")
            case _:
                self._item(indent, name, said.plain(name, content))

    def _item(self, indent: str, name: str, text: str) -> None:
        self.lines.append(f"{indent}- **{self.readings.label(name)}:** {text}")

    def _rule(self, indent: str, label: str, rule: values.Rule) -> None:
        if isinstance(rule, values.Formula):
            text = self.readings.phrases.written(rule)
            self.lines.append(f"{indent}- **{label}:** {text}" if label else f"{indent}- {text}")
            return
        if not rule.parts:
            return
        if len(rule.parts) == 1:
            self._rule(indent, label, rule.parts[0])
            return
        say = self.readings.say
        head = (
            say("all of these hold") if isinstance(rule, values.All) else say("at least one holds")
        )
        self.lines.append(f"{indent}- **{label}:** {head}:" if label else f"{indent}- {head}:")
        for part in rule.parts:
            self._rule(f"{indent}  ", "", part)

    # Values

    def _value(self, indent: str, name: str, value: values.Value) -> None:
        say = self.readings.say
        match value:
            case values.Formula():
                self.lines.append(f"{indent}- {self.readings.written(name, value)}")
            case values.Table():
                self._table_of(indent, name, value)
            case values.Scale(of=of, steps=steps, is_marginal=is_marginal):
                if is_marginal:
                    self.lines.append(f"{indent}({self.readings.marginal})")
                head = say("%(what)s, from") % {"what": self.readings.phrases.operand(of.node)}
                entries = [
                    (self.readings.phrases.phrase(start.node), entry) for start, entry in steps
                ]
                self._entries(indent, name, head, entries)
            case values.Cases(cases=cases, otherwise=otherwise):
                entries = [(self.readings.rule(rule), entry) for rule, entry in cases]
                if otherwise is not None:
                    entries.append((say("otherwise"), otherwise))
                self._entries(indent, name, say("First case that holds"), entries)
            case values.Versions(versions=versions):
                day = self.readings.speech.day
                entries = [
                    (f"{day(start)} ({clause})" if clause else day(start), entry)
                    for start, entry, clause in versions
                ]
                self._entries(indent, name, self.readings.label("version"), entries)

    def _table_of(self, indent: str, name: str, table: values.Table) -> None:
        say = self.readings.say
        entries = [(self.readings.key(key), entry) for key, entry in table.entries]
        if table.otherwise is not None:
            entries.append((say("otherwise"), table.otherwise))
        if table.by is not None:
            head = self.readings.phrases.operand(table.by.node)
        else:
            is_generation = name == "generations"
            head = say("Generation") if is_generation else say("Level")
            if not all(isinstance(entry, values.Formula) for _, entry in entries):
                word = say("Generation %(number)s") if is_generation else say("Level %(number)s")
                head, entries = "", [(word % {"number": key}, entry) for key, entry in entries]
        if entries and all(_is_level_map(entry) for _, entry in entries):
            self._matrix(indent, name, head, entries)
        else:
            self._entries(indent, name, head, entries)

    def _entries(
        self, indent: str, name: str, head: str, entries: list[tuple[str, values.Value]]
    ) -> None:
        if all(isinstance(entry, values.Formula) for _, entry in entries):
            rows = [
                [key, self.readings.written(name, entry)]
                for key, entry in entries
                if isinstance(entry, values.Formula)
            ]
            # The field's own word stands above the table already.
            given = "rate" if name in ("levels", "generations") else "is"
            self._table(indent, [head, self.readings.label(given)], rows)
            return
        for key, entry in entries:
            bullet = f"{indent}- {head}: {key}:" if head else f"{indent}- {key}:"
            if isinstance(entry, values.Formula):
                self.lines.append(f"{bullet} {self.readings.written(name, entry)}")
            else:
                self.lines.append(bullet)
                self._value(f"{indent}  ", name, entry)

    def _matrix(
        self, indent: str, name: str, head: str, entries: list[tuple[str, values.Value]]
    ) -> None:
        """Lay levels side by side: a row for each rank, a column for each level or range."""
        maps = [(key, entry) for key, entry in entries if isinstance(entry, values.Table)]
        firsts = sorted({key.first or 0 for _, entry in maps for key, _ in entry.entries})
        lasts = {key.last for _, entry in maps for key, _ in entry.entries}
        columns = sorted({*firsts, *(last + 1 for last in lasts if last is not None)})
        columns = [column for column in columns if any(_at(entry, column) for _, entry in maps)]
        say = self.readings.say
        word = say("Generation %(number)s") if name == "generations" else say("Level %(number)s")
        heads = [
            word % {"number": self._span(columns, place, lasts)} for place in range(len(columns))
        ]
        rows = []
        for key, entry in maps:
            cells = [_at(entry, column) for column in columns]
            rows.append(
                [key, *(self.readings.written(name, cell) if cell else "—" for cell in cells)]
            )
        self._table(indent, [head, *heads], rows)

    def _span(self, columns: list[int], place: int, lasts: set[int | None]) -> str:
        first = columns[place]
        ends = sorted(last for last in lasts if last is not None and last >= first)
        following = columns[place + 1] - 1 if place + 1 < len(columns) else None
        last = min([*ends[:1], *([following] if following is not None else [])], default=None)
        if last is None or (following is None and None in lasts):
            return self.readings.say("%(number)s and further") % {"number": first}
        return str(first) if first == last else f"{first}–{last}"

    def _table(self, indent: str, heads: list[str], rows: list[list[str]]) -> None:
        """Write a Markdown table; a bar inside a cell would end it."""
        self.lines.append("")
        for row in [heads, ["---"] * len(heads), *rows]:
            cells = " | ".join(cell.replace("|", "\\|") for cell in row)
            self.lines.append(f"{indent}| {cells} |")
        self.lines.append("")


def _says_nothing(name: str, part: schema.Part) -> bool:
    """Say whether a default choice is without effect beside the part's other fields."""
    if name == "lines":
        return not isinstance(part, schema.Level | schema.Own)
    if name == "compression":
        return getattr(part, "generations", None) is not None
    beside = {"head_belongs_to": "head", "cap_uses": "cap"}.get(name)
    return beside is not None and getattr(part, beside, None) is None


def _is_level_map(value: values.Value) -> bool:
    return (
        isinstance(value, values.Table)
        and value.by is None
        and value.otherwise is None
        and all(isinstance(entry, values.Formula) for _, entry in value.entries)
    )


def _at(table: values.Table, level: int) -> values.Formula | None:
    found = (entry for key, entry in table.entries if key.holds(level))
    entry = next(found, None)
    return entry if isinstance(entry, values.Formula) else None
