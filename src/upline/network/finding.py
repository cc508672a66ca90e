"""Find members by what people type: a code, a name in any alphabet, an e-mail, a telephone number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.network import history, resident
from upline.network.errors import MembersUnseen
from upline.network.genealogy import Genealogy, TeamMember
from upline.network.models import Holder
from upline.network.seeing import SEES_ALL
from upline.people import names
from upline.people import queries as people

Mask = npt.NDArray[np.bool_]
# The less, the better it fits.
CODE, CONTACT, CODE_BEGINS, WHOLE_WORDS, WORDS_BEGIN = range(5)
_BY = {
    CODE: "code",
    CONTACT: "contact",
    CODE_BEGINS: "code",
    WHOLE_WORDS: "name",
    WORDS_BEGIN: "name",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberHit:
    """Somebody found, and by what: `code`, `contact` or `name`."""

    member: TeamMember
    by: str


def matching(tree: Genealogy, text: str, *, first: int = 0, last: int | None = None) -> Mask:
    """Say of each place from first to last whether the name or the code fits what was typed."""
    part = slice(first, len(tree) if last is None else last)
    by_code = _codes_begin(tree.code_keys[part], text)
    found: Mask = by_code | _words(tree.search[part], text)
    return found


def search_members(
    viewer: Any, text: str, *, language: str = "en", most: int = 20
) -> Sequence[MemberHit]:
    """Find members by what staff typed into one box, the best first, then by name.

    A contact is looked for only by who has `people.see`. Raises MembersUnseen.
    """
    if not viewer.has_perm(SEES_ALL):
        raise MembersUnseen
    tree = resident.present()
    if not text.strip() or not len(tree):
        return ()
    fit = np.full(len(tree), len(_BY), np.int64)
    by_words = np.flatnonzero(_words(tree.search, text))
    fit[by_words] = WORDS_BEGIN
    fit[_whole(tree.search, text, by_words)] = WHOLE_WORDS
    fit[_codes_begin(tree.code_keys, text)] = CODE_BEGINS
    if viewer.has_perm("people.see"):
        fit[_by_contact(tree, text)] = CONTACT
    fit[pc.equal(tree.code_keys, text.strip().upper()).to_numpy(zero_copy_only=False)] = CODE
    places = np.flatnonzero(fit < len(_BY))
    order = np.lexsort((tree.by_name[names.ORDER_OF[language]][places], fit[places]))[:most]
    return tuple(
        MemberHit(member=tree.at(int(place)), by=_BY[int(fit[place])]) for place in places[order]
    )


def _codes_begin(codes: pa.Array, text: str) -> Mask:
    wanted = text.strip().upper()
    if not wanted:
        return np.zeros(len(codes), bool)
    found: Mask = pc.starts_with(codes, wanted).to_numpy(zero_copy_only=False)
    return found


def _words(search: pa.Array, text: str) -> Mask:
    """Say which names have a word that begins with each of those typed."""
    words = names.in_latin(text).split()
    found = np.full(len(search), bool(words))
    # The longest first: it leaves the fewest for the others.
    for word in sorted(words, key=len, reverse=True):
        left = np.flatnonzero(found)
        fits = pc.match_substring(search.take(pa.array(left)), f" {word}")
        found[left] = fits.to_numpy(zero_copy_only=False)
    return found


def _whole(search: pa.Array, text: str, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give those among some places whose names have all the words whole."""
    texts = pc.binary_join_element_wise(search.take(pa.array(places)), "", " ")
    for word in names.in_latin(text).split():
        fits = pc.match_substring(texts, f" {word} ")
        places, texts = places[fits.to_numpy(zero_copy_only=False)], texts.filter(fits)
    return places


def _by_contact(tree: Genealogy, text: str) -> npt.NDArray[np.int64]:
    """Give the places of those whom a contact reaches, whichever holder it belongs to."""
    persons = people.persons_by_contact(text, countries=tree.countries)
    if not persons:
        return np.empty(0, np.int64)
    held = Holder.objects.filter(person__in=persons, span__contains=history.today())
    places = tree.places_of(list(held.values_list("member", flat=True)))
    return places[places >= 0]
