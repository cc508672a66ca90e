"""The page of settings is what the settings are."""

import re
from pathlib import Path

from tools import settings_page
from upline.foundation.environment import SETTINGS

SOURCES = Path(__file__).parents[2] / "src" / "upline"


def test_the_page_of_settings_is_up_to_date():
    written = settings_page.PAGE.read_text(encoding="utf-8")

    assert settings_page.page() == written, "Run tools/settings_page.py."


def test_the_platform_reads_no_variable_that_the_page_lacks():
    read = re.compile(r"environ(?:\.get\(|\.setdefault\(|\[)\"(\w+)\"")
    # What programs of ours tell each other is no setting.
    told = {setting.name for setting in SETTINGS} | {"DJANGO_SETTINGS_MODULE", "SITE_PARENT_PID"}

    found = {
        name
        for app in ("foundation", "config", "people", "http")
        for path in (SOURCES / app).rglob("*.py")
        if "postgres" not in path.parts
        for name in read.findall(path.read_text(encoding="utf-8"))
    }

    assert found <= told
