"""What is asked of persons."""

from __future__ import annotations


def kept_person(person_id: int) -> int:
    """Give the person into whom a double was merged, or the same one."""
    return person_id
