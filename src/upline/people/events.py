"""What is told about persons: numbers, never names or addresses."""

from __future__ import annotations

from dataclasses import dataclass

from upline.foundation import outbox


@outbox.event("people.persons_merged", version=1, topic="person:{kept_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsMerged:
    kept_id: int
    double_id: int


@outbox.event("people.merge_undone", version=1, topic="person:{kept_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class MergeUndone:
    kept_id: int
    double_id: int


@outbox.event("people.consent_recorded", version=1, topic="person:{person_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecorded:
    person_id: int
    purpose: str
    is_given: bool
