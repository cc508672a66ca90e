"""The ledger beside a plain model of it: thousands of random acts, the same books after each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from upline.ledger import checking, errors, queries, services
from upline.ledger.domain import EntryDraft, JournalDraft, opposite
from upline.money import Money

pytestmark = pytest.mark.django_db

# A little more than 5,000 steps: an example may end early.
EXAMPLES, STEPS = 70, 100
FIRST_DAY = date(2026, 11, 1)
CODES = (
    "cash:bank",
    "cash:card",
    "sales:goods",
    "tax:vat:PL",
    "commissions:payable:M1",
    "cash:Ә",
)
CURRENCIES = ("EUR", "PLN")

days = st.integers(0, 9).map(lambda number: FIRST_DAY + timedelta(days=number))
sides = st.tuples(
    st.sampled_from(CODES),
    st.sampled_from(CODES),
    st.sampled_from(CURRENCIES),
    st.integers(1, 10**6) | st.integers(1, 10**15),
)
texts = st.sampled_from(["", "A-1", 'Әлия; "ü" \\ x', "x,y"])
picks = st.integers(0, 10**6)


@st.composite
def contents(draw):
    """Draw a journal without its key: a few movements, each from one account to another."""
    lines = [
        EntryDraft(code, Money(minor * sign, currency))
        for source, target, currency, minor in draw(st.lists(sides, min_size=1, max_size=3))
        for code, sign in ((source, -1), (target, 1))
    ]
    return JournalDraft(
        key="?",
        kind=draw(st.sampled_from(["payment", "commission"])),
        effective_on=draw(days),
        entries=lines,
        reference=draw(texts),
        memo=draw(texts),
    )


def keyed(draft: JournalDraft, key: str) -> JournalDraft:
    return JournalDraft(
        key=key,
        kind=draft.kind,
        effective_on=draft.effective_on,
        entries=tuple(draft.entries),
        reference=draft.reference,
        memo=draft.memo,
    )


@dataclass(slots=True)
class Books:
    """The model: journals by key in the order of posting, and what was taken back."""

    journals: dict[str, JournalDraft] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    reversed_by: dict[str, str] = field(default_factory=dict)
    closed_through: date = date.min

    def add(self, draft: JournalDraft, number: int) -> None:
        assert number not in self.numbers.values()
        self.journals[draft.key], self.numbers[draft.key] = draft, number

    def balances(self, on: date = date.max) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        for journal in self.journals.values():
            if journal.effective_on <= on:
                for entry in journal.entries:
                    found[entry.account, entry.amount.currency] += entry.amount.minor
        return found

    @property
    def reversals(self) -> set[str]:
        return set(self.reversed_by.values())


def post(draft: JournalDraft) -> int:
    return services.post(
        key=draft.key,
        kind=draft.kind,
        effective_on=draft.effective_on,
        entries=draft.entries,
        reference=draft.reference,
        memo=draft.memo,
    )


STEPS_DONE: Counter[str] = Counter()


class Ledger(RuleBasedStateMachine):
    """Each example is a company of its own, rolled back at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.books = Books()
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self) -> None:
        try:
            assert checking.findings() == []
            self.compare(date.max)
            assert checking.counted().journals == len(self.books.journals)
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    def count(self, step: str) -> None:
        STEPS_DONE[step] += 1

    def new_key(self) -> str:
        return f"key:{len(self.books.journals)}"

    def pick(self, number: int) -> JournalDraft:
        journals = [
            one for key, one in self.books.journals.items() if key not in self.books.reversals
        ]
        return journals[number % len(journals)]

    def is_open(self, draft: JournalDraft) -> bool:
        return draft.effective_on > self.books.closed_through

    def compare(self, on: date) -> None:
        expected = {account: minor for account, minor in self.books.balances(on).items() if minor}
        found = queries.trial_balance(on=None if on == date.max else on)
        assert {(one.account, one.balance.currency): one.balance.minor for one in found} == expected

    @rule(content=contents())
    def post_a_new_one(self, content: JournalDraft) -> None:
        self.count("post")
        draft = keyed(content, self.new_key())
        if self.is_open(draft):
            self.books.add(draft, post(draft))
        else:
            with pytest.raises(errors.DayClosed):
                post(draft)

    @precondition(lambda self: self.books.journals)
    @rule(number=picks)
    def post_one_again(self, number: int) -> None:
        self.count("repeat")
        draft = self.pick(number)
        assert post(draft) == self.books.numbers[draft.key]

    @precondition(lambda self: self.books.journals)
    @rule(number=picks, content=contents(), in_bulk=st.booleans())
    def use_a_key_for_something_else(
        self, number: int, content: JournalDraft, in_bulk: bool
    ) -> None:
        self.count("conflict")
        old = self.pick(number)
        draft = keyed(content, old.key)
        if draft == keyed(old, old.key):
            return
        with pytest.raises(errors.KeyAlreadyUsed):
            services.post_many(journals=[draft]) if in_bulk else post(draft)

    @rule(content=contents(), off_by=st.integers(1, 5), in_bulk=st.booleans())
    def post_an_unbalanced_one(self, content: JournalDraft, off_by: int, in_bulk: bool) -> None:
        self.count("unbalanced")
        first, *others = content.entries
        more = EntryDraft(first.account, Money(off_by, first.amount.currency))
        draft = JournalDraft(
            key=self.new_key(),
            kind=content.kind,
            effective_on=content.effective_on,
            entries=(first, *others, more),
        )
        with pytest.raises((errors.JournalUnbalanced, errors.JournalsRefused)):
            services.post_many(journals=[draft]) if in_bulk else post(draft)

    @rule(some=st.lists(contents(), max_size=4), again=st.lists(picks, max_size=2))
    def post_many(self, some: list[JournalDraft], again: list[int]) -> None:
        self.count("bulk")
        start = len(self.books.journals)
        new = [keyed(one, f"key:{start + place}") for place, one in enumerate(some)]
        old = {one.key: one for one in map(self.pick, again)} if self.books.journals else {}
        drafts = [*old.values(), *new]
        if not all(map(self.is_open, new)):
            with pytest.raises(errors.DayClosed):
                services.post_many(journals=drafts)
            return
        posted = services.post_many(journals=drafts)
        assert (posted.written, posted.repeated) == (len(new), len(old))
        for draft in new:
            self.books.add(draft, queries.journal_by_key(draft.key).id)

    @precondition(lambda self: self.books.journals)
    @rule(number=picks, on=days)
    def reverse_one(self, number: int, on: date) -> None:
        self.count("reverse")
        original, key = self.pick(number), self.new_key()

        def reverse() -> int:
            return services.reverse(
                key=key,
                journal_id=self.books.numbers[original.key],
                effective_on=on,
                reason="Why",
            )

        if original.key in self.books.reversed_by:
            refusal: type[Exception] = errors.JournalAlreadyReversed
        elif on < original.effective_on:
            refusal = errors.ReversalTooEarly
        elif on <= self.books.closed_through:
            refusal = errors.DayClosed
        else:
            undone = reverse()
            assert reverse() == undone
            lines = tuple(opposite(original.entries))
            draft = JournalDraft(key=key, kind="reversal", effective_on=on, entries=lines)
            self.books.add(draft, undone)
            self.books.reversed_by[original.key] = key
            return
        with pytest.raises(refusal):
            reverse()

    @precondition(lambda self: self.books.reversed_by)
    @rule(number=picks)
    def reverse_a_reversal(self, number: int) -> None:
        self.count("reverse twice")
        keys = sorted(self.books.reversals)
        journal = self.books.numbers[keys[number % len(keys)]]
        with pytest.raises(errors.ReversalNotReversible):
            services.reverse(
                key=self.new_key(), journal_id=journal, effective_on=date.max, reason="Why"
            )

    @rule(code=st.sampled_from(CODES), currency=st.sampled_from(CURRENCIES), on=st.none() | days)
    def read_a_balance(self, code: str, currency: str, on: date | None) -> None:
        self.count("balance")
        expected = self.books.balances(on or date.max)[code, currency]
        assert queries.balance(code, currency, on=on) == Money(expected, currency)

    @rule(on=days)
    def read_the_trial_balance(self, on: date) -> None:
        self.count("trial balance")
        self.compare(on)

    @precondition(lambda self: len(self.books.journals) % 7 == 6)
    @precondition(lambda self: self.books.closed_through < FIRST_DAY + timedelta(days=4))
    @rule()
    def close_a_day(self) -> None:
        self.count("close")
        last = max(self.books.closed_through, FIRST_DAY - timedelta(days=1))
        through = last + timedelta(days=1)
        services.close_days(through=through, by="login:1", reason="Filed")
        self.books.closed_through = through


def test_five_thousand_random_acts_leave_the_same_books_as_the_model():
    STEPS_DONE.clear()

    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert STEPS_DONE.total() >= 5_000
    assert min(STEPS_DONE.values()) >= 50
