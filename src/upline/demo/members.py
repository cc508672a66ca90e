"""The members of the demo company: who sponsors whom, who they are, how busy they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.demo import names
from upline.demo.months import DAYS_BEFORE, Month, in_days
from upline.generate.chance import Chance, Ints
from upline.generate.shapes import followed
from upline.generate.text_columns import days, ids, labels

COUNTRIES = ("PL", "KZ", "BG", "RU", "DE")
_WEIGHTS = (28, 24, 20, 15, 13)
_STAYS_IN_COUNTRY_PERCENT = 80
# In which market somebody of a country buys; those in Russia buy in Kazakhstan.
MARKET_OF_COUNTRY = (0, 2, 1, 2, 3)

# How the top of the tree is built: the founder, five legs, three in each.
LEGS, LEGS_OF_LEG = 5, 3
TRUNK = 1 + LEGS + LEGS * LEGS_OF_LEG
EARLY = 20 * TRUNK
SMALLEST = 60
# Those who sign in: their places in the order of joining; the beginner is the last to join.
LEADER, MIDDLE, TWICE, TWICE_AGAIN = 1, 7, 12, TRUNK

# How busy a member is, as weights; the trunk is of the last kind.
IDLE, OCCASIONAL, STEADY, SELLER, STAR = range(5)
_BUSY_WEIGHTS = (20, 31, 31, 14, 4)
# In a thousand members so many join in each of the months.
_JOIN_IN_MONTH = 32
_TERMINATED_IN_THOUSAND, _FROZEN_IN_THOUSAND = 22, 8
ENDS_IN_MONTH = 3
NEVER = np.iinfo(np.int32).max

Yes = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Members in the order of joining; days are days since 1970.

    From `stops` on a member buys nothing: a membership that ended or was frozen. `ending` are
    those who leave, or are frozen, in each month, while the company is told.
    """

    sponsor: Ints
    joined: Ints
    country: Ints
    busy: Ints
    stops: Ints
    status: Ints
    ending: tuple[Ints, ...]
    codes: pa.Array

    @property
    def market(self) -> Ints:
        """Where each member buys."""
        return np.array(MARKET_OF_COUNTRY)[self.country]

    def __len__(self) -> int:
        return len(self.joined)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """Somebody whose name is given, not made up."""

    given: str
    family: str
    language: str
    email: str


Known = Mapping[int, KnownPerson]
STATUSES = ("active", "terminated", "frozen")


def members(*, count: int, months: Sequence[Month], seed: int) -> Members:
    """Make up so many members, who join by the last of the months."""
    joined = _joined(count, months, seed)
    sponsor = _sponsors(count, seed)
    country = _countries(sponsor, seed)
    busy = Chance(seed, "busy").picks(_BUSY_WEIGHTS, count)
    busy[:TRUNK] = STAR
    busy[TWICE_AGAIN] = STEADY
    busy[-1] = IDLE
    ending = _ending(sponsor, joined, months, seed)
    stops, status = _left_before(sponsor, joined, months[0], seed)
    for month, places in zip(months, ending, strict=True):
        stops[places] = in_days(month.starts_on) + 9
    return Members(
        sponsor=sponsor,
        joined=joined,
        country=country,
        busy=busy,
        stops=stops,
        status=status,
        ending=ending,
        codes=ids("TY", np.arange(1, count + 1), 6),
    )


def member_table(found: Members, *, seed: int, known: Known) -> pa.Table:
    """Give the members as `network.services.load_members` takes them; those known by name have it."""
    count = len(found)
    named = names.named(found.country, seed=seed)
    left = found.status > 0
    person = np.arange(1, count + 1)
    person[TWICE_AGAIN] = TWICE + 1
    return pa.table(
        {
            "code": found.codes,
            "number": pa.array(np.arange(1, count + 1).astype(str)),
            "sponsor": found.codes.take(pa.array(found.sponsor, mask=found.sponsor < 0)),
            "joined_on": days(found.joined),
            "country": labels(list(COUNTRIES), found.country),
            "status": labels(list(STATUSES), found.status),
            "status_since": days(np.where(left, found.stops, found.joined)),
            "person": ids("P", person, 7),
            "given_name": _with(named.given, {at: one.given for at, one in known.items()}),
            "family_name": _with(named.family, {at: one.family for at, one in known.items()}),
            "language": _with(named.language, {at: one.language for at, one in known.items()}),
        }
    )


def contact_table(found: Members, *, seed: int, known: Known) -> pa.Table:
    """Give an e-mail and a telephone for each first position of a person, by the member's code."""
    emails, phones = names.contacts(found.country, seed=seed)
    emails = _with(emails, {at: one.email for at, one in known.items()})
    own = np.delete(np.arange(len(found)), TWICE_AGAIN)
    parts = [
        pa.table({"code": found.codes, "kind": pa.repeat(kind, len(found)), "value": values})
        for kind, values in (("email", emails), ("phone", phones))
    ]
    return pa.concat_tables(part.take(pa.array(own)) for part in parts)


def _with(column: pa.Array, others: Mapping[int, str]) -> pa.Array:
    """Put other texts at some places; -1 is the last."""
    places = {place % len(column): text for place, text in others.items()}
    mask = np.zeros(len(column), bool)
    mask[list(places)] = True
    return pc.replace_with_mask(column, mask, pa.array([places[at] for at in sorted(places)]))


def _joined(count: int, months: Sequence[Month], seed: int) -> Ints:
    """Give the days of joining in order; more people join the older the company is."""
    first = in_days(months[0].starts_on)
    parts = []
    for place, month in enumerate(months):
        joining = max(count * _JOIN_IN_MONTH * month.part // 100_000, 1)
        chance = Chance(seed, f"joined in month {place}")
        parts.append(in_days(month.starts_on) + chance.below(month.days, joining))
    before = count - sum(map(len, parts))
    chance = Chance(seed, "joined before")
    later = np.maximum(chance.below(DAYS_BEFORE, before), chance.below(DAYS_BEFORE, before))
    later[:TRUNK] = np.arange(TRUNK)
    return np.sort(np.concatenate([first - DAYS_BEFORE + later, *parts]))


def _sponsors(count: int, seed: int) -> Ints:
    """Let each newcomer meet somebody, rather a recent one, and join him or his sponsor."""
    places = np.arange(count)
    chance = Chance(seed, "sponsors")
    back = chance.below(chance.below(np.maximum(places, 1), count) + 1, count)
    met = np.maximum(places - 1 - back, 0)
    # The first are found by the third row of the trunk, so that no leg is left behind.
    early = places < min(count // 4, EARLY)
    by_trunk = (early & (places % 2 == 0)) | (met <= LEGS)
    met = np.where(by_trunk, TRUNK - LEGS * LEGS_OF_LEG + places // 2 % (LEGS * LEGS_OF_LEG), met)
    # Now and then one recruits the next, who recruits the next: the lines grow long.
    is_next = chance.happens(24, count) & ~early
    met = np.where(is_next, places - 1 - chance.below(12, count), met)
    joins_sponsor = chance.happens(45, count) & ~early & ~is_next & (met >= TRUNK)
    source = np.where(joins_sponsor, met, places)
    found = met[followed(source)]
    found[0] = -1
    found[1 : 1 + LEGS] = 0
    found[1 + LEGS : TRUNK] = 1 + np.arange(LEGS * LEGS_OF_LEG) // LEGS_OF_LEG
    found[TWICE_AGAIN] = TWICE
    return found


def _countries(sponsor: Ints, seed: int) -> Ints:
    """Let most people live where their sponsor lives, and those of the trunk all over."""
    chance = Chance(seed, "countries")
    own = chance.picks(_WEIGHTS, len(sponsor))
    own[0] = 4
    own[1 : 1 + LEGS] = (1, 0, 2, 3, 4)
    own[[MIDDLE, TWICE, TWICE_AGAIN, -1]] = (0, 3, 3, 2)
    stays = chance.happens(_STAYS_IN_COUNTRY_PERCENT, len(sponsor)) & (sponsor >= 0)
    stays[: TRUNK + 1] = False
    stays[-1] = False
    places = np.arange(len(sponsor))
    return own[followed(np.where(stays, sponsor, places))]


def _left_before(sponsor: Ints, joined: Ints, first: Month, seed: int) -> tuple[Ints, Ints]:
    """Give when members stopped before the first month, and what they are since then.

    Only those without recruits: whom somebody else sponsored would have gone to his sponsor.
    """
    count, start = len(joined), in_days(first.starts_on)
    chance = Chance(seed, "left before")
    alone = np.ones(count, bool)
    alone[sponsor[1:]] = False
    may = alone & (joined < start - 90)
    may[: TRUNK + 1] = False
    drawn = chance.below(1_000, count)
    status = np.where(drawn < _TERMINATED_IN_THOUSAND, 1, 0)
    status = np.where((drawn >= 1_000 - _FROZEN_IN_THOUSAND), 2, status)
    status = np.where(may, status, 0)
    since = joined + 30 + chance.below(np.maximum(start - joined - 40, 1), count)
    return np.where(status > 0, since, NEVER), status


def _ending(sponsor: Ints, joined: Ints, months: Sequence[Month], seed: int) -> tuple[Ints, ...]:
    """Choose who leaves in each month: some with recruits, who then go to the next above.

    Nobody is chosen whose recruits join while the company is told.
    """
    start = in_days(months[0].starts_on)
    newest = joined.copy()
    np.maximum.at(newest, sponsor[1:], joined[1:])
    may = newest < start - 30
    may[: TRUNK + 1] = False
    left, _ = _left_before(sponsor, joined, months[0], seed)
    candidates = np.flatnonzero(may & (left == NEVER))
    order = candidates[
        np.argsort(Chance(seed, "ending").below(1 << 30, len(candidates)), kind="stable")
    ]
    each = min(ENDS_IN_MONTH, len(order) // len(months))
    return tuple(order[each * place : each * (place + 1)] for place in range(len(months)))


def depths(sponsor: Ints) -> Ints:
    """Give how many stand above each member."""
    found = np.zeros(len(sponsor), np.int64)
    for place in range(1, len(sponsor)):
        found[place] = found[sponsor[place]] + 1
    return found
