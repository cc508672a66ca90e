"""What changed between two versions of a plan, as sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from upline.compensation.plan import schema, values
from upline.compensation.plan.load import Plan
from upline.compensation.plan.readings import WORDS, Readings
from upline.compensation.plan.speech import msg, speech

_SECTIONS = {
    "constants": msg("Constant %(what)s"),
    "members": msg("Field of members %(what)s"),
    "orders": msg("Field of orders %(what)s"),
    "order_values": msg("Value of an order %(what)s"),
    "measures": msg("Measure %(what)s"),
    "trees": msg("Tree %(what)s"),
    "bonuses": msg("Bonus %(what)s"),
    "limits": msg("Limit %(what)s"),
    "wallets": msg("Wallet %(what)s"),
    "legal": msg("Legal condition %(what)s"),
}
_RANK = msg("Rank %(what)s")
_LADDER = msg("Ranks of %(what)s")
_BONUSES_IN_ORDER = msg("The bonuses now stand in this order: %(what)s.")
_RANKS_IN_ORDER = msg("The ranks now stand in this order: %(what)s.")
_IN_ORDER = msg("%(what)s: now in this order: %(order)s.")
_LIMITS, _WALLETS = msg("Limits"), msg("Wallets")
_CASES = msg("cases")
_HEAD = (
    *("plan", "title", "clause", "note", "version", "currency"),
    *("time_zone", "calendar", "rounding", "point_value"),
    *("exchange", "pay_currency", "pay_exchange", "given_earnings", "rank_calendar", "budget"),
)
_SKIPPED = ("place",)

Path = tuple[str, ...]
# What a plan says at each path; of a condition, every part that must hold.
Sayings = dict[Path, list[str]]


def diff(old: Plan, new: Plan, language: str) -> list[str]:
    """Say what `new` changes, removes and adds, in the order of the new plan.

    Texts are compared as they are said, so another spacing of a formula is no change. An empty
    list says that both plans say the same. Raises ValueError for an unknown language.
    """
    before = dict(_plan(Readings.of(old, language)))
    after = dict(_plan(Readings.of(new, language)))
    readings = Readings.of(new, language)
    sentences: list[str] = []
    for name in [*after, *(name for name in before if name not in after)]:
        facts = {"what": name}
        if name not in before:
            sentences.append(readings.say("%(what)s is new.") % facts)
        elif name not in after:
            sentences.append(readings.say("%(what)s is removed.") % facts)
        else:
            sentences.extend(_changes(name, before[name], after[name], readings))
    if _is_other_order(list(old.file.bonuses), list(new.file.bonuses)):
        listed = "; ".join(readings.phrases.bonus(name) for name in new.file.bonuses)
        sentences.append(readings.say(_BONUSES_IN_ORDER) % {"what": listed})
    ranks = _ranks(new.file.ranks)
    if _is_other_order(_ranks(old.file.ranks), ranks):
        sentences.append(readings.say(_RANKS_IN_ORDER) % {"what": ", ".join(ranks)})
    return [*sentences, *_other_orders(old.file, new.file, readings)]


def _other_orders(old: schema.PlanFile, new: schema.PlanFile, readings: Readings) -> Iterator[str]:
    """Say where limits, wallets and further ladders follow each other otherwise than before."""
    orders = [
        (readings.say(_LIMITS), list(old.limits), list(new.limits)),
        (readings.say(_WALLETS), list(old.wallets), list(new.wallets)),
    ]
    for name, ladder in new.ladders.items():
        what = readings.say(_LADDER) % {"what": f"`{name}`"}
        orders.append((what, _ranks(old.ladders.get(name, [])), _ranks(ladder)))
    for what, before, after in orders:
        if _is_other_order(before, after):
            yield readings.say(_IN_ORDER) % {"what": what, "order": ", ".join(after)}


def _ranks(ladder: schema.GivenRanks | list[schema.Rank]) -> list[str]:
    return ladder.given if isinstance(ladder, schema.GivenRanks) else [one.rank for one in ladder]


def says_the_same(language: str) -> str:
    """Give the sentence for two plans between which `diff` found nothing."""
    return speech(language).say("Both plans say the same.")


def _is_other_order(old: list[str], new: list[str]) -> bool:
    return [name for name in old if name in new] != [name for name in new if name in old]


def _changes(name: str, before: Sayings, after: Sayings, readings: Readings) -> Iterator[str]:
    say = readings.say
    for path in [*after, *(path for path in before if path not in after)]:
        gone = list((Counter(before.get(path, [])) - Counter(after.get(path, []))).elements())
        come = list((Counter(after.get(path, [])) - Counter(before.get(path, []))).elements())
        what = ", ".join((name, *path))
        if path[-1:] == (say(_CASES),):
            ordered = before.get(path, []), after.get(path, [])
            if _is_other_order(*ordered):
                yield _ended(say(_IN_ORDER) % {"what": what, "order": "; ".join(ordered[1])})
            continue
        for old, new in zip(gone, come, strict=False):
            facts = {"what": what, "old": old, "new": new}
            yield _ended(say("%(what)s: was %(old)s, is now %(new)s.") % facts)
        for old in gone[len(come) :]:
            yield _ended(say("%(what)s: no longer holds: %(old)s.") % {"what": what, "old": old})
        for new in come[len(gone) :]:
            yield _ended(say("%(what)s: now holds: %(new)s.") % {"what": what, "new": new})


def _ended(sentence: str) -> str:
    """End a sentence with one stop, also after a value that ends with its own, as a Russian day."""
    return sentence[:-1] if sentence.endswith("..") else sentence


def _plan(readings: Readings) -> Iterator[tuple[str, Sayings]]:
    file = readings.plan.file
    for name in _HEAD:
        if (content := getattr(file, name)) not in (None, "", [], {}):
            yield readings.label(name), dict(_content(name, content, (), readings))
    for section, message in _SECTIONS.items():
        for name, part in getattr(file, section).items():
            title = readings.titled(name, part) if isinstance(part, schema.Part) else f"`{name}`"
            what = readings.say(message) % {"what": title}
            yield what, dict(_content(section, part, (), readings))
    if isinstance(file.ranks, schema.GivenRanks):
        listed = ", ".join(file.ranks.given)
        yield readings.label("given"), {(): [listed], **dict(_words(file.ranks, (), readings))}
    for name, ladder in {"": file.ranks, **file.ladders}.items():
        of = f"{readings.say(_LADDER) % {'what': f'`{name}`'}}, " if name else ""
        for rank in ladder if isinstance(ladder, list) else ():
            what = of + readings.say(_RANK) % {"what": rank.rank}
            yield what, dict(_content("ranks", rank, (), readings))
    yield from _overrides(readings)


def _overrides(readings: Readings) -> Iterator[tuple[str, Sayings]]:
    """Give the reasons of each rule that is overridden, however often it is named."""
    said: dict[str, Sayings] = {}
    for override in readings.plan.file.overrides:
        name = f"{readings.label('overrides')} `{override.rule}`"
        of_rule = said.setdefault(name, {})
        of_rule.setdefault((), []).append(override.reason)
        for path, words in _words(override, (), readings):
            of_rule.setdefault(path, []).extend(words)
    yield from said.items()


def _words(part: schema.Part, path: Path, readings: Readings) -> Iterator[tuple[Path, list[str]]]:
    for name in WORDS:
        if words := getattr(part, name):
            yield (*path, readings.label(name)), [_plain(name, words, readings)]


def _content(
    name: str, content: object, path: Path, readings: Readings
) -> Iterator[tuple[Path, list[str]]]:
    match content:
        case values.All(parts=parts):
            yield path, [readings.rule(part) for part in parts]
        case values.AnyOf():
            yield path, [readings.rule(content)]
        case (
            values.Formula() | values.Table() | values.Scale() | values.Cases() | values.Versions()
        ):
            yield from _value(name, content, path, readings)
        case schema.CalendarSpec():
            yield path, [readings.calendar(content)]
            yield from _words(content, path, readings)
        case schema.Rounding():
            yield path, [readings.rounding(content)]
            yield from _words(content, path, readings)
        case schema.Part():
            for inner, spec in type(content).model_fields.items():
                part = getattr(content, inner)
                is_empty = part in (None, "", {}, []) and not (inner == "default" and part == "")
                if inner not in _SKIPPED and not is_empty:
                    word = spec.alias or inner
                    yield from _content(word, part, (*path, readings.label(word)), readings)
        case dict():
            for key, part in content.items():
                yield from _content(name, part, (*path, f"`{key}`"), readings)
        case list() if content and isinstance(content[0], schema.Part):
            for number, part in enumerate(content, 1):
                yield from _content(name, part, (*path, str(number)), readings)
        case _:
            yield path, [_plain(name, content, readings)]


def _plain(name: str, content: object, readings: Readings) -> str:
    if name in WORDS and isinstance(content, str | dict):
        return readings.say("“%(what)s”") % {"what": readings.speech.words(content)}
    if name == "version":
        return readings.speech.day(readings.plan.file.version)
    return readings.plain(name, content)


def _value(
    name: str, value: values.Value, path: Path, readings: Readings
) -> Iterator[tuple[Path, list[str]]]:
    for key, entry in _entries(value, readings):
        yield from _value(name, entry, (*path, key), readings)
    if isinstance(value, values.Formula):
        yield path, [readings.written(name, value)]
    if isinstance(value, values.Scale):
        said = readings.phrases.written(value.of)
        if value.is_marginal:
            said = f"{said}; {readings.marginal}"
        yield (*path, readings.say("Scale")), [said]
    if isinstance(value, values.Cases):
        yield (*path, readings.say(_CASES)), [readings.rule(when) for when, _ in value.cases]
    if isinstance(value, values.Table) and value.by is not None:
        yield (*path, readings.say("Table by")), [readings.phrases.written(value.by)]


def _entries(value: values.Value, readings: Readings) -> Iterator[tuple[str, values.Value]]:
    match value:
        case values.Table(entries=entries, otherwise=otherwise):
            yield from ((readings.key(key), entry) for key, entry in entries)
            if otherwise is not None:
                yield readings.say("otherwise"), otherwise
        case values.Scale(steps=steps):
            for start, entry in steps:
                number = readings.phrases.phrase(start.node)
                yield readings.say("from %(number)s") % {"number": number}, entry
        case values.Cases(cases=cases, otherwise=otherwise):
            yield from ((readings.rule(rule), entry) for rule, entry in cases)
            if otherwise is not None:
                yield readings.say("otherwise"), otherwise
        case values.Versions(versions=versions):
            for first, entry, clause in versions:
                day = readings.speech.day(first)
                yield f"{day} ({clause})" if clause else day, entry
