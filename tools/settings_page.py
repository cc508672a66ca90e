#!/usr/bin/env python3
"""Write docs/reference/settings.md from the settings themselves.

python tools/settings_page.py
"""

from __future__ import annotations

from pathlib import Path

from upline.foundation.environment import SETTINGS, Setting

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "settings.md"
HEAD = """\
# Settings

<!-- Written by tools/settings_page.py; run it after a change. -->

The platform is set by variables of the environment alone. In production it refuses to start while one that is needed is
missing or wrong, and lists all of them at once. In development everything has a value; keys and secret are then the same
for everybody and protect nothing.

| variable | needed in production | otherwise | meaning |
|---|---|---|---|
"""
TAIL = """
`upline keys new` makes a key for `UPLINE_ENCRYPTION_KEYS` and `UPLINE_INDEX_KEY`. To exchange a key, put the new one first and
keep the old one behind it, restart, run `upline keys rotate`, and take the old one out. The index key is not exchanged: the
indexes would have to be made anew from every value.

`upline grants` creates two database roles: `upline_owner` owns the tables and runs `upline manage migrate`; `upline_app` is for
site and worker, owns nothing and cannot change what is append-only. Run it again after each migration.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}")


def page() -> str:
    """Give the page for the settings as they are."""
    return HEAD + "".join(_row(setting) for setting in SETTINGS) + TAIL


def _row(setting: Setting) -> str:
    needed = "yes" if setting.is_needed_in_production else "no"
    default = f"`{setting.default}`" if setting.default else "none"
    secret = " A secret." if setting.is_secret else ""
    return f"| `{setting.name}` | {needed} | {default} | {setting.meaning}{secret} |\n"


if __name__ == "__main__":
    main()
