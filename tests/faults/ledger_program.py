"""A program that posts many journals in small chunks, to be killed and run again."""

from __future__ import annotations

import os

JOURNALS = 6_000


def drafts():
    """Give the same journals in every run: two bonuses for each of some members."""
    from tests.flows.ledger_books import draft, entries

    for number in range(JOURNALS):
        first, second = number % 97 + 1, number % 13 + 1
        lines = entries(
            ("commissions:expense:levels", first),
            ("commissions:expense:match", second),
            (f"commissions:payable:M{number % 701}", -first - second),
        )
        yield draft(f"close:{number}", lines, kind="commission", reference="2026-10")


def main() -> None:
    os.environ["UPLINE_ENV"] = "test"
    from upline.foundation import start

    start.start_without_database()
    from upline.ledger import bulk, services

    bulk.ENTRIES_AT_ONCE = 900
    posted = services.post_many(journals=drafts())
    print(posted.written, posted.repeated)  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()
