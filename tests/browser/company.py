"""The demo company of the browser tests: its last month is over and still open, so it can be closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from upline.cli.demo_home import Wanted

COMPANY = Wanted(members=120, seed=7)


def main() -> None:
    """Load it into the database that DATABASE_URL names."""
    from upline.cli.demo_load import load_company

    load_company(COMPANY, today=datetime.now(UTC).date().replace(day=1) - timedelta(days=1))


if __name__ == "__main__":
    main()
